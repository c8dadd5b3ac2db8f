// The presenter's window: the notes, what comes next, the clock, and the same keys. It can be closed and opened again at any
// time; where the lecture stands the browser keeps (show/storage.js).
import { html, languageTag, set, write } from "../../stage/core/dom.js";
import { fill } from "../../stage/core/text/format.js";
import { browserStorage } from "../../stage/core/storage.js";
import { describe, pressOf, takesLetters } from "../../stage/shell/keyboard/keys.js";
import { button } from "../button.js";
import { Channel } from "../show/channel.js";
import { guessed } from "../show/guess-text.js";
import { guessesOf, nextAction, timing, awaitsReveal } from "../show/session.js";
import { CurrentLecture } from "../show/storage.js";
import { commandOf } from "./keys.js";
import { Preview } from "./preview.js";

const COMMANDS = new Set(["forward", "back", "blank", "code"]); // the pen and the spotlight belong to the other window
const TICK = 1000;

export class Presenter {
  constructor() {
    this.currentLecture = new CurrentLecture(browserStorage());
    this.channel = new Channel(() => this.paint());
    this.title = html("h1", {});
    this.where = html("p", { class: "gl-note", "data-testid": "lecture-where" });
    this.notes = html("div", { class: "gl-notes-text", "data-testid": "lecture-notes" });
    this.next = html("section", { class: "gl-next", "data-testid": "lecture-next" });
    this.preview = new Preview();
    this.clock = html("p", { class: "gl-clock", role: "timer" });
    this.plan = html("p", { class: "gl-plan", "data-testid": "lecture-plan" });
    this.row = html("div", { class: "gl-row gl-commands" });
    this.list = html("ol", { class: "gl-jump" });
    this.message = html("p", { class: "gl-message", role: "status", hidden: true });
    const main = html("div", { class: "gl-now" }, this.where, this.title, this.notes, this.next, this.preview.element);
    const side = html("aside", {}, this.clock, this.plan, this.row, this.list);
    this.element = html("main", { class: "gl-presenter", "data-testid": "lecture-presenter" }, this.message, main, side, this.preview.work);
    this.onKeydown = (event) => this.key(event);
    addEventListener("keydown", this.onKeydown, true);
    this.timer = setInterval(() => this.tick(), TICK);
  }

  t = (key, values) => fill(this.data.words[`lecture.${key}`], values);

  update(data) {
    this.data = data;
    set(this.element, { lang: languageTag(data.lang) });
    this.preview.update(data);
    this.paint();
  }

  command(command, value) {
    if (!this.show) return;
    this.currentLecture.command(this.show, command, value, Date.now());
    this.channel.moved();
    this.paint();
  }

  key(event) {
    const command = commandOf(pressOf(event), takesLetters(describe(event, this.element)));
    if (!COMMANDS.has(command)) return;
    event.preventDefault();
    event.stopPropagation();
    this.command(command);
  }

  paint() {
    const { t } = this;
    const show = (this.show = this.currentLecture.show);
    this.message.hidden = Boolean(show);
    write(this.message, show ? "" : t("screen.none"));
    if (!show) return;
    const session = (this.session = this.currentLecture.session(show));
    const { notes } = this.currentLecture;
    const state = show.states[session.at];
    document.title = `${t("presenter.title")} · ${show.title}`;
    write(this.where, t("presenter.where", { number: session.at + 1, of: show.states.length, minutes: state.minutes }));
    write(this.title, state.title || state.link);
    const text = notes[state.id] ?? "";
    this.notes.replaceChildren(...(text ? text.split("\n").map((line) => html("p", {}, line)) : [html("p", { class: "gl-note" }, t("presenter.nothing"))]));
    set(this.element, { "data-at": session.at, "data-open": String(!awaitsReveal(session, show)), "data-blank": String(session.blank) });
    this.paintNext(session);
    this.paintCommands(session);
    this.paintList(session);
    this.tick();
  }

  paintNext(session) {
    const { t, show } = this;
    const what = nextAction(session, show);
    const state = show.states[session.at];
    const following = show.states[session.at + 1];
    const line = [html("p", { class: "gl-key" }, html("kbd", {}, "PgDn"), " ", t(`presenter.key.${what}`))];
    const hidden = awaitsReveal(session, show) && state.because ? [html("p", {}, t("presenter.because"), " ", state.because)] : [];
    const answers = state.question ? guessesOf(session, show).map((guess) => guessed(guess, state.question, t)) : [];
    const guesses = answers.length ? [html("p", {}, t("presenter.guesses", { guesses: answers.join(" · ") }))] : [];
    const next = following ? [html("p", {}, t("presenter.next"), " ", html("b", {}, following.title || following.link))] : [];
    this.next.replaceChildren(...line, ...hidden, ...guesses, ...next);
    this.preview.show(following ?? null, session.revealed.includes(following?.id));
  }

  paintCommands(session) {
    const { t } = this;
    const buttons = [
      button(t("presenter.back"), () => this.command("back")),
      button(t("presenter.forward"), () => this.command("forward"), { class: "gl-button gl-primary" }),
      button(t(session.blank ? "presenter.unblank" : "presenter.blank"), () => this.command("blank"), { "aria-pressed": String(session.blank) }),
      button(t("presenter.code"), () => this.command("code"), { "aria-pressed": String(session.code) }),
      button(t("presenter.again"), () => this.command("again")),
      button(t("presenter.clock"), () => this.command("clock", null)),
    ];
    const { activeElement } = document;
    const focused = [...this.row.children].indexOf(activeElement);
    this.row.replaceChildren(...buttons);
    if (focused >= 0) buttons[focused].focus();
  }

  paintList(session) {
    const items = this.show.states.map((state, k) => {
      const go = html("button", { type: "button", class: "gl-go", onclick: () => this.command("go", k) }, `${k + 1} · ${state.title || state.link}`);
      set(go, { "aria-current": k === session.at ? "true" : null });
      return html("li", {}, go);
    });
    const { scrollTop } = this.list;
    this.list.replaceChildren(...items);
    this.list.scrollTop = scrollTop;
  }

  tick() {
    if (!this.session) return;
    const { t } = this;
    const now = Date.now();
    const { elapsed, until, whole, behind, ahead: early } = timing(this.session, this.show, now);
    const spelled = (minutes) => `${Math.floor(minutes)}:${String(Math.floor((minutes % 1) * 60)).padStart(2, "0")}`;
    const time = new Intl.DateTimeFormat(languageTag(this.data.lang), { timeStyle: "short" }).format(now);
    write(this.clock, `${spelled(elapsed)} / ${spelled(whole)} · ${time}`);
    const state = behind ? "behind" : early ? "early" : "on";
    write(this.plan, t(`presenter.plan.${state}`, { until: spelled(until), minutes: spelled(behind || early) }));
    set(this.plan, { "data-state": state });
  }

  destroy() {
    removeEventListener("keydown", this.onKeydown, true);
    clearInterval(this.timer);
    this.preview.destroy();
    this.channel.close();
    this.element.remove();
  }
}
