// A step of a plain RNN. No DOM here.
import { hold } from "./clamps.js";
import { affine } from "./sums.js";

/** h = φ(W x + U h₋₁ + b) */
export function rnnStep(cell, t, h, c, last, out) {
  const { units: H, clamped } = cell;
  const { activation: φ } = cell.squashes;
  for (let j = 0; j < H; j++) {
    const n = t * H + j;
    const a = affine(cell, j, t, h, last);
    out["pre.hidden"][n] = a;
    out.hidden[n] = hold(clamped.hidden, n, φ.value(a));
  }
}
