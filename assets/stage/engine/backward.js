// Backpropagation through time, exact for every cell and option that forward.js runs: the gradients of
// gates/cells/bptt.py, one step after the other. No DOM here. In the names, d_x is ∂L/∂x.
import { partsOf, signalsOf } from "./cells.js";
import { maskGradient } from "./clamps.js";
import { prepare } from "./forward.js";

/**
 * Goes back through a run and returns the gradients of a loss L.
 *
 * @param {object} spec what `run` of forward.js was given
 * @param {Object<string, ArrayLike<number>>} out what it returned, or a Trace's arrays
 * @param {object} asked what the loss asks: `hidden` (T, P), ∂L/∂ what each step showed; `cell` (T, H), for a loss that
 *   reads an LSTM's memory; `final` {hidden (P), cell (H)}, ∂L/∂ the last state on top of these. Zeros where not given
 * @returns {{signals: Object<string, Float64Array>, weights: Object<string, Float64Array>,
 *   state: {hidden: Float64Array, cell?: Float64Array}, at: (t: number) => Object<string, Float64Array>}}
 *   signals: of x, of each signal at each step, with all that follows from it, now and later, and of each sum as
 *   "pre.<part>". weights: by the engine's names, summed over time; `at(t)` is what step t adds to them. state: of the
 *   initial one.
 */
export function backward(spec, out, upstream = {}) {
  const cell = prepare(spec);
  const { steps: T, units: H, outputs: P, inputs: I } = cell;
  const parts = partsOf(cell.cell);
  const rows = parts.length * H;
  const d = { x: new Float64Array(T * I), pre: new Float64Array(T * rows) };
  for (const signal of signalsOf(cell.cell)) d[signal] = new Float64Array(T * (signal === "hidden" ? P : H));
  if (cell.cell === "gru") d.recurrent = new Float64Array(T * H);
  if (cell.projection) d.shown = new Float64Array(T * P); // what the projection gave
  const way = { cell, out, upstream, d, rows, back: new Float64Array(P), carry: new Float64Array(H) };
  for (let t = T - 1; t >= 0; t--) {
    for (let j = 0; j < P; j++) d.hidden[t * P + j] = upstreamOf(upstream, "hidden", t, j, P, T) + way.back[j];
    way.back = new Float64Array(P);
    BACK[cell.cell](way, t);
    const { W } = cell;
    for (let row = 0; row < rows; row++) for (let k = 0; k < I; k++) d.x[t * I + k] += W[row * I + k] * d.pre[t * rows + row];
  }
  const { pre, recurrent, shown, ...signals } = d;
  parts.forEach((part, block) => {
    signals[`pre.${part}`] = Float64Array.from({ length: T * H }, (_, n) => pre[Math.floor(n / H) * rows + block * H + (n % H)]);
  });
  const weights = zeros(cell, rows);
  for (let t = 0; t < T; t++) add(way, t, weights);
  const state = cell.cell === "lstm" ? { hidden: way.back, cell: way.carry } : { hidden: way.back };
  return { signals, weights, state, at: (t) => add(way, t, zeros(cell, rows)) };
}

/** What the loss itself asks of one number of a state, at the last step the final state's included. */
function upstreamOf(upstream, signal, t, j, width, steps) {
  const final = t === steps - 1 ? (upstream.final?.[signal]?.[j] ?? 0) : 0;
  return (upstream[signal]?.[t * width + j] ?? 0) + final;
}

/** The state before step t: its arrays, and where they begin. */
function before({ cell, out }, t, signal) {
  const width = signal === "hidden" ? cell.outputs : cell.units;
  return t === 0 ? [out[`initial_${signal}`], 0] : [out[signal], (t - 1) * width];
}

/** Sends what a row's sum is asked back along its row of U. */
function alongU({ cell, back }, row, d) {
  const { U, outputs: P } = cell;
  for (let k = 0; k < P; k++) back[k] += U[row * P + k] * d;
}

function rnnBack(way, t) {
  const { cell, out, d } = way;
  const { units: H, clamped } = cell;
  for (let j = 0; j < H; j++) {
    const n = t * H + j;
    d.pre[n] = maskGradient(clamped.hidden, n, d.hidden[n]) * cell.squashes.activation.slope(out["pre.hidden"][n], out.hidden[n]);
    alongU(way, j, d.pre[n]);
  }
}

