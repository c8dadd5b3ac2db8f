// The projected window: one stage on the whole screen, moved by a remote control. It knows the states of the run of show and no
// notes: those are not in what it reads (store.js).
import { html, languageTag, set, write } from "../stage/core/dom.js";
import { fill, number } from "../stage/core/format.js";
import { pressOf, takesLetters, describe } from "../stage/shell/keys.js";
import { typeset } from "../stage/core/typeset.js";
import { Tools } from "../stage/lecture/tools.js";
import { Channel } from "./channel.js";
import { Code } from "./code.js";
import { orderOf } from "./keys.js";
import { LectureStage } from "./lecture-stage.js";
import { guessesOf, waits } from "./session.js";
import { browserStorage, Given } from "./store.js";

const BACKGROUNDS = { light: "#ffffff", dark: "#0f141a" };

/** What of a state the stage depends on. */
const keyOf = ({ id, link, hide, question, walk }) => JSON.stringify([id, link, hide, question, walk]);

export class Screen {
  constructor() {
    this.given = new Given(browserStorage());
    this.channel = new Channel((what) => (what === "show" ? this.reload() : this.adopt()));
    this.stage = new LectureStage((told) => this.answered(told), () => !this.data.without.includes("inspector"));
    this.heading = html("h1", {});
    this.count = html("p", { class: "gl-count", "data-testid": "lecture-count" });
    this.guesses = html("div", { class: "gl-guesses", "data-testid": "lecture-guesses", hidden: true });
    this.because = html("p", { class: "gl-because", "data-testid": "lecture-because", hidden: true });
    this.uncover = html("button", { type: "button", class: "gl-button", "data-testid": "lecture-reveal", hidden: true, onclick: () => this.order("forward") });
    this.message = html("p", { class: "gl-message", role: "status", hidden: true });
    this.code = new Code();
    this.black = html("div", { class: "gl-black", hidden: true });
    this.tools = new Tools();
    const head = html("header", {}, this.heading, this.uncover, this.guesses, this.count);
    this.element = html("main", { class: "gl-screen", "data-testid": "lecture-screen" }, head, this.because, this.stage.late, this.message, this.stage.place, this.tools.element, this.code.element, this.black);
    this.press = (event) => this.key(event);
    addEventListener("keydown", this.press, true);
    this.black.onclick = () => this.order("blank");
    this.code.element.onclick = () => this.order("code");
    this.on = null; // what is on the stage: {key, open, walked, shown}
  }

  t = (key, values) => fill(this.data.words[`lecture.${key}`], values);

  update(data) {
    this.data = data;
    this.on = null;
    set(this.element, { lang: languageTag(data.lang), "data-without": data.without.join(" ") });
    document.documentElement.dataset.theme = data.theme;
    document.documentElement.style.setProperty("--st-background-color", BACKGROUNDS[data.theme]);
    this.stage.resolver.route = data.routes.stages;
    this.stage.retheme();
    this.reload();
  }

  /** Takes the run of show as it now is; a state of which only the words have changed stays as it stands. */
  reload() {
    this.show = this.given.show;
    this.adopt();
  }

  /** Does an order, tells the other window, and shows what comes of it. */
  order(order, value) {
    if (!this.show) return;
    this.given.order(this.show, order, value, Date.now());
    this.channel.moved();
    this.adopt();
  }

  key(event) {
    const target = describe(event, this.stage.stage?.element ?? this.element);
    const order = orderOf(pressOf(event), takesLetters(target));
    if (!order) return;
    event.preventDefault();
    event.stopPropagation();
    if (order === "fill") this.fill();
    else if (["pen", "spot", "clear"].includes(order)) this.tools.take(order);
    else this.order(order);
  }

  fill() {
    if (document.fullscreenElement) document.exitFullscreen();
    else document.documentElement.requestFullscreen?.().catch(() => {}); // refused: the window is as large as it is
  }

  /** Shows the session as it is by now. */
  async adopt() {
    const { show } = this;
    this.say(show ? null : this.t("screen.none"));
    if (!show) return;
    const session = (this.session = this.given.session(show));
    const state = show.states[session.at];
    const open = !waits(session, show);
    this.head(session, state, open);
    const { on } = this;
    if (on?.key === keyOf(state)) {
      if (open && !on.open) this.reveal();
      else if (!open && on.open) return this.arrange(session, state, open);
      if (open && state.walk && on.walked !== session.walked && on.shown) this.walk(state, session.walked);
      this.fit();
      return;
    }
    await this.arrange(session, state, open);
  }

