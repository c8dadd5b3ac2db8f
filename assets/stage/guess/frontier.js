// How far a run is uncovered for somebody who guesses first, and what is asked before it goes on. No DOM here.
import { largestMemory, roundSize } from "./bound.js";
import { isGate } from "../core/colour.js";
import { isBounded, squashOf } from "../core/run/squash.js";
import { phaseOf } from "../core/run/visible.js";

/** The place one phase after another, or null at the end of the run. */
export function nextPlace(trace, place) {
  const next = place.step * trace.phases.length + trace.phases.indexOf(place.phase) + 1;
  const { length } = trace.phases;
  return next < trace.steps * length ? { step: Math.floor(next / length), phase: trace.phases[next % length] } : null;
}

/** The signal that is asked before a phase shows it: the memory, else h, else the first gate of the phase, else its candidate; null for none. */
export function askedIn(trace, phase) {
  const { made } = trace.description;
  const candidates = [trace.memory, "hidden", ...trace.parts.filter(isGate), ...trace.parts];
  return candidates.find((signal) => made[signal] === phase && trace.has(signal)) ?? null;
}

export const MODES = ["values", "draw", "unit"];
const AHEAD = 5; // steps that are drawn at once

/**
 * What can be guessed of a run, by name: each value phase by phase, the next five steps, which unit; where several cells
 * keep step, which of them.
 */
export const modesOf = (trace, several = false) => (several ? ["cell"] : MODES.filter((mode) => mode !== "unit" || trace.units > 1));

/** The step that is asked next where whole steps are: the first that is not complete; null at the end. */
const nextStep = (trace, { step, phase }) => {
  const next = phase === trace.phases.at(-1) ? step + 1 : step;
  return next < trace.steps ? next : null;
};

/**
 * What is asked next of a run that is uncovered up to a frontier.
 * @param {object} trace the whole run  @param {string} mode one of modesOf
 * @param {{step: number, phase: string}} frontier  @param {object} about `unit` that is chosen, `signal` that is drawn; and
 *   where cells keep step `cells(step)`, what each of them holds then, [{name, value}]
 * @returns {{question: ?object, place: ?{step: number, phase: string}}} the question as of judge.js, and how far its answer
 *   uncovers; a place without a question is passed without asking; neither is left at the end
 */
export function nextQuestion(trace, mode, frontier, { unit, signal, cells }) {
  const last = trace.phases.at(-1);
  if (mode === "values") {
    const place = nextPlace(trace, frontier);
    const target = place && askedIn(trace, place.phase);
    if (!target || !Number.isFinite(trace.at(target, place.step, unit))) return { question: null, place };
    return { question: { kind: isGate(target) ? "value" : "lane", signal: target, unit, step: place.step }, place };
  }
  const step = nextStep(trace, frontier);
  if (step === null) return { question: null, place: null };
  const steps = mode === "unit" ? 1 : Math.min(AHEAD, trace.steps - step);
  if (mode === "cell") return heldBy(cells(step + steps - 1), { signal, unit, step: step + steps - 1 }, last);
  const finite = Array.from({ length: steps }, (_, k) => trace.at(signal, step + k, unit)).every(Number.isFinite);
  const place = { step: step + steps - 1, phase: last };
  if (!finite) return { question: null, place };
  return { question: mode === "draw" ? { kind: "draw", signal, unit, step, steps } : { kind: "unit", signal, step }, place };
}

/** Which of several cells holds it, some steps on: |memory| of the chosen unit. */
function heldBy(cells, { signal, unit, step }, last) {
  const place = { step, phase: last };
  const known = cells.length > 1 && cells.every(({ value }) => Number.isFinite(value));
  return { question: known ? { kind: "cell", signal, of: unit, step, cells } : null, place };
}

/**
 * A question as a lesson writes it, checked: steps and units from 1 there, and from 0 here; null if it makes no sense for the run.
 * @returns {?{question: object, before: object, place: object}} before: how far the run is uncovered while it is asked; the step
 *   −1 for nothing of it
 */
export function readQuestion(trace, { kind, signal = trace.memory, unit = 1, step, steps = 1, cells, of, from, range }) {
  const question = { kind, signal, step: step - 1 };
  const fits = (value, low, high) => Number.isInteger(value) && value >= low && value <= high;
  const known = trace.has(signal) && signal !== "x" && fits(step, 1, trace.steps);
  if (!known || !["value", "lane", "draw", "unit", "cell"].includes(kind)) return null;
  if (kind !== "cell" && kind !== "unit") question.unit = unit - 1;
  if (!fits(unit, 1, trace.units) || !fits(steps, 1, trace.steps - step + 1)) return null;
  if (kind === "draw") question.steps = steps;
  if (kind === "cell") {
    if (!Array.isArray(cells) || cells.length < 2 || !cells.every(({ name, value }) => typeof name === "string" && Number.isFinite(value))) return null;
    Object.assign(question, { cells, step: step - 2 + steps }); // they are compared at the last of the concealed steps
    if (of !== undefined) question.of = of - 1; // whose memory it is
  }
  const { phases } = trace;
  const single = kind === "value" || kind === "lane";
  if (range !== undefined) {
    if (!single || !Array.isArray(range) || range.length !== 2 || !range.every(Number.isFinite) || range[0] >= range[1]) return null;
    question.range = range;
  }
  if (from !== undefined) {
    if (!single || !fits(from, 1, step)) return null;
    question.from = from - 1;
    return { question, before: { step: from - 2, phase: phases.at(-1) }, place: { step: step - 1, phase: phases.at(-1) } };
  }
  const made = single ? phases.indexOf(phaseOf(trace, signal)) : 0;
  // Whoever sees a sum sees what its gate will be: the first phase of a step, which has the sums alone, stays concealed too.
  const before = made > 1 ? { step: step - 1, phase: phases[made - 1], sums: false } : { step: step - 2, phase: phases.at(-1) };
  const place = single ? { step: step - 1, phase: phases[made] } : { step: step - 2 + steps, phase: phases.at(-1) };
  return { question, before, place };
}

/**
 * Between which values an answer lies, said from what is seen already: a gate between 0 and 1, c no farther than 1 a step from
 * where it was, and no farther than weights and inputs let it go, h between −1 and 1 unless nothing squashes it. A lesson may say the range itself.
 * @param {object} trace the run as far as it is uncovered
 * @returns {[number, number]}
 */
export function rangeOf(trace, { signal, step, unit, range, from = step, steps = 1 + step - from }) {
  if (range) return range;
  if (isGate(signal)) return [0, 1];
  const size = (name, at) => (trace.knows(name) && at >= 0 ? Math.abs(trace.at(name, at, unit)) : 0);
  const before = size(trace.memory, from - 1);
  const seen = (name) => (Number.isFinite(size(name, step)) ? size(name, step) : before + steps); // or it is concealed
  const unbounded = trace.variant.linear.includes("cell") ? seen("cell") : trace.cell === "rnn" && !isBounded(squashOf(trace.header, "hidden")) ? seen("pre.hidden") : 0;
  const top = signal === "cell" ? before + steps : Math.max(1, trace.memory === "hidden" ? before : 0, unbounded);
  const whole = Number.isFinite(top) ? Math.ceil(top) : 1;
  const most = signal === "cell" && !unbounded ? largestMemory(trace, { unit, from, to: from + steps - 1 }, before) : NaN;
  const nearer = Number.isFinite(most) ? Math.min(whole, roundSize(most)) : whole;
  return [-nearer, nearer];
}
