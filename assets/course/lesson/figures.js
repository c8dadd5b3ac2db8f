// Figures that a lesson reads off a run, as gates/course/expressions.py computes them. No DOM here.
import { gate, number } from "../../stage/core/text/format.js";

const MINUS = "−";
const GATES = new Set(["forget", "input", "output", "reset", "update"]);
const WEIGHTS = ["W", "U", "b", "b_hn", "peephole"];

const size = ({ shape }) => shape.reduce((product, extent) => product * extent, 1);

const FORMS = {
  signal: ({ signal, step, unit = 1 }, { trace }) => trace.at(signal, step - 1, unit - 1),
  number: ({ number: value }) => value,
  slider: ({ slider }, { sliders }) => sliders[slider],
  weight: ({ weight: [name, row, column] }, { trace }) => trace.arrays[name][(row - 1) * (name === "U" ? trace.units : trace.inputs) + column - 1],
  parameters: (_, { trace }) => trace.header.arrays.filter(({ name }) => WEIGHTS.includes(name)).reduce((sum, one) => sum + size(one), 0),
  rest: ({ rest }, run) => 1 - evaluate(rest, run),
  tanh: ({ tanh }, run) => Math.tanh(evaluate(tanh, run)),
  halflife: ({ halflife }, run) => Math.log(0.5) / Math.log(evaluate(halflife, run)),
  ratio: ({ ratio: [one, other] }, run) => evaluate(one, run) / evaluate(other, run),
  power: ({ power: [one, other] }, run) => evaluate(one, run) ** evaluate(other, run),
  product: ({ product }, run) => product.reduce((all, one) => all * evaluate(one, run), 1),
  sum: ({ sum }, run) => sum.reduce((all, one) => all + evaluate(one, run), 0),
};

/**
 * The value of a figure.
 * @param {object} figure as in a lesson's file  @param {{trace: object, sliders: Object<string, number>}} run a Trace, and where its sliders stand
 */
export function evaluate(figure, run) {
  const form = Object.keys(FORMS).find((name) => name in figure);
  if (!form) throw new Error(`no figure: ${JSON.stringify(figure)}`);
  return FORMS[form](figure, run);
}

/** A figure's value as a sentence has it. */
export function spelled(figure, value) {
  if ("digits" in figure) return fixed(value, figure.digits);
  return (GATES.has(figure.signal) || figure.gate ? gate : number)(value);
}

function fixed(value, digits) {
  const text = Math.abs(value).toFixed(digits);
  return (value < 0 && Number(text) ? MINUS : "") + text;
}

/** Whether a run meets a condition {of, above} or {of, below}. */
export function met({ of, above = -Infinity, below = Infinity }, run) {
  const value = evaluate(of, run);
  return value >= above && value <= below;
}
