// What a step of the backward pass sends to the step before, split by path. No DOM here.
import { partsOf } from "./cells.js";
import { maskGradient, resolveClamps } from "./clamps.js";

/**
 * What each part, and the straight way, sends back to the state of the step before: back.<part> (T, H).
 * @param {object} spec what `run` of forward.js was given  @param {object} out what it returned
 * @param {Object<string, Float64Array>} signals the gradients of `backward`
 */
export function backwardPaths(spec, out, signals) {
  const { cell, units: H, steps: T, U, p = null } = spec;
  const after = cell === "gru" && spec.reset !== "before";
  const paths = {};
  partsOf(cell).forEach((part, block) => {
    const d = signals[`pre.${part}`];
    const scaledByReset = cell === "gru" && part === "candidate";
    paths[`back.${part}`] = Float64Array.from({ length: T * H }, (_, n) => {
      const [t, from] = [Math.floor(n / H), n % H];
      let sum = 0;
      for (let to = 0; to < H; to++) sum += U[(block * H + to) * H + from] * d[t * H + to] * (scaledByReset && after ? out.reset[t * H + to] : 1);
      return scaledByReset && !after ? sum * out.reset[n] : sum;
    });
  });
  const clamped = resolveClamps(spec.clamps ?? [], spec);
  if (cell === "lstm") paths["back.kept"] = signals.cell.map((d, n) => maskGradient(clamped.cell, n, d) * out.forget[n]);
  if (cell === "gru") paths["back.kept"] = signals.hidden.map((d, n) => maskGradient(clamped.hidden, n, d) * out.update[n]);
  if (cell === "lstm" && p) paths["back.peephole"] = signals["pre.input"].map((d, n) => d * p[n % H] + signals["pre.forget"][n] * p[H + (n % H)]);
  return paths;
}
