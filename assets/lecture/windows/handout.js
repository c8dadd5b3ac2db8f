// A run of show on paper: of each state its picture, the numbers of its step, its link and code, and room to write. What is
// asked or held back in the hall is so here too, and there are no notes. One stage draws all of them, one after another.
import { html, languageTag, set, write } from "../../stage/core/dom.js";
import { fill } from "../../stage/core/text/format.js";
import { browserStorage } from "../../stage/core/storage.js";
import { typeset } from "../../stage/core/text/typeset.js";
import { button } from "../button.js";
import { needsReveal, linkOf } from "../show/show.js";
import { CurrentLecture } from "../show/storage.js";
import { LectureStage } from "../slides/lecture-stage.js";
import { numbersOf, pictureOf } from "../slides/still.js";
import { fetchShareLink } from "./qr-code.js";

export class Handout {
  constructor() {
    this.currentLecture = new CurrentLecture(browserStorage());
    this.stage = new LectureStage(() => {}, () => false, { fills: false });
    this.title = html("h1", {});
    this.message = html("p", { class: "gl-message", role: "status" });
    this.print = button("", () => print(), { class: "gl-button gl-primary", hidden: true, "data-testid": "lecture-print" });
    this.sheets = html("div", { class: "gl-sheets" });
    const work = html("div", { class: "gl-drawing", "aria-hidden": "true", inert: true }, this.stage.container);
    this.element = html("main", { class: "gl-handout", "data-testid": "lecture-handout" }, html("header", {}, this.title, this.print), this.message, this.sheets, work);
  }

  t = (key, values) => fill(this.data.words[`lecture.${key}`], values);

  async update(data) {
    this.data = data;
    this.stage.resolver.route = data.routes.stages;
    set(this.element, { lang: languageTag(data.lang) });
    document.documentElement.dataset.theme = "light";
    document.documentElement.style.setProperty("--st-background-color", "#ffffff");
    const show = this.currentLecture.printed;
    if (!show) return this.say(this.t("screen.none"));
    write(this.title, show.title);
    document.title = show.title;
    write(this.print, this.t("handout.print"));
    for (const [k, state] of show.states.entries()) {
      this.say(this.t("handout.drawing", { number: k + 1, of: show.states.length }));
      this.sheets.append(await this.sheet(state, k + 1));
    }
    this.say(null);
    this.print.hidden = false;
    set(this.element, { "data-drawn": true });
    return undefined;
  }

  say(sentence) {
    this.message.hidden = !sentence;
    write(this.message, sentence ?? "");
  }

  async sheet(state, number) {
    const { lang, routes } = this.data;
    const heading = html("h2", {}, html("span", {}, String(number)), " ", typeset(html("span"), state.title));
    const there = await this.stage.show({ ...state, question: null }, !needsReveal(state), { lang }, state);
    const { stage } = this.stage;
    const drawn = there ? html("div", { class: "gl-sheet-pictures" }, ...this.stage.parts.map(pictureOf)) : html("p", { class: "gl-wrong" }, this.stage.problem ?? this.t("screen.failed"));
    const film = there ? stage.element.querySelector(".gs-film-place") : null;
    const caption = html("p", { class: "gl-sheet-caption" }, film?.textContent ?? "", " ", ...(there && !stage.header.bar ? [...stage.moment.cloneNode(true).childNodes] : []));
    const numbers = there ? html("div", { class: "gl-sheet-tables" }, ...this.stage.parts.map(numbersOf)) : null;
    const shareLink = await fetchShareLink(`${state.link}${state.link.includes("?") ? "&" : "?"}lang=${lang}`, routes.link);
    const code = shareLink?.code && !shareLink.here ? html("img", { src: shareLink.code, alt: this.t("code.alt") }) : null;
    const link = html("p", { class: "gl-sheet-link" }, shareLink && !shareLink.here ? shareLink.link : linkOf(state.link));
    const aside = html("div", { class: "gl-sheet-aside" }, code, link, html("div", { class: "gl-sheet-lines" }));
    return html("section", { class: "gl-sheet", "data-testid": "lecture-sheet" }, heading, html("div", { class: "gl-sheet-body" }, html("div", { class: "gl-sheet-shown" }, drawn, caption, numbers), aside));
  }

  destroy() {
    this.stage.destroy();
    this.element.remove();
  }
}
