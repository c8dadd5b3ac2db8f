// Guess first: before a phase shows what it computes, the stage asks for it, and nothing further is shown until an answer
// is given. The guess then stands beside the truth, with the distance and the step's own account as the reason.
import { html, set, write } from "../core/dom.js";
import { onSubmit } from "../core/form.js";
import { gate, number } from "../core/format.js";
import { isGate } from "../core/colour.js";
import { moment } from "../core/moment.js";
import { unitTitle } from "../core/names.js";
import { typeset } from "../core/typeset.js";
import { askedIn, following, rangeOf } from "./frontier.js";
import { beyond } from "../core/visible.js";
import { judge, parse, tally } from "./judge.js";
import { keep, recall, runName } from "./memory.js";

const NOTCHES = 200; // of the slider over its range
const whole = (value) => String(value).replace("-", "−");

/** @param {object} stage the shell that it belongs to: its run, player, host and element */
export function createGuessing(stage) {
  const { host } = stage;
  let frontier = null; // how far the run is uncovered; null while nobody guesses
  let open = null; // {signal, place}: what is asked now
  let answers = [];
  let told = false; // whether the page knows that somebody guesses
  let last = null; // the latest answer, which stays on show until the next question

  const toggle = html("button", { type: "button", class: "gs-guess-toggle", onclick: () => turn(!frontier) });
  stage.transport.element.querySelector(".gs-phases").after(toggle); // phase by phase it asks
  const question = html("p", { class: "gs-guess-question", "aria-live": "polite" });
  const slider = html("input", { type: "range", class: "gs-guess-slider", oninput: () => take(Number(slider.value)) });
  const field = html("input", { type: "text", inputmode: "decimal", class: "gs-guess-field", autocomplete: "off", oninput: typed });
  const commit = html("button", { type: "button", class: "gs-guess-commit" });
  const unknown = html("button", { type: "button", class: "gs-guess-unknown", onclick: () => answer(null) });
  const wrong = html("p", { class: "gs-guess-wrong", role: "alert" });
  const form = html("form", { class: "gs-guess-form" }, slider, field, commit, unknown);
  const marks = html("div", { class: "gs-guess-axis", "aria-hidden": "true" });
  const verdict = html("p", { class: "gs-guess-verdict", role: "status", "data-testid": "guess-verdict" });
  const onward = html("button", { type: "button", class: "gs-guess-next", onclick: () => stage.act("nextPhase") });
  const count = html("p", { class: "gs-label", "data-testid": "guess-tally" });
  const panel = html("section", { class: "gs-guess", "data-testid": "guess" }, question, form, wrong, marks, verdict, html("div", { class: "gs-guess-foot" }, onward, count));
  onSubmit(form, commit, submit);

  const offered = () => Boolean(stage.header.guesses) && !stage.peers().length;
  const page = () => stage.header.page;
  const store = () => {
    keep(page(), frontier && { run: runName(stage.concealment.run), frontier, answers });
    if (told !== (told = Boolean(frontier))) stage.options.onGuessing?.(told);
  };
  const range = () => rangeOf(stage.concealment.run, asked());
  const text = (signal, value) => (isGate(signal) ? gate : number)(value);

  function turn(on) {
    frontier = on ? { step: stage.player.step, phase: stage.player.phase } : null;
    [open, last, answers] = [null, null, []];
    store();
    stage.concealment.cover();
    stage.load();
    stage.resized();
  }

  /** Holds the stage at the frontier: goes on through what nobody is asked, and asks what comes next. */
  function hold() {
    const { player, trace } = stage;
    if (!frontier || !beyond(trace, player, frontier)) return;
    if (open) {
      player.place(frontier);
      return field.focus();
    }
    while (beyond(trace, player, frontier)) {
      const next = following(trace, frontier);
      const signal = askedIn(trace, next.phase);
      if (signal && Number.isFinite(stage.concealment.run.at(signal, next.step, player.unit))) {
        open = { signal, place: next, unit: player.unit };
        last = null;
        player.pause();
        player.place(frontier);
        stage.transport.state();
        break;
      }
      frontier = next;
    }
    store();
    stage.uncover();
    begin();
  }

  const asked = () => ({ signal: open.signal, step: open.place.step, unit: stage.player.unit });

  function begin() {
    field.value = "";
    write(wrong, "");
    paint();
  }

  function take(value) {
    field.value = String(value).replace("-", "−");
    write(wrong, "");
  }

  function typed() {
    const value = parse(field.value);
    if (value !== null) slider.value = String(value);
    write(wrong, "");
  }

  function submit() {
    const value = parse(field.value);
    const [low, high] = range();
    if (value !== null && value >= low && value <= high) return answer(value);
    write(wrong, host.t("guess.wrong", { low: whole(low), high: whole(high) }));
    field.focus();
  }

  function answer(guess) {
    const { signal, step, unit } = asked();
    const within = range();
    frontier = open.place;
    stage.uncover();
    last = { signal, step, unit, range: within, ...judge(host.shown(signal, step, unit), guess, within) };
    answers.push({ signal, step, unit, guess, verdict: last.verdict });
    stage.options.onAnswer?.(last);
    open = null;
    store();
    stage.moved(() => stage.player.place(frontier));
    paint();
    stage.element.focus({ preventScroll: true });
  }

  /** Why the value is what it is: a gate's sum, and what the step says of itself. */
  function reason({ signal, step, unit }) {
    const { trace } = stage;
    if (!isGate(signal) || !trace.has(`pre.${signal}`)) return moment(host, trace, stage.view());
    const sum = trace.at(`pre.${signal}`, step, unit) * (stage.turned(signal) ? -1 : 1);
    return host.t("guess.sum", { symbol: host.symbol(signal), sum: number(sum) });
  }

  function paint() {
    toggle.hidden = !offered();
    set(stage.element, { "data-guessing": Boolean(frontier) });
    panel.hidden = toggle.hidden || !frontier;
    set(toggle, { "aria-pressed": String(Boolean(frontier)), title: host.t("guess.about") });
    write(toggle, host.t("guess.toggle"));
    if (panel.hidden) return;
    form.hidden = !open;
    verdict.hidden = marks.hidden = !last;
    question.hidden = Boolean(last);
    onward.hidden = Boolean(open) || !following(stage.trace, frontier);
    write(onward, host.t("guess.next"));
    if (open) ask();
    else typeset(question, host.t(following(stage.trace, frontier) ? "guess.on" : "guess.end"));
    if (last && stage.player.step === frontier.step && stage.player.phase === frontier.phase) last.reason = reason(last);
    if (last) tell();
    const counts = tally(answers);
    write(count, answers.length ? host.t("guess.tally", { count: answers.length, ...counts }) : "");
  }

  function ask() {
    const place = asked();
    const [low, high] = range();
    const words = { symbol: host.symbol(place.signal), name: host.name(place.signal), unit: unitTitle(host, place.unit), step: place.step + 1 };
    typeset(question, host.t(stage.trace.units > 1 ? "guess.question.unit" : "guess.question", words));
    set(slider, { min: low, max: high, step: (high - low) / NOTCHES, "aria-label": host.t("guess.slider", words) });
    if (field.value === "") slider.value = String((low + high) / 2);
    set(field, { "aria-label": host.t("guess.field", words), placeholder: `${whole(low)} … ${whole(high)}` });
    write(commit, host.t("guess.commit"));
    write(unknown, host.t("guess.unknown"));
  }

  function tell() {
    const { signal, guess, truth, distance, range } = last;
    const at = (value) => `${(100 * (value - range[0])) / (range[1] - range[0])}%`;
    const mark = (name, value) => html("i", { class: `gs-guess-${name}`, style: `left:${at(value)}` }, html("b", {}, text(signal, value)));
    marks.replaceChildren(...[guess === null ? null : mark("guess", guess), mark("truth", truth)].filter(Boolean));
    const words = { symbol: host.symbol(signal), guess: guess === null ? "" : text(signal, guess), truth: text(signal, truth), distance: number(distance ?? 0) };
    typeset(verdict, `${host.t(last.verdict === "unknown" ? "guess.unknown.told" : `guess.${last.verdict}`, words)} ${last.reason}`);
    set(verdict, { "data-verdict": last.verdict });
  }

  return {
    panel,
    /** How far the run is uncovered; null for all of it. */
    get frontier() {
      return frontier;
    },
    hold,
    /** A run has arrived, and the stage stands where it asks for. */
    arrive() {
      const kept = offered() ? recall(page()) : null;
      const { trace, player } = stage;
      if (!kept) {
        [frontier, open, last, answers] = [null, null, null, []];
        if (told) stage.options.onGuessing?.((told = false));
        return paint();
      }
      const same = kept.run === runName(stage.concealment.run) && kept.frontier.step < trace.steps && trace.phases.includes(kept.frontier.phase);
      if (!same) [open, last] = [null, null];
      frontier = same ? kept.frontier : { step: 0, phase: trace.phases[0] };
      answers = same ? kept.answers : [];
      if (beyond(trace, player, frontier)) player.place(frontier);
      store();
      paint();
    },
    /** The stage has moved; another unit is another question. */
    painted() {
      toggle.hidden = !offered();
      if (open && open.unit !== stage.player.unit) {
        open.unit = stage.player.unit;
        begin();
      }
    },
    paint,
  };
}
