// The stage of a lesson, the same as on the app's pages. It opens the lesson's links, moves what the step lets move,
// and writes the lesson's place into the address.
import { html, set, write } from "../../stage/core/dom.js";
import { mount } from "../../stage/mount.js";
import { readLink } from "../../stage/shell/address/goto.js";
import { beyond } from "../../stage/core/run/visible.js";
import { Recompute } from "../../stage/shell/recompute/recompute.js";
import { Companion } from "./companion.js";
import { sliderValues } from "../lesson/player.js";

/** Brings what a lesson's stage asks into sight: beside the text no farther than needed, for the text is to stay there. */
export function scrollToPanel(panel) {
  const beside = getComputedStyle(panel.closest(".gc-stage")).position === "sticky";
  panel.scrollIntoView({ block: beside ? "nearest" : "center" });
}

export class LessonStage {
  /**
   * @param {object} callbacks
   * @param {(run: {trace: object, sliders: Object<string, number>}) => void} callbacks.onRun gets every run that is shown
   * @param {(values: Object<string, number>) => void} callbacks.onMoved gets where a person moves the sliders
   */
  constructor({ onRun, onMoved }) {
    Object.assign(this, { onRun, onMoved });
    this.container = html("div", { class: "gc-stage-container" });
    this.delayNotice = html("p", { class: "gs-delay", role: "status" });
    this.head = html("p", { class: "gc-head", hidden: true });
    this.companion = new Companion();
    this.stages = html("div", { class: "gc-stages" }, html("div", {}, this.head, this.container), this.companion.element);
    this.element = html("div", { class: "gc-stage" }, this.stages, this.delayNotice);
    this.recompute = new Recompute();
    this.mounted = null;
    this.shown = null; // {page, params} of the link on the stage
    this.asks = false; // whether the question of a step stands on the stage
    this.awaited = false; // whether the reader wants to be led there
    this.frame = null; // what the stage is given beside the run: {nonce, lang, link, moves}
    this.moved = {}; // where a person has moved the sliders since the link was opened
  }

  get stage() {
    return this.mounted?.stage ?? null;
  }

  /** What is on the stage, concealed or not: the Trace, and where its sliders stand. */
  get run() {
    return { trace: this.stage.concealment.run, sliders: Object.fromEntries((this.all ?? []).map(({ id, value }) => [id, value])) };
  }

  /** Where the stage stands, as parameters of a link. */
  get at() {
    if (!this.stage?.trace) return {};
    const { step, phase, unit, mode } = this.stage.view();
    return { step: String(step + 1), phase, unit: String(unit + 1), view: mode };
  }

  /** Whether a part of the run is still covered. */
  get covered() {
    if (!this.stage?.trace) return true;
    const { frontier, run } = this.stage.concealment;
    return frontier !== null && beyond(run, { step: run.steps - 1, phase: run.phases.at(-1) }, frontier);
  }

  /** The links of the app to what is on the stage as it stands, and to what is beside it. */
  get links() {
    const linkTo = ({ page, params }, more) => `/${page}?${new URLSearchParams({ ...params, ...more })}`;
    const { beside, lang, notation } = this.frame;
    return [linkTo(this.shown, { ...this.moved, ...this.at }), ...(beside ? [linkTo(readLink(beside.link), { lang, notation, step: this.at.step })] : [])];
  }

  /**
   * Shows a link of the app.
   * @param {string} link  @param {{nonce: string, lang: string, notation: string, link: object, moves: string[], uncovered: ?number, loss: ?object,
   *   beside: ?{link: string, first: boolean, mirrored: boolean}, heads: string[]}} frame `link`: the page's own, as
   *   gates/scenes/links/codec.py gives it; `uncovered`: how many steps may be seen, null for all; `loss`: whose gradients the run comes with;
   *   `beside`: a second stage, which keeps step; `heads`: what stands above the two  @param {Object<string, string>} [params] more of its parameters
   * @returns {Promise<boolean>} whether it is on the screen
   */
  async show(link, frame, params = {}) {
    Object.assign(this, { frame, asks: false, awaited: false });
    const request = readLink(link);
    const whole = `/${request.page}?${new URLSearchParams({ ...request.params, ...params })}`;
    const { beside, heads: [heading, headingBeside] } = frame;
    write(this.head, heading);
    set(this.head, { hidden: !heading });
    set(this.stages, { "data-beside": beside ? (beside.first ? "first" : "last") : null });
    const there = this.stage?.trace ? Boolean(await this.stage.element.goto(whole)) : await this.open(readLink(whole));
    return there && this.companion.show(beside, headingBeside, frame);
  }

