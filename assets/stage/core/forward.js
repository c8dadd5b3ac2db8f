// The cells' forward pass in the browser: the preview while a weight is edited, and the whole
// engine of an exported page. The equations of gates/cells/lstm.py, gates/cells/gru.py and gates/cells/rnn.py, in their
// order, in float64. No DOM here.

const PARTS = { lstm: ["input", "forget", "candidate", "output"], gru: ["reset", "update", "candidate"], rnn: ["hidden"] };
const SIGNALS = {
  lstm: ["forget", "input", "candidate", "cell", "output", "hidden"],
  gru: ["reset", "update", "candidate", "hidden"],
  rnn: ["hidden"],
};

/** Reach of a sum above which its own rounding would be taken for a disagreement. */
const LARGE = 1e5;

/** σ(a) = 1 / (1 + e⁻ᵃ), in the form of gates/core/activations.py: accurate in the low tail, 0 at −∞. */
export const sigmoid = (a) => 1 / (1 + Math.exp(-a));

/** Names of a cell's parts in the order of its weight rows. */
export const partsOf = (cell) => PARTS[cell];

/** Names of what a cell computes and what a clamp may hold, in reading order. */
export const signalsOf = (cell) => SIGNALS[cell];

/**
 * Runs a cell over a sequence.
 *
 * @param {object} spec
 *   cell "lstm" | "gru" | "rnn", with reset "before" | "after", activation "tanh" | "relu", coupled, without [gates];
 *   W (G·H, I), U (G·H, H), b (G·H), b_hn (H) and p (3, H; rows input, forget, output) or null, flat and row by row;
 *   x (steps, inputs); initial_hidden, initial_cell (H) or nothing for zeros; units H, inputs I, steps T;
 *   clamps [{signal, units: [unit, …] | null, steps: [from, to] | null, value}], from 0, `to` included; the last holds.
 * @returns {Object<string, Float64Array>} the arrays of a Trace, by its names
 */
export function run(spec) {
  const cell = prepare(spec);
  const out = outputs(cell);
  const H = cell.units;
  let [h, c, at] = [out.initial_hidden, out.initial_cell, 0];
  for (let t = 0; t < cell.steps; t++) {
    STEPS[cell.cell](cell, t, h, c, at, out);
    [h, c, at] = [out.hidden, out.cell, t * H];
  }
  return out;
}

/**
 * Recomputes every step of a run from the run's own previous state, and tells where the two differ most.
 *
 * A difference counts against the value, 1 at least: relative for what is large, absolute for the rest. Where the
 * terms of a sum are beyond 10⁵, their own rounding would pass for a difference; the measure then grows with them.
 *
 * @param {import("./trace.js").Trace} trace
 * @returns {{difference: number, signal: string|null, unit: number, step: number}}
 */
export function compare(trace) {
  const cell = prepare(specOf(trace));
  const out = outputs(cell);
  const { arrays } = trace;
  const H = cell.units;
  const names = Object.keys(out).filter((name) => arrays[name]?.length === H * cell.steps && name !== "x");
  const worst = { difference: 0, signal: null, unit: 0, step: 0 };
  for (let t = 0; t < cell.steps; t++) {
    const h = t ? arrays.hidden : arrays.initial_hidden;
    const c = t ? arrays.cell : arrays.initial_cell;
    const at = t ? (t - 1) * H : 0;
    STEPS[cell.cell](cell, t, h, c, at, out);
    const least = Math.max(1, reach(cell, t, h, at) / LARGE);
    for (const name of names)
      for (let j = 0; j < H; j++) {
        const difference = apart(out[name][t * H + j], arrays[name][t * H + j], least);
        if (difference > worst.difference) Object.assign(worst, { difference, signal: name, unit: j, step: t });
      }
  }
  return worst;
}

