// Reads runs with gradients as JSON lines {name, header, arrays, asked, final, step, expected} on stdin and writes what
// backward.js finds: {name, missing: [names], apart: {name: largest difference, relative to the array's largest
// magnitude}, sums: how far the steps' shares are from the weights' gradients}. `at.` is of the step named.
import { createInterface } from "node:readline";

import { backward } from "../../../assets/stage/engine/backward.js";
import { specOf } from "../../../assets/stage/engine/compare.js";
import { run } from "../../../assets/stage/engine/forward.js";
import { Trace } from "../../../assets/stage/core/run/trace.js";

const named = (prefix, arrays) => Object.entries(arrays).map(([name, array]) => [`${prefix}${name}`, array]);

function apart(ours, theirs) {
  const scale = theirs.reduce((top, value) => Math.max(top, Math.abs(value)), 0) || 1;
  return theirs.reduce((worst, value, n) => Math.max(worst, Math.abs(ours[n] - value) / scale), 0);
}

for await (const line of createInterface({ input: process.stdin })) {
  const { name, header, arrays, asked, final, step, expected } = JSON.parse(line);
  const trace = new Trace(header, Object.fromEntries(Object.entries(arrays).map(([key, values]) => [key, Float64Array.from(values)])));
  const spec = specOf(trace);
  const { signals, weights, state, at } = backward(spec, run(spec), { ...asked, final });
  const found = Object.fromEntries([...named("", signals), ...named("weights.", weights), ...named("state.", state), ...named("at.", at(step))]);
  const missing = Object.keys(expected).filter((key) => found[key]?.length !== expected[key].length);
  const differences = Object.fromEntries(Object.entries(expected).filter(([key]) => !missing.includes(key)).map(([key, values]) => [key, apart(found[key], values)]));
  const sums = Object.entries(weights).map(([key, values]) => {
    const sum = values.map(() => 0);
    for (let t = 0; t < trace.steps; t++) at(t)[key].forEach((value, n) => (sum[n] += value));
    return apart(sum, values);
  });
  console.log(JSON.stringify({ name, missing, apart: differences, sums: Math.max(...sums) }));
}
