// A step of an LSTM. No DOM here.
import { hold } from "./clamps.js";
import { affine, product } from "./sums.js";

/** i, f, g, o as gates/cells/lstm.py has them: c = f⊙c₋₁ + i⊙g, h = o⊙tanh c, or a projection of that. */
export function lstmStep(cell, t, h, c, last, out) {
  const { units: H, outputs: P, p, clamped, left, coupled, projection: R } = cell;
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

    const f = hold(clamped.forget, n, left.has("forget") ? 1 : σ.value(a_f));
    const i = hold(clamped.input, n, left.has("input") ? 1 : coupled ? 1 - f : σ.value(a_i));
    const g = hold(clamped.candidate, n, φ.value(a_g));
    const now = hold(clamped.cell, n, f * before + i * g);
    if (p !== null) a_o += p[2 * H + j] * now;
    const o = hold(clamped.output, n, left.has("output") ? 1 : σ.value(a_o));
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
  for (let j = 0; j < P; j++) out.hidden[t * P + j] = hold(clamped.hidden, t * P + j, R ? product(R, j, shown, 0, H) : shown[j]);
}
