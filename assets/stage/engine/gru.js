// A step of a GRU. No DOM here.
import { hold } from "./clamps.js";
import { affine, product } from "./sums.js";

/** r, z, n as gates/cells/gru.py has them; z keeps: h = z⊙h₋₁ + (1−z)⊙n. */
export function gruStep(cell, t, h, c, last, out) {
  const { units: H, inputs: I, clamped, after, W, U, b, b_hn, x } = cell;
  const { gate_activation: σ, candidate_activation: φ } = cell.squashes;
  const { reset, update, candidate, recurrent, hidden } = out;
  for (let j = 0; j < H; j++) {
    const n = t * H + j;
    const a_r = affine(cell, j, t, h, last);
    const a_z = affine(cell, H + j, t, h, last);
    out["pre.reset"][n] = a_r;
    out["pre.update"][n] = a_z;
    reset[n] = hold(clamped.reset, n, σ.value(a_r));
    update[n] = hold(clamped.update, n, σ.value(a_z));
    if (!after) out.reset_hidden[n] = reset[n] * h[last * H + j];
  }
  for (let j = 0; j < H; j++) {
    const n = t * H + j;
    const row = 2 * H + j;
    const z = update[n];
    const u = after ? product(U, row, h, last * H, H) + b_hn[j] : product(U, row, out.reset_hidden, t * H, H);
    const a_n = product(W, row, x, t * I, I) + b[row] + (after ? reset[n] * u : u);
    const proposed = hold(clamped.candidate, n, φ.value(a_n));
    out["pre.candidate"][n] = a_n;
    recurrent[n] = u;
    candidate[n] = proposed;
    hidden[n] = hold(clamped.hidden, n, z * h[last * H + j] + (1 - z) * proposed);
  }
}
