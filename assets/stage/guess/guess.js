// Guess first: before the stage shows something it asks for it, and nothing further is there until an answer is given. The guess
// then stands beside the truth, with the distance and the step's own account as the reason. Lessons ask the same way (`ask`).
import { html, set, write } from "../core/dom.js";
import { allDigits } from "../core/text/format.js";
import { onSubmit } from "../core/form.js";
import { keep, recall, resumed, runName } from "../core/guess-storage.js";
import { runTitle } from "../core/text/names.js";
import { typeset } from "../core/text/typeset.js";
import { beyond, wholeSteps } from "../core/run/visible.js";
import { createChoice } from "./choice.js";
import { modesOf, nextQuestion, rangeOf, readQuestion } from "./frontier.js";
import { isAnswer, isChoice, judge, tally, targetOf } from "./judge.js";
import { createNumber } from "./number.js";
import { createPlot } from "./plot.js";
import { createWording } from "./wording.js";

const begun = new Set(); // nonces of the places whose links have asked
const QUESTIONS = { value: "guess.question", lane: "guess.question", draw: "guess.question.draw", unit: "guess.question.which", cell: "guess.question.cell" };

/**
 * @param {object} stage the shell that it belongs to: its run, player, host and element
 * @param {{offered: boolean, button: () => void, byPosition: (stages: object[]) => object[], barOf: (header: object) => ?object}} guessing
 *   whether the stage offers it, the button that it begins with, how stages stand on a page, and the bar that moves one
 */
