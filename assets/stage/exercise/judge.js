// Answers to an exercise, judged line by line: right at the rounding they were typed with, right from a wrong number before,
// or wrong, and of the first wrong one the cause. The same as gates/exercises/check.py; the lab and lessons share it. No DOM here.
import { follow } from "./arithmetic.js";

const FINEST = 6; // decimals beyond which an answer is held to no closer tolerance
const LONGEST = 40;
const NUMBER = /^[+-]?(?:\d+(?:\.(\d*))?|\.(\d+))$/;
const SIGNS = { "−": "-", "–": "-", "，": ".", ",": ".", "．": ".", "。": ".", "＋": "+", "－": "-" };

/**
 * An answer as typed: its value, and half a unit of its last place; null for no number. A decimal comma and full-width signs
 * are understood. Of fewer digits than are asked for those that are missing count as 0.
 * @returns {?{value: number, tolerance: number}}
 */
export function readAnswer(text, decimals = 2) {
  const plain = text.trim().normalize("NFKC").replace(/[−–，,．。＋－]/gu, (sign) => SIGNS[sign]);
  const match = plain.length <= LONGEST ? NUMBER.exec(plain) : null;
  if (!match) return null;
  const typed = (match[1] ?? match[2] ?? "").length;
  return { value: Number(plain), tolerance: 0.5 * 10 ** -Math.min(Math.max(typed, decimals), FINEST) };
}

/** Whether an answer is a number, rounded. Sums of floats may lie a little beside what they mean. */
const isNear = ({ value, tolerance }, other) => Math.abs(value - other) <= tolerance * (1 + 1e-9) + 1e-12;

/**
 * Judges the answers to an exercise, in the order in which its lines are computed.
 * @param {object} judging as arithmetic.js has it
 * @param {Object<string, string>} answers as typed, by the names of lines; others are taken for none
 * @param {number} [decimals] how many are asked for
 * @returns {{name: string, status: "right"|"carried"|"wrong"|"missing"|"text", expected: number, follows: number, cause: string}[]}
 *   carried: it follows rightly from a wrong number before it; text: it is no number; expected: the right value; follows: what
 *   follows from the numbers answered before; cause: of the first wrong line the mistake that makes it, "several" or "none"
 */
export function judge(judging, answers, decimals = judging.decimals) {
  const right = follow(judging, {});
  const typed = {};
  for (const { name } of judging.lines) {
    const answer = readAnswer(answers[name] ?? "", decimals);
    if (answer) typed[name] = answer;
  }
  // Somebody may go on from the rounded number, or keep all digits and write the rounded one down.
  const known = mapped(typed, ({ value }) => value);
  const exact = mapped(typed, (answer, name) => (isNear(answer, right[name]) ? right[name] : answer.value));
  const [follows, sharply] = [follow(judging, known), follow(judging, exact)];
  let first = true;
  return judging.lines.map(({ name }) => {
    const answer = typed[name];
    const verdict = { name, status: (answers[name] ?? "").trim() ? "text" : "missing", expected: right[name], follows: follows[name], cause: "" };
    if (!answer) return verdict;
    const carried = isNear(answer, follows[name]) || isNear(answer, sharply[name]);
    verdict.status = isNear(answer, right[name]) ? "right" : carried ? "carried" : "wrong";
    if (verdict.status === "wrong" && first) {
      verdict.cause = causeOf(judging, name, answer, [known, exact]);
      first = false;
    }
    return verdict;
  });
}

const mapped = (record, change) => Object.fromEntries(Object.entries(record).map(([name, value]) => [name, change(value, name)]));

/** The one cause that makes this number from those before it, or "several", or "none". */
function causeOf(judging, name, answer, fromHere) {
  const causes = new Set();
  for (const known of fromHere) {
    const right = follow(judging, known, undefined, name)[name];
    for (const mistake of judging.mistakes) {
      const wrong = follow(judging, known, mistake, name)[name];
      if (isNear(answer, wrong) && Math.abs(wrong - right) > answer.tolerance) causes.add(mistake.cause);
    }
  }
  return causes.size === 1 ? [...causes][0] : causes.size > 1 ? "several" : "none";
}
