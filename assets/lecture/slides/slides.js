// The slides of the projected window: the one that is seen, and behind it the states that a key may bring next, laid out while
// nobody waits for them.
import { readLink } from "../../stage/shell/goto.js";
import { ordered, waits } from "../show/session.js";
import { Ahead } from "./prefetch.js";
import { LectureResolver } from "./resolver.js";
import { Slide, keyOf } from "./slide.js";

const BEHIND = 2; // slides that are not seen: the next state and the one before
const REST = 400; // milliseconds after a state has come in which its motion ends

/** When the browser has nothing better to do. */
const idle = () => new Promise((done) => setTimeout(() => (globalThis.requestIdleCallback ?? setTimeout)(done, { timeout: 1000 }), REST));

export class Slides {
  /** @param {object} screen as of Slide  @param {HTMLElement} place in which they lie */
  constructor(screen, place) {
    this.screen = screen;
    this.resolver = new LectureResolver();
    const ahead = new Ahead(this.resolver);
    this.all = Array.from({ length: 1 + BEHIND }, () => new Slide(screen, this.resolver, ahead));
    place.append(...this.all.map(({ element }) => element));
    this.front = null;
    this.bring(this.all[0]);
    this.round = null; // of laying out behind: a new one ends what the one before has begun
  }

  bring(slide) {
    this.front?.turn(false);
    this.front = slide;
    slide.turn(true);
  }

  /**
   * Shows the state of a session.
   * @returns {Promise<?boolean>} whether it is there; null where another one has been asked for meanwhile
   */
  async show(session, open) {
    const { show } = this.screen;
    const state = show.states[session.at];
    this.round = null;
    const ready = this.all.find((slide) => slide.holds(state, open));
    if (ready && ready !== this.front) {
      this.front.clear();
      this.bring(ready);
      return true;
    }
    return this.front.arrange(session, open);
  }

  /** Fetches what keys may bring next, and lays it out behind: none of it where it would tell what is still to be revealed. */
  async prepare(session) {
    const round = (this.round = {});
    const { show, data } = this.screen;
    const open = !waits(session, show);
    if (!open) for (const slide of this.all) if (slide !== this.front && !this.isBefore(slide, session)) slide.clear();
    for (const near of [session.at + 1, session.at - 1, session.at + 2]) if (show.states[near]) this.front.stage.prepare(show.states[near], data.lang);
    const coming = [open && { ...session, at: session.at + 1, walked: 0 }, backFrom(session, show)].filter((next) => next && this.fits(show.states[next.at]));
    for (const next of coming) {
      const seen = !waits(next, show);
      if (this.all.some((slide) => slide.holds(show.states[next.at], seen))) continue;
      await idle();
      if (this.round !== round) return;
      const slide = this.all.find((one) => one !== this.front && !coming.some(({ at }) => one.on?.key === keyOf(show.states[at])));
      if (!slide) return;
      const there = await slide.arrange(next, seen);
      if (there) slide.follow(next);
      if (this.round !== round) return;
    }
  }

  isBefore(slide, { at }) {
    return this.screen.show.states.slice(0, at).some((state) => slide.on?.key === keyOf(state));
  }

  /** Whether a state may lie behind another: one stage that is only looked at. Stages that keep step would take those of two states for one. */
  fits(state) {
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
    this.round = null;
    for (const slide of this.all) slide.clear();
  }

  destroy() {
    this.round = null;
    for (const slide of this.all) slide.destroy();
  }
}

/** The session after the key for back, where that leads to another state. */
function backFrom(session, show) {
  if (session.at === 0) return null;
  const back = ordered({ ...session, walked: 0, blank: false, code: false }, show, "back");
  return back.at < session.at ? back : null;
}
