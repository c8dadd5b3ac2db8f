// What a cell's sums go through, by part, how that is written and what it gives. No DOM here.
import { squash } from "../../engine/activations.js";

const SHORT = { sigmoid: "sigma", exponential: "exp", identity: "none" };
const LONG = { sigma: "sigmoid", exp: "exponential", none: "identity" };
const NAMES = { sigma: "σ", tanh: "tanh", relu: "ReLU", exp: "exp", none: "" };
const BOUNDED = new Set(["sigma", "tanh", "hard_sigmoid", "hard_tanh", "scaled_tanh", "softsign"]);
const OPTIONS = { candidate: "candidate_activation", cell: "cell_activation", hidden: "activation" };

/**
 * The activation of a part, and under "cell" that of an LSTM's c on its way out.
 * @param {object} header of a run
 * @returns {string} "sigma", "tanh", "relu", "exp", "none", or the engine's name of another one
 */
export function squashOf(header, part) {
  const chosen = ["lstm", "gru", "rnn"].includes(header.cell) ? header[OPTIONS[part] ?? "gate_activation"] : undefined;
  return chosen ? (SHORT[chosen] ?? chosen) : (header.description?.squashes[part] ?? "tanh");
}

/** Value of an activation by the name that `squashOf` gives. */
export const activate = (name, value) => squash(LONG[name] ?? name).value(value);

/** Its slope where it made y of a. */
export const slopeOf = (name, a, y) => squash(LONG[name] ?? name).slope(a, y);

/** How an activation is written in an equation; nothing for none. */
export const activationName = (activation) => NAMES[activation] ?? activation.replaceAll("_", " ");

/** The same for a part of a run. */
export const signOf = (header, part) => activationName(squashOf(header, part));

/** Whether what it gives stays within ±1. */
export const isBounded = (activation) => BOUNDED.has(activation);

/** Whether 1 − f(a) is f(−a), so that a z that writes is the same function of the sum turned round. */
export const isMirrored = (activation) => ["sigma", "hard_sigmoid"].includes(activation);

/** Symbols for a run whose c goes out through another function than tanh. */
export function withSquash(symbols, header) {
  if (header.cell !== "lstm") return symbols;
  return { ...symbols, tanh_cell: `${signOf(header, "cell")} ${symbols.cell}`.trim() };
}
