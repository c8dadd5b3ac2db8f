// A run of show: the ordered states of a lecture, each a link of the app with what an instructor says of it. What comes from a
// file, from a store or from another window is checked here. No DOM here.
//
// A show is {id, title, states}; a state {id, link, title, minutes, notes, hide, question, walk, because}.
//   link      where the app stands, as `/lstm?preset=latch&step=3`
//   hide      what is not shown until it is revealed: "" nothing, "all" every number, or a signal with all that comes of it
//   question  null, or what the hall guesses first, {kind, signal, unit, step, from?, steps?, stage?} as of docs/stage.md
//   walk      null, or {by: "step"|"phase", moves}: how far one key after another leads on before the next state
//   because   what stands there once the question is answered, beside the stage's own reason
import { isObject } from "../../stage/core/storage.js";

export const LIMITS = { states: 60, minutes: 120, title: 160, notes: 4000, because: 600, link: 12000, moves: 200, bytes: 2 ** 20, name: 40, place: 1000 };
const FORMAT = "gatescope lecture";
const VERSION = 1;
const KINDS = ["value", "lane", "draw", "unit", "cell"];
const SPANS = new Set(["draw", "cell"]); // that conceal several steps
const SINGLE = new Set(["value", "lane"]); // that may conceal steps before the one they ask for
const NAME = /^[a-z][a-z_]*$/;

const isText = (value, longest) => typeof value === "string" && value.length <= longest;
const isCount = (value, most) => Number.isInteger(value) && value >= 1 && value <= most;
const isSignal = (value) => isText(value, LIMITS.name) && NAME.test(value);

/** An id that no other state or show has. */
export function freshId() {
  return [...crypto.getRandomValues(new Uint8Array(9))].map((byte) => byte.toString(36).padStart(2, "0")).join("");
}

/** A link without the site it leads to, and without what the reader's settings and a lecture's look say; null for what is no link. */
export function linkOf(address) {
  if (!address) return null;
  let url;
  try {
    url = new URL(address, "https://any.invalid");
  } catch {
    return null;
  }
  if (url.protocol !== "https:" && url.protocol !== "http:") return null;
  for (const name of ["lang", "notation", "lecture"]) url.searchParams.delete(name);
  const page = url.pathname.split("/").filter(Boolean).at(-1)?.toLowerCase() ?? "";
  const query = url.searchParams.toString();
  return `/${page === "home" ? "" : page}${query ? `?${query}` : ""}`;
}

/** What a lecture hides that was given from a page's own stage when its address was this; "" for nothing. */
export function hiddenBy(address) {
  const [, what = ""] = /(?:^|,)hide-([a-z_]+)-/.exec(new URL(address).searchParams.get("lecture") ?? "") ?? [];
  return what;
}

/** The step that a link leads to, from 1. */
export function stepOf(link) {
  const step = Number(new URL(link, "https://any.invalid").searchParams.get("step"));
  return Number.isInteger(step) && step >= 1 ? step : 1;
}

function validQuestion(question) {
  if (question === null || question === undefined) return null;
  if (!isObject(question)) return undefined;
  const { kind, signal, unit = 1, step, from = step, steps = 1, stage } = question;
  const counts = [unit, step, from, steps, stage ?? 1].every((value) => isCount(value, LIMITS.place));
  if (!KINDS.includes(kind) || !counts || (kind !== "cell" && !isSignal(signal))) return undefined;
  const place = kind === "cell" ? {} : { signal, ...(stage === undefined ? {} : { stage }) };
  return { kind, ...place, ...(kind === "unit" ? {} : { unit }), step, ...(SINGLE.has(kind) && from < step ? { from } : {}), ...(SPANS.has(kind) ? { steps } : {}) };
}

function validWalk(walk) {
  if (walk === null || walk === undefined) return null;
  if (!isObject(walk)) return undefined;
  return ["step", "phase"].includes(walk.by) && isCount(walk.moves, LIMITS.moves) ? { by: walk.by, moves: walk.moves } : undefined;
}

