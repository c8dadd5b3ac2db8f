// The gate test, the reviews that are due, and the summary: what the course has besides its lessons. It says what is to be done above
// the step, what can be set below it, and takes the step's place while a question of the test or the summary is shown.
import { html, set, write } from "../stage/core/dom.js";
import { fill } from "../stage/core/text/format.js";
import { onSubmit } from "../stage/core/form.js";
import { button } from "./step/question-form.js";
import { outcomePage, questionPage, thanksPage } from "./gatetest/pages.js";
import { answered, isFinished, testStatus, newSitting, sittings } from "./gatetest/sitting.js";
import { withReview, withSitting } from "./storage/records.js";
import { asLesson, compose, kept, NAME, open } from "./review/review.js";
import { planOf, readDays, schedule } from "./review/schedule.js";
import { gather, lastTraining, solvedChallenges } from "./summary/gather.js";
import { summaryPage } from "./summary/page.js";

const seed = () => crypto.getRandomValues(new Uint32Array(1))[0];

export class Extras {
  /**
   * @param {object} view of the course: its `data`, `storage` and words (`t`), whether it is `whole`, and `open`, `play` and the rest
   *   by which it goes from page to page
   */
  constructor(view) {
    this.view = view;
    this.above = html("div", { class: "gc-offers", "data-testid": "course-beside" });
    this.page = html("article", { class: "gc-text gc-page", "data-testid": "course-own", hidden: true });
    this.below = html("details", { class: "gc-keep" });
    this.shown = null; // () => elements of the page that stands in place of the step
    this.review = null; // the one that is on the screen
    this.written = null; // the language that the page is in
    const t = (key, values) => view.t(key, values);
    this.t = Object.assign(t, { misconception: (number) => fill(view.data.words[`misconception.${number}`]) });
  }

  get progress() {
    return this.view.storage.progress;
  }

  get lessons() {
    return this.view.data.lessons;
  }

  get items() {
    return this.view.data.gatetest ?? [];
  }

  /** Whether anything was answered in a lesson. */
  get begun() {
    return Object.values(this.progress.lessons).some((attempts) => Object.values(attempts).some(({ answers }) => Object.keys(answers).length));
  }

  /** The lessons with the steps that must be done to complete them. */
  get plan() {
    return planOf(this.lessons);
  }

  titleOf = (id) => this.lessons.find((lesson) => lesson.id === id)?.title ?? null;

  /** What may be done now, and what was. Before all lessons are here, a newcomer sees the offer that will stand there. */
  paint() {
    set(this.below, { hidden: !this.view.whole });
    if (!this.view.whole) return this.above.replaceChildren(...this.early());
    const now = Date.now();
    const due = schedule(this.plan, this.progress, now);
    const taken = sittings(this.items, this.progress.sittings);
    const { begun } = this;
    const state = testStatus(taken, { begun, ended: due.ended === this.lessons.length });
    const urgent = ["resume", "before", "after"].includes(state);
    const reviews = this.reviews(due);
    const early = !begun && due.ended === 0; // who has just arrived has the first question to look at
    this.above.replaceChildren(...(urgent ? [this.gatetest(state, taken)] : []), ...(early ? [] : [reviews]));
    const opened = this.below.open;
    this.below.replaceChildren(html("summary", {}, this.t("beside")), ...(urgent ? [] : [this.gatetest(state, taken)]), ...(early ? [reviews] : []), this.days(), this.summary());
    this.below.open = opened;
    set(this.above, { hidden: this.shown !== null });
    if (this.shown && this.written !== this.view.data.lang) this.write(); // a choice that isn't given yet stays
  }

  /** What a newcomer is offered, but cannot take yet. */
  early() {
    if (this.begun || Object.keys(this.progress.sittings).length) return [];
    const offered = this.gatetest("before", {});
    for (const way of offered.querySelectorAll("button")) set(way, { disabled: true });
    return [offered];
  }

  write() {
    this.written = this.view.data.lang;
    this.page.replaceChildren(...this.shown());
  }

  gatetest(state, taken) {
    const { t } = this;
    const start = (form) => () => this.sit(newSitting(form, form === 2 && taken.before ? taken.before.seed : seed(), Date.now()));
    const says = state === "resume" ? t("gatetest.resume", { done: Object.keys(taken.open.answers).length, of: this.items.length }) : t(`gatetest.${state}`);
    const ways = {
      resume: () => [button(t("gatetest.go"), () => this.sit(taken.open))],
      before: () => [button(t("gatetest.try"), start(1)), button(t("gatetest.skip"), () => this.skip())],
      after: () => [button(t("gatetest.second"), start(2))],
      later: () => [button(t("gatetest.second"), start(2))],
      result: () => [button(t("gatetest.show"), () => this.show(() => this.outcome()))],
      closed: () => [],
    };
    return html("section", { class: "gc-offer", "data-testid": "gatetest-offer", "data-state": state }, html("p", {}, html("b", {}, t("gatetest.title")), says), html("div", { class: "gc-row" }, ...ways[state]()));
  }

