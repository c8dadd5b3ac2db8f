// The button that saves a lesson's stage as one file: once it asks nothing any more, for a file shows all of a run.
import { html, set, write } from "../../stage/core/dom.js";
import { button } from "../step/question-form.js";
import { saveFile } from "./save-file.js";

export class FileButton {
  /** @param {import("./lesson-stage.js").LessonStage} stage */
  constructor(stage) {
    this.stage = stage;
    this.button = button("", () => this.take());
    this.status = html("span", { role: "status" });
    this.element = html("p", { class: "gc-take gc-note" }, this.button, " ", this.status);
  }

  /** @param {(key: string) => string} t  @param {{take: string, lang: string}} data the server's route, and the language */
  paint(t, { take, lang }) {
    if (this.lang !== lang) write(this.status, "");
    Object.assign(this, { t, route: take, lang });
    write(this.button, t("take"));
  }

  async take() {
    const { t, route, lang, stage } = this;
    if (stage.covered) return write(this.status, t("take.covered"));
    set(this.button, { disabled: true });
    write(this.status, t("taking"));
    const whole = (link) => new URL(`.${link}`, location.href).href; // the app may stand below a path
    const { lesson, part } = stage.frame.link.params;
    const lead = lesson ? whole(`/course?${new URLSearchParams({ lesson, part })}`) : null; // a review has no link
    write(this.status, await saveFile(route, lang, stage.links.map(whole), { taken: t("taken"), unreached: t("unreached") }, lead));
    set(this.button, { disabled: null });
  }
}
