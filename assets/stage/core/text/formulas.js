// Equations of a step in the chosen notation, put together from the symbols that came with the run.
// Plain text with _subscripts and ^superscripts; no DOM here, typeset.js sets them.

import { activationName, isMirrored } from "../run/squash.js";
import { variant } from "../run/trace.js";

export class Formulas {
  /** @param {object} header of the trace: cell, description, reset, update, notation, symbols */
  constructor(header) {
    this.header = header;
    this.lstm = header.cell === "lstm";
    this.variant = variant(header);
    this.after = header.cell === "gru" && header.reset === "after";
    this.description = header.description;
    this.notation = this.description.paper || (header.notation === "z" && !this.lstm) ? "pytorch" : header.notation;
  }

  /** The symbol of any signal, products among them: f⊙c₋₁, (1−z)⊙n, tanh c; also W.forget, b_hn. */
  symbol(signal) {
    const known = this.header.symbols;
    if (this.header.cell === "gru") {
      if (signal === "kept") return `${this.share(true)}⊙${known.previous_hidden}`;
      if (signal === "written") return `${this.share(false)}⊙${known.candidate}`;
    }
    if (signal === "shown") return known.shown ?? `${known.output}⊙${known.tanh_cell}`;
    if (signal === "gated") return `${known.reset}⊙(${known.recurrent})`;
    return known[signal] ?? spelled(signal);
  }

  /** z or (1−z): what multiplies the old state (keeps) or the candidate, as the convention has it. */
  share(keeps) {
    const z = this.header.symbols.update;
    return keeps === (this.header.update !== "write") ? z : `(1−${z})`;
  }

  /** Names of a part's weights; where the notation has one matrix for both, `both` is its name. */
  weights(part) {
    const [x, h, b] = ["W", "U", "b"].map((name) => this.symbol(`${name}.${part}`));
    return { x, h, b, both: x.replace(/,x$|_x$|ₓ$/, "") };
  }

  /** The product of weights with the input ("x"), h₋₁ ("hidden"), r⊙h₋₁ ("reset_hidden"), or a "peephole"'s with c. */
  product(part, operand) {
    if (operand === "peephole") return `${this.symbol(`p.${part}`)}⊙${this.symbol(part === "output" ? "cell" : "previous_cell")}`;
    const weight = this.weights(part)[operand === "x" ? "x" : "h"];
    const symbol = this.symbol(operand === "hidden" ? "previous_hidden" : operand);
    const factor = symbol.includes("⊙") ? `(${symbol})` : symbol;
    return this.notation === "row" ? `${factor} ${weight}` : `${weight} ${factor}`;
  }

  /** The whole pre-activation of a part. */
  affine(part) {
    const { both, b } = this.weights(part);
    if (!this.description.recurrent) return `${this.product(part, "x")} + ${b}`;
    const candidate = this.header.cell === "gru" && part === "candidate";
    if (candidate && this.after) return `${this.product(part, "x")} + ${b} + ${this.symbol("gated")}`;
    const operand = candidate ? "reset_hidden" : "hidden";
    const state = this.symbol(candidate ? "reset_hidden" : "previous_hidden");
    const x = this.symbol("x");
    const peephole = this.variant.peephole && part !== "candidate" ? ` + ${this.product(part, "peephole")}` : "";
    if (this.notation === "concatenated") return `${both}·[${state}, ${x}]${peephole} + ${b}`;
    if (this.notation === "z") return `${both}[${x}; ${state}]${peephole} + ${b}`;
    return `${this.product(part, "x")} + ${this.product(part, operand)}${peephole} + ${b}`;
  }

  /** The equation that makes a signal; null for the input, which nothing makes. */
  equation(signal, activation) {
    const left = this.symbol(signal);
    const { sums, rules, parts } = this.description;
    if (signal === "x") return null;
    if (this.variant.without.includes(signal)) return `${left} = 1`;
    if (this.variant.coupled && signal === "input") return `${left} = 1 − ${this.symbol("forget")}`;
    if (rules[signal]) return rules[signal].equation;
    const products = sums[signal]?.map(([name]) => name) ?? [];
    if (products.length && products[0] !== signal) return `${left} = ${products.map((name) => this.symbol(name)).join(" + ")}`;
    if (!parts.includes(signal)) return left; // a product by its own name
    const writes = signal === "update" && this.header.update === "write";
    if (writes && !isMirrored(activation)) return `${left} = 1 − ${activation === "none" ? `(${this.affine(signal)})` : `${activationName(activation)}(${this.affine(signal)})`}`;
    const sum = writes ? `−(${this.affine(signal)})` : this.affine(signal);
    return activation === "none" ? `${left} = ${sum}` : `${left} = ${activationName(activation)}(${sum})`;
  }
}

/** What to call something that the notation has no symbol for: W_forget. */
function spelled(signal) {
  const [name, part] = signal.split(".");
  return part ? `${name}_${part}` : name;
}

/**
 * Splits "W_f x" into runs: [{text: "W"}, {text: "f", shift: "sub"}, {text: " x"}]. A subscript reaches
 * over letters, digits and the commas between them: b_hn, W_f,x.
 */
export function runs(text) {
  const found = [];
  const pattern = /([_^])([\p{L}\p{M}\p{N}]+(?:,[\p{L}\p{M}\p{N}]+)*)/gu;
  let from = 0;
  for (const match of text.matchAll(pattern)) {
    if (match.index > from) found.push({ text: text.slice(from, match.index) });
    found.push({ text: match[2], shift: match[1] === "_" ? "sub" : "sup" });
    from = match.index + match[0].length;
  }
  if (from < text.length) found.push({ text: text.slice(from) });
  return found;
}

/** The same text without marks, for names that are read aloud. */
export const plain = (text) => runs(text).map((run) => run.text).join("");
