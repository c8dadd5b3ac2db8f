// Judges a guess: {question, target, guess} → {truth, distance, verdict, …}. Lessons, exercises and the stage share it. No DOM here.
//
// A question is data: {kind, signal, unit, step, …}, steps and units from 0 in here.
//   value  the value of a signal in one unit at a step; the guess is a number
//   lane   the same, placed on a line
//   draw   its values in `steps` steps, from `step` on; the guess is a list of numbers
//   unit   the unit in which |signal| is largest at a step; the guess is a unit
//   cell   the one of several runs, `cells`: [{name, value}], in which |value| is largest; the guess is a place in the list

import { readNumber } from "../core/text/format.js";

const RIGHT = 0.05; // as far off as this is right, and close …
const CLOSE = 0.15; // … or this share of the truth, where that is beyond 1

const TIE = 0.01; // what is no farther apart prints alike, or nearly so: either is right

const LISTS = new Set(["unit", "cell"]);

/** Whether a question is answered by choosing one of several. */
export const isChoice = ({ kind }) => LISTS.has(kind);

/** Whether a guess has the form that a question's answer has. @param {number} units how many there are */
export function isAnswer({ kind, steps, cells }, guess, units) {
  if (kind === "draw") return Array.isArray(guess) && guess.length === steps && guess.every(Number.isFinite);
  if (!isChoice({ kind })) return Number.isFinite(guess);
  return Number.isInteger(guess) && guess >= 0 && guess < (cells?.length ?? units);
}

/**
 * What the run says of a question.
 * @param {(signal: string, step: number, unit: number) => number} shown a value, as the reader's convention has it
 * @param {object} question  @param {number} units how many there are
 * @returns {number|number[]} a value; those of all steps; or of all that can be chosen
 */
export function targetOf(shown, question, units) {
  const { kind, signal, unit, step, steps, cells } = question;
  if (kind === "cell") return cells.map(({ value }) => value);
  if (kind === "unit") return Array.from({ length: units }, (_, each) => shown(signal, step, each));
  if (kind === "draw") return Array.from({ length: steps }, (_, each) => shown(signal, step + each, unit));
  return shown(signal, step, unit);
}

/**
 * What a guess is worth.
 * @param {object} question
 * @param {number|number[]} target of targetOf
 * @param {?(number|number[])} guess null for "I don't know"
 * @returns {{truth, guess, distance: ?number, verdict: "right"|"close"|"off"|"unknown", worst?: number}} distance: of the
 *   point that is farthest off, `worst`, where several were drawn; of a choice, by how much the other one is larger
 */
export function judge(question, target, guess) {
  if (isChoice(question)) return judgeChoice(target, guess);
  const truth = target;
  if (guess === null) return { truth, guess, distance: null, verdict: "unknown" };
  if (!Array.isArray(target)) return { truth, guess, ...rate(guess, target) };
  const drawn = [guess].flat(); // of a single step it is a number
  const rated = target.map((value, k) => rate(drawn[k], value));
  const worst = rated.reduce((most, { share }, k) => (share > rated[most].share ? k : most), 0);
  return { truth, guess, worst, ...rated[worst] };
}

function rate(guess, truth) {
  const distance = Math.abs(guess - truth);
  const share = distance / Math.max(1, Math.abs(truth));
  return { distance, share, verdict: share <= RIGHT ? "right" : share <= CLOSE ? "close" : "off" };
}

function judgeChoice(values, guess) {
  const sizes = values.map((value) => Math.abs(value));
  const truth = sizes.indexOf(Math.max(...sizes));
  if (guess === null) return { truth, guess, values, distance: null, verdict: "unknown" };
  const { distance, verdict } = rate(sizes[guess], sizes[truth]);
  return { truth, guess, values, distance, verdict: distance <= TIE ? "right" : verdict === "off" ? "off" : "close" };
}

/** How many answers there are of each verdict. @param {{verdict: string}[]} answers */
export function tally(answers) {
  const counts = { right: 0, close: 0, off: 0, unknown: 0 };
  for (const { verdict } of answers) counts[verdict]++;
  return counts;
}

/** What somebody typed as a number; null if it is none, or beyond what a float holds. */
export function parse(text) {
  const value = readNumber(text);
  return Number.isFinite(value) ? value : null;
}

/** Whether a number is an answer within a range. @param {?number} value  @param {[number, number]} range */
export const fits = (value, [low, high]) => value !== null && value >= low && value <= high;

/**
 * Which of several typed values a reader should be led to: the first that is no answer, else the first that is missing.
 * @param {string[]} texts  @param {[number, number]} range  @returns {number} its place; 0 where nothing is amiss
 */
export function firstInvalid(texts, range) {
  const wrong = texts.findIndex((text) => text.trim() !== "" && !fits(parse(text), range));
  return wrong >= 0 ? wrong : Math.max(0, texts.findIndex((text) => text.trim() === ""));
}
