// What a browser keeps of the course: every attempt with its answers, where one was, the gate test and reviews. Nothing of it is
// sent. No DOM here.
import { isObject } from "../../stage/core/storage.js";
import * as records from "./records.js";

export const NAME = "gatescope.course";
const VERSION = 2;
const OPENS = [1, VERSION]; // the first one had the lessons alone
const LONGEST = 40; // of a line's name, and of what is typed there
const MOST_ATTEMPTS = 20; // of a lesson; the oldest go

export const empty = () => ({ version: VERSION, lessons: {}, last: null, ...records.emptyRecords() });

const isTime = (value) => Number.isFinite(value) && value >= 0;

/** The name of an attempt, under which two tabs know it as the same. */
export const nameOf = ({ seed, begun }) => `${begun}-${seed}`;

const isNumbers = (value) => (Array.isArray(value) ? value.length > 0 && value.every(Number.isFinite) : Number.isFinite(value));

/** What was typed into the lines of a worked example: texts by name, null for "I don't know". */
const isTyped = (lines) => isObject(lines) && Object.entries(lines).every(([name, typed]) => name.length <= LONGEST && (typed === null || (typeof typed === "string" && typed.length <= LONGEST)));

function isValidAnswer(answer) {
  if (!isObject(answer) || !isTime(answer.at) || !isObject(answer.figures)) return false;
  const { guess = null, verdict, truth, why, lines = {} } = answer;
  const kinds = [guess, truth, why ?? null].every((value) => value === null || value === undefined || typeof value === "string" || isNumbers(value));
  const numbers = Object.values(answer.figures).every(Number.isFinite);
  return kinds && numbers && isTyped(lines) && (verdict === undefined || ["right", "close", "off", "unknown"].includes(verdict));
}

/** A field of entries, where there are any. */
const some = (name, entries) => (entries.length ? { [name]: Object.fromEntries(entries) } : {});

function validAttempt(attempt) {
  if (!isObject(attempt) || !Number.isInteger(attempt.seed) || !isTime(attempt.begun)) return null;
  const answers = Object.entries(isObject(attempt.answers) ? attempt.answers : {}).filter(([, answer]) => isValidAnswer(answer));
  const moved = Object.entries(isObject(attempt.moved) ? attempt.moved : {}).filter(([, values]) => isObject(values) && Object.values(values).every(Number.isFinite));
  const drafts = Object.entries(isObject(attempt.drafts) ? attempt.drafts : {}).filter(([, lines]) => isTyped(lines));
  const part = Number.isInteger(attempt.part) && attempt.part >= 0 ? attempt.part : 0;
  return { seed: attempt.seed, begun: attempt.begun, answers: Object.fromEntries(answers), moved: Object.fromEntries(moved), ...some("drafts", drafts), part };
}

/** What a text holds of progress, as far as it makes sense; null for what is none at all. */
export function parse(text) {
  let parsed;
  try {
    parsed = JSON.parse(text);
  } catch {
    return null;
  }
  if (!isObject(parsed) || !OPENS.includes(parsed.version) || !isObject(parsed.lessons)) return null;
  const lessons = {};
  for (const [id, attempts] of Object.entries(parsed.lessons)) {
    const sound = Object.values(isObject(attempts) ? attempts : {}).map(validAttempt).filter(Boolean);
    if (sound.length) lessons[id] = Object.fromEntries(sound.map((attempt) => [nameOf(attempt), attempt]));
  }
  const { last } = parsed;
  const position = isObject(last) && typeof last.lesson === "string" && isTime(last.at) ? { lesson: last.lesson, at: last.at } : null;
  return { version: VERSION, lessons, last: position, ...records.parse(parsed, isValidAnswer) };
}

function mergeAttempts(one, other) {
  if (!one || !other) return one ?? other;
  const steps = new Set([...Object.keys(one.answers), ...Object.keys(other.answers)]);
  const answers = Object.fromEntries([...steps].map((id) => [id, records.mergeAnswers(one.answers[id], other.answers[id])]));
  const { drafts: _, ...rest } = { ...one, ...other };
  const drafts = Object.entries({ ...one.drafts, ...other.drafts }).filter(([id]) => !answers[id]); // what is handed in is no draft
  return { ...rest, answers, moved: { ...one.moved, ...other.moved }, ...some("drafts", drafts) };
}

/** What two tabs, or a browser and a file, have together; where they differ in no answer, `other` says where one was. */
export function merge(one, other) {
  const lessons = {};
  for (const id of new Set([...Object.keys(one.lessons), ...Object.keys(other.lessons)])) {
    const [mine, theirs] = [one.lessons[id] ?? {}, other.lessons[id] ?? {}];
    const names = [...new Set([...Object.keys(mine), ...Object.keys(theirs)])];
    const all = names.map((name) => [name, mergeAttempts(mine[name], theirs[name])]);
    lessons[id] = Object.fromEntries(all.sort(([, a], [, b]) => a.begun - b.begun).slice(-MOST_ATTEMPTS));
  }
  const last = [one.last, other.last].filter(Boolean).sort((a, b) => b.at - a.at)[0] ?? null;
  return { version: VERSION, lessons, last, ...records.merge(one, other) };
}

/** The attempt at a lesson that was begun last; null where none was. */
export function current(progress, lesson) {
  return Object.values(progress.lessons[lesson] ?? {}).sort((one, other) => other.begun - one.begun)[0] ?? null;
}

/** Progress without attempts in which nothing was answered: those must not stand before what a file brings. */
export function withoutEmpty(progress) {
  const answered = (attempts) => Object.entries(attempts).filter(([, { answers }]) => Object.keys(answers).length);
  const lessons = Object.entries(progress.lessons).map(([id, attempts]) => [id, Object.fromEntries(answered(attempts))]);
  return { ...progress, lessons: Object.fromEntries(lessons.filter(([, attempts]) => Object.keys(attempts).length)) };
}

/** Progress with an attempt as it now is; answers that only another tab has added stay. */
export function withAttempt(progress, lesson, attempt) {
  const attempts = progress.lessons[lesson] ?? {};
  const name = nameOf(attempt);
  return { ...progress, lessons: { ...progress.lessons, [lesson]: { ...attempts, [name]: mergeAttempts(attempts[name], attempt) } } };
}

/** Where progress is stored: the browser's storage, shared by its tabs; where that is denied, this tab's memory. */
export class Storage {
  /** @param {?{getItem: Function, setItem: Function, removeItem: Function}} place such as localStorage */
  constructor(place) {
    this.place = place;
    this.progress = empty();
    this.read();
  }

  /** What is kept, with what this tab knows. */
  read() {
    let text = null;
    try {
      text = this.place?.getItem(NAME) ?? null;
    } catch {
      text = null;
    }
    const stored = text === null ? null : parse(text);
    if (stored) this.progress = merge(stored, this.progress);
    return this.progress;
  }

  /** Puts in what a function makes of what is kept by now, which another tab may have added to. */
  change(make) {
    this.progress = make(this.read());
    this.write();
    return this.progress;
  }

  /** Adds what a file brings. */
  load(found) {
    this.progress = merge(found, withoutEmpty(this.read()));
    this.write();
  }

  write() {
    try {
      this.place?.setItem(NAME, JSON.stringify(this.progress));
    } catch {
      return; // denied or full: it then lasts as long as the page
    }
  }

  erase() {
    this.progress = empty();
    try {
      this.place?.removeItem(NAME);
    } catch {
      return;
    }
  }
}
