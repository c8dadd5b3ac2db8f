// The projected window: a state of the run of show on the whole screen, moved by a remote control. It knows the states and no
// notes: those are not in what it reads (show/storage.js).
import { html, languageTag, set, write } from "../../stage/core/dom.js";
import { fill } from "../../stage/core/text/format.js";
import { browserStorage } from "../../stage/core/storage.js";
import { isChoice } from "../../stage/guess/judge.js";
import { Tools } from "../../stage/lecture/tools.js";
import { pressOf, takesLetters, describe } from "../../stage/shell/keyboard/keys.js";
import { Channel } from "../show/channel.js";
import { awaitsReveal } from "../show/session.js";
import { CurrentLecture } from "../show/storage.js";
import { keyOf } from "../slides/slide.js";
import { Slides } from "../slides/slides.js";
import { commandOf } from "./keys.js";
import { QrCode } from "./qr-code.js";

const BACKGROUNDS = { light: "#ffffff", dark: "#0f141a" };

export class Screen {
  constructor() {
    this.currentLecture = new CurrentLecture(browserStorage());
    this.channel = new Channel((what) => (what === "show" ? this.reload() : this.showSession()));
    this.message = html("p", { class: "gl-message", role: "status", hidden: true });
    this.code = new QrCode();
    this.black = html("div", { class: "gl-black", hidden: true });
    this.tools = new Tools();
    this.deck = html("div", { class: "gl-deck" });
    this.element = html("main", { class: "gl-screen", "data-testid": "lecture-screen" }, this.message, this.deck, this.tools.element, this.code.element, this.black);
    this.slides = new Slides(this, this.deck);
    this.onKeydown = (event) => this.key(event);
    addEventListener("keydown", this.onKeydown, true);
    this.black.onclick = () => this.command("blank");
    this.code.element.onclick = () => this.command("code");
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
    this.show = this.currentLecture.show;
    this.showSession();
  }

  /** Applies a command to the session, notifies the other window, and shows the result. */
  command(command, value) {
    if (!this.show) return;
    this.currentLecture.command(this.show, command, value, Date.now());
    this.channel.moved();
    this.showSession();
  }

  key(event) {
    const target = describe(event, this.stage.stage?.element ?? this.element);
    const command = commandOf(pressOf(event), takesLetters(target));
    if (!command) return;
    event.preventDefault();
    event.stopPropagation();
    if (command === "fill") this.fill();
    else if (["pen", "spot", "clear"].includes(command)) this.tools.take(command);
    else this.command(command);
  }

  fill() {
    if (document.fullscreenElement) document.exitFullscreen();
    else document.documentElement.requestFullscreen?.().catch(() => {}); // refused: the window is as large as it is
  }

  /** Shows the session as it is by now. */
  async showSession() {
    const { show } = this;
    this.say(show ? null : this.t("screen.none"));
    if (!show) return;
    const session = this.currentLecture.session(show);
    const state = show.states[session.at];
    const open = !awaitsReveal(session, show);
    const { current } = this.front;
    this.announce(session, open);
    if (current?.key === keyOf(state) && (open || !current.open)) {
      this.front.paintWords(session, open);
      if (!current.shown) return; // it follows when it is there
      const revealed = open && !current.open;
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
    const now = this.currentLecture.session(this.show);
    this.front.follow(now);
    this.announce(now, !awaitsReveal(now, this.show));
    this.slides.prepare(now);
  }

  /** A question was answered: by the key that reveals, or by the button on the stage. */
  answered(slide, { guess, truth, question, verdict }) {
    const tied = isChoice(question) && verdict === "right"; // two hold as much: who chose either is right
    slide.truth = { value: tied ? guess : truth, question };
    slide.current.open = true;
    if (slide !== this.front) return slide.follow(slide.current.session); // it was answered long ago, and is laid out again
    if (guess !== null) this.currentLecture.command(this.show, "guess", guess);
    if (awaitsReveal(this.currentLecture.session(this.show), this.show)) this.currentLecture.command(this.show, "forward", null, Date.now());
    this.channel.moved();
    const session = this.currentLecture.session(this.show);
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
    removeEventListener("keydown", this.onKeydown, true);
    this.channel.close();
    this.tools.destroy();
    this.slides.destroy();
    this.element.remove();
  }
}
