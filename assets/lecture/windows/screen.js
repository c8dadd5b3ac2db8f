// The projected window: a state of the run of show on the whole screen, moved by a remote control. It knows the states and no
// notes: those are not in what it reads (show/storage.js).
import { html, languageTag, set, write } from "../../stage/core/dom.js";
import { fill } from "../../stage/core/format.js";
import { isChoice } from "../../stage/guess/judge.js";
import { Tools } from "../../stage/lecture/tools.js";
import { pressOf, takesLetters, describe } from "../../stage/shell/keys.js";
import { Channel } from "../show/channel.js";
import { waits } from "../show/session.js";
import { browserStorage, Given } from "../show/storage.js";
import { keyOf } from "../slides/slide.js";
import { Slides } from "../slides/slides.js";
import { orderOf } from "./keys.js";
import { Code } from "./qr-code.js";

const BACKGROUNDS = { light: "#ffffff", dark: "#0f141a" };

export class Screen {
  constructor() {
    this.given = new Given(browserStorage());
    this.channel = new Channel((what) => (what === "show" ? this.reload() : this.adopt()));
    this.message = html("p", { class: "gl-message", role: "status", hidden: true });
    this.code = new Code();
    this.black = html("div", { class: "gl-black", hidden: true });
    this.tools = new Tools();
    this.deck = html("div", { class: "gl-deck" });
    this.element = html("main", { class: "gl-screen", "data-testid": "lecture-screen" }, this.message, this.deck, this.tools.element, this.code.element, this.black);
    this.slides = new Slides(this, this.deck);
    this.press = (event) => this.key(event);
    addEventListener("keydown", this.press, true);
    this.black.onclick = () => this.order("blank");
    this.code.element.onclick = () => this.order("code");
  }

  t = (key, values) => fill(this.data.words[`lecture.${key}`], values);

  /** The slide that is seen, and its stage. */
  get front() {
    return this.slides.front;
  }

  get stage() {
    return this.front.stage;
  }

  update(data) {
    this.data = data;
    this.slides.clear();
    set(this.element, { lang: languageTag(data.lang), "data-without": data.without.join(" ") });
    document.documentElement.dataset.theme = data.theme;
    document.documentElement.style.setProperty("--st-background-color", BACKGROUNDS[data.theme]);
    this.slides.resolver.route = data.routes.stages;
    this.slides.retheme();
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
    const session = this.given.session(show);
    const state = show.states[session.at];
    const open = !waits(session, show);
    const { on } = this.front;
    this.announce(session, open);
    if (on?.key === keyOf(state) && (open || !on.open)) {
      this.front.words(session, open);
      if (!on.shown) return; // it follows when it is there
      const revealed = open && !on.open;
      this.front.follow(session);
      if (revealed) this.slides.prepare(session);
      return;
    }
    this.tools.take("clear");
    set(this.element, { "data-shown": null });
    const there = await this.slides.show(session, open);
    if (there === null) return;
    set(this.element, { "data-shown": String(there) });
    if (!there) return void this.say(this.stage.problem ?? this.t("screen.failed"));
    this.say(null);
    const now = this.given.session(this.show);
    this.front.follow(now);
    this.announce(now, !waits(now, this.show));
    this.slides.prepare(now);
  }

  /** A question was answered: by the key that reveals, or by the button on the stage. */
  answered(slide, { guess, truth, question, verdict }) {
    const tied = isChoice(question) && verdict === "right"; // two hold as much: who chose either is right
    slide.truth = { value: tied ? guess : truth, question };
    slide.on.open = true;
    if (slide !== this.front) return slide.follow(slide.on.session); // it was answered long ago, and is laid out again
    if (guess !== null) this.given.order(this.show, "guess", guess);
    if (waits(this.given.session(this.show), this.show)) this.given.order(this.show, "forward", null, Date.now());
    this.channel.moved();
    const session = this.given.session(this.show);
    this.announce(session, true);
    slide.follow(session);
    this.slides.prepare(session);
    return undefined;
  }

  /** Says on the window where the lecture stands. */
  announce(session, open) {
    document.title = `${session.at + 1} · ${this.show.title}`;
    this.black.hidden = !session.blank;
    set(this.element, { "data-at": session.at, "data-open": String(open), "data-blank": String(session.blank), "data-walked": session.walked });
    this.paintCode(session, open);
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
    this.slides.destroy();
    this.element.remove();
  }
}
