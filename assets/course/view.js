// The course on the page: the list of lessons, the step with its question, and the stage beside it.
import { html, languageTag, set, write } from "../stage/core/dom.js";
import { fill } from "../stage/core/text/format.js";
import { joinSentences } from "../stage/core/text/sentences.js";
import { browserStorage } from "../stage/core/storage.js";
import { askForm, button, onStage, paragraphs, renderAnswer, verdict, why } from "./step/question-form.js";
import { Extras, REVIEW } from "./extras.js";
import { met } from "./lesson/figures.js";
import { LessonStage } from "./stage/lesson-stage.js";
import { isLevels, Levels } from "./stage/curve-question.js";
import { lines, linesForm } from "./step/worked-lines.js";
import { progressPanel, lessonList, summary } from "./step/lesson-list.js";
import { begin, isStaged, Player } from "./lesson/player.js";
import { current, empty, Storage, withAttempt, NAME } from "./storage/progress.js";
import { FileButton } from "./stage/file-button.js";
import { explainTerms } from "./step/terms.js";
import { isWorked } from "./lesson/worked-example.js";
import { typeset } from "../stage/core/text/typeset.js";

export class CourseView {
  constructor() {
    this.storage = new Storage(browserStorage());
    this.stage = new LessonStage({ onRun: (run) => this.onRun(run), onMoved: (values) => this.player.move(values) });
    this.fileButton = new FileButton(this.stage);
    this.stage.element.append(this.fileButton.element);
    this.levels = new Levels();
    this.text = html("article", { class: "gc-text", "data-testid": "course-step" });
    this.list = html("div");
    this.summary = html("summary", { class: "gc-button" });
    this.map = html("details", { class: "gc-map", hidden: true }, this.summary, this.list); // closed: the question is on the first screen
    this.keep = html("div");
    this.spoken = html("p", { class: "gs-hidden", role: "status", "data-testid": "course-spoken" });
    this.body = html("div", { class: "gc-body" }, this.text, this.stage.element);
    this.extras = new Extras(this);
    const { above, page, below } = this.extras;
    this.element = html("div", { class: "gc", "data-testid": "course" }, this.map, above, page, this.body, below, this.keep, this.spoken);
    this.player = null;
    this.stage.element.addEventListener("pointerdown", () => (this.pressed = true)); // a slider that is dragged stays below the finger
    this.pressed = false;
    const released = () => (this.pressed = false);
    this.listen = { pointerup: released, pointercancel: released, popstate: () => this.wentBack(), storage: (event) => this.storageChanged(event), pagehide: () => this.storage.change((kept) => kept) };
    for (const [name, listener] of Object.entries(this.listen)) addEventListener(name, listener);
    this.path = location.pathname;
    this.shown = new Promise((resolve) => (this.tellShown = resolve)); // once a step is on the screen for the first time
    this.whole = false; // whether all lessons are here
    this.later = null; // what waits for the others
  }

  t = (key, values) => fill(this.data.words[key.startsWith("mistake.") ? key : `course.${key}`], values);

  /** The lessons are on their way: their titles are here, and where something is on the screen it stays. */
  wait(data) {
    if (!this.player) this.placed(data, html("p", { class: "gc-note", role: "status" }, data.words["course.fetching"]));
  }

  /** The lessons cannot be had: says so, with a way to try again. */
  showFailure(data, again) {
    const { words } = data;
    const sentence = html("p", { class: "gc-wrong gc-missed", role: "alert" }, words["course.missing"], " ", button(words["course.retry"], again));
    if (!this.player) return this.placed(data, sentence);
    this.element.querySelector(".gc-missed")?.remove();
    this.element.prepend(sentence);
  }

  placed({ titles, lang }, sentence) {
    set(this.element, { lang: languageTag(lang) });
    this.text.replaceChildren(sentence, html("ol", {}, ...titles.map(({ number, title }) => html("li", { value: number }, title))));
  }

  /** Which lesson is needed before the others; null where more than one is. */
  needs({ lesson, nonce, titles }) {
    const id = (this.data?.nonce === nonce ? null : lesson) || this.player?.lesson.id || this.storage.read().last?.lesson;
    return id === REVIEW || this.extras.shown ? null : (titles.find((one) => one.id === id) ?? titles[0]).id;
  }

  /** Takes what the page sends: a language, and where a link leads; with all lessons, or the one that is needed first. */
  update(data) {
    const before = this.data;
    const completes = !this.whole && data.gatetest;
    this.data = data;
    this.whole = Boolean(data.gatetest);
    this.element.querySelector(".gc-missed")?.remove();
    this.stage.retheme(); // light or dark may be another one too
    set(this.element, { lang: languageTag(data.lang) });
    this.fileButton.paint(this.t, data);
    const arrived = before?.nonce !== data.nonce && data.lesson;
    if (arrived) return this.lead(this.open(data.lesson, { part: data.part, params: data.place }));
    if (!this.player) return this.resume(this.storage.read().last);
    if (completes) this.complete();
    if (before?.lang !== data.lang || before?.notation !== data.notation) return this.rebuild();
    return undefined;
  }

