// The slides of the projected window: the one that is seen, and behind it the states that a key may bring next, laid out while
// nobody waits for them.
import { readLink } from "../../stage/shell/address/goto.js";
import { applyCommand, awaitsReveal } from "../show/session.js";
import { Prefetch } from "./prefetch.js";
import { LectureResolver } from "./resolver.js";
import { Slide, keyOf } from "./slide.js";

const PRELOADED = 2; // slides that are not seen: the next state and the one before
const REST = 400; // milliseconds after a state has come in which its motion ends

/** When the browser has nothing better to do. */
const idle = () => new Promise((done) => setTimeout(() => (globalThis.requestIdleCallback ?? setTimeout)(done, { timeout: 1000 }), REST));

export class Slides {
  /** @param {object} screen as of Slide  @param {HTMLElement} container in which they lie */
  constructor(screen, container) {
    this.screen = screen;
    this.resolver = new LectureResolver();
    const prefetch = new Prefetch(this.resolver);
    this.all = Array.from({ length: 1 + PRELOADED }, () => new Slide(screen, this.resolver, prefetch));
    container.append(...this.all.map(({ element }) => element));
    this.front = null;
    this.bringToFront(this.all[0]);
    this.preparation = null; // of laying out behind: a new one ends what the one before has begun
  }

  bringToFront(slide) {
    this.front?.setFront(false);
    this.front = slide;
    slide.setFront(true);
  }

  /**
   * Shows the state of a session.
   * @returns {Promise<?boolean>} whether it is there; null where another one has been asked for meanwhile
   */
  async show(session, open) {
    const { show } = this.screen;
    const state = show.states[session.at];
    this.preparation = null;
    const ready = this.all.find((slide) => slide.shows(state, open));
    if (ready && ready !== this.front) {
      this.front.clear();
      this.bringToFront(ready);
      return true;
    }
    return this.front.load(session, open);
  }

  /** Fetches what keys may bring next, and lays it out behind: none of it where it would tell what is still to be revealed. */
  async prepare(session) {
    const preparation = (this.preparation = {});
    const { show, data } = this.screen;
    const open = !awaitsReveal(session, show);
    if (!open) for (const slide of this.all) if (slide !== this.front && !this.isBefore(slide, session)) slide.clear();
    for (const near of [session.at + 1, session.at - 1, session.at + 2]) if (show.states[near]) this.front.stage.prepare(show.states[near], data.lang);
    const coming = [open && { ...session, at: session.at + 1, walked: 0 }, backFrom(session, show)].filter((next) => next && this.canPreload(show.states[next.at]));
    for (const next of coming) {
      const seen = !awaitsReveal(next, show);
      if (this.all.some((slide) => slide.shows(show.states[next.at], seen))) continue;
      await idle();
      if (this.preparation !== preparation) return;
      const slide = this.all.find((one) => one !== this.front && !coming.some(({ at }) => one.current?.key === keyOf(show.states[at])));
      if (!slide) return;
      const there = await slide.load(next, seen);
      if (there) slide.follow(next);
      if (this.preparation !== preparation) return;
    }
  }

  isBefore(slide, { at }) {
    return this.screen.show.states.slice(0, at).some((state) => slide.current?.key === keyOf(state));
  }

  /** Whether a state may lie behind another: one stage that is only looked at. Stages that keep step would take those of two states for one. */
  canPreload(state) {
    if (!state) return false;
    const { page } = readLink(state.link);
    const edited = page === "lab" && !this.screen.data.without.includes("inspector");
    return !edited && !this.resolver.route?.pages.includes(page);
  }

  retheme() {
    for (const { stage } of this.all) stage.retheme();
  }

  /** Lays out nothing of what was: the run of show, or what a window is to show of it, is another one. */
  clear() {
    this.preparation = null;
    for (const slide of this.all) slide.clear();
  }

  destroy() {
    this.preparation = null;
    for (const slide of this.all) slide.destroy();
  }
}

/** The session after the key for back, where that leads to another state. */
function backFrom(session, show) {
  if (session.at === 0) return null;
  const back = applyCommand({ ...session, walked: 0, blank: false, code: false }, show, "back");
  return back.at < session.at ? back : null;
}
