// The gate test as it is sat: two forms with different numbers, answers that stand, and what changed between them. No DOM here.
//
// A sitting is {seed, begun, form, answers, skipped}: form 1 before the lessons, 2 after them; an answer is
// {option, sure, at}, option null for "I don't know". An item is what gates/course/gatetest/reader.py compiles.
import { fill } from "../../stage/core/text/format.js";
import { mulberry32, seedOf, shuffled } from "../lesson/player.js";

export const FORMS = [1, 2];
export const SURE = ["guess", "rather", "certain"];

/** A sitting that begins. The second form takes the seed of the first, so that none of its numbers come again. */
export const newSitting = (form, seed, now) => ({ seed, begun: now, form, answers: {}, skipped: false });

/** Which of an item's variants a form asks with: never the same in both. */
export function place({ id, variants }, seed, form) {
  const random = mulberry32(seedOf(seed, id));
  const first = Math.floor(random() * variants.length);
  if (form === 1) return first;
  return (first + 1 + Math.floor(random() * (variants.length - 1))) % variants.length;
}

/** An item as a form asks it: {id, item, values, question, options}, the options in an order of their own. */
export function questionFor(item, { seed, form }) {
  const values = item.variants[place(item, seed, form)];
  const { question } = item.words;
  const options = shuffled(item.options, seedOf(seed, `${item.id} options ${form}`));
  return { id: item.id, item, values, question: fill(typeof question === "string" ? question : question[values.say], values), options };
}

/** A sentence of an item, with its numbers: text or because of an option. */
export const optionText = ({ item, values }, option, part) => fill(item.words[option][part], values);

export const isFinished = (items, { answers }) => items.every(({ id }) => id in answers);

/** The item that is asked next; null after the last. */
export const nextItem = (items, { answers }) => items.find(({ id }) => !(id in answers)) ?? null;

/** A sitting with one answer more; an answer that was given stands. */
export function answered(sitting, { id, options }, option, sure, now) {
  if (id in sitting.answers || (option !== null && !options.includes(option))) return sitting;
  const kept = { option, sure: option === null ? null : SURE.includes(sure) ? sure : null, at: now };
  return { ...sitting, answers: { ...sitting.answers, [id]: kept } };
}

const byBegin = (one, other) => one.begun - other.begun || one.seed - other.seed;

/** What was sat so far: {before, after, open, skipped}; the first that was finished before, the last one after. */
export function sittings(items, kept) {
  const all = Object.values(kept).sort(byBegin);
  const real = all.filter(({ skipped }) => !skipped);
  const done = real.filter((one) => isFinished(items, one));
  return {
    before: done.find(({ form }) => form === 1) ?? null,
    after: done.findLast(({ form }) => form === 2) ?? null,
    open: real.findLast((one) => !isFinished(items, one)) ?? null,
    skipped: all.some(({ skipped }) => skipped),
  };
}

/**
 * What the page offers of the gate test.
 * @param {{before, after, open, skipped}} sat of `sittings`
 * @param {{begun: boolean, ended: boolean}} lessons whether one was begun, and whether the last one is done
 * @returns {"resume"|"before"|"after"|"result"|"later"|"closed"} later: the second form may be taken by who will; closed: it has
 *   nothing to be compared with yet
 */
export function testStatus({ before, after, open, skipped }, { begun, ended }) {
  if (open) return "resume";
  if (after) return "result";
  if (ended) return "after";
  if (before || begun) return begun ? "later" : "closed";
  return skipped ? "closed" : "before";
}

const isRight = ({ item }, answer) => answer.option === item.right;

/**
 * What changed between two sittings; `before` null where there was none.
 * @returns {{rows: object[], right: {before: ?number, after: number}, sure: object}} a row: {id, first, second, before, after, change}
 */
export function outcome(items, before, after) {
  const rows = items.map((item) => {
    const [first, second] = [before, after].map((sitting) => sitting && questionFor(item, sitting));
    const [one, other] = [before?.answers[item.id] ?? null, after.answers[item.id]];
    const change = one === null ? null : Number(isRight(second, other)) - Number(isRight(first, one));
    return { id: item.id, first, second, before: one, after: other, change };
  });
  const count = (name) => rows.filter((row) => row[name]?.option === items.find(({ id }) => id === row.id).right).length;
  return { rows, right: { before: before ? count("before") : null, after: count("after") }, sure: calibration(items, after) };
}

/** How many answers of each confidence there were, and how many of them were right: {guess: {of, right}, …}. */
export function calibration(items, { answers }) {
  return Object.fromEntries(
    SURE.map((sure) => {
      const judged = items.filter(({ id }) => answers[id]?.sure === sure);
      return [sure, { of: judged.length, right: judged.filter(({ id, right }) => answers[id].option === right).length }];
    }),
  );
}

/** By misconception, whether an answer fell for it: {number: {before, after}}, each true, false, or null where it was not asked. */
export function misled(items, before, after) {
  const byMisconception = {};
  for (const { id, refutes } of items)
    for (const number of new Set(Object.values(refutes))) {
      byMisconception[number] ??= { before: null, after: null };
      for (const [name, sitting] of [["before", before], ["after", after]]) {
        const answer = sitting?.answers[id];
        if (answer) byMisconception[number][name] = Boolean(byMisconception[number][name]) || refutes[answer.option] === number;
      }
    }
  return byMisconception;
}
