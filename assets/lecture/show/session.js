// A lecture while it is given: which state is on the screen, what of it is revealed, what the hall guessed. Both windows, the
// projected one and the presenter's, hold the same session: each change is stored in the browser and the other is notified, so that
// either may be closed, reloaded and opened again. No DOM here.
import { isObject } from "../../stage/core/storage.js";
import { needsReveal } from "./show.js";

const VERSION = 1;
const MOST_GUESSES = 2; // before and after the hall has talked about it

const isGuess = (value) => value === null || Number.isFinite(value) || (Array.isArray(value) && value.length <= 1000 && value.every(Number.isFinite));

/** A lecture that nobody has begun to give. @param {object} show */
export const newSession = (show) => ({ version: VERSION, show: show.id, at: 0, walked: 0, revealed: [], guesses: {}, blank: false, code: false, begun: null, serial: 0 });

/** A session as a store or another window tells it, if it is one of this show; else null. */
export function readSession(stored, show) {
  if (!isObject(stored) || stored.version !== VERSION || stored.show !== show.id) return null;
  const { at, walked, revealed, guesses, blank, code, begun, serial } = stored;
  const counts = [at, walked, serial].every((value) => Number.isInteger(value) && value >= 0) && at < Math.max(1, show.states.length);
  const flags = typeof blank === "boolean" && typeof code === "boolean";
  const time = begun === null || (Number.isFinite(begun) && begun >= 0);
  const known = Array.isArray(revealed) && revealed.length <= 1000 && revealed.every((id) => typeof id === "string");
  const guessed = isObject(guesses) && Object.values(guesses).every((list) => Array.isArray(list) && list.length <= MOST_GUESSES && list.every(isGuess));
  if (!counts || !flags || !time || !known || !guessed) return null;
  const moves = show.states[at]?.walk?.moves ?? 0;
  return { version: VERSION, show: show.id, at, walked: Math.min(walked, moves), revealed, guesses, blank, code, begun, serial };
}

const stateOf = (session, show) => show.states[session.at];
const movesOf = (state) => state?.walk?.moves ?? 0;

/** Whether what the state on the screen holds back is still to be revealed. */
export const awaitsReveal = (session, show) => {
  const state = stateOf(session, show);
  return Boolean(state) && needsReveal(state) && !session.revealed.includes(state.id);
};

/** What the key for *on* will do: "show" (again, after black or the code), "reveal", "walk", "next", or "end". */
export function nextAction(session, show) {
  if (session.blank || session.code) return "show";
  if (awaitsReveal(session, show)) return "reveal";
  if (session.walked < movesOf(stateOf(session, show))) return "walk";
  return session.at < show.states.length - 1 ? "next" : "end";
}

const onScreen = { blank: false, code: false };

/** The session after each command. @type {Object<string, (session: object, show: object, value: any) => object>} */
const COMMANDS = {
  forward(session, show) {
    const what = nextAction(session, show);
    if (what === "show") return { ...session, ...onScreen };
    if (what === "reveal") return { ...session, revealed: [...session.revealed, stateOf(session, show).id] };
    if (what === "walk") return { ...session, walked: session.walked + 1 };
    return what === "next" ? { ...session, at: session.at + 1, walked: 0 } : session;
  },
  back(session, show) {
    if (session.blank || session.code) return { ...session, ...onScreen };
    if (session.walked > 0) return { ...session, walked: session.walked - 1 };
    if (session.at === 0) return session;
    const before = show.states[session.at - 1];
    const open = !needsReveal(before) || session.revealed.includes(before.id);
    return { ...session, at: session.at - 1, walked: open ? movesOf(before) : 0 };
  },
  /** Goes to a state, as it was left. */
  go: (session, show, at) => (Number.isInteger(at) && at >= 0 && at < show.states.length ? { ...session, ...onScreen, at, walked: 0 } : session),
  blank: (session) => ({ ...session, blank: !session.blank, code: false }),
  code: (session) => ({ ...session, code: !session.code, blank: false }),
  /** Holds back again what was revealed, and forgets what was guessed. */
  again(session, show) {
    const { id } = stateOf(session, show);
    const { [id]: gone, ...guesses } = session.guesses;
    return { ...session, walked: 0, revealed: session.revealed.filter((one) => one !== id), guesses };
  },
  /** Keeps a guess of the hall; a third one takes the place of the second. */
  guess(session, show, guess) {
    const { id, question } = stateOf(session, show);
    if (!isGuess(guess) || guess === null || !question) return session;
    const before = session.guesses[id] ?? [];
    if (JSON.stringify(before.at(-1)) === JSON.stringify(guess)) return session;
    return { ...session, guesses: { ...session.guesses, [id]: [...before.slice(0, MOST_GUESSES - 1), guess] } };
  },
  clock: (session, _, now) => ({ ...session, begun: now }),
};

/**
 * The session after a command; the same object where nothing changes.
 * @param {string} command one of COMMANDS  @param {any} [value] of `go`, `guess`, `clock`  @param {number} [now] in milliseconds: the first move begins the clock
 */
export function applyCommand(session, show, command, value, now = null) {
  const next = COMMANDS[command](session, show, value);
  if (next === session) return session;
  const begun = next.begun ?? (command === "forward" && now !== null ? now : null);
  return { ...next, begun, serial: session.serial + 1 };
}

/** The guesses of the hall on the state on the screen. */
export const guessesOf = (session, show) => session.guesses[stateOf(session, show)?.id] ?? [];

/**
 * How the time lies to the plan: minutes that have gone, that this state is to end at, and how many it is behind or ahead.
 * @returns {{elapsed: number, until: number, whole: number, behind: number, ahead: number}}
 */
export function timing(session, show, now) {
  const minutes = show.states.map((state) => state.minutes);
  const sum = (list) => list.reduce((all, one) => all + one, 0);
  const elapsed = session.begun === null ? 0 : Math.max(0, (now - session.begun) / 60_000);
  const from = sum(minutes.slice(0, session.at));
  const until = from + (minutes[session.at] ?? 0);
  const runs = session.begun !== null;
  return { elapsed, until, whole: sum(minutes), behind: runs ? Math.max(0, elapsed - until) : 0, ahead: runs ? Math.max(0, from - elapsed) : 0 };
}
