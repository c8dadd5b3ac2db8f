// A stage's layout: what it fits into the room there is, and what it folds on a filled screen that has none.
import { settle, SMALLER } from "./folding.js";
import { projectorScale } from "./fullscreen.js";

export const WIDE = 1100; // CSS px from which the inspector stands beside the picture (as in stage.css)

export class Layout {
  /** @param stage the Stage */
  constructor(stage) {
    this.stage = stage;
  }

  /** Whether the stage fills a screen wide enough for picture and score to be seen at once. */
  get onScreen() {
    return this.stage.fullscreen.on && this.stage.element.clientWidth >= WIDE;
  }

  fit() {
    const { stage } = this;
    if (stage.group) return stage.group.fit();
    stage.fitted = stage.room();
    stage.scale = stage.fullscreen.on ? projectorScale(innerWidth, innerHeight) : 1;
    stage.element.style.setProperty("--gs-scale", stage.scale);
    stage.transport.resize();
    stage.inspector.resize?.(stage.aside.clientWidth);
    stage.plugins.call("resize");
    if (stage.ownGroup) stage.ownGroup.fit();
    if (stage.header.bar) stage.paint(0);
    else if (this.onScreen) settle(this.foldable(), (folded) => this.fold(folded));
    else {
      this.fold(new Set());
      stage.score.grow();
    }
    stage.score.resize();
    stage.score.paint(stage.view());
  }

  /** The parts that a filled screen may fold here. */
  foldable() {
    const { trace, header, mode } = this.stage;
    const usable = {
      strips: trace.strips.length > 1,
      watch: true, // what the signs mean stands there in any case
      curves: Boolean(header.film),
      shares: Boolean(header.gradient),
      words: true, // what they say of the step stands in the picture too
      size: mode === "belt",
      sliders: header.sliders.length > 0,
      units: mode === "belt" && trace.units > 1,
    };
    return Object.keys(usable).filter((part) => usable[part]);
  }

  /** Lays out with some parts folded (see folding.js), and says whether the picture is seen whole. */
  fold(folded) {
    return (folded.has("size") ? SMALLER : [1]).some((smaller) => this.lay(folded, smaller));
  }

  lay(folded, smaller) {
    const { picture, pictures, mode, score, element, fullscreen } = this.stage;
    score.brief(folded.has("strips"));
    for (const part of ["watch", "curves", "shares", "words", "sliders"]) element.classList.toggle(`gs-no-${part}`, folded.has(part));
    this.announceFolded(folded);
    score.squeeze(0);
    const way = { grouped: folded.has("units"), smaller, shrinks: this.onScreen };
    pictures[mode].view.resize?.(picture.clientWidth, fullscreen.on ? picture.clientHeight : Infinity, way);
    this.stage.paint(0);
    if (this.onScreen) score.squeeze(picture.scrollHeight - picture.clientHeight);
    return picture.scrollHeight <= picture.clientHeight;
  }

  /** Says what is folded: nothing leaves the screen in silence. */
  announceFolded(folded) {
    const { host, score } = this.stage;
    const parts = [...folded].filter((part) => part !== "size").map((part) => host.t(`stage.folded.${part}`));
    const list = new Intl.ListFormat(host.header.lang, { type: "conjunction" });
    score.note(parts.length ? host.t("stage.folded", { parts: list.format(parts) }) : "");
  }
}
