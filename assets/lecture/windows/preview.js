// What comes next, as the hall will see it first, for the presenter's eyes: a small still picture and the numbers of its step.
// It is drawn in this window alone, once the state that is on the screen has had its time to come.
import { html } from "../../stage/core/dom.js";
import { needsReveal } from "../show/show.js";
import { LectureStage } from "../slides/lecture-stage.js";
import { keyOf } from "../slides/slide.js";
import { numbersOf, pictureOf } from "../slides/still.js";

const REST = 500; // milliseconds that the projected window has for itself: both may share a processor

export class Preview {
  constructor() {
    this.stage = new LectureStage(() => {}, () => false, { fills: false });
    this.work = html("div", { class: "gl-drawing", "aria-hidden": "true", inert: true }, this.stage.container);
    this.element = html("div", { class: "gl-preview", "data-testid": "lecture-preview", hidden: true });
    this.key = null; // of the state that is drawn, or about to be
    this.timer = 0;
    this.drawing = Promise.resolve();
  }

  /** @param {object} data of the window */
  update({ lang, routes }) {
    this.lang = lang;
    this.stage.resolver.route = routes.stages;
    this.show(null);
  }

  /** Shows a state, or nothing. @param {?object} state @param {boolean} [revealed] whether it was revealed before */
  show(state, revealed = false) {
    const open = Boolean(state) && (revealed || !needsReveal(state));
    const key = state && `${keyOf(state)} ${open}`;
    if (key === this.key) return;
    this.key = key;
    this.element.hidden = !state;
    this.element.replaceChildren();
    clearTimeout(this.timer);
    if (!state) return;
    this.timer = setTimeout(() => (this.drawing = this.drawing.then(() => this.draw(state, open, key)).catch(() => {})), REST);
  }

  async draw(state, open, key) {
    if (this.key !== key) return;
    const there = await this.stage.show({ ...state, question: null }, open, { lang: this.lang }, state);
    if (this.key !== key || !there) return;
    const { parts } = this.stage;
    const figure = (one) => html("div", {}, pictureOf(one), numbersOf(one));
    this.element.replaceChildren(...parts.map(figure));
  }

  destroy() {
    clearTimeout(this.timer);
    this.stage.destroy();
  }
}