/** A state as far as it makes sense, with what it does not say; null where it makes none. `id` is kept where it has one. */
export function validState(state) {
  if (!isObject(state)) return null;
  const { id, link, title = "", minutes = 2, notes = "", hide = "", because = "" } = state;
  const question = validQuestion(state.question);
  const walk = validWalk(state.walk);
  const address = isText(link, LIMITS.link) && link.startsWith("/") ? linkOf(link) : null;
  const texts = isText(title, LIMITS.title) && isText(notes, LIMITS.notes) && isText(because, LIMITS.because);
  const long = Number.isFinite(minutes) && minutes >= 0 && minutes <= LIMITS.minutes;
  const hides = hide === "" || hide === "all" || isSignal(hide);
  if (address === null || !texts || !long || !hides || question === undefined || walk === undefined) return null;
  return { id: isText(id, LIMITS.name) && id ? id : freshId(), link: address, title, minutes, notes, hide, question, walk, because };
}

/** A show as far as it makes sense; null where it makes none. */
export function validShow(show) {
  if (!isObject(show) || !isText(show.title ?? "", LIMITS.title) || !Array.isArray(show.states) || show.states.length > LIMITS.states) return null;
  const states = show.states.map(validState);
  if (states.includes(null)) return null;
  const ids = new Set();
  for (const state of states) {
    if (ids.has(state.id)) state.id = freshId();
    ids.add(state.id);
  }
  return { id: isText(show.id, LIMITS.name) && show.id ? show.id : freshId(), title: show.title ?? "", states };
}

/** What is written to a file: notes included, for it is the instructor's own. */
export const toFile = ({ title, states }) => JSON.stringify({ format: FORMAT, version: VERSION, title, states: states.map(({ id, ...state }) => state) }, null, 1);

/**
 * What a file holds. Its links are still to be read by the app (gates/ui/web/routes/lecture.py).
 * @param {string} text
 * @returns {{show: object}|{wrong: string, state?: number}} wrong: "large", "none", "newer", "states", "state" (its number) or "empty"
 */
export function fromFile(text) {
  if (new TextEncoder().encode(text).length > LIMITS.bytes) return { wrong: "large" };
  let parsed;
  try {
    parsed = JSON.parse(text);
  } catch {
    return { wrong: "none" };
  }
  if (!isObject(parsed) || parsed.format !== FORMAT) return { wrong: "none" };
  if (parsed.version !== VERSION) return { wrong: "newer" };
  if (!Array.isArray(parsed.states) || !isText(parsed.title ?? "", LIMITS.title)) return { wrong: "none" };
  if (parsed.states.length === 0) return { wrong: "empty" };
  if (parsed.states.length > LIMITS.states) return { wrong: "states" };
  const states = parsed.states.map(validState);
  const bad = states.indexOf(null);
  if (bad >= 0) return { wrong: "state", state: bad + 1 };
  return { show: validShow({ title: parsed.title ?? "", states: states.map((state) => ({ ...state, id: freshId() })) }) };
}

/** How a show looks with a state at another place. */
export function moved(show, id, by) {
  const states = [...show.states];
  const from = states.findIndex((state) => state.id === id);
  const to = Math.max(0, Math.min(states.length - 1, from + by));
  if (from < 0 || to === from) return show;
  const [state] = states.splice(from, 1);
  states.splice(to, 0, state);
  return { ...show, states };
}

/** With a state changed; what makes no sense changes nothing. */
export function changed(show, id, change) {
  const states = show.states.map((state) => (state.id === id ? (validState({ ...state, ...change }) ?? state) : state));
  return { ...show, states };
}

export const without = (show, id) => ({ ...show, states: show.states.filter((state) => state.id !== id) });

/** With one more state, after another one or at the end; null where there is no more room. */
export function extended(show, state, after = null) {
  if (show.states.length >= LIMITS.states) return null;
  const sound = validState(state);
  if (!sound) return null;
  const place = show.states.findIndex(({ id }) => id === after);
  const states = [...show.states];
  states.splice(place < 0 ? states.length : place + 1, 0, sound);
  return { ...show, states };
}

export const minutesOf = ({ states }) => states.reduce((sum, { minutes }) => sum + minutes, 0);

/** What the projected window may know: everything but the notes. */
export function projected({ id, title, states }) {
  return { id, title, states: states.map(({ notes, ...state }) => state) };
}

/** The notes alone, by state: what the presenter's window is given beside that. */
export const notesOf = ({ id, states }) => ({ id, notes: Object.fromEntries(states.map((state) => [state.id, state.notes])) });

/** Whether a state holds something back until it is revealed. */
export const needsReveal = ({ hide, question }) => Boolean(hide || question);
