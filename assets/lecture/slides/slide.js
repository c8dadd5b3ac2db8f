// A state of a run of show laid out on the projected window: its words, and the stage below them. Several lie one behind
// another, so that a key only has to bring the next one to the front (slides.js).
import { html, set, write } from "../../stage/core/dom.js";
import { typeset } from "../../stage/core/text/typeset.js";
import { guessed } from "../show/guess-text.js";
import { guessesOf, awaitsReveal } from "../show/session.js";
import { LectureStage } from "./lecture-stage.js";

/** What of a state the stage depends on. */
export const keyOf = ({ id, link, hide, question, walk }) => JSON.stringify([id, link, hide, question, walk]);

export class Slide {
  /**
   * @param {object} screen the window around it: {t(key, values), data, show, command(name, value), answered(slide, answer), say(sentence)}
   * @param {import("./resolver.js").LectureResolver} resolver  @param {import("./prefetch.js").Prefetch} prefetch what all slides share
   */
  constructor(screen, resolver, prefetch) {
    this.screen = screen;
    this.stage = new LectureStage((answer) => screen.answered(this, answer), () => !screen.data.without.includes("inspector"), { resolver, ahead: prefetch });
    this.heading = html("h1", {});
    this.count = html("p", { class: "gl-count", "data-testid": "lecture-count" });
    this.guesses = html("div", { class: "gl-guesses", "data-testid": "lecture-guesses", hidden: true });
    this.because = html("p", { class: "gl-because", "data-testid": "lecture-because", hidden: true });
    this.uncover = html("button", { type: "button", class: "gl-button", "data-testid": "lecture-reveal", hidden: true, onclick: () => screen.command("forward") });
    const head = html("header", {}, this.heading, this.uncover, this.guesses, this.count);
    this.element = html("section", { class: "gl-slide", inert: true }, head, this.because, this.stage.delayNotice, this.stage.container);
    this.clear();
  }

  /** Forgets what is laid out here; it stays on the screen until another state comes. */
  clear() {
    this.current = null; // what is on the stage: {key, session, open, walked, shown}
    this.truth = null; // what a question came to: {value, question}
  }

  /** Whether a state stands here as a session has it, all of it revealed or not. */
  shows(state, open) {
    return Boolean(this.current?.shown) && this.current.key === keyOf(state) && this.current.open === open;
  }

  /** Shows this slide, or puts it behind the others. */
  setFront(front) {
    this.element.classList.toggle("gl-front", front);
    this.element.inert = !front;
    if (front) this.stage.stage?.element.focus({ preventScroll: true });
  }

  /**
   * Lays out a state.
   * @param {object} session in which it is the state on the screen
   * @returns {Promise<?boolean>} whether it is there; null where another one has been asked for meanwhile
   */
  async load(session, open) {
    const { show, data } = this.screen;
    const state = show.states[session.at];
    this.clear();
    const current = (this.current = { key: keyOf(state), session, open, walked: 0, shown: false });
    this.paintWords(session, open);
    this.height = this.stage.container.clientHeight;
    const guess = guessesOf(session, show).at(-1) ?? null;
    const there = await this.stage.show(state, open, { lang: data.lang, guess });
    if (this.current !== current) return null;
    current.shown = there;
    return there;
  }

  /** Brings the slide to the state of a session: what was revealed meanwhile, and the moves made. */
  follow(session) {
    const { current, screen } = this;
    const state = screen.show.states[session.at];
    if (!current.open && !awaitsReveal(session, screen.show)) this.reveal(session);
    if (current.open && state.walk && current.walked !== session.walked) {
      current.walked = session.walked;
      this.stage.walk(state.walk, session.walked);
    }
    this.paintWords(session, current.open);
    this.fit();
  }

  reveal(session) {
    this.current.open = true;
    this.height = this.stage.container.clientHeight;
    this.stage.reveal(this.stage.guess ?? guessesOf(session, this.screen.show).at(-1));
  }

  paintWords(session, open) {
    const { show, t } = this.screen;
    const state = show.states[session.at];
    typeset(this.heading, state.title);
    write(this.count, `${session.at + 1} / ${show.states.length}`);
    this.because.hidden = !open || !state.because;
    typeset(this.because, open ? state.because : "");
    this.uncover.hidden = open || Boolean(state.question); // a question has a button of its own
    write(this.uncover, t("reveal"));
    this.paintGuesses(session, state, open);
  }

  /** Fits the stage again where the words above it have left it another height than it was laid out for. */
  fit() {
    const { clientHeight } = this.stage.container;
    if (clientHeight === this.height) return;
    this.height = clientHeight;
    this.stage.stage?.resized();
  }

  /** The guesses of the hall, before and after it has talked, and the truth once it is known. */
  paintGuesses(session, state, open) {
    const { t, show } = this.screen;
    const { question } = state;
    this.guesses.hidden = !question;
    if (!question) return this.guesses.replaceChildren();
    const say = (value) => (question.kind === "cell" && this.current?.shown ? this.stage.names[value] : guessed(value, question, t));
    const kept = guessesOf(session, show).map((guess, k) => html("span", { class: "gl-guess" }, t(k ? "guess.second" : "guess.first"), " ", html("b", {}, say(guess))));
    const truth = open && this.truth && !Array.isArray(this.truth.value) ? [html("span", { class: "gl-guess gl-truth" }, t("guess.truth"), " ", html("b", {}, say(this.truth.value)))] : [];
    const keep = open ? [] : [html("button", { type: "button", class: "gl-button", "data-testid": "lecture-keep", onclick: () => this.keep() }, t("guess.keep"))];
    return this.guesses.replaceChildren(...kept, ...truth, ...keep);
  }

  keep() {
    const { guess } = this.stage;
    if (guess === undefined) return this.screen.say(this.screen.t("guess.none"));
    this.screen.say(null);
    return this.screen.command("guess", guess);
  }

  destroy() {
    this.stage.destroy();
    this.element.remove();
  }
}