  async arrange(session, state, open) {
    const on = (this.on = { key: keyOf(state), open, walked: 0, shown: false });
    this.tools.take("clear");
    this.truth = null;
    set(this.element, { "data-shown": null });
    this.height = this.stage.place.clientHeight;
    const guess = guessesOf(session, this.show).at(-1) ?? null;
    const there = await this.stage.show(state, open, { lang: this.data.lang, guess });
    if (this.on !== on) return; // another state was asked for meanwhile
    on.shown = there;
    set(this.element, { "data-shown": String(there) });
    if (!there) return this.say(this.t("screen.failed"));
    this.say(null);
    const now = this.given.session(this.show);
    if (!on.open && !waits(now, this.show)) this.reveal();
    if (state.walk && now.walked) this.walk(state, now.walked);
    this.head(now, state, on.open);
    this.fit();
    for (const near of [now.at + 1, now.at - 1, now.at + 2]) if (this.show.states[near]) this.stage.prepare(this.show.states[near], this.data.lang);
  }

  reveal() {
    const { on } = this;
    if (!on.shown) return; // it is revealed when it is there
    on.open = true;
    this.height = this.stage.place.clientHeight;
    this.stage.reveal(this.stage.guess ?? guessesOf(this.session, this.show).at(-1));
  }

  walk(state, moves) {
    this.on.walked = moves;
    this.stage.walk(state.walk, moves);
  }

  /** The question was answered: by the key that reveals, or by the button on the stage. */
  answered({ guess, truth, question }) {
    this.truth = { value: truth, question };
    this.on.open = true;
    if (guess !== null) this.given.order(this.show, "guess", guess);
    if (waits(this.given.session(this.show), this.show)) this.given.order(this.show, "forward", null, Date.now());
    this.channel.moved();
    this.session = this.given.session(this.show);
    this.head(this.session, this.show.states[this.session.at], true);
    this.fit();
  }

  head(session, state, open) {
    const { show } = this;
    typeset(this.heading, state.title);
    write(this.count, `${session.at + 1} / ${show.states.length}`);
    document.title = `${session.at + 1} · ${show.title}`;
    this.because.hidden = !open || !state.because;
    typeset(this.because, open ? state.because : "");
    this.black.hidden = !session.blank;
    set(this.element, { "data-at": session.at, "data-open": String(open), "data-blank": String(session.blank), "data-walked": session.walked });
    this.paintGuesses(session, state, open);
    this.uncover.hidden = open || Boolean(state.question); // a question has a button of its own
    write(this.uncover, this.t("reveal"));
    this.paintCode(session, open);
  }

  /** Fits the stage again where the words above it have left it another height than it was laid out for. */
  fit() {
    const { clientHeight } = this.stage.place;
    if (clientHeight === this.height) return;
    this.height = clientHeight;
    this.stage.stage?.resized();
  }

  /** The guesses of the hall, before and after it has talked, and the truth once it is known. */
  paintGuesses(session, state, open) {
    const { t } = this;
    const { question } = state;
    this.guesses.hidden = !question;
    if (!question) return this.guesses.replaceChildren();
    const say = (value) => (Array.isArray(value) ? t("guess.drawn") : question.kind === "unit" ? t("guess.unit", { unit: value + 1 }) : number(value));
    const kept = guessesOf(session, this.show).map((guess, k) => html("span", { class: "gl-guess" }, t(k ? "guess.second" : "guess.first"), " ", html("b", {}, say(guess))));
    const truth = open && this.truth && !Array.isArray(this.truth.value) ? [html("span", { class: "gl-guess gl-truth" }, t("guess.truth"), " ", html("b", {}, say(this.truth.value)))] : [];
    const keep = open ? [] : [html("button", { type: "button", class: "gl-button", "data-testid": "lecture-keep", onclick: () => this.keep() }, t("guess.keep"))];
    return this.guesses.replaceChildren(...kept, ...truth, ...keep);
  }

  keep() {
    const { guess } = this.stage;
    if (guess === undefined) return this.say(this.t("guess.none"));
    this.say(null);
    return this.order("guess", guess);
  }

  /** A code opens the state as it is: while something waits to be revealed it would tell the hall. */
  paintCode(session, open) {
    if (!session.code || !this.stage.stage?.trace) return this.code.hide();
    if (!open) return this.code.refuse(this.t("code.waits"));
    return this.code.show(this.stage.link, this.data, this.t);
  }

  say(sentence) {
    this.message.hidden = !sentence;
    write(this.message, sentence ?? "");
  }

  destroy() {
    removeEventListener("keydown", this.press, true);
    this.channel.close();
    this.tools.destroy();
    this.stage.destroy();
    this.element.remove();
  }
}
