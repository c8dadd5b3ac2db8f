// A run that arrived against the browser's own, step by step. No DOM here.
import { activationsOf } from "./cells.js";
import { outputs, prepare, step } from "./forward.js";

/** Reach of a sum above which its own rounding would be taken for a disagreement. */
const LARGE = 1e5;

/**
 * Recomputes every step of a run from the run's own previous state, and tells where the two differ most.
 *
 * A difference counts against the value, 1 at least: relative for what is large, absolute for the rest. Where the
 * terms of a sum are beyond 10⁵, their own rounding would pass for a difference; the measure then grows with them.
 *
 * @param {{header: object, arrays: Object<string, ArrayLike<number>>}} trace a Trace of core/run/trace.js
 * @returns {{difference: number, signal: string|null, unit: number, step: number}}
 */
export function compare(trace) {
  const cell = prepare(specOf(trace));
  const out = outputs(cell);
  const { arrays } = trace;
  const { steps } = cell;
  const widths = Object.entries(out).map(([name, made]) => [name, made.length / steps]);
  const names = widths.filter(([name, width]) => Number.isInteger(width) && name !== "x" && !GIVEN.has(name) && arrays[name]?.length === width * steps);
  const worst = { difference: 0, signal: null, unit: 0, step: 0 };
  for (let t = 0; t < steps; t++) {
    const h = t ? arrays.hidden : arrays.initial_hidden;
    const c = t ? arrays.cell : arrays.initial_cell;
    const last = t ? t - 1 : 0;
    step(cell, t, h, c, last, out);
    const least = Math.max(1, reach(cell, t, h, last) / LARGE);
    for (const [name, width] of names)
      for (let j = 0; j < width; j++) {
        const difference = apart(out[name][t * width + j], arrays[name][t * width + j], least);
        if (difference > worst.difference) Object.assign(worst, { difference, signal: name, unit: j, step: t });
      }
  }
  return worst;
}

const GIVEN = new Set(["initial_hidden", "initial_cell", "W", "U", "b", "b_hn", "peephole", "projection"]);

/** What `run` needs to know, from a trace as it arrived: in the lab its header says how it was edited. */
export function specOf(trace) {
  const { header, arrays } = trace;
  const { coupled = false, without = [], clamps = [] } = header.lab?.edit ?? header;
  const chosen = Object.keys(activationsOf(trace.cell)).map((option) => [option, header[option]]);
  return {
    cell: trace.cell,
    reset: header.reset,
    ...Object.fromEntries(chosen),
    clip: header.clip ?? null,
    coupled,
    without,
    clamps,
    W: arrays.W,
    U: arrays.U,
    b: arrays.b,
    b_hn: arrays.b_hn ?? null,
    p: arrays.peephole ?? null,
    projection: arrays.projection ?? null,
    x: arrays.x,
    initial_hidden: arrays.initial_hidden,
    initial_cell: arrays.initial_cell,
    units: trace.units,
    inputs: trace.inputs,
    steps: trace.steps,
  };
}

function apart(ours, theirs, least) {
  if (ours === theirs || (Number.isNaN(ours) && Number.isNaN(theirs))) return 0;
  const difference = Math.abs(ours - theirs) / Math.max(least, Math.abs(theirs));
  return Number.isNaN(difference) ? Infinity : difference;
}

/** The largest sum of magnitudes behind one pre-activation of a step. */
function reach({ W, U, b, x, inputs, outputs: P }, t, h, last) {
  let top = 0;
  for (let row = 0; row < b.length; row++) {
    let sum = Math.abs(b[row]);
    for (let k = 0; k < inputs; k++) sum += Math.abs(W[row * inputs + k] * x[t * inputs + k]);
    for (let k = 0; k < P; k++) sum += Math.abs(U[row * P + k] * h[last * P + k]);
    if (sum > top) top = sum;
  }
  return top;
}
