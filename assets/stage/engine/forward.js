// The cells' forward pass in the browser: the preview while a weight is edited, and the whole
// engine of an exported page. The equations of gates/cells/lstm.py, gates/cells/gru.py and gates/cells/rnn.py, in their
// order, in float64. No DOM here.
import { squash } from "./activations.js";
import { activationsOf, partsOf, signalsOf } from "./cells.js";
import { hold, resolveClamps } from "./clamps.js";

/**
 * Runs a cell over a sequence.
 *
 * @param {object} spec the cell, with the options of the engine's cell of this kind, by their names there; what it reads
 * @param {"lstm"|"gru"|"rnn"} spec.cell
 * @param {number} spec.units H; and `inputs` I, `steps` T
 * @param {ArrayLike<number>} spec.W (G·H, I), all arrays flat and row by row; and `U` (G·H, P), `b` (G·H), for a GRU that
 *   resets after the product `b_hn` (H), for an LSTM's peepholes `p` (3, H; rows input, forget, output), for its
 *   projection `projection` (P, H). Without that, P = H
 * @param {"before"|"after"} [spec.reset] a GRU's
 * @param {boolean} [spec.coupled] an LSTM's i = 1 − f; and `without`, its gates that are left out
 * @param {string|{name: string, alpha?: number, beta?: number}} [spec.activation] an RNN's; the others' are
 *   `gate_activation`, `candidate_activation` and, for an LSTM, `cell_activation`; see activations.js
 * @param {?number} [spec.clip] what sums are clipped to before they are squashed
 * @param {ArrayLike<number>} spec.x (T, I)
 * @param {ArrayLike<number>} [spec.initial_hidden] (P), and `initial_cell` (H): zeros where not given
 * @param {object[]} [spec.clamps] as clamps.js takes them
 * @returns {Object<string, ArrayLike<number>>} the arrays of a Trace, by its names
 */
export function run(spec) {
  const cell = prepare(spec);
  const out = outputs(cell);
  let [h, c, t] = [out.initial_hidden, out.initial_cell, 0];
  for (let last = 0; t < cell.steps; last = t, t++) {
    step(cell, t, h, c, last, out);
    [h, c] = [out.hidden, out.cell];
  }
  return out;
}

/** Computes step t into `out`, from the state that stands as step `last` of h and c. */
export const step = (cell, t, h, c, last, out) => STEPS[cell.cell](cell, t, h, c, last, out);

/** What is said once of a run: its options with their defaults, its activations as functions, its clamps resolved. */
export function prepare(spec) {
  const { cell, units, projection = null, clip = null } = spec;
  const size = { ...spec, outputs: projection ? projection.length / units : units };
  const chosen = Object.entries(activationsOf(cell)).map(([option, own]) => [option, spec[option] ?? own]);
  const squashes = chosen.map(([option, choice]) => [option, squash(choice, option === "cell_activation" ? null : clip)]);
  return {
    ...size,
    projection,
    squashes: Object.fromEntries(squashes),
    after: spec.reset !== "before",
    coupled: Boolean(spec.coupled),
    left: new Set(spec.without ?? []),
    b_hn: spec.b_hn ?? new Float64Array(units),
    p: spec.p ?? null,
    held: resolveClamps(spec.clamps ?? [], size),
  };
}

/** Arrays for the results of a run, the initial state and the weights among them. */
export function outputs(cell) {
  const { cell: kind, units, steps } = cell;
  const out = { x: cell.x };
  const make = (name, width = units) => (out[name] = new Float64Array(steps * width));
  for (const signal of signalsOf(kind)) make(signal, signal === "hidden" ? cell.outputs : units);
  for (const part of partsOf(kind)) make(`pre.${part}`);
  if (kind === "lstm") make("tanh_cell");
  if (kind === "gru") make("recurrent");
  if (kind === "gru" && !cell.after) make("reset_hidden");
  out.initial_hidden = Float64Array.from(cell.initial_hidden ?? new Float64Array(cell.outputs));
  if (kind === "lstm") out.initial_cell = Float64Array.from(cell.initial_cell ?? new Float64Array(units));
  Object.assign(out, { W: cell.W, U: cell.U, b: cell.b });
  if (kind === "gru") out.b_hn = cell.b_hn;
  if (kind === "lstm" && cell.p) out.peephole = cell.p;
  if (kind === "lstm" && cell.projection) out.projection = cell.projection;
  return out;
}

