// A stage's layout: what it fits into the room there is, and what it folds on a filled screen that has none.
import { foldable, foldToFit, SMALLER } from "./fullscreen/folding.js";
import { projectorScale } from "./fullscreen/fullscreen.js";
import { StageGroup } from "./stages/group.js"; // a file without a bar comes without it

const BY_STYLE = ["watch", "curves", "shares", "words", "sliders", "legend", "score", "phases", "answers", "picture"]; // fullscreen.css
const ROUNDING = 2; // CSS px that heights of several strips may come to
const CURSOR = 4; // and those by which the score's cursor stands beyond its strips
export const WIDE = 1100; // CSS px from which the inspector stands beside the picture (as in stage.css)

export class Layout {
  /** @param stage the Stage */
  constructor(stage) {
    this.stage = stage;
    this.largeIndex = 0; // of a bar: which of the stages below it stands large in a lecture, from 0
  }

  /** Whether it stands before a hall, here or in a lecture's window: no letter gets smaller there. */
  get lectured() {
    return this.stage.lecturing?.given || (this.stage.group?.bar ?? this.stage).fullscreen.fixed;
  }

  /** Whether the stage fills a screen wide enough for picture and score to be seen at once. */
  get onScreen() {
    return (this.stage.fullscreen.on || this.large) && this.stage.element.clientWidth >= WIDE;
  }

  /** Whether it stands large in a lecture that shows several stages. */
  get large() {
    return this.stage.group?.large === this.stage;
  }

  /** Gathers on a filled screen what its bar moves, or gives it back: with the screen, and with a run that makes the stage a bar or none. */
  regroup() {
    const { stage } = this;
    if (stage.fullscreen.on && stage.header.bar) stage.ownGroup ??= new StageGroup(stage);
    else if (stage.ownGroup) stage.ownGroup = void stage.ownGroup.end();
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
    else if (this.onScreen) this.settle();
    else {
      this.fold(new Set());
      stage.score.grow();
    }
    stage.score.resize();
    stage.score.paint(stage.view());
  }

  /** Shows again what is folded by style alone. */
  unfold() {
    for (const part of BY_STYLE) this.stage.element.classList.remove(`gs-no-${part}`);
  }

  settle() {
    return foldToFit(this.foldable(), (folded) => this.fold(folded));
  }

  /** The parts that a filled screen may fold here. */
  foldable() {
    const { trace, header, mode, group, element } = this.stage;
    const lanes = mode === "belt" && trace.units > 1;
    const usable = {
      strips: trace.strips.length > 1,
      watch: !group, // what the signs mean stands there in any case
      curves: Boolean(header.film),
      shares: Boolean(header.gradient),
      words: !header.compact, // what they say of the step stands in the picture too
      size: mode === "belt",
      lanes,
      legend: Boolean(group),
      score: !group && this.stage.lecturing?.on && !this.stage.score.element.querySelector(".gs-guess"), // in a lecture's window it says what is folded
      phases: true,
      answers: Boolean(header.film?.answers),
      picture: true,
      sliders: header.sliders.length > 0 && !header.compact && !element.closest("[data-without~=sliders]"),
      units: lanes,
    };
    return foldable(usable, this.lectured);
  }

  /** Lays out with some parts folded (see folding.js), and says whether the picture is seen whole. */
  fold(folded) {
    return (folded.has("size") ? SMALLER : [1]).some((smaller) => this.lay(folded, smaller));
  }

  lay(folded, smaller) {
    const { picture, pictures, mode, score, element, fullscreen } = this.stage;
    score.brief(folded.has("strips"));
    for (const part of BY_STYLE) element.classList.toggle(`gs-no-${part}`, folded.has(part));
    this.announceFolded(folded);
    score.squeeze(0);
    const { onScreen: screen, lectured } = this;
    const way = { grouped: folded.has("units"), single: folded.has("lanes"), smaller, shrinks: screen, keeps: screen && lectured };
    pictures[mode].view.resize?.(picture.clientWidth, fullscreen.on || screen ? picture.clientHeight : Infinity, way);
    this.stage.paint(0);
    const excess = picture.scrollHeight - picture.clientHeight;
    if (screen) score.squeeze(excess > 0 ? excess + ROUNDING : 0);
    const main = picture.parentElement; // where even without a picture there is no room, the rest overflows it
    return picture.scrollHeight <= picture.clientHeight && (!folded.has("picture") || main.scrollHeight <= main.clientHeight + CURSOR);
  }

  /** Says what is folded: nothing leaves the screen in silence. */
  announceFolded(folded) {
    const { host, score, trace, group } = this.stage;
    const silent = new Set(["size", folded.has("lanes") && "units"]);
    const names = [...folded].filter((part) => !silent.has(part));
    const parts = [...names, ...(this.large ? ["others"] : [])].map((part) => host.t(`stage.folded.${part}`, { units: trace.units - 1 }));
    const list = new Intl.ListFormat(host.header.lang, { type: "conjunction" });
    const note = parts.length ? host.t("stage.folded", { parts: list.format(parts) }) : "";
    const { lecture, on } = (group?.bar ?? this.stage).lecturing ?? {};
    score.note(on ? "" : note);
    if (on) lecture.note(note);
  }

  /** Of a bar: puts another of its stages large before the hall. @param {number} [which] from 0; by default the next */
  enlarge(which) {
    const { stage } = this;
    if (!stage.ownGroup?.large) return;
    this.largeIndex = (which ?? stage.ownGroup.at + 1) % stage.ownGroup.members.length;
    stage.resized();
    stage.changed();
  }
}