  reviews({ due, next, ended }) {
    const { t } = this;
    const begun = open(this.progress);
    const row = (says, ...ways) => html("section", { class: "gc-offer", "data-testid": "review-offer", "data-due": due.length }, html("p", {}, html("b", {}, t("review.title")), says), ...(ways.length ? [html("div", { class: "gc-row" }, ...ways)] : []));
    const review = this.review;
    if (review && review.ended === null) return row(t("review.lead"));
    if (begun) return row(t("review.open", { done: Object.keys(begun.answers).length, of: begun.asked.length }), button(t("review.go"), () => this.openReview(begun)));
    const lessons = due.map((id) => this.lessons.find((lesson) => lesson.id === id));
    if (lessons.length) {
      const titles = lessons.map(({ number, title }) => `${number} ${title}`).join(" · ");
      return row(t("review.due", { lessons: titles }), button(t("review.begin"), () => this.beginReview(lessons)));
    }
    if (!next) return row(t(ended ? "review.none" : "review.first"));
    const { number, title } = this.lessons.find(({ id }) => id === next.id);
    const when = next.days === 1 ? t("review.tomorrow") : t("review.indays", { days: next.days });
    return row(t("review.next", { number, title, when }));
  }

  days() {
    const { t } = this;
    const status = html("p", { class: "gc-note", role: "status" });
    const field = html("input", { type: "text", autocomplete: "off", class: "gc-field", "aria-label": t("review.days"), placeholder: "1, 3, 7" });
    field.value = this.progress.settings.days.join(", ");
    const go = button(t("review.set"));
    const form = html("form", { class: "gc-days" }, html("span", {}, t("review.settings")), html("div", { class: "gc-row" }, field, go), status);
    onSubmit(form, go, () => {
      const days = readDays(field.value);
      if (!days) return write(status, t("review.wrong"));
      this.view.storage.change((progress) => ({ ...progress, settings: { days, at: Date.now() } }));
      this.paint();
      return write(this.below.querySelector(".gc-days [role=status]"), t("review.kept", { days: days.join(", ") }));
    });
    return form;
  }

  summary() {
    return html("div", { class: "gc-row" }, button(this.t("summary.open"), () => this.show(() => this.summaryElements())));
  }

  /** Puts a page in the place of the step. */
  show(make) {
    this.shown = make;
    this.place();
    this.paint();
    this.write();
    this.page.querySelector("h2").focus();
    this.page.scrollIntoView({ block: "nearest" });
  }

  /** Gives the place back to the step. */
  leave() {
    this.shown = null;
    this.review = null;
    this.place();
  }

  back = () => {
    this.leave();
    this.view.paint();
    this.view.text.querySelector("h2").focus();
  };

  place() {
    set(this.page, { hidden: this.shown === null });
    set(this.view.body, { hidden: this.shown !== null });
  }

  skip() {
    this.view.storage.change((progress) => withSitting(progress, { ...newSitting(1, seed(), Date.now()), skipped: true }));
    this.paint();
  }

  /** Asks a sitting's questions, one after the other. */
  sit(sitting) {
    this.view.storage.change((progress) => withSitting(progress, sitting));
    this.show(() => this.question(sitting));
  }

  question({ seed: own, begun, form }) {
    const sitting = this.progress.sittings[`${begun}-${own}`]; // another tab may have answered meanwhile
    if (!sitting) return thanksPage(this.items, this.t, this.back); // erased there
    if (isFinished(this.items, sitting)) return form === 2 ? this.outcome() : thanksPage(this.items, this.t, this.back);
    const answer = (question, option, sure) => {
      this.view.storage.change((progress) => withSitting(progress, answered(progress.sittings[`${begun}-${own}`] ?? sitting, question, option, sure, Date.now())));
      this.show(() => this.question(sitting));
    };
    return questionPage(this.items, sitting, this.t, { answer, leave: this.back });
  }

  outcome() {
    const open = (lesson) => this.view.open(lesson, { focus: true });
    return outcomePage(this.items, sittings(this.items, this.progress.sittings), this.t, this.titleOf, { open, leave: this.back });
  }

  summaryElements() {
    const { challenges } = this.view.data;
    const { place } = this.view.storage;
    const solved = place ? solvedChallenges(place, challenges.map(({ id }) => id)) : [];
    const gathered = { ...gather(this.lessons, this.progress, this.items), training: place && lastTraining(place), challenges: challenges.filter(({ id }) => solved.includes(id)) };
    return summaryPage(gathered, this.t, { lang: this.view.element.lang, now: Date.now(), leave: this.back });
  }

  beginReview(lessons) {
    const review = compose(lessons, this.progress, seed(), Date.now());
    this.view.storage.change((progress) => withReview(progress, review));
    this.openReview(review);
  }

  openReview(review) {
    this.leave();
    this.review = review;
    this.view.player = this.view.play(this.lesson(), review);
    return this.view.arrive({ focus: true });
  }

  /** The review on the screen as a lesson, in the reader's language. */
  lesson() {
    const { t } = this;
    return asLesson(this.review, this.lessons, { title: t("review.title"), lead: t("review.lead"), end: { title: t("review.end.title"), text: t("review.end.text") }, of: this.view.data.words["course.review.of"] });
  }

  /** Keeps what the player made of the review. */
  keep(attempt) {
    this.review = kept(this.review, this.lesson(), attempt);
    this.view.storage.change((progress) => withReview(progress, this.review));
  }

  /** Where one is in the review, for the line above the question. */
  where({ step, part, lesson }) {
    if (step.kind === "tell") return this.t("review.title");
    return `${this.t("review.where", { part: part + 1, parts: lesson.steps.length - 1 })} · ${step.from}`;
  }
}

export { NAME as REVIEW };
