// Where runs of show live: the browser's storage, shared by its tabs, each change made of what is kept by then. What is given
// just now lies there in three parts: what the projected window may know, the notes, and the session. No DOM here.
import { isObject } from "../../stage/core/storage.js";
import { newSession, applyCommand, readSession } from "./session.js";
import { extended, freshId, notesOf, projected, validShow } from "./show.js";

export const LECTURES = "gatescope.lectures";
export const SHOWN = "gatescope.lecture.shown";
export const NOTES = "gatescope.lecture.notes";
export const NOW = "gatescope.lecture.now";
export const PRINTED = "gatescope.lecture.printed";
const VERSION = 1;
const MOST_SHOWS = 50;


function parsed(text) {
  try {
    const parsed = JSON.parse(text);
    return isObject(parsed) && parsed.version === VERSION ? parsed : null;
  } catch {
    return null;
  }
}

class JsonStorage {
  /** @param {?{getItem: Function, setItem: Function}} storage such as localStorage; null: it lasts as long as the page */
  constructor(storage) {
    this.storage = storage;
    this.memory = new Map();
  }

  read(name) {
    let text = null;
    try {
      text = this.storage?.getItem(name) ?? null;
    } catch {
      text = null;
    }
    return parsed(this.memory.get(name) ?? text ?? "null");
  }

  /** Keeps it; whether the browser does. */
  write(name, value) {
    const text = JSON.stringify({ version: VERSION, ...value });
    this.memory.set(name, text);
    try {
      this.storage.setItem(name, text);
      this.memory.delete(name);
      return true;
    } catch {
      return false; // denied or full
    }
  }
}

/** The instructor's own runs of show, with the notes. */
export class Lectures {
  constructor(storage) {
    this.store = new JsonStorage(storage);
    this.saved = true; // whether the browser keeps what was changed last
  }

  /** All of them by id, what makes no sense left out; and the one that states are added to. */
  read() {
    const stored = this.store.read(LECTURES);
    const shows = Object.values(isObject(stored?.shows) ? stored.shows : {}).map(validShow).filter(Boolean);
    return { shows: Object.fromEntries(shows.map((show) => [show.id, show])), current: typeof stored?.current === "string" ? stored.current : null };
  }

  /** Puts in what a function makes of what is kept by now, which another tab may have added to. */
  change(make) {
    const next = make(this.read());
    this.saved = this.store.write(LECTURES, next);
    return next;
  }

  /** Changes one run of show; null takes it away. */
  edit(id, make) {
    return this.change(({ shows, current }) => {
      if (!shows[id]) return { shows, current };
      const { [id]: before, ...others } = shows;
      const after = make(before);
      return { shows: after ? { ...shows, [id]: after } : others, current: after || current !== id ? current : null };
    });
  }

  /** Takes a run of show in under an id of its own; the id, or null where there is no more room. */
  addShow(show) {
    const id = freshId();
    let room = true;
    this.change((saved) => {
      room = Object.keys(saved.shows).length < MOST_SHOWS;
      return room ? { shows: { ...saved.shows, [id]: { ...show, id } }, current: id } : saved;
    });
    return room ? id : null;
  }

  /**
   * Adds a state to the run of show that was worked on last, or to a new one.
   * @param {object} state at least {link, title}  @param {string} title of a new run of show
   * @returns {?{title: string, number: number}} which one, and how many states it has now; null where it has no more room
   */
  add(state, title) {
    let added = null;
    this.change((saved) => {
      const id = saved.shows[saved.current] ? saved.current : (Object.keys(saved.shows).at(-1) ?? freshId());
      const after = extended(saved.shows[id] ?? { id, title, states: [] }, state);
      if (!after) return saved;
      added = { title: after.title, number: after.states.length };
      return { shows: { ...saved.shows, [id]: after }, current: id };
    });
    return added;
  }
}

/** The lecture that is given just now. */
export class CurrentLecture {
  constructor(storage) {
    this.store = new JsonStorage(storage);
  }

  /** Begins to give a run of show; one that is being given already goes on where it is, as it reads now. */
  present(show) {
    const before = this.store.read(NOW);
    const saved = this.store.write(SHOWN, { show: projected(show) }) && this.store.write(NOTES, notesOf(show));
    this.keep(readSession(before?.session, show) ?? newSession(show));
    return saved;
  }

  /** Hands a run of show to the window that prints it, which may be another than is given just now. */
  print(show) {
    return this.store.write(PRINTED, { show: projected(show) });
  }

  get printed() {
    const show = validShow(this.store.read(PRINTED)?.show);
    return show?.states.length ? projected(show) : null;
  }

  /** What the projected window may know: the states without the notes; null where no lecture is given. */
  get show() {
    const stored = this.store.read(SHOWN);
    const show = stored && validShow(stored.show);
    return show?.states.length ? projected(show) : null;
  }

  /** The notes by state, for the presenter's window alone. */
  get notes() {
    const stored = this.store.read(NOTES);
    const { show } = this;
    const notes = stored && show && stored.id === show.id && isObject(stored.notes) ? stored.notes : {};
    return Object.fromEntries(Object.entries(notes).filter(([, text]) => typeof text === "string"));
  }

  session(show) {
    return readSession(this.store.read(NOW)?.session, show) ?? newSession(show);
  }

  keep(session) {
    return this.store.write(NOW, { session });
  }

  /** Applies a command to the stored session. */
  command(show, command, value, now) {
    const before = this.session(show);
    const after = applyCommand(before, show, command, value, now);
    if (after !== before) this.keep(after);
    return after;
  }
}