function lstmBack(way, t) {
  const { cell, out, d, upstream, rows, carry } = way;
  const { units: H, outputs: P, steps, clamped, p, coupled, left, projection: R } = cell;
  const { gate_activation: σ, candidate_activation: φ, cell_activation: ψ } = cell.squashes;
  const [c, from] = before(way, t, "cell");
  if (R) for (let k = 0; k < P; k++) d.shown[t * P + k] = maskGradient(clamped.hidden, t * P + k, d.hidden[t * P + k]);
  for (let j = 0; j < H; j++) {
    const n = t * H + j;
    const [i, f, g, o, squashed] = [out.input[n], out.forget[n], out.candidate[n], out.output[n], out.tanh_cell[n]];
    const slope = (gate, y) => (left.has(gate) ? 0 : σ.slope(out[`pre.${gate}`][n], y));

    const d_shown = R ? column(R, 0, j, d.shown, t * P, P, H) : maskGradient(clamped.hidden, n, d.hidden[n]);
    d.output[n] = d_shown * squashed;
    const a_o = maskGradient(clamped.output, n, d.output[n]) * slope("output", o);
    d.cell[n] = d_shown * o * ψ.slope(out.cell[n], squashed) + carry[j] + upstreamOf(upstream, "cell", t, j, H, steps) + (p ? p[2 * H + j] * a_o : 0);

    const d_written = maskGradient(clamped.cell, n, d.cell[n]);
    d.input[n] = d_written * g;
    d.candidate[n] = d_written * i;
    // i = 1 − f: what f adds of the old memory it takes from the candidate
    d.forget[n] = d_written * c[from + j] - (coupled ? maskGradient(clamped.input, n, d.input[n]) : 0);
    const a_i = coupled ? 0 : maskGradient(clamped.input, n, d.input[n]) * slope("input", i);
    const a_f = maskGradient(clamped.forget, n, d.forget[n]) * slope("forget", f);
    const a_g = maskGradient(clamped.candidate, n, d.candidate[n]) * φ.slope(out["pre.candidate"][n], g);
    carry[j] = d_written * f + (p ? p[j] * a_i + p[H + j] * a_f : 0);

    [a_i, a_f, a_g, a_o].forEach((a, block) => {
      d.pre[t * rows + block * H + j] = a;
      alongU(way, block * H + j, a);
    });
  }
}

function gruBack(way, t) {
  const { cell, out, d, rows, back } = way;
  const { units: H, clamped, after, U } = cell;
  const { gate_activation: σ, candidate_activation: φ } = cell.squashes;
  const [h, from] = before(way, t, "hidden");
  for (let j = 0; j < H; j++) {
    const n = t * H + j;
    const [r, z, proposed] = [out.reset[n], out.update[n], out.candidate[n]];
    const d_new = maskGradient(clamped.hidden, n, d.hidden[n]);
    d.update[n] = d_new * (h[from + j] - proposed);
    d.candidate[n] = d_new * (1 - z);
    back[j] += d_new * z;
    const a_z = maskGradient(clamped.update, n, d.update[n]) * σ.slope(out["pre.update"][n], z);
    const a_n = maskGradient(clamped.candidate, n, d.candidate[n]) * φ.slope(out["pre.candidate"][n], proposed);
    d.pre[t * rows + H + j] = a_z;
    d.pre[t * rows + 2 * H + j] = a_n;
    d.recurrent[n] = after ? a_n * r : a_n;
    alongU(way, H + j, a_z);
    if (after) alongU(way, 2 * H + j, d.recurrent[n]);
  }
  for (let j = 0; j < H; j++) {
    const n = t * H + j;
    const through = after ? d.pre[t * rows + 2 * H + j] : column(U, 2 * H, j, d.recurrent, t * H, H, H); // ∂L/∂(r⊙h₋₁)
    d.reset[n] = through * (after ? out.recurrent[n] : h[from + j]);
    if (!after) back[j] += through * out.reset[n];
    const a_r = maskGradient(clamped.reset, n, d.reset[n]) * σ.slope(out["pre.reset"][n], out.reset[n]);
    d.pre[t * rows + j] = a_r;
    alongU(way, j, a_r);
  }
}

const BACK = { rnn: rnnBack, lstm: lstmBack, gru: gruBack };

/** One column of `height` rows of M, from row `first` on, with v from `at` on. */
function column(M, first, k, v, at, height, width) {
  let sum = 0;
  for (let row = 0; row < height; row++) sum += M[(first + row) * width + k] * v[at + row];
  return sum;
}

function zeros({ cell, units: H, outputs: P, inputs: I, p, projection }, rows) {
  const gradients = { W: new Float64Array(rows * I), U: new Float64Array(rows * P), b: new Float64Array(rows) };
  if (cell === "gru") gradients.b_hn = new Float64Array(H);
  if (p) gradients.peephole = new Float64Array(3 * H);
  if (projection) gradients.projection = new Float64Array(P * H);
  return gradients;
}

/** Adds to `weights` what step t gives them: each sum's gradient, times what its row has seen. */
function add(way, t, weights) {
  const { cell, out, d, rows } = way;
  const { cell: kind, units: H, outputs: P, inputs: I, x, after } = cell;
  const [h, from] = before(way, t, "hidden");
  for (let row = 0; row < rows; row++) {
    const a = d.pre[t * rows + row];
    weights.b[row] += a;
    for (let k = 0; k < I; k++) weights.W[row * I + k] += a * x[t * I + k];
    const candidate = kind === "gru" && row >= 2 * H;
    const d_u = candidate ? d.recurrent[t * H + row - 2 * H] : a;
    for (let k = 0; k < P; k++) weights.U[row * P + k] += d_u * (candidate && !after ? out.reset_hidden[t * H + k] : h[from + k]);
    if (candidate && after) weights.b_hn[row - 2 * H] += d_u;
  }
  if (weights.peephole) {
    const [c, start] = before(way, t, "cell");
    for (let j = 0; j < H; j++) {
      const n = t * H + j;
      const a = (block) => d.pre[t * rows + block * H + j];
      weights.peephole[j] += a(0) * c[start + j];
      weights.peephole[H + j] += a(1) * c[start + j];
      weights.peephole[2 * H + j] += a(3) * out.cell[n];
    }
  }
  for (let k = 0; weights.projection && k < P; k++)
    for (let j = 0; j < H; j++) weights.projection[k * H + j] += d.shown[t * P + k] * out.output[t * H + j] * out.tanh_cell[t * H + j];
  return weights;
}
