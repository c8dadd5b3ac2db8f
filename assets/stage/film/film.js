// The film of a training: the same sequence read by the network as it was at each checkpoint. All of it is in the
// browser, so that moving through training is a repaint, as moving through time is.
import { createAnswers } from "./answers.js";
import { createCurve } from "./curve.js";
import { axisOf, frameOf, nearest, positionText } from "./frames.js";
import { html, set, write } from "../core/dom.js";
import { countUncovered } from "../core/run/visible.js";
import { icon } from "../core/icons.js";

const REST = 300; // milliseconds a checkpoint stays on the screen before the page is notified
const PER_FRAME = 260; // milliseconds a checkpoint stays on the screen while the film plays

const places = new Map(); // run -> {step, follows}: coming back to a page finds the same moment

/** @param {import("../shell/shell.js").Stage} stage whose header has `film` */
export function createFilm(stage) {
  const { host } = stage;
  let whole = null; // the run that arrived, with the frames of all checkpoints
  let axis = null;
  let at = 0; // which checkpoint is on the screen
  let follows = true; // whether the newest one is shown as it comes
  let clock = 0;
  let due = 0;
  let timer = 0;

  const play = html("button", { type: "button", class: "gs-button", "data-film": "play", onclick: toggle });
  const title = html("b", { class: "gs-film-title" });
  const place = html("span", { class: "gs-film-place" });
  const newest = html("button", { type: "button", class: "gs-film-newest", "data-film": "newest", onclick: catchUp });
  const slider = html("input", { type: "range", min: 0, step: 1, "data-film": "slider", oninput: () => pick(Number(slider.value)) });
  const note = html("p", { class: "gs-film-note", hidden: true });
  const curve = createCurve(host);
  const answers = createAnswers(host);
  const scrub = html("div", { class: "gs-film-scrub" }, html("span", { class: "gs-film-side" }, play), html("div", { class: "gs-film-rail" }, slider));
  const head = html("div", { class: "gs-film-head" }, title, place, newest, curve.legend);
  const element = html("section", { class: "gs-film", "data-testid": "film" }, head, curve.element, scrub, note);
  stage.transport.element.after(element);
  stage.score.element.append(answers.element);
  slider.addEventListener("keydown", (event) => event.stopPropagation());
  curve.board.addEventListener("pointerdown", drag);
  curve.board.addEventListener("pointermove", (event) => curve.board.hasPointerCapture(event.pointerId) && drag(event));

  const info = () => whole.header.film;

  /** Takes a run with its film; returns the frame to show of it. */
  function arrive(trace) {
    const before = whole?.header.film;
    whole = trace;
    const film = info();
    axis = axisOf(film);
    if (before?.run !== film.run) {
      pause();
      const kept = places.get(film.run) ?? { step: film.at, follows: film.at === null };
      follows = kept.follows;
      at = follows ? film.steps.length - 1 : nearest(film.steps, kept.step);
    } else at = follows ? film.steps.length - 1 : nearest(film.steps, before.steps[at]);
    if (before && before.steps.join() === film.steps.join() && before.run === film.run) curve.draw(film, axis);
    else load();
    address();
    show();
    return frameOf(whole, at);
  }

  function go(next) {
    const last = info().steps.length - 1;
    const target = Math.min(last, Math.max(0, next));
    if (target === at) return;
    at = target;
    stage.showRun(frameOf(whole, at));
    const step = info().steps[at];
    for (const peer of stage.peers()) peer.plugins.get("film")?.join(step);
  }

  /** A person chose a checkpoint: from now on the film stays where they put it. */
  function pick(next) {
    pause();
    follows = info().live ? false : next === info().steps.length - 1;
    go(next);
    keep();
  }

  function keep() {
    const { run, steps } = info();
    places.set(run, { step: steps[at], follows });
    address();
    stage.changed();
    show();
  }

  /** The link says which checkpoint is looked at, where a person chose one. */
  function address() {
    const { link, film } = whole.header;
    if (!link || !film.param) return;
    link.params = { ...link.params, [film.param]: String(film.steps[at]) };
    if (follows) delete link.params[film.param];
  }

  function catchUp() {
    pause();
    follows = true;
    go(info().steps.length - 1);
    keep();
  }

  function drag(event) {
    if (event.button > 0) return;
    if (event.type === "pointerdown") curve.board.setPointerCapture(event.pointerId);
    pick(curve.under(event.clientX));
  }

  function toggle() {
    if (clock) {
      pause();
      keep();
      return;
    }
    if (at === info().steps.length - 1) go(0);
    follows = false;
    due = performance.now() + PER_FRAME;
    clock = requestAnimationFrame(tick);
    show();
  }

  function tick() {
    clock = requestAnimationFrame(tick);
    const now = performance.now();
    if (now < due) return;
    due = Math.max(due + PER_FRAME, now + PER_FRAME / 2);
    if (at < info().steps.length - 1) return go(at + 1);
    pause();
    follows = true; // at the end, the film goes on with what comes
    keep();
  }

  function pause() {
    cancelAnimationFrame(clock);
    clock = 0;
  }

  /** The words, and everything that a new run or another length of it brings. */
  function load() {
    const film = info();
    set(element, { "aria-label": host.t("film.title"), "data-live": film.live });
    write(title, film.title ?? host.t("film.title"));
    set(slider, { "aria-label": host.t("film.slider"), max: film.steps.length - 1, disabled: film.steps.length < 2 });
    play.disabled = film.steps.length < 2;
    write(newest, host.t("film.newest"));
    write(note, film.note ?? "");
    note.hidden = !film.note;
    curve.load(film, axis);
    answers.load(whole);
    slider.parentElement.style.setProperty("--gs-reach", axis.reach);
  }

  function show() {
    const film = info();
    const step = film.steps[at];
    slider.value = String(at);
    const { frontier } = stage.concealment;
    const veiled = frontier?.step < 0; // of a run of which nothing is shown, nothing is said either
    curve.element.hidden = veiled;
    write(place, veiled ? "" : positionText(host, film, at));
    set(slider, { "aria-valuetext": place.textContent });
    newest.hidden = !(film.live && !follows);
    const name = clock ? "film.pause" : "film.play";
    if (play.dataset.icon !== name) play.replaceChildren(icon(clock ? "pause" : "play"));
    play.dataset.icon = name;
    set(play, { "aria-label": host.t(name), title: host.t(name) });
    curve.mark(at);
    answers.show(whole, at, host.view().step, frontier ? countUncovered(stage.trace, "readout", frontier) : Infinity);
    set(stage.element, { "data-checkpoint": step, "data-checkpoints": film.steps.length });
    set(element, { "data-live": film.live, "data-follows": follows });
    notify();
  }

  /** Says which checkpoint is on the screen, where the page asks and does not know, once it stays there. */
  function notify() {
    clearTimeout(timer);
    if (clock || !info().tell) return;
    timer = setTimeout(() => {
      const { steps, reported } = info();
      if (steps[at] !== reported) stage.options.onFilm?.({ step: steps[at] });
    }, REST);
  }

  return {
    arrive,
    load() {
      load();
      show();
    },
    swap: show,
    /** Goes to the checkpoint nearest to one of another film beside this one. */
    join: (step) => go(nearest(info().steps, step)),
    painted: ({ step }) => answers.at(step),
    destroy() {
      pause();
      clearTimeout(timer);
    },
  };
}