  open({ page, params }) {
    const { lang, notation, nonce, loss } = this.frame;
    const request = { page, params: { ...params, lang, notation }, ...(loss ? { loss } : {}) };
    const show = (bytes) => {
      [this.shown, this.moved] = [request, {}];
      return this.update(bytes);
    };
    return this.recompute.open(request, { nonce, show, notify: null, say: (sentence) => write(this.delayNotice, sentence) });
  }

  /** Puts a run on the stage, as soon as what draws it is here. */
  async update(bytes) {
    const overrides = (header) => this.overridesFor(header);
    if (this.stage) {
      if (this.frame.back) this.stage.position.link?.release();
      await this.stage.update(bytes, undefined, overrides);
    } else {
      const onSliders = (message) => this.slid(message);
      this.mounted = mount(this.container, bytes, { overrides, onSliders, open: (request) => this.open(request), memory: new Map() });
      await this.mounted.shown;
    }
    if (this.stage.trace) this.onRun(this.run);
  }

  /** What the lesson says of a run in place of the page that it comes from: nothing that gives an answer away. */
  overridesFor({ digest, sliders, description }) {
    this.all = sliders;
    const { uncovered, link, moves, loss, beside } = this.frame;
    const conceal = uncovered === null ? null : { step: uncovered, phase: description.phases.at(-1) }; // until the stage asks, and knows better
    const runKey = `${digest} ${JSON.stringify([link.params, moves, loss])}`; // the same run in another step is another one to the stage
    const nothing = { guesses: null, examples: null, lab: null, watch: null, random: false };
    return { ...nothing, conceal, digest: runKey, page: "course", link, leads: Boolean(beside), sliders: sliders.filter(({ id }) => moves.includes(id)) };
  }

  slid(message) {
    const { params, page } = this.shown;
    const header = { page, link: { params, whole: true }, at: { nonce: this.stage.header.at.nonce }, loss: this.frame.loss ?? undefined };
    this.onMoved(message.values);
    const say = (sentence) => write(this.delayNotice, sentence);
    const values = sliderValues(this.all, message.values); // a lesson may have set those that its step does not let move
    this.moved = values;
    this.recompute.ask(header, "sliders", { ...message, values }, (bytes) => this.update(bytes), () => {}, say);
  }

  /**
   * Asks on the stage what docs/stage.md has as a question; what it is about stays concealed until it is answered.
   * @param {{draft: string[], keep: (texts: string[]) => void}} begun what was entered before and not handed in
   * @returns {Promise<?object>} the answer; null where the question was taken back, or what asks could not be fetched
   */
  ask(question, begun) {
    const { stage } = this;
    return stage.guessing.ask(question, () => {
      stage.conceal(null);
      stage.moved(() => stage.player.moveTo(stage.concealment.frontier)); // what is known of the step that is asked about is to be seen
      this.asks = true;
      if (this.awaited) this.attend();
    }, begun);
  }

  /** Brings the question that the stage asks to the reader, as soon as it is asked. */
  attend() {
    this.awaited = !this.asks;
    if (this.awaited) return;
    const panel = this.element.querySelector("[data-testid=guess]");
    if (panel) scrollToPanel(panel);
    panel?.querySelector("form input:not([type=range])")?.focus({ preventScroll: true });
  }

  /** Points at a part of the picture, where the arithmetic of what is pointed at is on the screen anyway. */
  point(part) {
    const { stage } = this;
    if (part && stage?.trace && stage.inspecting) stage.select({ signal: part.signal, unit: part.unit - 1, step: part.step - 1 });
  }

  retheme() {
    for (const stage of [this.stage, this.companion.stage]) stage?.retheme();
  }

  destroy() {
    this.companion.destroy();
    this.recompute.cancel();
    this.mounted?.destroy();
  }
}
