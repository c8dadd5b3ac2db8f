// Stages that keep step, side by side on one filled screen, below the bar whose transport moves them all.
import { html, write } from "../core/dom.js";
import { settle, sizes, smallest } from "./folding.js";
import { projectorScale } from "./fullscreen.js";
import { inOrder, peersOf } from "./peers.js";

const FOLDED = ["curves", "sliders"]; // what folds by style alone (fullscreen.css)

export class StageGroup {
  /** @param bar the Stage whose transport moves the others */
  constructor(bar) {
    this.bar = bar;
    this.element = html("div", { class: "gs-group" });
    const stages = inOrder(peersOf(bar));
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
    const panel = bar.element.querySelector(":scope > .gs-guess");
    (panel ?? bar.transport.element).after(this.element);
  }

  /** The bar and the stages below it. */
  get all() {
    return [this.bar, ...this.members.map(({ stage }) => stage)];
  }

  /** Takes in what the bar moves now: another comparison may have brought stages, or taken some away. */
  renew() {
    const { bar, members } = this;
    const stages = peersOf(bar);
    if (stages.length === members.length && members.every(({ stage }) => stages.includes(stage))) return;
    this.end(); // the new group has the page's order, which is known once all stand there again
    bar.ownGroup = new StageGroup(bar);
    bar.ownGroup.fit();
  }

  /** Folds what a lone stage folds too, in the same order, until every stage is seen whole. */
  fit() {
    this.element.style.setProperty("--gs-scale", this.bar.scale);
    for (const { stage, title } of this.members) write(title, stage.header.heading ?? "");
    this.largest = projectorScale(innerWidth, innerHeight);
    const parts = this.foldable();
    const scales = (folded) => (folded.has("size") ? sizes(this.largest) : [this.largest]);
    let whole = false;
    const folded = settle(parts, (now) => (whole = this.lay(now, scales(now).at(-1))));
    const tried = whole ? scales(folded) : smallest();
    if (!tried.some((scale) => this.lay(folded, scale))) this.lay(folded, tried.at(-1), { all: true });
    for (const { stage } of this.members) {
      stage.fitted = stage.room();
      stage.score.resize();
      stage.score.paint(stage.view());
      stage.layout.announceFolded(folded);
    }
  }

  /** The parts that may fold here: of the bar the curves, of every stage the rest. */
  foldable() {
    const some = (holds) => this.members.some(({ stage }) => holds(stage));
    const usable = {
      strips: some(({ trace }) => trace.strips.length > 1),
      curves: Boolean(this.bar.header.film),
      size: this.largest > 1,
      sliders: some(({ header }) => header.sliders.length > 0 && !header.compact),
      units: some(({ mode, trace }) => mode === "belt" && trace.units > 1),
    };
    return Object.keys(usable).filter((part) => usable[part]);
  }

  /** Lays the stages out with some parts folded, up to the first that is not seen whole, or all; says whether each is. */
  lay(folded, scale, { all = false } = {}) {
    for (const part of FOLDED) for (const { element } of this.all) element.classList.toggle(`gs-no-${part}`, folded.has(part));
    const way = { grouped: folded.has("units"), shrinks: true };
    let whole = true;
    for (const { stage } of this.members) {
      stage.element.style.setProperty("--gs-scale", scale);
      stage.score.brief(folded.has("strips"));
      stage.transport.resize();
      stage.pictures[stage.mode].view.resize?.(stage.picture.clientWidth, Infinity, way);
      stage.paint(0);
      whole &&= stage.element.scrollHeight <= stage.element.clientHeight + 1;
      if (!whole && !all) return false;
    }
    return whole;
  }

  /** Gives the stages back to their places on the page. */
  end() {
    for (const part of FOLDED) for (const { element } of this.all) element.classList.remove(`gs-no-${part}`);
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
