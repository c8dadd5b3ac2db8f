// A review: a few questions of lessons that are due, with other numbers than those met before. It is played as a lesson. No DOM here.
//
// A review is {seed, begun, asked, answers, moved, part, ended}; `asked` are {lesson, step, variant}, chosen when it began, so that
// a reload asks the same.
import { fill } from "../../stage/core/text/format.js";
import { asks, mulberry32, Player, seedOf, shuffled } from "../lesson/player.js";

export const MOST = 2; // questions, a minute each (gates/course/durations.py)
export const NAME = "review"; // in place of a lesson's id

const idOf = ({ lesson, step }) => `${lesson}/${step}`;

/** Which variants of a step were met in attempts at its lesson and in reviews. */
function met(lesson, step, { lessons, reviews }) {
  const attempts = Object.values(lessons[lesson.id] ?? {}).filter(({ answers }) => step.id in answers);
  const seen = attempts.map((attempt) => step.variants.indexOf(new Player(lesson, { ...attempt, part: 0 }).variantOf(step)));
  const again = Object.values(reviews).flatMap(({ asked }) => asked.filter((one) => one.lesson === lesson.id && one.step === step.id));
  return new Set([...seen, ...again.map(({ variant }) => variant)]);
}

/** A variant that was not met yet, or any where all were. */
function fresh(lesson, step, progress, seed) {
  const seen = met(lesson, step, progress);
  const all = step.variants.map((_, k) => k);
  const left = all.filter((k) => !seen.has(k));
  const from = left.length ? left : all;
  return from[Math.floor(mulberry32(seedOf(seed, `${lesson.id}/${step.id}`))() * from.length)];
}

/** Whether the last answer to a step was not right. */
function failed(lesson, step, { lessons }) {
  const answers = Object.values(lessons[lesson.id] ?? {}).sort((one, other) => other.begun - one.begun).map((attempt) => attempt.answers[step.id]).filter(Boolean);
  return answers.length > 0 && answers[0].verdict !== "right";
}

/**
 * A review of some lessons that begins.
 * @param {object[]} due compiled lessons, the longest overdue first  @param {object} progress  @param {number} seed  @param {number} now
 */
export function compose(due, progress, seed, now) {
  const decks = due.map((lesson) => {
    const steps = shuffled(lesson.steps.filter(asks), seedOf(seed, lesson.id));
    return { lesson, steps: steps.sort((one, other) => failed(lesson, other, progress) - failed(lesson, one, progress)) };
  });
  const questions = [];
  for (let round = 0; questions.length < MOST && decks.some(({ steps }) => steps.length > round); round++)
    for (const { lesson, steps } of decks)
      if (steps[round] && questions.length < MOST) questions.push({ lesson: lesson.id, step: steps[round].id, variant: fresh(lesson, steps[round], progress, seed) });
  return { seed, begun: now, asked: questions, answers: {}, moved: {}, part: 0, ended: null };
}

/**
 * A review as a lesson for the player, its questions without their why; those that no lesson has any more are left out.
 * @param {object} review  @param {object[]} lessons compiled  @param {{title: string, lead: string, end: object, of: string}} words
 *   `of` is a template that names a question's lesson
 */
export function asLesson(review, lessons, { title, lead, end, of }) {
  const steps = [];
  for (const question of review.asked) {
    const lesson = lessons.find(({ id }) => id === question.lesson);
    const step = lesson?.steps.find((each) => each.id === question.step && asks(each));
    const variant = step?.variants[question.variant] ?? step?.variants[0];
    if (variant) steps.push({ ...step, id: idOf(question), variants: [variant], moves: [], why: undefined, from: fill(of, { number: lesson.number, title: lesson.title }) });
  }
  const after = steps.at(-1)?.variants[0].after;
  const last = after ? [{ id: "end", kind: "tell", variants: [{ before: null, after, values: {}, figures: {}, mistakes: {}, truth: null, until: null, point: null }], words: end }] : [];
  return { id: NAME, title, lead, steps: [...steps, ...last] };
}

/** A review as it is after the player kept an attempt at it; it ends with its last explanation. */
export function kept(review, lesson, attempt) {
  const done = lesson.steps.filter(({ kind }) => kind !== "tell").every(({ id }) => attempt.answers[id]?.explained);
  const ended = Math.max(...Object.values(attempt.answers).map(({ explained }) => explained ?? 0));
  return { ...review, answers: attempt.answers, part: attempt.part, ended: done ? ended : review.ended };
}

/** The review that was begun last and not ended; null where there is none. */
export function open({ reviews }) {
  return Object.values(reviews).filter(({ ended }) => ended === null).sort((one, other) => other.begun - one.begun)[0] ?? null;
}
