// Guess first, as every stage has it before anybody guesses: a button. What asks is fetched
// when somebody guesses or a lesson asks; a run waits for it where its reader guessed before the page was loaded again.
import { html, set, write } from "../core/dom.js";
import { recall } from "../core/guessed.js";
import { Late } from "../core/late.js";

const NOTHING = { frontier: null, hold() {}, arrive() {}, paint() {}, painted() {} };

export class Guessing {
  /** @param stage the Stage  @param {() => Promise<?function>} [load] imports what asks; a file may come without it */
  constructor(stage, load = async () => (await import("../guess/guess.js")).createGuessing) {
    this.stage = stage;
    this.late = new Late({ questions: load });
    this.asking = NOTHING;
    this.toggle = html("button", { type: "button", class: "gs-guess-toggle", hidden: true, onclick: () => this.turn() });
    stage.transport.element.querySelector(".gs-phases").after(this.toggle); // phase by phase it asks
  }

  /** How far the run is uncovered; null for all of it. */
  get frontier() {
    return this.asking.frontier;
  }

  /** Whether the stage offers it for its run. */
  get offered() {
    return Boolean(this.stage.header.guesses) && !this.stage.peers().length;
  }

  /** When what asks will have been fetched, where a run of this header is concealed from the first moment on; else null. */
  missing({ page, guesses }) {
    return guesses && recall(page) ? this.fetched() : null;
  }

  /** When what asks is here; null if it is. */
  fetched() {
    if (this.asking !== NOTHING) return null;
    return this.late.missing("questions")?.then(() => this.begin()) ?? null;
  }

  begin() {
    const create = this.late.get("questions");
    if (this.asking !== NOTHING || !create) return;
    this.asking = create(this.stage, this);
    this.stage.element.querySelector(".gs-lead").after(this.asking.panel);
    if (this.stage.trace) this.asking.arrive();
  }

  /** Begins to ask, or ends it. What cannot be fetched is spoken of by the page around the stage. */
  async turn() {
    await this.there();
    this.asking.turn?.(!this.frontier);
  }

  /** Asks as docs/stage.md says. */
  async ask(question) {
    await this.there();
    return (await this.asking.ask?.(question)) ?? null;
  }

  /** The guess as it is set now; undefined as long as it is none, or nothing is asked. */
  get guess() {
    return this.asking.guess;
  }

  /** Answers what is asked by a guess; null for "I don't know". */
  answer(guess) {
    this.asking.answer?.(guess);
  }

  /** When what asks is here, or cannot be fetched. */
  async there() {
    await this.fetched()?.catch(() => {});
  }

  hold() {
    this.asking.hold();
  }

  arrive() {
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
