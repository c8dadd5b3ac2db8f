// The cells' forward pass in the browser: the preview while a weight is edited, and the whole
// engine of an exported page. The equations of gates/cells/lstm.py, gates/cells/gru.py and gates/cells/rnn.py, in their
// order, in float64. No DOM here.
import { squash } from "./activations.js";
import { activationsOf, partsOf, signalsOf } from "./cells.js";
import { resolveClamps } from "./clamps.js";
import { gruStep } from "./gru.js";
import { lstmStep } from "./lstm.js";
import { rnnStep } from "./rnn.js";

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
    clamped: resolveClamps(spec.clamps ?? [], size),
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

const STEPS = { rnn: rnnStep, lstm: lstmStep, gru: gruStep };
