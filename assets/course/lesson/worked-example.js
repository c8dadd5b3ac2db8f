// A worked example whose lines fade: which lines are left to compute, and what was answered. No DOM here.
//
// Such a step has `worked`, {lines: [{name, label, letters, blank}], judging}, and a variant its numbers, {given, stated, written}
// (gates/course/worked.py). An answer is what was typed by the names of blank lines, null for "I don't know".
import { judge, readAnswer } from "../../stage/exercise/judge.js";
import { uncovered } from "../../stage/lab/check/lines.js";

export const isWorked = ({ kind }) => kind === "worked";

/** The lines that are left to compute. */
export const blanks = ({ worked }) => worked.lines.filter(({ blank }) => blank);

/** Whether a step asks for nothing: it tells something, or all of its lines are written out. */
export const asksNothing = (step) => step.kind === "tell" || (isWorked(step) && !blanks(step).length);

/** How many steps of the run give none of the blank lines away; null for all. */
export function uncoveredSteps({ worked }) {
  const { lines } = worked.judging;
  const open = new Set(blanks({ worked }).map(({ name }) => name));
  const steps = Math.max(...lines.map(({ step }) => step));
  const workedLines = lines.filter(({ name }) => worked.lines.some((line) => line.name === name));
  const { step } = uncovered(workedLines, (name) => !open.has(name), { steps, phases: [null] });
  return step < steps ? step : null;
}

/**
 * The first blank line that is neither answered nor said to be unknown; null where there is none.
 * @param {Object<string, ?string>} typed
 * @returns {?{name: string, label: string, problem: "empty"|"text"}}
 */
export function unanswered(step, typed) {
  for (const { name, label } of blanks(step)) {
    if (typed[name] === null) continue;
    if (!(typed[name] ?? "").trim()) return { name, label, problem: "empty" };
    if (!readAnswer(typed[name])) return { name, label, problem: "text" };
  }
  return null;
}

/**
 * What each blank line is worth. Whoever fills it in goes on from the numbers that stand there, rounded as they are.
 * @param {object} step  @param {object} variant  @param {Object<string, ?string>} typed
 * @returns {{name: string, label: string, typed: ?string, status: "right"|"carried"|"wrong"|"missing", follows: number, cause: string}[]}
 *   as assets/stage/exercise/judge.js has them
 */
export function marks({ worked }, { given, written }, typed) {
  const entered = Object.fromEntries(worked.lines.map(({ name, blank }) => [name, blank ? (typed[name] ?? "") : written[name].value]));
  const verdicts = new Map(judge({ ...worked.judging, given }, entered).map((one) => [one.name, one]));
  return blanks({ worked }).map(({ name, label }) => ({ ...verdicts.get(name), label, typed: typed[name] ?? null }));
}

/**
 * What all of them are worth together: right where every line is, close where half of them are right or follow rightly.
 * @returns {{verdict: "right"|"close"|"off"|"unknown", right: number, carried: number, of: number}}
 */
export function worth(step, variant, typed) {
  const verdicts = marks(step, variant, typed);
  const count = (kind) => verdicts.filter(({ status }) => status === kind).length;
  const [right, carried, missing, of] = [count("right"), count("carried"), count("missing"), verdicts.length];
  const verdict = missing === of ? "unknown" : right === of ? "right" : 2 * (right + carried) >= of ? "close" : "off";
  return { verdict, right, carried, of };
}

/** In words how many lines are right, and of the first wrong one what probably went wrong. */
export function verdictOfLines({ step, variant, answer }, t) {
  const { verdict, right, carried, of } = worth(step, variant, answer.lines);
  if (verdict === "unknown" || verdict === "right") return t(`worked.verdict.${verdict}`, { of });
  const first = marks(step, variant, answer.lines).find(({ status }) => status === "wrong");
  const why = first ? t("worked.first", { line: first.label, answer: first.typed.trim(), cause: t(`mistake.${first.cause}`) }) : "";
  const sentence = t(carried ? "worked.verdict.carried" : "worked.verdict.some", { right, carried, of });
  return why ? [sentence, why].join(sentence.endsWith("。") ? "" : " ") : sentence;
}
