// What a browser keeps of the course beside the lessons: sittings of the gate test, reviews, and when those come. No DOM here.
import { isObject } from "../../stage/core/storage.js";
import { DAYS, validDays } from "../review/schedule.js";

const MOST = { sittings: 20, reviews: 200 }; // the oldest go

const isTime = (value) => Number.isFinite(value) && value >= 0;
const isName = (value) => typeof value === "string" && value.length <= 100;
const isPlace = (value) => Number.isInteger(value) && value >= 0;

/** The name of a sitting or a review, under which two tabs know it as the same. */
export const nameOf = ({ seed, begun }) => `${begun}-${seed}`;

export const emptyRecords = () => ({ sittings: {}, reviews: {}, settings: { days: DAYS, at: 0 } });

function validSitting(found) {
  if (!isObject(found) || !isPlace(found.seed) || !isTime(found.begun) || ![1, 2].includes(found.form)) return null;
  const sound = ([id, answer]) => isName(id) && isObject(answer) && isTime(answer.at) && (answer.option === null || isName(answer.option)) && ["guess", "rather", "certain", null].includes(answer.sure ?? null);
  const answers = Object.entries(isObject(found.answers) ? found.answers : {}).filter(sound).map(([id, { option, sure, at }]) => [id, { option, sure: sure ?? null, at }]);
  return { seed: found.seed, begun: found.begun, form: found.form, answers: Object.fromEntries(answers), skipped: found.skipped === true };
}

function validReview(found, isValidAnswer) {
  if (!isObject(found) || !isPlace(found.seed) || !isTime(found.begun) || !Array.isArray(found.asked)) return null;
  const asked = found.asked.filter((one) => isObject(one) && isName(one.lesson) && isName(one.step) && isPlace(one.variant)).map(({ lesson, step, variant }) => ({ lesson, step, variant }));
  const answers = Object.entries(isObject(found.answers) ? found.answers : {}).filter(([id, answer]) => isName(id) && isValidAnswer(answer));
  const part = isPlace(found.part) ? found.part : 0;
  return asked.length ? { seed: found.seed, begun: found.begun, asked, answers: Object.fromEntries(answers), moved: {}, part, ended: isTime(found.ended) ? found.ended : null } : null;
}

const named = (found, sound) => Object.fromEntries(Object.values(isObject(found) ? found : {}).map(sound).filter(Boolean).map((one) => [nameOf(one), one]));

/** What of it makes sense in what a file or the storage holds; `soundAnswer` says it of an answer to a lesson's question. */
export function parse({ sittings, reviews, settings }, isValidAnswer) {
  const days = isObject(settings) && isTime(settings.at) && validDays(settings.days) ? { days: settings.days, at: settings.at } : emptyRecords().settings;
  return { sittings: named(sittings, validSitting), reviews: named(reviews, (one) => validReview(one, isValidAnswer)), settings: days };
}

/** Two states of one answer to the gate test: the first one given stands. */
const firstGiven = (one, other) => (!one || !other ? (one ?? other) : one.at <= other.at ? one : other);

/** Two answers to one question: the one that was given first, with what was added to either. */
export function mergeAnswers(one, other) {
  if (!one || !other) return one ?? other;
  const [first, second] = one.at <= other.at ? [one, other] : [other, one];
  return first.why || !second.why || first.at !== second.at ? first : second;
}

function both(one, other, together) {
  const ids = new Set([...Object.keys(one.answers), ...Object.keys(other.answers)]);
  return { ...one, ...other, answers: Object.fromEntries([...ids].map((id) => [id, together(one.answers[id], other.answers[id])])) };
}

function mergeNamed(one, other, most, together) {
  const all = [...new Set([...Object.keys(one), ...Object.keys(other)])].map((name) => [name, together(one[name], other[name])]);
  return Object.fromEntries(all.sort(([, a], [, b]) => a.begun - b.begun).slice(-most));
}

/** What two tabs, or a browser and a file, have together. */
export function merge(one, other) {
  const sitting = (a, b) => (a && b ? { ...both(a, b, firstGiven), skipped: a.skipped && b.skipped } : (a ?? b));
  const review = (a, b) => (a && b ? { ...both(a, b, mergeAnswers), part: Math.max(a.part, b.part), ended: earliest(a.ended, b.ended) } : (a ?? b));
  return {
    sittings: mergeNamed(one.sittings, other.sittings, MOST.sittings, sitting),
    reviews: mergeNamed(one.reviews, other.reviews, MOST.reviews, review),
    settings: other.settings.at > one.settings.at ? other.settings : one.settings,
  };
}

const earliest = (one, other) => (one === null || other === null ? (one ?? other) : Math.min(one, other));

/** Progress with a sitting, or with a review, as it now is; answers that only another tab has added stay. */
export function withSitting(progress, sitting) {
  const there = progress.sittings[nameOf(sitting)];
  return { ...progress, sittings: { ...progress.sittings, [nameOf(sitting)]: there ? both(there, sitting, firstGiven) : sitting } };
}

export function withReview(progress, review) {
  const there = progress.reviews[nameOf(review)];
  return { ...progress, reviews: { ...progress.reviews, [nameOf(review)]: there ? both(there, review, mergeAnswers) : review } };
}
