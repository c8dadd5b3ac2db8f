// A lesson as it is played: which step, which numbers were drawn, what was answered, and what may be shown. No DOM here.
//
// An attempt is {seed, begun, answers, moved, drafts, part}: the answers by step, `drafts` what was
// typed or chosen and not handed in, by step, where there is any; `moved` the sliders that a person left
// elsewhere. A lesson is what gates/course/reader.py compiles.
import { fill } from "../../stage/core/text/format.js";
import { judge as rate, targetOf } from "../../stage/guess/judge.js";
import { evaluate, spelled } from "./figures.js";
import { asksNothing, isWorked, uncoveredSteps, worth } from "./worked-example.js";

/** The generator of all draws: 32 bits of state, the same in every browser. @returns {() => number} in [0, 1) */
export function mulberry32(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A seed of a step's own, so that one draw says nothing of another. */
export function seedOf(seed, name) {
  let hash = 0x811c9dc5 ^ seed;
  for (let k = 0; k < name.length; k++) hash = Math.imul(hash ^ name.charCodeAt(k), 0x01000193);
  return hash >>> 0;
}

/** The items in an order drawn by a seed. */
export function shuffled(items, seed) {
  const random = mulberry32(seed);
  const left = [...items];
  for (let k = left.length - 1; k > 0; k--) {
    const other = Math.floor(random() * (k + 1));
    [left[k], left[other]] = [left[other], left[k]];
  }
  return left;
}

/** A new attempt at a lesson. @param {number} seed  @param {number} now in milliseconds */
export const begin = (seed, now) => ({ seed, begun: now, answers: {}, moved: {}, part: 0 });

const WITHIN = 0.05; // of the range: what counts as right where a step does not say
const NEAR = 0.15; // of a drawing's points, or that share of them beyond 1: as near to a mistake it is called by it
const STAGED = new Set(["value", "lane", "draw", "unit", "cell"]);

/** Whether a step's question is answered on the stage. */
export const isStaged = ({ kind }) => STAGED.has(kind);

/** Whether a step asks, in half a minute, for an answer that can be right. */
export const asks = (step) => ["number", "choice", "levels"].includes(step.kind) || isStaged(step);

/** How an answer lies to the truth: right, close, off, or unknown. @param {?number} guess null for "I don't know" */
export function judge(guess, truth, within) {
  if (guess === null) return { verdict: "unknown", distance: null };
  const distance = Math.abs(guess - truth);
  return { verdict: distance <= within ? "right" : distance <= 3 * within ? "close" : "off", distance };
}

/** Which point of a drawing lies farthest off, as stage/guess/judge.js has it. */
export const farthest = (guess, truth) => {
  const far = truth.map((value, k) => Math.abs(guess[k] - value) / Math.max(1, Math.abs(value)));
  return far.indexOf(Math.max(...far));
};

/** The mistake that an answer on the stage is nearest to, by its name; null where none is near. */
function nearest(kind, guess, mistakes) {
  const choice = kind === "unit" || kind === "cell";
  const far = (of) => Math.max(...[of].flat().map(({ number }, k) => Math.abs([guess].flat()[k] - number) / Math.max(1, Math.abs(number))));
  const nearest = Object.entries(mistakes).map(([name, of]) => ({ name, far: far(of) })).sort((one, other) => one.far - other.far)[0];
  return nearest && nearest.far <= (choice ? 0 : NEAR) ? nearest.name : null;
}

/** Where all sliders of a run stand, once some were moved. @param {{id: string, value: number}[]} sliders  @param {Object<string, number>} moved */
export const sliderValues = (sliders, moved) => ({ ...Object.fromEntries(sliders.map(({ id, value }) => [id, value])), ...moved });

/** The figures that a step's sentences say of its run; 0 has no sign, for what is kept as JSON has none. */
const figuresOf = ({ figures }, run) => Object.fromEntries(Object.entries(figures).map(([name, figure]) => [name, evaluate(figure, run) + 0]));

const isNumber = (value) => Number.isFinite(value);
const isCourse = (value) => Array.isArray(value) && value.every(isNumber);

/** Whether what a browser has kept is an answer to a step as it asks now: a lesson may have asked for something else before. */
export function isAnswerOf(step, answer) {
  const { figures = {}, at } = step.variants[0];
  if (!Object.keys(figures).every((name) => name in answer.figures)) return false;
  if (asksNothing(step) || step.kind === "do") return true;
  if (isWorked(step)) return Boolean(answer.lines);
  const { guess, truth } = answer;
  const form = { choice: (value) => step.options.includes(value), draw: isCourse, levels: (value) => isCourse(value) && value.length === at.length }[step.kind] ?? isNumber;
  return form(truth) && (guess === null || form(guess));
}

/** An attempt without the answers that are none to the lesson as it is now. */
function validAttempt(lesson, attempt) {
  const steps = new Map(lesson.steps.map((step) => [step.id, step]));
  const valid = Object.entries(attempt.answers).filter(([id, answer]) => !steps.has(id) || isAnswerOf(steps.get(id), answer));
  return valid.length === Object.keys(attempt.answers).length ? attempt : { ...attempt, answers: Object.fromEntries(valid) };
}

export class Player {
  /**
   * @param {object} lesson compiled  @param {object} attempt  @param {(attempt: object) => void} [changed] gets each new one
   */
  constructor(lesson, attempt, changed = () => {}) {
    Object.assign(this, { lesson, attempt: validAttempt(lesson, attempt), changed });
    this.part = 0;
    this.go(this.attempt.part ?? 0);
  }

  get step() {
    return this.lesson.steps[this.part];
  }

  get answer() {
    return this.attempt.answers[this.step.id] ?? null;
  }

  /** The step with the numbers of this attempt: {before, after, values, figures, truth, until}. */
  get variant() {
    return this.variantOf(this.step);
  }

  variantOf({ id, variants }) {
    return variants[Math.floor(mulberry32(seedOf(this.attempt.seed, id))() * variants.length)];
  }

  /** Where the step stands: "tell", "ask", "why" (answered, not yet explained), "do", or "done". */
  get stage() {
    const { step, answer } = this;
    if (asksNothing(step)) return "tell";
    if (step.kind === "do") return answer ? "done" : "do";
    return !answer ? "ask" : answer.why || !step.why ? "done" : "why";
  }

  /** The link of what may be shown now: what holds the answer only after one was given. */
  get link() {
    const { before, after } = this.variant;
    return this.stage === "ask" ? (before ?? after) : after; // a stage that asks conceals the answer itself
  }

  /** What the stage is to ask now; null where nothing is, or the question stands beside the stage. */
  get question() {
    return this.stage === "ask" ? (this.variant.ask ?? null) : null;
  }

  /** The loss whose gradients the stage has beside the run, once nothing is asked of it; null for none. */
  get back() {
    return this.stage === "ask" ? null : this.variant.back;
  }

  /** How many steps of the run may be seen now; null for all of it. */
  get uncovered() {
    if (this.stage !== "ask") return null;
    return isWorked(this.step) ? uncoveredSteps(this.step) : this.question ? (this.question.from ?? this.question.step) - 1 : null;
  }

  /** The link that an answer brings. */
  get answerLink() {
    return this.variant.after;
  }

  /** The order of the answers to choose from, and of those to *why*. */
  get options() {
    return shuffled(this.step.options, seedOf(this.attempt.seed, `${this.step.id} options`));
  }

  get whys() {
    return shuffled(this.step.why.options, seedOf(this.attempt.seed, `${this.step.id} why`));
  }

  /** Within which distance an answer is right. */
  get within() {
    const { range, within } = this.step;
    return within ?? WITHIN * (range[1] - range[0]);
  }

  /** What the sentences of the step may say now, by name; figures of the run only once they are known. */
  get values() {
    const { values, figures } = this.variant;
    const answerFigures = this.answer?.figures ?? {};
    return { ...values, ...Object.fromEntries(Object.entries(answerFigures).map(([name, value]) => [name, spelled(figures[name], value)])) };
  }

  /** The title of a step, with its numbers. */
  title(step) {
    return fill(step.words.title, this.variantOf(step).values);
  }

  /** Whether a step of this lesson leaves nothing to do. */
  complete(step) {
    const answer = this.attempt.answers[step.id];
    return asksNothing(step) || Boolean(step.why ? answer?.why : answer);
  }

  /** The farthest part that may be opened: the first that still asks for something. */
  get reach() {
    const first = this.lesson.steps.findIndex((step) => !this.complete(step));
    return first < 0 ? this.lesson.steps.length - 1 : first;
  }

  get finished() {
    return this.lesson.steps.every((step) => this.complete(step));
  }

  /** How many of the steps that ask for something are done. */
  get progress() {
    const asks = this.lesson.steps.filter((step) => !asksNothing(step));
    return { done: asks.filter((step) => this.complete(step)).length, of: asks.length };
  }

  get canGoOn() {
    return this.part < this.lesson.steps.length - 1 && this.complete(this.step);
  }

  /** Opens a part, or the farthest that may be opened. Returns whether it is another one. */
  go(part) {
    const before = this.part;
    const requested = Number.isInteger(part) ? part : 0;
    this.part = Math.max(0, Math.min(requested, this.reach));
    if (this.attempt.part !== this.part) this.keep({ part: this.part });
    return before !== this.part;
  }

  next() {
    return this.canGoOn && this.go(this.part + 1);
  }

  previous() {
    return this.go(this.part - 1);
  }

  /**
   * Takes an answer, once: a second one changes nothing.
   * @param {number|string|number[]|object|null} guess null for "I don't know"; a list of a drawing, a place from 0 of a unit or
   *   cell, what was typed by the names of lines
   * @param {{trace: object, sliders: object}} run what the engine made of the revealed state
   * @param {number} now in milliseconds
   */
  commit(guess, run, now) {
    const { step, variant } = this;
    if (this.stage !== "ask") return false;
    const figures = figuresOf(variant, run);
    const explained = step.why ? {} : { explained: now }; // the reason is all that there is to explain
    const answer = isWorked(step) ? { lines: guess, verdict: worth(step, variant, guess).verdict, ...explained } : { guess, ...this.judged(guess, run), ...explained };
    this.record({ ...answer, figures, at: now });
    return true;
  }

  judged(guess, run) {
    const { step } = this;
    if (step.kind === "number") return this.measured(guess, run);
    if (step.kind === "levels") return this.traced(guess, run);
    if (isStaged(step)) return this.compared(guess, run);
    return { verdict: guess === null ? "unknown" : guess === step.right ? "right" : "off", truth: step.right };
  }

  /** What an answer on the stage is worth, as the stage says it; and the mistake that it is, if that has a name. */
  compared(guess, { trace }) {
    const { ask, mistakes } = this.variant;
    const question = { ...ask, step: ask.step - 1, unit: (ask.unit ?? 1) - 1 };
    const { truth, distance, verdict } = rate(question, targetOf((signal, step, unit) => trace.at(signal, step, unit), question, trace.units), guess);
    const mistake = guess === null || verdict === "right" ? null : nearest(ask.kind, guess, mistakes);
    return { truth, distance, verdict, ...(mistake ? { mistake } : {}) };
  }

  measured(guess, run) {
    const truth = evaluate(this.variant.truth, run);
    const judged = judge(guess, truth, this.within);
    const named = guess === null || judged.verdict === "right" ? [] : Object.entries(this.variant.mistakes);
    const mistake = named.find(([, of]) => Math.abs(guess - evaluate(of, run)) <= this.within);
    return { ...judged, truth, ...(mistake ? { mistake: mistake[0] } : {}) };
  }

  /** What a drawn course is worth, by its farthest point; and the mistake that it follows, if that has a name. */
  traced(guess, run) {
    const values = (figures) => figures.map((figure) => evaluate(figure, run));
    const truth = values(this.variant.truth);
    if (guess === null) return { verdict: "unknown", distance: null, truth };
    const apart = (other) => Math.max(...other.map((value, k) => Math.abs(guess[k] - value)));
    const { verdict, distance } = judge(apart(truth), 0, this.within);
    const named = verdict === "right" ? [] : Object.entries(this.variant.mistakes).map(([name, of]) => ({ name, far: apart(values(of)) }));
    const nearest = named.sort((one, other) => one.far - other.far)[0];
    return { verdict, distance, truth, ...(nearest?.far <= 2 * this.within ? { mistake: nearest.name } : {}) };
  }

  /** Takes the choice of *why*, once. */
  explain(option, now) {
    if (this.stage !== "why" || !this.step.why.options.includes(option)) return false;
    this.record({ ...this.answer, why: option, explained: now });
    return true;
  }

  /** Looks whether a run shows that what a step asks to be done was done. @param {(condition: object, run: object) => boolean} met */
  checkTask(run, met, now) {
    const { step, variant } = this;
    if (step.kind !== "do" || this.answer || !met(variant.until, run)) return false;
    const figures = figuresOf(variant, run);
    this.record({ figures, at: now });
    return true;
  }

  /** Keeps where the sliders of a step were left. */
  move(values) {
    this.keep({ moved: { ...this.attempt.moved, [this.step.id]: values } });
  }

  /** What was typed or chosen and not handed in: lines of a worked example by their names, or under `answer` a number or an option. */
  get draft() {
    return this.attempt.drafts?.[this.step.id] ?? {};
  }

  /** The same of what is entered on the stage: its fields in order, or the place of a choice. */
  get begun() {
    return { draft: Object.values(this.draft), keep: (texts) => this.type({ ...texts }) };
  }

  type(lines) {
    if (this.stage === "ask") this.keep({ drafts: { ...this.attempt.drafts, [this.step.id]: lines } });
  }

  record(answer) {
    this.keep({ answers: { ...this.attempt.answers, [this.step.id]: answer } });
  }

  keep(changes) {
    this.attempt = { ...this.attempt, ...changes };
    this.changed(this.attempt);
  }
}
