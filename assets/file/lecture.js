// A lecture in a file: its states in order, each with what it asks or holds back until that is revealed.
import { html, set, write } from "../stage/core/dom.js";
import { typeset } from "../stage/core/text/typeset.js";
import { questionTarget } from "../stage/guess/target-stage.js";

const KEYS = { PageDown: "forward", PageUp: "back" };

export class LectureFile {
  /**
   * @param {{states: {question: ?object, conceal: ?object[], because: string}[]}} lecture `conceal`: of each stage its own
   * @param {object} page the file around it: {t(key), run(), go(run), stages()}, the bar first where there are several
   */
  constructor({ states }, page) {
    Object.assign(this, { states, page });
    this.open = new Set(); // the states that were revealed
    this.asks = null; // the stage that asks
    this.before = html("button", { type: "button", "data-testid": "show-back", onclick: () => this.back() });
    this.next = html("button", { type: "button", "data-testid": "show-forward", onclick: () => this.forward() });
    this.because = html("p", { class: "gf-because", "data-testid": "show-because" });
    this.element = html("nav", { class: "gf-show" }, this.before, this.next, this.because);
    addEventListener("keydown", (event) => this.key(event), true);
  }

  /** Whether the state on the screen holds something back. */
  get waits() {
    return this.holds(this.page.run());
  }

  holds(run) {
    return this.states[run].conceal.some(Boolean) && !this.open.has(run);
  }

  /** How far each run of a state is seen; null for all of it. */
  conceals(run) {
    const { conceal } = this.states[run];
    return this.holds(run) ? conceal : conceal.map(() => null);
  }

  key(event) {
    const what = KEYS[event.key];
    if (!what || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    this[what]();
  }

  forward() {
    const run = this.page.run();
    if (this.waits) this.reveal();
    else if (run < this.states.length - 1) this.page.go(run + 1);
  }

  back() {
    const run = this.page.run();
    if (run > 0) this.page.go(run - 1);
  }

  /** Reveals what is held back; where something is asked, with the guess that is set. */
  reveal() {
    const stages = this.page.stages();
    const [stage] = stages;
    const run = this.page.run();
    this.open.add(run);
    for (const one of stages) one.conceal(null);
    const { asks } = this;
    if (asks) asks.guessing.answer(asks.guessing.guess ?? null);
    else stage.moved(() => stage.player.moveTo({ step: stage.header.at.step ?? 0, phase: stage.header.at.phase ?? stage.player.resting }));
    this.paint();
  }

  /** A state has come: asks what it asks, of several stages that one which it is about. */
  async shown() {
    this.paint();
    const stages = this.page.stages();
    const run = this.page.run();
    const { question } = this.states[run];
    this.asks = null;
    const target = question && questionTarget(stages, question);
    if (!target) return;
    const { stage } = target;
    const { guessing } = stage;
    const stays = () => this.page.stages()[0] === stages[0];
    await guessing.ready();
    if (!stays() || this.asks) return;
    const coming = guessing.asking.ask?.(target.question);
    if (!guessing.own) return; // it makes no sense here
    this.asks = stage;
    stage.conceal(null); // the question holds it back from now on
    if (this.open.has(run)) guessing.answer(null);
    if (!(await coming) || !stays()) return;
    if (stages.length > 1) {
      for (const one of stages) if (one !== stage) one.conceal(null);
      guessing.uncoverAll();
      stage.moved(() => true); // those beside it come along
    }
    this.open.add(run);
    this.paint();
  }

  paint() {
    const run = this.page.run();
    write(this.before, this.page.t("show.back"));
    write(this.next, this.page.t(this.waits ? "show.reveal" : "show.forward"));
    set(this.before, { disabled: run === 0 });
    set(this.next, { disabled: !this.waits && run === this.states.length - 1 });
    typeset(this.because, this.waits ? "" : this.states[run].because);
  }
}