  /** The other lessons have come: what speaks of them does so now, and the step stays as it is. */
  complete() {
    this.list.replaceChildren(this.lessons());
    this.extras.paint();
    const ways = this.text.querySelector(".gc-ways");
    if (ways && !ways.contains(this.text.getRootNode().activeElement)) ways.replaceWith(this.ways());
    this.later?.();
    this.later = null;
  }

  /** Opens the lesson that one was in last; a newcomer sees the list of lessons first. */
  resume(last) {
    const opened = this.open(last?.lesson);
    return last ? this.lead(opened) : opened;
  }

  /** Shows who chose a step, or came by a link, the step with its stage: the list of lessons fills half of the first screen. */
  lead(opened) {
    if (this.body.getBoundingClientRect().bottom > innerHeight) this.text.scrollIntoView({ block: "start" });
    return opened;
  }

  lessonOf(id) {
    return this.data.lessons.find((lesson) => lesson.id === id) ?? this.data.lessons[0];
  }

  /** Opens a lesson where it was left, or at a part. */
  open(id, { part, params = {}, back = false, focus = false } = {}) {
    this.extras.leave();
    const lesson = this.lessonOf(id === REVIEW ? this.storage.read().last?.lesson : id);
    const now = Date.now();
    const attempt = current(this.storage.read(), lesson.id) ?? begin(crypto.getRandomValues(new Uint32Array(1))[0], now);
    this.player = this.play(lesson, attempt);
    if (Number.isInteger(part)) this.player.go(part);
    this.storage.change((progress) => ({ ...withAttempt(progress, lesson.id, this.player.attempt), last: { lesson: lesson.id, at: now } }));
    return this.arrive({ params, back, focus });
  }

  play(lesson, attempt) {
    if (lesson.id === REVIEW) return new Player(lesson, attempt, (next) => this.extras.keep(next));
    return new Player(lesson, attempt, (next) => this.storage.change((progress) => withAttempt(progress, lesson.id, next)));
  }

  again() {
    const { id } = this.player.lesson;
    const attempt = begin(crypto.getRandomValues(new Uint32Array(1))[0], Date.now());
    this.storage.change((progress) => withAttempt(progress, id, attempt));
    this.open(id, { part: 0, focus: true });
  }

  /** The same step in another language or notation, where the stage stands. */
  rebuild() {
    const { lesson, attempt, part } = this.player;
    const updated = lesson.id === REVIEW ? this.extras.lesson() : this.lessonOf(lesson.id);
    this.player = this.play(updated, { ...attempt, part });
    return this.arrive({ params: this.stage.at });
  }

  /** Shows the step: its words at once, its run when it is there. */
  async arrive({ params = {}, back = false, focus = false } = {}) {
    this.paint();
    if (focus) this.text.querySelector("h2").focus();
    const { player } = this;
    const shown = await this.show(player.link ?? player.answerLink, { params, back });
    if (shown === null || this.player !== player) return;
    if (!shown) return this.offline(true);
    if (isLevels(player.step)) return this.trace();
    if (player.question) return this.ask();
    this.stage.point(player.stage === "ask" ? null : player.variant.point);
  }

  /** Has a course drawn on the stage, or shows what was drawn there. */
  async trace() {
    const { player } = this;
    const there = await this.levels.show(this.stage.stage, player, this.t, (guess) => this.commit(guess));
    if (this.player === player) this.offline(!there);
    if (player.stage !== "ask") this.stage.point(player.variant.point);
  }

  /** Has the stage ask the question of the step, and takes the answer. */
  async ask() {
    const { player, turn } = this;
    const { question } = player;
    const { cells } = player.step.words;
    const named = question.cells ? { ...question, cells: question.cells.map(({ name, value }) => ({ name: fill(cells[name], player.values), value })) } : question;
    const answer = await this.stage.ask(named, player.begun);
    if (this.turn !== turn || this.player !== player) return;
    if (!answer) return this.offline(true);
    player.commit(answer.guess, this.stage.run, Date.now());
    this.stage.stage.guessing.uncoverAll(); // the reason speaks of all of it
    if (player.variant.back && (await this.show(player.answerLink)) === null) return;
    this.answered();
  }