/** What `run` needs to know, from a trace as it arrived: options and clamps come with the lab's header. */
export function specOf(trace) {
  const { header, arrays } = trace;
  const edit = header.lab?.edit ?? {};
  return {
    cell: trace.cell,
    reset: header.reset,
    activation: header.activation,
    coupled: edit.coupled ?? false,
    without: edit.without ?? [],
    clamps: edit.clamps ?? [],
    W: arrays.W,
    U: arrays.U,
    b: arrays.b,
    b_hn: arrays.b_hn ?? null,
    p: arrays.peephole ?? null,
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
function reach({ W, U, b, x, inputs, units }, t, h, at) {
  let top = 0;
  for (let row = 0; row < b.length; row++) {
    let sum = Math.abs(b[row]);
    for (let k = 0; k < inputs; k++) sum += Math.abs(W[row * inputs + k] * x[t * inputs + k]);
    for (let k = 0; k < units; k++) sum += Math.abs(U[row * units + k] * h[at + k]);
    if (sum > top) top = sum;
  }
  return top;
}

function prepare(spec) {
  const left = new Set(spec.without ?? []);
  return {
    ...spec,
    after: spec.reset !== "before",
    relu: spec.activation === "relu",
    coupled: Boolean(spec.coupled),
    open: { input: left.has("input"), forget: left.has("forget"), output: left.has("output") },
    b_hn: spec.b_hn ?? new Float64Array(spec.units),
    p: spec.p ?? null,
    held: resolveClamps(spec.clamps ?? [], spec),
  };
}

/** Clamps as a mask and values a signal, each (T, H); signals that nothing holds have none. */
export function resolveClamps(clamps, { units, steps }) {
  const held = {};
  for (const clamp of clamps) {
    const table = (held[clamp.signal] ??= { mask: new Uint8Array(steps * units), values: new Float64Array(steps * units) });
    const [from, to] = clamp.steps ?? [0, steps - 1];
    const chosen = clamp.units ?? Array.from({ length: units }, (_, unit) => unit);
    for (let t = Math.max(0, from); t <= Math.min(to, steps - 1); t++)
      for (const unit of chosen) {
        table.mask[t * units + unit] = 1;
        table.values[t * units + unit] = clamp.value;
      }
  }
  return held;
}

function outputs(cell) {
  const { cell: kind, units, steps } = cell;
  const out = { x: cell.x };
  const make = (name) => (out[name] = new Float64Array(steps * units));
  SIGNALS[kind].forEach(make);
  for (const part of PARTS[kind]) make(`pre.${part}`);
  if (kind === "lstm") make("tanh_cell");
  if (kind === "gru") make("recurrent");
  if (kind === "gru" && !cell.after) make("reset_hidden");
  out.initial_hidden = Float64Array.from(cell.initial_hidden ?? new Float64Array(units));
  if (kind === "lstm") out.initial_cell = Float64Array.from(cell.initial_cell ?? new Float64Array(units));
  Object.assign(out, { W: cell.W, U: cell.U, b: cell.b });
  if (kind === "gru") out.b_hn = cell.b_hn;
  if (kind === "lstm" && cell.p) out.peephole = cell.p;
  return out;
}

const hold = (table, n, value) => (table !== undefined && table.mask[n] === 1 ? table.values[n] : value);

/** One row of W·x. */
function fromInput({ W, x, inputs }, row, t) {
  let sum = 0;
  for (let k = 0; k < inputs; k++) sum += W[row * inputs + k] * x[t * inputs + k];
  return sum;
}

/** One row of U·h, h standing from `at`. */
function fromState({ U, units }, row, h, at) {
  let sum = 0;
  for (let k = 0; k < units; k++) sum += U[row * units + k] * h[at + k];
  return sum;
}

const affine = (cell, row, t, h, at) => fromInput(cell, row, t) + fromState(cell, row, h, at) + cell.b[row];

/** h = φ(W x + U h₋₁ + b) */
function rnnStep(cell, t, h, c, at, out) {
  const { units: H, held, relu } = cell;
  for (let j = 0; j < H; j++) {
    const n = t * H + j;
    const a = affine(cell, j, t, h, at);
    out["pre.hidden"][n] = a;
    out.hidden[n] = hold(held.hidden, n, relu ? Math.max(a, 0) : Math.tanh(a));
  }
}

/** i, f, g, o as gates/cells/lstm.py has them: c = f⊙c₋₁ + i⊙g, h = o⊙tanh c. */
function lstmStep(cell, t, h, c, at, out) {
  const { units: H, p, held, open, coupled } = cell;
  for (let j = 0; j < H; j++) {
    const n = t * H + j;
    const before = c[at + j];
    let a_i = affine(cell, j, t, h, at);
    let a_f = affine(cell, H + j, t, h, at);
    const a_g = affine(cell, 2 * H + j, t, h, at);
    let a_o = affine(cell, 3 * H + j, t, h, at);
    if (p !== null) {
      a_i += p[j] * before;
      a_f += p[H + j] * before;
    }

    const f = hold(held.forget, n, open.forget ? 1 : sigmoid(a_f));
    const i = hold(held.input, n, open.input ? 1 : coupled ? 1 - f : sigmoid(a_i));
    const g = hold(held.candidate, n, Math.tanh(a_g));
    const now = hold(held.cell, n, f * before + i * g);
    if (p !== null) a_o += p[2 * H + j] * now;
    const o = hold(held.output, n, open.output ? 1 : sigmoid(a_o));
    const squashed = Math.tanh(now);

    out["pre.input"][n] = a_i;
    out["pre.forget"][n] = a_f;
    out["pre.candidate"][n] = a_g;
    out["pre.output"][n] = a_o;
    out.input[n] = i;
    out.forget[n] = f;
    out.candidate[n] = g;
    out.output[n] = o;
    out.cell[n] = now;
    out.tanh_cell[n] = squashed;
    out.hidden[n] = hold(held.hidden, n, o * squashed);
  }
}

/** r, z, n as gates/cells/gru.py has them; z keeps: h = z⊙h₋₁ + (1−z)⊙n. */
function gruStep(cell, t, h, c, at, out) {
  const { units: H, held, after, b, b_hn } = cell;
  const { reset, update, candidate, recurrent, hidden } = out;
  for (let j = 0; j < H; j++) {
    const n = t * H + j;
    const a_r = affine(cell, j, t, h, at);
    const a_z = affine(cell, H + j, t, h, at);
    out["pre.reset"][n] = a_r;
    out["pre.update"][n] = a_z;
    reset[n] = hold(held.reset, n, sigmoid(a_r));
    update[n] = hold(held.update, n, sigmoid(a_z));
    if (!after) out.reset_hidden[n] = reset[n] * h[at + j];
  }
  for (let j = 0; j < H; j++) {
    const n = t * H + j;
    const row = 2 * H + j;
    const z = update[n];
    const u = after ? fromState(cell, row, h, at) + b_hn[j] : fromState(cell, row, out.reset_hidden, t * H);
    const a_n = fromInput(cell, row, t) + b[row] + (after ? reset[n] * u : u);
    const proposed = hold(held.candidate, n, Math.tanh(a_n));
    out["pre.candidate"][n] = a_n;
    recurrent[n] = u;
    candidate[n] = proposed;
    hidden[n] = hold(held.hidden, n, z * h[at + j] + (1 - z) * proposed);
  }
}

const STEPS = { rnn: rnnStep, lstm: lstmStep, gru: gruStep };