export function createGuessing(stage, guessing) {
  const { host, player } = stage;
  let frontier = null; // how far the run is uncovered; null while nobody guesses
  let mode = "values"; // what is guessed, one of modesOf
  let open = null; // {question, place, done, draft}: what is asked now, what its answer uncovers, who waits for it, and what was begun of one
  let answers = [];
  let reported = false; // whether the page knows that somebody guesses
  let last = null; // the latest answer, which stays on show until the next question
  let seen = 0; // the unit that the stage showed last
  let columns = null; // {left, wide}: the score's, where the questions stand below one of its strips

  const label = html("span", { class: "gs-label" });
  const what = html("select", { class: "gs-select", "data-testid": "guess-what", onchange: () => choose(what.value) });
  const head = html("label", { class: "gs-guess-what" }, label, what);
  const sentence = html("p", { class: "gs-guess-question", "aria-live": "polite" });
  const drafted = (texts) => open?.keep?.(texts);
  const widgets = { number: createNumber(host, drafted), plot: createPlot(host, () => columns, drafted), choice: createChoice(host, picked) };
  const body = html("div", { class: "gs-guess-body" });
  const commit = html("button", { type: "button", class: "gs-guess-commit" });
  const unknown = html("button", { type: "button", class: "gs-guess-unknown", onclick: () => answer(null) });
  const wrong = html("p", { class: "gs-guess-wrong", role: "alert" });
  const buttons = html("div", { class: "gs-guess-row" }, commit, unknown);
  const form = html("form", { class: "gs-guess-form" }, body, buttons);
  const verdict = html("p", { class: "gs-guess-verdict", role: "status", "data-testid": "guess-verdict" });
  const onward = html("button", { type: "button", class: "gs-guess-next", onclick: () => (mode === "values" ? stage.act("nextPhase") : proceed()) });
  const count = html("p", { class: "gs-label", "data-testid": "guess-tally" });
  const panel = html("section", { class: "gs-guess", "data-testid": "guess" }, head, sentence, form, wrong, verdict, html("div", { class: "gs-guess-foot" }, onward, count));
  onSubmit(form, commit, submit);

  const run = () => stage.concealment.run; // the whole of it
  const { text, optionsOf, wordsOf, reason, verdictText } = createWording(stage);
  const several = () => Boolean(stage.header.bar); // cells that keep step, below one transport
  const modes = () => modesOf(run(), several());
  const page = () => stage.header.page;
  const widgetFor = ({ kind }) => (isChoice({ kind }) ? "choice" : kind === "value" ? "number" : "plot");
  const widgetOf = (question) => widgets[widgetFor(question)];
  const rangeFor = (question) => rangeOf(stage.trace, question);
  const store = () => {
    keep(page(), frontier && { run: runName(run()), frontier, mode, answers });
    if (reported !== (reported = Boolean(frontier))) stage.options.onGuessing?.(reported);
  };

  function picked(place) {
    drafted([String(place)]);
    if (open?.question.kind === "unit") host.go({ unit: place });
  }

  function turn(on) {
    frontier = on ? (several() ? { step: player.step, phase: run().phases.at(-1) } : { step: player.step, phase: player.phase }) : null;
    if (!modes().includes(mode)) mode = modes()[0];
    forget();
    answers = [];
    store();
    shown();
    if (on && mode !== "values") proceed();
  }

  function forget() {
    open?.done?.(null);
    [open, last] = [null, null];
  }

  function shown() {
    for (const one of [stage, ...followers()]) {
      one.concealment.cover();
      one.concealment.hold();
      one.load();
      one.resized();
    }
  }

  /** The stages that a bar moves: its frontier is theirs too. */
  const followers = () => (several() ? stage.peers() : []);

  function uncover() {
    for (const one of [stage, ...followers()]) one.uncover();
  }

  /** What each of the cells that keep step holds at a step: the memory of the unit that is chosen. */
  function cellsAt(step) {
    return guessing.byPosition(followers()).map(({ concealment: { run: own } }) => {
      const value = own.steps > step ? own.at(own.memory, step, Math.min(player.unit, own.units - 1)) : NaN;
      return { name: runTitle(own.header), value };
    });
  }

  const about = () => ({ unit: player.unit, signal: drawn(), cells: cellsAt });

  /** Takes what is guessed from now on. */
  function choose(next) {
    mode = next;
    forget();
    store();
    if (mode === "values") paint();
    else proceed();
    stage.changed(); // the link says it too
  }

  /** What is asked of, where that is not a phase's own: the signal whose arithmetic is open, else the memory. */
  function drawn() {
    const { selection, trace } = stage;
    const opened = stage.inspecting && selection && trace.strips.includes(selection.signal) && selection.signal !== "x";
    return mode === "draw" && opened ? selection.signal : trace.memory;
  }

  /** Holds the stage at the frontier: goes on through what nobody is asked, and asks what comes next. */
  function hold() {
    if (!frontier || !beyond(run(), player, frontier)) return;
    const to = { step: player.step, phase: player.phase };
    if (open) {
      player.moveTo(frontier);
      return widgetOf(open.question).focus();
    }
    proceed(to);
  }

  /** Asks what comes next on the way to a place, or next of all; passes what nobody is asked. */
  function proceed(to = null) {
    while (to === null || beyond(run(), to, frontier)) {
      const next = nextQuestion(run(), mode, frontier, about());
      if (!next.place) break;
      if (next.question) {
        open = next;
        last = null;
        player.pause();
        player.moveTo(frontier);
        stage.transport.state();
        break;
      }
      frontier = next.place;
    }
    store();
    uncover();
    begin();
    if (to === null && open) stage.moved(() => (player.moveTo(frontier), true));
  }

  /** The question that stands at the frontier, where whole steps are asked. */
  function openAt() {
    const next = nextQuestion(run(), mode, frontier, about());
    return next.question ? next : null;
  }

  function begin() {
    seen = player.unit;
    write(wrong, "");
    const wasShown = Boolean(columns);
    paint(true);
    if (Boolean(columns) !== wasShown) stage.resized();
    if (columns && guessing.offered) panel.scrollIntoView({ block: "nearest" }); // a lesson leads there itself: its text comes first
  }

  function submit() {
    if (!open) return;
    const widget = widgetOf(open.question);
    const range = isChoice(open.question) ? [0, 0] : rangeFor(open.question);
    const guess = widget.read(range);
    if (guess !== undefined) return answer(guess);
    const [low, high] = range.map(allDigits);
    write(wrong, host.t(isChoice(open.question) ? "guess.wrong.choice" : open.question.kind === "draw" ? "guess.wrong.draw" : "guess.wrong", { low, high }));
    widget.focus();
  }

  function answer(guess) {
    const { question, place, done } = open;
    const range = isChoice(question) ? null : rangeFor(question);
    frontier = place;
    uncover();
    const target = targetOf(host.shown, question, stage.trace.units);
    const judged = judge(question, target, guess);
    last = { ...question, range, ...judged };
    answers.push({ kind: question.kind, signal: question.signal, step: question.step, unit: question.unit, guess, verdict: judged.verdict });
    stage.options.onAnswer?.(last);
    open = null;
    store();
    stage.moved(() => player.moveTo(frontier));
    paint();
    stage.element.focus({ preventScroll: true });
    done?.({ question, guess, truth: judged.truth, distance: judged.distance, verdict: judged.verdict, reason: last.reason });
  }

  /** A drawing stands on the score, below the strip of its signal; everything else above the picture, or the pictures. */
  function settle(question) {
    const bar = several() ? stage : guessing.barOf(stage.header); // which has the width that a column has not
    const lead = bar ? bar.transport.element : stage.element.querySelector(".gs-lead");
    const root = panel.getRootNode();
    const focused = panel.contains(root.activeElement) ? root.activeElement : null;
    const before = panel.previousElementSibling;
    const draws = question?.kind === "draw" && !stage.header.follow; // a column's strips are narrow, or folded
    if (!draws) stage.score.ask(null);
    if (!draws || !stage.score.ask(question.signal, panel, fit)) {
      columns = null; // where its strips are still to be drawn the score takes the panel then
      if (lead.nextElementSibling !== panel) lead.after(panel);
    }
    if (focused && before !== panel.previousElementSibling) focused.focus({ preventScroll: true });
  }

  /** The score has its columns there. */
  function fit(box) {
    columns = box;
    panel.style.setProperty("--gs-guess-left", `${box.left}px`);
    widgets.plot.resize();
  }

  function paint(fresh = false) {
    guessing.button();
    set(stage.element, { "data-guessing": Boolean(frontier) });
    panel.hidden = !frontier || (!guessing.offered && !open && !last);
    const latest = open?.question ?? last;
    set(panel, { "data-widget": latest && widgetFor(latest) });
    settle(panel.hidden ? null : latest);
    if (panel.hidden) return;
    list();
    buttons.hidden = !open;
    form.hidden = !open && !last;
    verdict.hidden = !last;
    sentence.hidden = Boolean(last);
    const more = nextQuestion(run(), mode, frontier, about()).place;
    onward.hidden = Boolean(open) || !more || !guessing.offered;
    write(onward, host.t("guess.next"));
    if (open) ask(fresh);
    else typeset(sentence, host.t(more ? "guess.on" : "guess.end"));
    if (last && player.step === frontier.step && player.phase === frontier.phase) last.reason = reason(last);
    if (last) showAnswer();
    const counts = tally(answers);
    write(count, answers.length ? host.t("guess.tally", { count: answers.length, ...counts }) : "");
  }

  function list() {
    const names = modes();
    head.hidden = !guessing.offered || names.length < 2;
    if (names.length < 2) return;
    write(label, host.t("guess.what"));
    if (what.options.length !== names.length || what.lang !== host.header.lang) what.replaceChildren(...names.map((name) => html("option", { value: name }, host.t(`guess.what.${name}`))));
    what.lang = host.header.lang;
    what.value = mode;
  }

  function ask(fresh) {
    const { question } = open;
    const words = wordsOf(question);
    const { kind, signal, step, unit } = question;
    const key = question.of === undefined ? QUESTIONS[kind] : "holds.question";
    const among = question.of === undefined ? !isChoice(question) && stage.trace.units > 1 : followers().some(({ trace }) => trace.units > 1);
    const whose = stage.header.follow ? `${runTitle(stage.header)} · ` : "";
    typeset(sentence, `${whose}${host.t(among ? `${key}.unit` : key, words)}`);
    const widget = widgetOf(question);
    if (body.firstChild !== widget.element) body.replaceChildren(widget.element);
    const past = isChoice(question) ? [] : Array.from({ length: step }, (_, t) => host.shown(signal, t, unit)).map((value) => (Number.isFinite(value) ? value : null)); // none of what is concealed
    widget.ask({ question, range: isChoice(question) ? null : rangeFor(question), words, past, total: stage.trace.steps, options: isChoice(question) ? optionsOf(question) : [], title: sentence.textContent, fresh, draft: open.draft });
    write(commit, host.t("guess.commit"));
    write(unknown, host.t("guess.unknown"));
  }

  function showAnswer() {
    const widget = widgetOf(last);
    widget.showAnswer(last, text(last.signal));
    if (body.firstChild !== widget.element) body.replaceChildren(widget.element);
    typeset(verdict, verdictText(last));
    set(verdict, { "data-verdict": last.verdict });
  }

  /** What the link asks for, once for each visit, as of a guesser who has come as far as where it leads. */
  function linked() {
    const { guess, nonce } = stage.header.at;
    if (!guess || begun.has(nonce)) return null;
    begun.add(nonce);
    return { run: runName(run()), frontier: { step: player.step, phase: player.phase }, mode: guess, answers: [] };
  }

  return {
    panel,
    /** What is guessed, one of modesOf; null while nobody guesses, or a lesson asks. */
    get mode() {
      return frontier && guessing.offered ? mode : null;
    },
    /** The guess as it is set now; undefined as long as it is none, or nothing is asked. */
    get guess() {
      if (!open) return undefined;
      return widgetOf(open.question).read(isChoice(open.question) ? [0, 0] : rangeFor(open.question));
    },
    /** Answers what is asked; null for "I don't know". What is no answer to it is none. */
    answer(guess) {
      if (open) answer(isAnswer(open.question, guess, stage.trace.units) ? guess : null);
    },
    /** How far the run is uncovered; null for all of it. */
    get frontier() {
      return frontier;
    },
    hold,
    turn,
    /** Uncovers all of the run, once its question is answered; the stage stays where it stands. */
    uncoverAll() {
      if (open || !frontier) return;
      frontier = { step: run().steps - 1, phase: run().phases.at(-1) };
      uncover();
    },
    /**
     * Asks what a lesson asks, whatever of the run is concealed meanwhile; null ends it, and uncovers what guesses have covered.
     * @param {?object} question {kind, signal, unit, step, …} as of judge.js, steps and units from 1
     * @param {{draft?: string[], keep?: (texts: string[]) => void}} [entered] what was entered before and not handed in, as its fields
     *   have it, or the place of a choice; `keep` is told what is
     * @returns {Promise<?object>} {question, guess, truth, distance, verdict, reason}; null if it is taken back, or makes no sense here
     */
    ask(question, entered = {}) {
      forget();
      const read = question && readQuestion(run(), question);
      frontier = read ? read.before : null;
      if (!read) {
        shown();
        return Promise.resolve(null);
      }
      return new Promise((done) => {
        open = { question: read.question, place: read.place, done, ...entered };
        if (read.question.unit !== undefined) player.moveTo({ unit: read.question.unit });
        player.moveTo(frontier);
        shown();
        begin();
      });
    },
    /** A run has arrived, and the stage stands where it asks for. */
    arrive() {
      const guessed = resumed(recall(page()), runName(run()), frontier !== null);
      const kept = guessing.offered ? (guessed ?? linked()) : null;
      const { trace } = stage;
      if (!kept) {
        forget();
        [frontier, answers] = [null, []];
        if (reported) stage.options.onGuessing?.((reported = false));
        return paint();
      }
      const same = kept.run === runName(run()) && kept.frontier.step < trace.steps && trace.phases.includes(kept.frontier.phase);
      if (!same) forget();
      frontier = same ? kept.frontier : { step: 0, phase: several() ? trace.phases.at(-1) : trace.phases[0] };
      answers = same ? kept.answers : [];
      mode = modes().includes(kept.mode) ? kept.mode : modes()[0];
      if (several()) frontier = { step: Math.max(0, wholeSteps(trace, frontier).step), phase: trace.phases.at(-1) };
      for (const one of followers()) one.guessing.follow();
      if (beyond(trace, player, frontier)) player.moveTo(frontier);
      store();
      if (!open && !last && mode !== "values") open = openAt();
      paint(!same);
    },
    /** The stage has moved; another unit is another question, or a choice. */
    painted() {
      if (several() && frontier && !last && !open?.done && (open?.question.cells.length ?? 0) !== followers().length) {
        open = openAt(); // another cell has come after the bar
        begin();
      }
      const { question } = open ?? {};
      if (!question) return;
      if (question.kind === "unit" && player.unit !== seen) {
        widgets.choice.pick(player.unit);
        drafted([String(player.unit)]);
      }
      if (!open.done && (question.unit ?? question.of ?? player.unit) !== player.unit) {
        if (question.of !== undefined) open = openAt() ?? open;
        else open.question = { ...question, unit: player.unit };
        begin();
      }
      seen = player.unit;
    },
    paint,
  };
}