  /** Whether a link is on the screen; null where another one was asked for meanwhile. */
  async show(link, { params = {}, back = false, reveals = false } = {}) {
    const { lang, notation, nonce, link: pageLink } = this.data;
    const { attempt, lesson, part, step } = this.player;
    const address = { ...pageLink, params: { ...pageLink.params, lesson: lesson.id, part: String(part + 1) } };
    if (lesson.id === REVIEW) for (const name of ["lesson", "part"]) delete address.params[name]; // a review has no link
    const frame = { nonce, lang, notation, link: address, moves: this.player.stage === "ask" ? [] : (step.moves ?? []), back, uncovered: this.player.uncovered, loss: reveals ? this.player.variant.back : this.player.back, ...this.companionFrame() };
    const turn = (this.turn = {});
    set(this.text, { "data-shown": null });
    if (!isLevels(step)) this.levels.clear();
    const shown = await this.stage.show(link, frame, { ...attempt.moved[step.id], ...params });
    if (this.turn !== turn) return null; // something newer is on its way
    set(this.text, { "data-shown": String(shown) });
    this.tellShown();
    if (shown) this.offline(false);
    return shown;
  }

  /** The stage beside the step's own, and what stands above the two. */
  companionFrame() {
    const { step, values, variant } = this.player;
    const heads = step.words.heads ?? {};
    return { beside: variant.beside ?? null, heads: [heads.own, heads.beside].map((head) => (head ? fill(head, values) : "")) };
  }

  offline(failed) {
    this.unreached?.remove();
    this.unreached = failed ? html("p", { class: "gc-wrong", role: "alert" }, this.t("failed"), " ", button(this.t("retry"), () => this.arrive())) : null;
    if (this.unreached) this.stage.element.prepend(this.unreached);
  }

  /** Answers the question: the engine runs first, for nothing here knows the truth before. */
  async commit(guess) {
    const { player } = this;
    const link = player.answerLink;
    const shown = await this.show(link, { reveals: true });
    if (shown === null || this.player !== player) return null;
    if (!shown) return this.t("failed");
    if (isWorked(player.step)) this.stage.stage.conceal(null); // until now it was the same run, concealed
    player.commit(guess, this.stage.run, Date.now());
    this.answered();
    if (isLevels(player.step)) await this.trace();
    return null;
  }

  /** Tells what an answer was worth, and why it is so. */
  answered() {
    const { player } = this;
    this.paint();
    this.stage.point(player.variant.point);
    this.say(joinSentences([verdict(player, this.t), fill(player.step.words.reason, player.values)]));
    const line = this.text.querySelector(".gc-verdict");
    line.focus({ preventScroll: true });
    if (isStaged(player.step) || isLevels(player.step) || isWorked(player.step)) line.scrollIntoView({ block: "nearest" }); // on a narrow screen it lies far up
  }

  explain(option) {
    this.player.explain(option, Date.now());
    this.paint();
    const because = this.text.querySelector(".gc-because");
    this.say(because.textContent);
    because.focus({ preventScroll: true });
  }

  /** A run is on the stage: is what was to be done, done? */
  onRun(run) {
    if (!this.player?.checkTask(run, met, Date.now())) return;
    this.paint();
    this.say(fill(this.player.step.words.done, this.player.values));
    const see = () => this.text.querySelector(".gc-done")?.scrollIntoView({ block: "nearest" });
    if (this.pressed) for (const name of ["pointerup", "pointercancel"]) addEventListener(name, see, { once: true });
    else see();
  }

  move(go) {
    if (go()) this.lead(this.arrive({ focus: true }));
  }

  wentBack() {
    if (location.pathname !== this.path) return;
    const params = Object.fromEntries(new URLSearchParams(location.search));
    const { lesson, part } = this.player;
    if (params.lesson === lesson.id && params.part === String(part + 1)) return;
    if (!this.whole && params.lesson !== lesson.id) return void (this.later = () => this.wentBack());
    this.stage.stage?.position.link.hold();
    this.open(params.lesson, { part: Number(params.part) - 1, back: true, focus: true });
  }

  /** Another tab has answered, or erased all. */
  storageChanged({ key, newValue }) {
    if (key !== NAME) return;
    if (newValue === null) this.storage.progress = empty();
    const { player } = this;
    const { stage } = player;
    const attempt = current(this.storage.read(), player.lesson.id);
    if (!attempt || attempt.begun !== player.attempt.begun) return this.paint();
    player.attempt = { ...attempt, part: player.part };
    if (player.stage !== stage) this.arrive();
    else {
      this.list.replaceChildren(this.lessons());
      this.extras.paint();
    }
  }

  say(sentence) {
    write(this.spoken, sentence);
  }

  choose(id) {
    this.map.open = false;
    return this.lead(this.open(id, { focus: true }));
  }