/** One row of M·v, v standing from `at`. */
function product(M, row, v, at, width) {
  let sum = 0;
  for (let k = 0; k < width; k++) sum += M[row * width + k] * v[at + k];
  return sum;
}

/** One row of W x + U h₋₁ + b. */
const affine = ({ W, U, b, x, inputs, outputs: P }, row, t, h, last) =>
  product(W, row, x, t * inputs, inputs) + product(U, row, h, last * P, P) + b[row];

/** h = φ(W x + U h₋₁ + b) */
function rnnStep(cell, t, h, c, last, out) {
  const { units: H, held } = cell;
  const { activation: φ } = cell.squashes;
  for (let j = 0; j < H; j++) {
    const n = t * H + j;
    const a = affine(cell, j, t, h, last);
    out["pre.hidden"][n] = a;
    out.hidden[n] = hold(held.hidden, n, φ.value(a));
  }
}

/** i, f, g, o as gates/cells/lstm.py has them: c = f⊙c₋₁ + i⊙g, h = o⊙tanh c, or a projection of that. */
function lstmStep(cell, t, h, c, last, out) {
  const { units: H, outputs: P, p, held, left, coupled, projection: R } = cell;
  const { gate_activation: σ, candidate_activation: φ, cell_activation: ψ } = cell.squashes;
  const shown = new Float64Array(H);
  for (let j = 0; j < H; j++) {
    const n = t * H + j;
    const before = c[last * H + j];
    let a_i = affine(cell, j, t, h, last);
    let a_f = affine(cell, H + j, t, h, last);
    const a_g = affine(cell, 2 * H + j, t, h, last);
    let a_o = affine(cell, 3 * H + j, t, h, last);
    if (p !== null) {
      a_i += p[j] * before;
      a_f += p[H + j] * before;
    }

    const f = hold(held.forget, n, left.has("forget") ? 1 : σ.value(a_f));
    const i = hold(held.input, n, left.has("input") ? 1 : coupled ? 1 - f : σ.value(a_i));
    const g = hold(held.candidate, n, φ.value(a_g));
    const now = hold(held.cell, n, f * before + i * g);
    if (p !== null) a_o += p[2 * H + j] * now;
    const o = hold(held.output, n, left.has("output") ? 1 : σ.value(a_o));
    const squashed = ψ.value(now);
    shown[j] = o * squashed;

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
  }
  for (let j = 0; j < P; j++) out.hidden[t * P + j] = hold(held.hidden, t * P + j, R ? product(R, j, shown, 0, H) : shown[j]);
}

/** r, z, n as gates/cells/gru.py has them; z keeps: h = z⊙h₋₁ + (1−z)⊙n. */
function gruStep(cell, t, h, c, last, out) {
  const { units: H, inputs: I, held, after, W, U, b, b_hn, x } = cell;
  const { gate_activation: σ, candidate_activation: φ } = cell.squashes;
  const { reset, update, candidate, recurrent, hidden } = out;
  for (let j = 0; j < H; j++) {
    const n = t * H + j;
    const a_r = affine(cell, j, t, h, last);
    const a_z = affine(cell, H + j, t, h, last);
    out["pre.reset"][n] = a_r;
    out["pre.update"][n] = a_z;
    reset[n] = hold(held.reset, n, σ.value(a_r));
    update[n] = hold(held.update, n, σ.value(a_z));
    if (!after) out.reset_hidden[n] = reset[n] * h[last * H + j];
  }
  for (let j = 0; j < H; j++) {
    const n = t * H + j;
    const row = 2 * H + j;
    const z = update[n];
    const u = after ? product(U, row, h, last * H, H) + b_hn[j] : product(U, row, out.reset_hidden, t * H, H);
    const a_n = product(W, row, x, t * I, I) + b[row] + (after ? reset[n] * u : u);
    const proposed = hold(held.candidate, n, φ.value(a_n));
    out["pre.candidate"][n] = a_n;
    recurrent[n] = u;
    candidate[n] = proposed;
    hidden[n] = hold(held.hidden, n, z * h[last * H + j] + (1 - z) * proposed);
  }
}

const STEPS = { rnn: rnnStep, lstm: lstmStep, gru: gruStep };
