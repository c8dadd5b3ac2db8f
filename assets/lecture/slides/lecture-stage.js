// A stage of the projected window: it opens states of a run of show, holds back of each what is not to be seen yet, and asks
// what the hall is to guess. A state of several stages has a bar that moves them. Only this window is notified of it.
import { html, write } from "../../stage/core/dom.js";
import { runTitle } from "../../stage/core/text/names.js";
import { Trace } from "../../stage/core/run/trace.js";
import { questionTarget } from "../../stage/guess/target-stage.js";
import { mount } from "../../stage/mount.js";
import { requestFor, readLink } from "../../stage/shell/address/goto.js";
import { Recompute } from "../../stage/shell/recompute/recompute.js";
import { needsReveal } from "../show/show.js";
import { frontierOf } from "./hiding.js";
import { Prefetch } from "./prefetch.js";
import { LectureResolver } from "./resolver.js";

// Neither guessing nor another example is begun from here, and what a run is an example of is said by who gives the lecture.
const OWN = { guesses: null, examples: null, watch: null };

export class LectureStage {
  /**
   * @param {(result: object) => void} answered is called with the result of a question, as in docs/stage.md
   * @param {() => boolean} edits whether weights may be edited here, where a state is the lab's
   * @param {{resolver?: LectureResolver, ahead?: Ahead, fills?: boolean}} [shared] what gives the runs and fetches them ahead, of
   *   its own by default; and whether it fills the window, as on a projector
   */
  constructor(answered, edits, { resolver = new LectureResolver(), prefetch = new Prefetch(resolver), fills = true } = {}) {
    Object.assign(this, { edits, fills, resolver, prefetch });
    this.answered = answered;
    this.root = html("div", { class: "gl-root" });
    this.below = html("div", { class: "gl-below" });
    this.container = html("div", { class: "gl-stage-container" }, this.root, this.below);
    this.delayNotice = html("p", { class: "gs-delay", role: "status" });
    this.recompute = new Recompute({ resolver: this.prefetch });
    this.problem = null; // why the latest state is not there, where a reader can mend it
    this.mounted = null;
    this.members = []; // what is mounted of the stages that a bar moves
  }

  /** The only stage, or the bar; null before there is one. */
  get stage() {
    return this.mounted?.stage ?? null;
  }

  /** The stages that show a cell. */
  get parts() {
    return this.members.length ? this.members.map(({ stage }) => stage) : [this.stage];
  }

  /** All stages: a lone one, or the bar and those that it moves. */
  get all() {
    return this.members.length ? [this.stage, ...this.parts] : [this.stage];
  }

  /** What the cells are called that stand side by side. */
  get names() {
    return this.parts.map(({ header }) => runTitle(header));
  }

  /** The link of what is on the stage, down to where it stands. */
  get link() {
    const { header, position } = this.stage;
    return `/${header.page === "home" ? "" : header.page}?${new URLSearchParams(position.linkParams)}`;
  }

  /**
   * Opens a state.
   * @param {object} state of a show  @param {boolean} open whether all of it may be seen
   * @param {{lang: string, guess?: number|number[]}} context guess: of the audience, where it has answered already
   * @param {object} [hides] a state in whose way it is held back, where that is another
   * @returns {Promise<boolean>} whether it is on the screen
   */
  async show(state, open, { lang, guess = null }, hides = state) {
    this.pendingQuestion = null;
    const plain = needsReveal(hides); // a heading that says how it ends would tell
    const overrides = (header) => ({ ...OWN, ...(plain && header.called ? { heading: header.called } : {}), conceal: open ? null : frontierOf(header, hides) });
    const request = this.requestFor(state, lang);
    const there = await this.open(request, overrides);
    this.problem = there ? null : this.resolver.problemOf(request);
    if (there) this.close();
    if (there && state.question) this.ask(state.question, open, guess);
    return there;
  }

  /** What is asked for a state's link. */
  requestFor({ link }, lang) {
    return requestFor(readLink(link), { lang, notation: this.stage?.header?.notation ?? "pytorch" });
  }

  /** Fetches what a state will need when it is shown: its run, what draws it, and what asks. */
  async prepare(state, lang) {
    const bytes = await this.prefetch.prepare(this.requestFor(state, lang));
    const { stage } = this;
    if (!bytes?.length || !stage?.trace) return;
    const runs = toList(bytes).map((one) => Trace.unpack(one));
    if (!this.edits()) for (const { header } of runs) header.lab = null;
    const coming = [...runs.map((run) => stage.waiting.missing(run, stage.position.modeOf(run.header, null))), state.question && stage.guessing.fetched()];
    for (const one of coming) one?.catch?.(() => {}); // whoever needs it sees that it failed
  }

  open(request, overrides = OWN) {
    const show = (bytes) => this.update(bytes, overrides);
    const nonce = this.stage?.position.nonce ?? "lecture";
    return this.recompute.open(request, { nonce, show, notify: null, say: (sentence) => write(this.delayNotice, sentence) });
  }

