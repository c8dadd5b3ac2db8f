// Reads runs with their gradients from the engine, a JSON object a line, and answers how far the browser's account
// of each gradient is from the engine's own number.
import { createInterface } from "node:readline";
import { Flow, sum } from "../../../assets/stage/backward/flow.js";
import { Trace } from "../../../assets/stage/core/run/trace.js";

const EXTRA = { lstm: ["tanh_cell"], gru: ["recurrent", "reset_hidden"], rnn: [] };

/** Largest difference over all steps and units, relative to the run's largest gradient, by signal. */
function differences(flow, expected) {
  const { trace } = flow;
  const found = {};
  for (const [signal, values] of Object.entries(expected)) {
    const width = trace.width(signal);
    found[signal] = 0;
    for (let t = 0; t < trace.steps; t++)
      for (let unit = 0; unit < width; unit++) {
        const engine = values[t * width + unit];
        const terms = flow.sources(signal, t, unit);
        if (!terms.length && !EXTRA[trace.cell].includes(signal) && t < trace.steps - 1) throw new Error(`${signal} at step ${t} has no account`);
        const accounts = terms.length ? [sum(terms), flow.of(signal, t, unit)] : [flow.of(signal, t, unit)];
        for (const value of accounts) found[signal] = Math.max(found[signal], Math.abs(value - engine) / flow.scale);
      }
  }
  return found;
}

/** What the loss is said to ask of a state at its step, by unit. */
function asked(flow, step) {
  return Array.from({ length: flow.trace.units }, (_, unit) => flow.sources(flow.source, step, unit).find(({ kind }) => kind === "loss")?.value ?? null);
}

/** ∂L/∂ the initial states, which nothing but the first step sends back. */
const first = (flow, states) => Object.fromEntries(states.map((state) => [state, Array.from({ length: flow.trace.units }, (_, unit) => flow.of(state, -1, unit))]));

/** How far shares are from adding up to 1, at the worst. */
function shares(flow, states) {
  let worst = 0;
  for (const state of states)
    for (let t = 0; t < flow.trace.steps; t++)
      for (let unit = 0; unit < flow.trace.units; unit++) {
        const ways = flow.shares(state, t, unit);
        if (ways) worst = Math.max(worst, Math.abs(ways.reduce((total, { share }) => total + share, 0) - 1));
      }
  return worst;
}

for await (const line of createInterface({ input: process.stdin })) {
  const { name, header, arrays, expected, step } = JSON.parse(line);
  const trace = new Trace(header, Object.fromEntries(Object.entries(arrays).map(([key, list]) => [key, Float64Array.from(list)])));
  const flow = new Flow(trace);
  const states = trace.cell === "lstm" ? ["cell", "hidden"] : ["hidden"];
  console.log(JSON.stringify({ name, differences: differences(flow, expected), asked: asked(flow, step), first: first(flow, states), shares: shares(flow, states) }));
}
