// The button of *Guess first* on every stage. The module that asks is fetched
// when somebody guesses or a lesson asks; a run waits for it where its reader guessed before the page was loaded again.
import { html, set, write } from "../core/dom.js";
import { recall } from "../core/guess-storage.js";
import { Lazy } from "../core/loading/lazy.js";
import { carriedOver } from "../core/run/visible.js";

const NOTHING = { frontier: null, hold() {}, arrive() {}, paint() {}, painted() {} };

export class Guessing {
  /**
   * @param stage the Stage
   * @param {object} beside as shell/stages/peers.js has them: `barOf(header)`, the bar that moves a stage, and `inOrder(stages)`
   */
  constructor(stage, { barOf, byPosition }) {
    Object.assign(this, { stage, barOf, byPosition });
    this.lazy = new Lazy({ questions: async () => (await import("../guess/guess.js")).createGuessing }); // a file may come without it
    this.asking = NOTHING;
    this.waits = null; // how far the run is uncovered until what asks is here
    this.pendingPosition = null; // where somebody went meanwhile
    this.question = null; // what is to be asked once what asks is here
    this.toggle = html("button", { type: "button", class: "gs-guess-toggle", hidden: true, onclick: () => this.turn() });
    stage.transport.element.querySelector(".gs-phases").after(this.toggle); // phase by phase it asks
  }

  /** How far the run is uncovered, by guesses here or at the bar that moves the stage; null for all of it. */
  get frontier() {
    return this.own ?? this.led;
  }

  get own() {
    return this.waits ?? this.asking.frontier;
  }

  /** How far the guesses at a bar uncover a stage that it moves; before the bar has come, no farther than the first look. */
  get led() {
    const { run } = this.stage.concealment;
    if (!run?.header.follow) return null;
    const bar = this.barOf(run.header);
    if (bar) return carriedOver(run, bar.concealment.run, bar.guessing.own);
    return begins(run.header) ? { step: 0, phase: run.phases[0] } : null;
  }

  /** What is asked before it is shown, as a link has it; null while nobody guesses. */
  get mode() {
    return this.asking.mode ?? null;
  }

  /** Whether the stage offers it for its run: a lone one, or the bar that moves several. */
  get offered() {
    const { guesses, follow, bar } = this.stage.header;
    return Boolean(guesses) && !follow && Boolean(bar || !this.stage.peers().length);
  }

  /** When what asks will have been fetched, where a run of this header is concealed from the first moment on; else null. */
  missing(header) {
    return !header.follow && begins(header) ? this.fetched() : null;
  }

  /** When what asks is here; null if it is. */
  fetched() {
    if (this.asking !== NOTHING) return null;
    const pending = this.lazy.missing("questions");
    if (pending) return pending.then(() => this.begin());
    this.begin();
    return null;
  }

  begin() {
    const create = this.lazy.get("questions");
    if (this.asking !== NOTHING || !create) return;
    this.asking = create(this.stage, this);
    this.stage.element.querySelector(".gs-lead").after(this.asking.panel);
    if (this.stage.trace) this.asking.arrive();
  }

  /** Begins to ask, or ends it. What cannot be fetched is spoken of by the page around the stage. */
  async turn() {
    if (this.waits) return;
    const { step, phase } = this.stage.player;
    const pending = this.fetched();
    if (pending) this.cover({ step, phase });
    await pending?.catch(() => {});
    this.waits = null;
    if (this.asking.turn) this.asking.turn(!this.own);
    else this.cover(null);
    const { pendingPosition } = this;
    this.pendingPosition = null;
    if (pendingPosition) this.stage.moved(() => this.stage.player.moveTo(pendingPosition));
  }

  cover(waits) {
    this.waits = waits;
    for (const one of [this.stage, ...this.stage.peers()]) one.guessing.follow();
  }

  /**
   * Asks as docs/stage.md says; `opened` is called when the question stands, and conceals what it is about; `begun` as in guess.js.
   * Null too where another question, or another run, has come before what asks.
   */
  async ask(question, opened = () => {}, begun = {}) {
    this.question = question;
    await this.ready();
    if (this.question !== question) return null;
    const answer = this.asking.ask?.(question, begun);
    if (answer) opened();
    return (await answer) ?? null;
  }

  /** The guess as it is set now; undefined as long as it is none, or nothing is asked. */
  get guess() {
    return this.asking.guess;
  }

  /** Answers what is asked by a guess; null for "I don't know". */
  answer(guess) {
    this.asking.answer?.(guess);
  }

  /** Uncovers all of the run, once its question is answered. */
  uncoverAll() {
    this.asking.uncoverAll?.();
  }

  /** When what asks is here, or cannot be fetched. */
  async ready() {
    await this.fetched()?.catch(() => {});
  }

  /** Shows as much as guesses elsewhere uncover by now, or will once they are asked for. */
  follow() {
    const { concealment } = this.stage;
    if (!concealment.cover()) return;
    concealment.hold();
    this.stage.load();
    this.stage.resized();
  }

  hold() {
    const { step, phase } = this.stage.player;
    if (this.waits) this.pendingPosition = { step, phase }; // it is asked for once that can be
    this.asking.hold();
  }

  arrive() {
    this.question = null;
    this.asking.arrive();
  }

  paint() {
    this.button();
    this.asking.paint();
  }

  button() {
    const { toggle, stage, frontier } = this;
    toggle.hidden = !this.offered;
    set(toggle, { "aria-pressed": String(Boolean(frontier)), title: stage.host.t("guess.about") });
    write(toggle, stage.host.t("guess.toggle"));
  }

  painted() {
    this.toggle.hidden = !this.offered;
    this.asking.painted();
  }
}

/** Whether a run may be concealed from the first moment on: by a link that asks, or as its reader left it before a reload. */
const begins = ({ guesses, page, at }) => Boolean(guesses && (at.guess || recall(page)));
