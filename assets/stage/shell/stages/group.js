// Stages that keep step, side by side on one filled screen, below the bar whose transport moves them all.
import { html, set, write } from "../../core/dom.js";
import { number } from "../../core/text/format.js";
import { unitTitle } from "../../core/text/names.js";
import { foldToFit, sizes, smallest } from "../fullscreen/folding.js";
import { projectorScale } from "../fullscreen/fullscreen.js";
import { byPosition, peersOf } from "./peers.js";

const STRIP = 34; // CSS px at scale 1 that the strip of a stage which is not large may take
const FOLDED = ["curves", "sliders"]; // what folds by style alone (fullscreen.css)

export class StageGroup {
  /** @param bar the Stage whose transport moves the others */
  constructor(bar) {
    this.bar = bar;
    bar.layout.unfold(); // it may have been a lone stage
    this.large = null; // the stage that stands large, where a lecture shows one and of the others their memory's strips
    this.element = html("div", { class: "gs-group" });
    const stages = byPosition(peersOf(bar));
    this.members = stages.map((stage, k) => {
      const mark = document.createComment("");
      stage.element.before(mark);
      const name = html("span");
      const value = html("span", { class: "gs-group-value" });
      const title = html("p", { class: "gs-group-title", onclick: () => this.choose(k) }, name, value);
      title.onkeydown = (event) => this.press(event, k);
      this.element.append(html("div", { class: "gs-group-place" }, title, stage.element));
      stage.element.classList.add("gs-grouped");
      stage.group = this;
      return { stage, mark, title, name, value };
    });
    this.element.style.setProperty("--gs-columns", stages.length);
    this.place();
  }

  /** Stands below all that the bar shows itself, whichever of that came first. */
  place() {
    const { element, transport } = this.bar;
    const above = [...element.children].filter((part) => part === transport.element || part.matches(".gs-film, .gs-guess")).at(-1);
    if (above.nextElementSibling !== this.element) above.after(this.element);
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
    this.place();
    this.element.style.setProperty("--gs-scale", this.bar.scale);
    this.largest = projectorScale(innerWidth, innerHeight);
    this.arrange();
    if (this.large) return this.fitLarge();
    const parts = this.foldable();
    const scales = (folded) => (folded.has("size") ? sizes(this.largest) : [this.largest]);
    let whole = false;
    const folded = foldToFit(parts, (now) => (whole = this.lay(now, scales(now).at(-1))));
    const tried = whole ? scales(folded) : smallest(this.largest);
    if (!tried.some((scale) => this.lay(folded, scale))) this.lay(folded, tried.at(-1), { all: true });
    for (const { stage } of this.members) {
      stage.fitted = stage.room();
      stage.score.resize();
      stage.score.paint(stage.view());
      stage.layout.announceFolded(folded);
    }
    return undefined;
  }

  /** Which stage stands large, from 0. */
  get at() {
    return Math.min(this.bar.layout.largeIndex, this.members.length - 1);
  }

  /** Beside each other, or in a lecture one large: side by side no letter would be read from the back row. */
  arrange() {
    const { members, bar } = this;
    this.large = (bar.layout.lectured && members[this.at]?.stage) || null; // none of them may have come yet
    this.element.classList.toggle("gs-group-large", Boolean(this.large));
    for (const { stage, title, name } of members) {
      const large = stage === this.large;
      write(name, stage.header.heading ?? (this.large ? stage.header.film?.title : null) ?? ""); // else its film says it
      set(title, this.large ? { role: "button", tabindex: 0, "aria-pressed": String(large) } : { role: null, tabindex: null, "aria-pressed": null });
      stage.element.classList.toggle("gs-large", large);
      stage.element.classList.toggle("gs-small", Boolean(this.large) && !large);
      this.painted(stage);
    }
  }

  fitLarge() {
    const { bar, large, largest, members } = this;
    for (const { stage } of members) {
      stage.element.style.setProperty("--gs-scale", largest);
      stage.transport.resize();
      if (stage === large) continue;
      stage.score.brief(true);
      stage.score.squeeze(0);
      stage.score.squeeze(stage.element.offsetHeight - STRIP * largest);
    }
    const parts = large.layout.foldable().concat(bar.header.film ? ["curves"] : []);
    foldToFit(parts, (folded) => {
      bar.element.classList.toggle("gs-no-curves", folded.has("curves"));
      return large.layout.fold(folded);
    });
    for (const { stage } of members) {
      stage.fitted = stage.room();
      stage.score.resize();
      stage.score.paint(stage.view());
    }
  }

  /** Says what a stage's memory holds, for who sees no more of it. */
  painted(stage) {
    const { value } = this.members.find((one) => one.stage === stage) ?? {};
    if (!value) return;
    const { host, trace } = stage;
    const { step, unit } = stage.view();
    const signal = trace.memory;
    const seen = this.large && stage.visible({ signal, unit, step });
    const reading = `${host.symbol(signal)} = ${number(trace.at(signal, step, unit))}`;
    write(value, !seen ? "" : trace.units > 1 ? host.t("stage.group.value", { unit: unitTitle(host, unit), value: reading }) : reading);
  }

  choose(k) {
    this.bar.layout.enlarge(k);
    if (this.large) this.bar.element.focus({ preventScroll: true });
  }

  press(event, k) {
    if (!this.large || (event.key !== "Enter" && event.key !== " ")) return;
    event.preventDefault();
    event.stopPropagation();
    this.choose(k);
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
      stage.element.classList.remove("gs-grouped", "gs-large", "gs-small");
      if (mark.isConnected) mark.replaceWith(stage.element);
      else stage.element.remove(); // its part of the page has gone meanwhile
      stage.resized();
    }
    this.element.remove();
  }
}
