// The lines of an exercise as arithmetic on named numbers, computed from what somebody has, rightly or with a mistake. No DOM here.
//
// A judging (gates/exercises/judging.py): {lines: [{name, label, group, step, key, is}], given: {key: number}, mistakes, asked, decimals}.
// `is` is a number, a key, or [operator, …]: "+", "*" of any count; "-", "/" of two; "^2", "exp", "ln"; "of" and "slope" of a
// function and its argument.
import { squash } from "../engine/activations.js";

/** The two functions of an activation, made once each. */
const made = new Map();
function squashOf(choice) {
  const name = JSON.stringify(choice);
  if (!made.has(name)) made.set(name, squash(choice));
  return made.get(name);
}

/**
 * What an expression comes to.
 * @param {number|string|Array} expression  @param {(key: string) => number} number what stands for a key
 * @param {?(string|object)} uses the function that is used for every other
 */
function evaluate(expression, number, uses) {
  if (typeof expression === "number") return expression;
  if (typeof expression === "string") return number(expression);
  const [operator, ...operands] = expression;
  if (operator === "of" || operator === "slope") {
    const { value, slope } = squashOf(uses ?? operands[0]);
    const a = evaluate(operands[1], number, uses);
    return operator === "of" ? value(a) : slope(a, value(a));
  }
  const values = operands.map((operand) => evaluate(operand, number, uses));
  const [one, other] = values;
  switch (operator) {
    case "+":
      return values.reduce((sum, value) => sum + value, 0);
    case "*":
      return values.reduce((product, value) => product * value, 1);
    case "-":
      return one - other;
    case "/":
      return one === 0 ? 0 : one / other; // a target that is 0 counts for nothing in a logarithm's slope
    case "^2":
      return one * one;
    case "exp":
      return Math.exp(one);
    case "ln":
      return Math.log(one);
    default:
      throw new RangeError(`no operator is called ${operator}`);
  }
}

const TURNS = { minus: (value) => -value, "one minus": (value) => 1 - value };
const RIGHTLY = {};

/**
 * What each line comes to for somebody who goes on from the numbers that are known. A line that is known is computed all
 * the same, from what is known before it; what comes after it takes the known number.
 * @param {object} judging  @param {Object<string, number>} known numbers by the names of lines
 * @param {object} [mistake] one of judging.mistakes, made in every line that it can be made in
 * @param {?string} [wanted] a line; then only it is computed, and what is not known before it
 * @returns {Object<string, number>} values by the names of lines
 */
export function follow({ lines, given }, known, { takes = {}, at = {}, uses = {}, turns = {}, is = {} } = RIGHTLY, wanted = null) {
  const there = { ...given };
  const values = {};
  const plain = (key) => there[key];
  for (const line of lines) {
    const { name, key, group } = line;
    if (wanted && name !== wanted && name in known) {
      there[key] = known[name];
      continue;
    }
    const taken = { ...takes[group], ...at[name] };
    const number = (reference) => (Object.hasOwn(taken, reference) ? evaluate(taken[reference], plain, null) : there[reference]);
    const value = evaluate(is[name] ?? line.is, number, uses[name] ?? null);
    values[name] = TURNS[turns[name]]?.(value) ?? value;
    there[key] = known[name] ?? value; // a line turned over once is not turned back by the next
    if (name === wanted) break;
  }
  return values;
}
