// Stages that keep step, side by side on one filled screen, below the bar whose transport moves them all.
import { html, write } from "../core/dom.js";
import { sizes } from "./folding.js";
import { projectorScale } from "./fullscreen.js";

export class StageGroup {
  /** @param bar the Stage whose transport moves the others  @param {object[]} stages those stages, in the page's order */
  constructor(bar, stages) {
    this.bar = bar;
    this.element = html("div", { class: "gs-group" });
    this.members = stages.map((stage) => {
      const mark = document.createComment("");
      stage.element.before(mark);
      const title = html("p", { class: "gs-group-title" });
      this.element.append(html("div", { class: "gs-group-place" }, title, stage.element));
      stage.element.classList.add("gs-grouped");
      stage.group = this;
      return { stage, mark, title };
    });
    this.element.style.setProperty("--gs-columns", stages.length);
    bar.transport.element.after(this.element);
  }

  /** The largest letters with which every stage is seen whole; strips but the memory's fold before letters shrink. */
  fit() {
    this.element.style.setProperty("--gs-scale", this.bar.scale);
    for (const { stage, title } of this.members) write(title, stage.header.heading ?? "");
    const all = sizes(projectorScale(innerWidth, innerHeight)).map((scale) => ({ scale, brief: true }));
    const found = [{ ...all[0], brief: false }, ...all].find((way) => this.lay(way)) ?? all.at(-1);
    const brief = found.brief && !(found.scale < all[0].scale && this.lay({ ...found, brief: false }));
    if (brief) this.lay(found);
    for (const { stage } of this.members) {
      stage.fitted = stage.room();
      stage.score.resize();
      stage.score.paint(stage.view());
      stage.layout.tell(brief ? new Set(["strips"]) : new Set());
    }
  }

  /** Lays all stages out in one size; says whether each is seen whole. */
  lay({ scale, brief }) {
    for (const { stage } of this.members) {
      stage.element.style.setProperty("--gs-scale", scale);
      stage.score.brief(brief);
      stage.transport.resize();
      stage.pictures[stage.mode].view.resize?.(stage.picture.clientWidth, Infinity);
      stage.paint(0);
    }
    return this.members.every(({ stage: { element } }) => element.scrollHeight <= element.clientHeight + 1);
  }

  /** Gives the stages back to their places on the page. */
  end() {
    for (const { stage, mark } of this.members) {
      stage.group = null;
      stage.element.classList.remove("gs-grouped");
      if (mark.isConnected) mark.replaceWith(stage.element);
      else stage.element.remove(); // its part of the page has gone meanwhile
      stage.resized();
    }
    this.element.remove();
  }
}
