// Losses, and their gradients through a read-out, as gates/core/losses.py and gates/network.py have them. No DOM
// here. Arrays are flat, row by row; in the names, d_x is ∂L/∂x.
import { softplus } from "./activations.js";
import { SHOWN, chosen, stepsOf, total } from "./scores.js";

/**
 * The way back through a read-out, from ∂L/∂ its scores (T, K).
 * @returns {{V: Float64Array, b: Float64Array, hidden: Float64Array}} sums over time, and what each step's h is asked
 */
export function scoresBack({ V, b }, h, d_scores) {
  const K = b.length;
  const n = V.length / K;
  const gradients = { V: new Float64Array(K * n), b: new Float64Array(K), hidden: new Float64Array(h.length) };
  for (let t = 0; t < h.length / n; t++)
    for (let k = 0; k < K; k++) {
      const d = d_scores[t * K + k];
      gradients.b[k] += d;
      for (let j = 0; j < n; j++) {
        gradients.V[k * n + j] += d * h[t * n + j];
        gradients.hidden[t * n + j] += V[k * n + j] * d;
      }
    }
  return gradients;
}

/** t·log y and t/y, both 0 where t is 0. */
const timesLog = (t, y) => (t === 0 ? 0 : t * Math.log(y));
const over = (t, y) => (t === 0 ? 0 : t / y);

const squared = { value: (y, t) => (y - t) ** 2, slope: (y, t) => 2 * (y - t) };

/** A loss for each number shown, of (y, target), and ∂L/∂y. */
const LOSSES = {
  half_squared: { value: (y, t) => (y - t) ** 2 / 2, slope: (y, t) => y - t },
  squared,
  mean_squared: squared,
  binary_cross_entropy: {
    value: (y, t) => -timesLog(t, y) - timesLog(1 - t, 1 - y),
    slope: (y, t) => over(1 - t, 1 - y) - over(t, y),
  },
  cross_entropy: { value: (y, t) => -timesLog(t, y), slope: (y, t) => -over(t, y) },
};

/** What can be chosen, by the engine's names. */
export const LOSS_NAMES = Object.keys(LOSSES);

/**
 * A loss of one run, with all that it is made of: sums over steps and numbers, `mean_squared` their mean.
 *
 * @param {string} name one of LOSS_NAMES
 * @param {ArrayLike<number>} scores (T, width); without a read-out, h
 * @param {ArrayLike<?number>} targets as the scores; null or NaN for numbers that do not count
 * @param {{width: number, activation?: string}} about K, and what is shown of the scores
 * @returns {{value: number, steps: Float64Array, outputs: Float64Array, d_scores: Float64Array}}
 * @throws {RangeError} there is no such loss or activation, or the targets are not as many as the scores
 */
export function loss(name, scores, targets, { width, activation = "identity" }) {
  const [measure, shown] = [chosen(LOSSES, name), chosen(SHOWN, activation)];
  if (targets.length !== scores.length) throw new RangeError(`${targets.length} targets for ${scores.length} scores`);
  const counted = Array.from(targets, (t) => t !== null && !Number.isNaN(t));
  const share = name === "mean_squared" ? 1 / Math.max(1, counted.filter(Boolean).length) : 1;
  const perStep = stepsOf(scores, width).map((s, step) => {
    const counts = counted.slice(step * width, (step + 1) * width);
    const t = counts.map((counting, k) => (counting ? targets[step * width + k] : 0));
    const y = shown.value(s);
    return { y, ...ofStep(`${name} of ${activation}`, { s, y, t, counts, measure, shown }) };
  });
  const steps = Float64Array.from(perStep, ({ each }) => total(each) * share);
  const d_scores = Float64Array.from(perStep.flatMap(({ d }) => [...d].map((value) => value * share)));
  return { value: total(steps), steps, outputs: Float64Array.from(perStep.flatMap(({ y }) => [...y])), d_scores };
}

/** A step's loss for each number, and ∂L/∂ its scores; where it can from the scores, which lose nothing that saturates. */
function ofStep(what, { s, y, t, counts, measure, shown }) {
  if (what === "binary_cross_entropy of sigmoid")
    return { each: s.map((value, k) => (counts[k] ? softplus(value) - t[k] * value : 0)), d: y.map((value, k) => (counts[k] ? value - t[k] : 0)) };
  if (what === "cross_entropy of softmax") {
    const top = Math.max(...s);
    const all = top + Math.log(total(s.map((value) => Math.exp(value - top))));
    const sum = total(t);
    return { each: s.map((value, k) => t[k] * (all - value)), d: y.map((value, k) => value * sum - t[k]) };
  }
  const slopes = y.map((value, k) => (counts[k] ? measure.slope(value, t[k]) : 0));
  return { each: y.map((value, k) => (counts[k] ? measure.value(value, t[k]) : 0)), d: shown.back(slopes, y) };
}
