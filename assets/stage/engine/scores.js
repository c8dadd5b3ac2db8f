// Read-outs: scores, and what is shown of them, as gates/network.py has them. No DOM here. Arrays are flat, row by row; in the
// names, d_x is ∂L/∂x.
import { sigmoid } from "./activations.js";

/** The scores of a read-out, V·h + b: V (K, n) and b (K) with h (T, n) give (T, K). */
export function scoresOf({ V, b }, h) {
  const K = b.length;
  const n = V.length / K;
  return Float64Array.from({ length: (h.length / n) * K }, (_, place) => {
    const [t, k] = [Math.floor(place / K), place % K];
    let sum = 0;
    for (let j = 0; j < n; j++) sum += V[k * n + j] * h[t * n + j];
    return sum + b[k];
  });
}

/** What may stand between scores and what is shown: its value of a step's scores, and ∂L/∂s of (∂L/∂y, y). */
export const SHOWN = {
  identity: { value: (s) => s, back: (d) => d },
  sigmoid: { value: (s) => s.map(sigmoid), back: (d, y) => d.map((each, k) => each * y[k] * (1 - y[k])) },
  tanh: { value: (s) => s.map(Math.tanh), back: (d, y) => d.map((each, k) => each * (1 - y[k] * y[k])) },
  softmax: { value: softmax, back: throughSoftmax },
};

function softmax(s) {
  const top = Math.max(...s);
  const weights = s.map((each) => Math.exp(each - top));
  const sum = total(weights);
  return weights.map((each) => each / sum);
}

function throughSoftmax(d, y) {
  const along = total(d.map((each, k) => each * y[k]));
  return d.map((each, k) => y[k] * (each - along));
}

/** What can be chosen, by the engine's names. */
export const SHOWN_NAMES = Object.keys(SHOWN);

/** What is shown of scores (T, width): "identity", "sigmoid", "tanh" or "softmax" of each step's. */
export function show(scores, width, activation = "identity") {
  const shown = chosen(SHOWN, activation);
  return Float64Array.from(stepsOf(scores, width).flatMap((s) => [...shown.value(s)]));
}

/** The sum of some numbers. */
export const total = (values) => values.reduce((sum, value) => sum + value, 0);

/** Scores (T, width) as a list for each step. */
export const stepsOf = (scores, width) => Array.from({ length: scores.length / width }, (_, t) => Array.from({ length: width }, (_, k) => scores[t * width + k]));

/** What a table has under a name. @throws {RangeError} nothing */
export function chosen(table, name) {
  if (!Object.hasOwn(table, name)) throw new RangeError(`${name} is none of ${Object.keys(table).join(", ")}`);
  return table[name];
}
