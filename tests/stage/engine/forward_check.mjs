// Reads runs as JSON lines {name, header, arrays} on stdin and writes what forward.js makes of each:
// {name, whole: largest difference of a whole run, stepwise: {difference, signal, unit, step}, missing: [names]}.
import { createInterface } from "node:readline";

import { compare, specOf } from "../../../assets/stage/engine/compare.js";
import { run } from "../../../assets/stage/engine/forward.js";
import { Trace } from "../../../assets/stage/core/run/trace.js";

for await (const line of createInterface({ input: process.stdin })) {
  const { name, header, arrays: lists } = JSON.parse(line);
  const arrays = Object.fromEntries(Object.entries(lists).map(([key, values]) => [key, Float64Array.from(values)]));
  const trace = new Trace(header, arrays);
  const ours = run(specOf(trace));
  const missing = Object.keys(arrays).filter((key) => ours[key]?.length !== arrays[key].length);
  const apart = (a, b) => (a === b ? 0 : Math.abs(a - b) / Math.max(1, Math.abs(b)));
  let whole = 0;
  for (const [key, values] of Object.entries(arrays)) values.forEach((value, n) => (whole = Math.max(whole, apart(ours[key]?.[n], value))));
  console.log(JSON.stringify({ name, whole, stepwise: compare(trace), missing }));
}