  lessons() {
    const { titles, words } = this.data;
    write(this.summary, this.t("map", { count: titles.length }));
    set(this.map, { hidden: false });
    if (!this.whole) return html("p", { class: "gc-note" }, words["course.fetching"]);
    return lessonList(this.data.lessons, this.storage.progress, this.player.lesson.id, { t: this.t, lang: languageTag(this.data.lang), open: (id) => this.choose(id) });
  }

  paint() {
    this.list.replaceChildren(this.lessons());
    this.extras.paint();
    this.text.replaceChildren(...this.step());
    explainTerms(this.text, this.player.step.terms, this.data.glossary, this.data.lang);
    set(this.text, { "data-lesson": this.player.lesson.id, "data-part": this.player.part + 1, "data-stage": this.player.stage });
    if (this.keep.lang !== this.data.lang) this.keep.replaceChildren(progressPanel(this.storage, this.t, () => this.open(this.player.lesson.id)));
    this.keep.lang = this.data.lang;
  }

  step() {
    const { player, t } = this;
    const { lesson, step, part, stage, values } = player;
    const { words } = step;
    const where = html("p", { class: "gc-note" }, lesson.id === REVIEW ? this.extras.where(player) : t("where", { number: lesson.number, title: lesson.title, part: part + 1, parts: lesson.steps.length }));
    const heading = html("h2", { tabindex: -1 }, player.title(step));
    const lead = part === 0 ? [typeset(html("p", { class: "gc-lead" }), lesson.lead)] : [];
    const equation = step.equation ? [typeset(html("p", { class: "gc-equation" }), step.equation)] : [];
    return [where, heading, ...lead, ...equation, ...paragraphs(words.text, values), ...this.questionElements(stage), this.ways()];
  }

  questionElements(stage) {
    const { player, t } = this;
    const { words } = player.step;
    const { values } = player;
    const written = player.step.worked ? [lines(player, t)] : [];
    if (stage === "ask" && isStaged(player.step)) return [...written, onStage(player, t, () => this.stage.attend())];
    if (stage === "ask" && isLevels(player.step)) return [...written, onStage(player, t, () => this.levels.attend())];
    if (stage === "ask" && isWorked(player.step)) return [linesForm(player, t, (typed) => this.commit(typed))];
    if (stage === "ask") return [askForm(player, t, (guess) => this.commit(guess))];
    if (stage === "why" || stage === "done" && player.step.kind !== "do") {
      const because = player.step.why ? [why(player, t, (option) => this.explain(option))] : [];
      return [typeset(html("p", { class: "gc-question" }), fill(words.question, values)), renderAnswer(player, t), ...written, ...because];
    }
    if (isWorked(player.step)) return [lines(player, t)];
    if (player.step.kind === "do") {
      const task = html("p", { class: "gc-task" }, html("b", {}, t("task")), " ", fill(words.task, values));
      const done = stage === "done" ? [html("div", { class: "gc-feedback gc-done", "data-testid": "course-done" }, html("p", {}, html("b", {}, t("done"))), ...paragraphs(words.done, values))] : [];
      return [task, ...done];
    }
    return player.part === player.lesson.steps.length - 1 && player.finished ? [summary(player, t, (step) => this.outcome(step))] : [];
  }

  outcome(step) {
    const { lesson, attempt } = this.player;
    const replayed = new Player(lesson, { ...attempt, part: lesson.steps.indexOf(step) });
    return verdict(replayed, this.t);
  }

  ways() {
    const { player, t } = this;
    const { lesson, part } = player;
    const last = part === lesson.steps.length - 1;
    const following = this.data.lessons[this.data.lessons.findIndex(({ id }) => id === lesson.id) + 1]; // one that came before the others is another object
    const ways = [];
    if (part > 0) ways.push(button(t("back"), () => this.move(() => player.previous())));
    if (player.canGoOn) ways.push(button(t("next"), () => this.move(() => player.next()), { class: "gc-button gc-primary", "data-testid": "course-next" }));
    if (last && lesson.id === REVIEW) return html("div", { class: "gc-row gc-ways" }, ...ways, button(t("review.back"), () => this.open(REVIEW, { focus: true }), { class: "gc-button gc-primary" }));
    if (last && following) ways.push(button(t("following", { title: following.title }), () => this.open(following.id, { focus: true }), { class: "gc-button gc-primary" }));
    if (last && player.finished) ways.push(html("a", { class: "gc-button gc-link", href: `${lesson.lab}&lang=${this.data.lang}&notation=${this.data.notation}`, target: "_self" }, t("lab")));
    if (last) ways.push(button(t("again"), () => this.again()));
    return html("div", { class: "gc-row gc-ways" }, ...ways);
  }

  destroy() {
    for (const [name, listener] of Object.entries(this.listen)) removeEventListener(name, listener);
    this.stage.destroy();
    this.element.remove();
  }
}
