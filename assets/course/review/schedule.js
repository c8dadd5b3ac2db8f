// When lessons are asked for again: days after they ended, in the reader's own calendar. No DOM here.
//
// A day begins at midnight where the reader is, so that what ends late in the evening is due the next morning. A clock may be
// set back, or stand in another zone by then: what lies days in the future is due at once, and nothing waits for years.
import { asksNothing } from "../lesson/worked-example.js";

export const DAYS = [1, 3, 7];
const MOST_ROUNDS = 6;
const MOST_DAYS = 365;
const MINUTE = 60000;
const DAY = 24 * 60 * MINUTE;

/** Minutes by which the local clock is behind UTC at a time. */
const here = (time) => new Date(time).getTimezoneOffset();

/** The number of a time's day in the local calendar. @param {number} time in milliseconds  @param {(time: number) => number} [behind] */
export const dayOf = (time, behind = here) => Math.floor((time - behind(time) * MINUTE) / DAY);

/** Whether a list says after how many days reviews come: whole numbers, each larger than the one before. */
export const validDays = (days) =>
  Array.isArray(days) && days.length > 0 && days.length <= MOST_ROUNDS && days.every((day, k) => Number.isInteger(day) && day > (days[k - 1] ?? 0) && day <= MOST_DAYS);

/** The days in a text such as "1, 3, 7"; null if it says none. */
export function readDays(text) {
  const days = text.trim().split(/[\s,，、;；]+/).map((word) => (/^\d{1,3}$/.test(word) ? Number(word) : NaN));
  return validDays(days) ? days : null;
}

/** The lessons with the steps that must be done to complete them. @param {object[]} lessons compiled */
export const planOf = (lessons) => lessons.map(({ id, steps }) => ({ id, asks: steps.filter((step) => !asksNothing(step)).map((step) => step.id) }));

/**
 * When a lesson's attempt was completed; null if it wasn't.
 * @param {string[]} asks the ids of the lesson's steps that ask for something  @param {object} attempt
 */
export function endOf(asks, { answers }) {
  const ends = asks.map((id) => answers[id] && (answers[id].explained ?? (answers[id].verdict === undefined ? answers[id].at : null)));
  return asks.length && ends.every(Number.isFinite) ? Math.max(...ends) : null;
}

/** When a lesson was completed for the first time; null if it wasn't. */
export function firstEnd(asks, attempts = {}) {
  const ends = Object.values(attempts).map((attempt) => endOf(asks, attempt)).filter(Number.isFinite);
  return ends.length ? Math.min(...ends) : null;
}

/**
 * In how many days a lesson is due again: 0 or less is now; null after the last round.
 * @param {number} end when it was completed  @param {number[]} reviewed when each review of it ended
 * @param {number[]} days after its end  @param {number} now  @param {(time: number) => number} [behind]
 */
export function daysUntilDue(end, reviewed, days, now, behind = here) {
  const today = dayOf(now, behind);
  const rounds = reviewed.length;
  if (rounds >= days.length) return null;
  const last = Math.max(...reviewed.map((time) => dayOf(time, behind)));
  if (reviewed.some((time) => dayOf(time, behind) === today)) return Math.max(1, rounds ? days[rounds] - days[rounds - 1] : 1);
  const ended = dayOf(end, behind);
  if (Math.max(ended, last) > today + 1) return 0; // no zone is farther ahead
  const gap = rounds ? days[rounds] - days[rounds - 1] : days[0];
  return Math.max(ended + days[rounds], rounds ? last + gap : ended + gap) - today;
}

/**
 * Which lessons are due, the longest overdue first, and what comes next.
 * @param {{id: string, asks: string[]}[]} lessons in their order  @param {object} progress  @param {number} now
 * @returns {{due: string[], next: ?{id: string, days: number}, ended: number}} ended: how many lessons were completed
 */
export function schedule(lessons, { lessons: kept, reviews, settings }, now, behind = here) {
  const done = Object.values(reviews).filter(({ ended }) => ended !== null);
  const waits = lessons.map(({ id, asks }) => {
    const end = firstEnd(asks, kept[id]);
    const reviewed = done.filter(({ asked }) => asked.some(({ lesson }) => lesson === id)).map(({ ended }) => ended);
    return { id, end, days: end === null ? null : daysUntilDue(end, reviewed, settings.days, now, behind) };
  });
  const planned = waits.filter(({ days }) => days !== null).sort((one, other) => one.days - other.days);
  const later = planned.filter(({ days }) => days > 0);
  return {
    due: planned.filter(({ days }) => days <= 0).map(({ id }) => id),
    next: later.length ? { id: later[0].id, days: later[0].days } : null,
    ended: waits.filter(({ end }) => end !== null).length,
  };
}