  /** Puts the runs of a state on their stages. Several begin anew, below a bar of their own. The lab's panel and a film stay with a stage that has them, so that such a stage is one of its own. */
  async update(runs, overrides) {
    const [bytes, ...others] = toList(runs);
    const withoutLab = this.edits() ? {} : { lab: null };
    const more = (header) => {
      const at = { ...header.at, nonce: this.prefetch.nonce || header.at.nonce };
      const film = header.film && { film: { ...header.film, run: `${header.film.run} ${at.nonce}` } }; // each state has its own checkpoint
      return { at, ...film, ...(typeof overrides === "function" ? overrides(header) : overrides), ...withoutLab };
    };
    const { lab, film } = { ...Trace.unpack(bytes).header, ...withoutLab };
    const kept = Boolean(lab) === this.hasLab && Boolean(film) === this.hasFilm && !others.length && !this.members.length;
    if (this.stage && !kept) this.clear();
    [this.hasLab, this.hasFilm] = [Boolean(lab), Boolean(film)];
    if (this.stage) return this.stage.update(bytes, undefined, more);
    return this.mount(bytes, more, others);
  }

  clear() {
    for (const { destroy } of [this.mounted, ...this.members]) destroy?.();
    this.below.replaceChildren();
    [this.mounted, this.members] = [null, []];
  }

  async mount(bytes, overrides, others) {
    const recomputeBy = (what) => (message) => this.recompute.ask(this.stage.header, what, message, (next) => this.update(next, OWN), () => {}, (sentence) => write(this.delayNotice, sentence));
    const options = { overrides, lectures: false, memory: new Map(), writeUrl() {}, onSliders: recomputeBy("sliders"), onLab: recomputeBy("lab"), open: (other, more) => this.open(other, { ...OWN, ...more }) };
    this.mounted = mount(this.root, bytes, options);
    this.members = others.map((one) => {
      const container = html("div", {});
      this.below.append(container);
      return mount(container, one, { overrides, lectures: false, memory: options.memory, writeUrl() {} });
    });
    const { mounted, members } = this;
    await Promise.all([mounted, ...members].map(({ shown }) => shown));
    if (this.fills && this.mounted === mounted) this.stage.fullscreen.fill();
    return undefined;
  }

  /** Closes the inspector that was opened in the state before. */
  close() {
    if (this.stage.inspecting && !this.hasLab) this.stage.inspect(false);
  }

  /** Asks what a state asks: of several stages that one which it is about. While nothing was answered all that its answer needs is concealed. */
  async ask(question, open, guess) {
    const target = questionTarget(this.all, question);
    if (!target) return;
    const { stage } = target;
    const { guessing } = stage;
    if (this.members.length && stage !== this.stage) this.stage.layout.enlarge(this.parts.indexOf(stage)); // what is asked about stands large
    const pendingQuestion = (this.pendingQuestion = { open, stage });
    await guessing.ready();
    if (this.pendingQuestion !== pendingQuestion) return;
    const coming = guessing.asking.ask?.(target.question);
    if (!guessing.own) {
      this.pendingQuestion = null; // it could not be fetched, or makes no sense here: the key reveals without a guess
      return void (pendingQuestion.open && this.reveal());
    }
    stage.conceal(null); // the question holds it back from now on
    if (pendingQuestion.open) this.uncover(pendingQuestion.guess ?? guess);
    const result = await coming;
    if (!result || this.pendingQuestion !== pendingQuestion) return;
    if (this.members.length) this.regroup(stage);
    this.answered(result);
  }

  /** Several stages stand together again once one of them was asked. */
  regroup(stage) {
    for (const one of this.all) if (one !== stage) one.conceal(null);
    stage.guessing.uncoverAll();
    stage.moved(() => true);
  }

  /** The guess that is set on the stage that asks; undefined as long as it is none. */
  get guess() {
    return (this.pendingQuestion?.stage ?? this.stage)?.guessing.guess;
  }

  /** Where the state on the stage stands by its link. */
  get startPosition() {
    const { player, header } = this.stage;
    return { step: header.at.step ?? 0, phase: header.at.phase ?? player.resting };
  }

  /** Reveals what was held back; where a question is open, with a guess of the hall. */
  reveal(guess) {
    const { stage, pendingQuestion } = this;
    if (pendingQuestion && !pendingQuestion.stage.guessing.own) return void Object.assign(pendingQuestion, { open: true, guess }); // as soon as it is asked
    this.uncover(guess);
    if (!pendingQuestion) stage.moved(() => stage.player.moveTo(this.startPosition));
  }

  uncover(guess) {
    for (const one of this.all) one.conceal(null);
    this.pendingQuestion?.stage.guessing.answer(guess ?? null);
  }

  /** Takes the stage as far as so many moves lead from where its state stands. */
  walk({ by }, moves) {
    const { stage } = this;
    if (moves > 0) (this.pendingQuestion?.stage ?? stage).guessing.uncoverAll(); // it leads beyond what was asked for
    stage.moved(() => {
      stage.player.pause();
      stage.player.moveTo(this.startPosition);
      for (let k = 0; k < moves; k++) stage.player[by === "phase" ? "movePhase" : "moveStep"](1);
      return true;
    });
  }

  retheme() {
    if (this.stage) for (const one of this.all) one.retheme();
  }

  destroy() {
    this.recompute.cancel();
    if (this.mounted) this.clear();
  }
}

/** The runs of a state: one, or those of several stages, the bar's first. */
const toList = (runs) => (Array.isArray(runs) ? runs : [runs]);
