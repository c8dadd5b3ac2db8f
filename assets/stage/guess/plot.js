// A guess on a line plot with an axis: one point, or the next few steps of a signal. Each point is dragged, moved by the arrow keys,
// or typed below; afterwards the guess stays, and the truth is drawn through the same steps. Below a strip of the score the plot
// has the score's own columns, as far as a finger can meet them.
import { html, set, svg } from "../core/dom.js";
import { allDigits, number } from "../core/text/format.js";
import { axisOf } from "./axis.js";
import { firstInvalid, fits, parse } from "./judge.js";

const HEIGHT = 170;
const [TOP, BOTTOM] = [12, 24];
const NOTCHES = 200; // of an arrow key over the range; with Shift ten at once
const FINE = 4; // decimals of a dragged value

/**
 * @param {object} host of a view
 * @param {() => ?{left: number, wide: number}} score where the score's columns stand below its board's left edge; null where
 *   the plot is not among its strips
 * @param {(texts: string[]) => void} changed is called with the texts of the fields
 */
export function createPlot(host, score = () => null, changed = () => {}) {
  const picture = svg("svg", { class: "gs-guess-plot", role: "group" });
  const fields = html("div", { class: "gs-guess-fields" });
  const element = html("div", { class: "gs-guess-widget" }, picture, fields);
  let about = null; // {range, steps, first, at, total, past, words}; at: names of the columns
  let guesses = []; // a number, or null for a point that nobody has placed
  let truth = null; // the real values, once the guess is given: nothing moves any more
  let inputs = [];
  let points = [];
  let line = null;
  let axis = null; // where the columns stand (axis.js)
  let built = ""; // for which place

  const x = (step) => axis.left + ((step - axis.from + 0.5) * axis.wide) / axis.columns;
  const y = (value) => TOP + ((about.range[1] - value) / (about.range[1] - about.range[0])) * (HEIGHT - TOP - BOTTOM);
  const clamp = (value) => Math.min(about.range[1], Math.max(about.range[0], value));
  const within = (value) => (value === null ? null : clamp(value));
  const label = (step) => String(about.at?.[step] ?? step + 1); // of a column: its step, unless the columns have names
  const start = () => about.past.at(-1) ?? 0;
  const joint = (values) => path([about.past.at(-1) ?? null, ...values], about.first - 1);

  const path = (values, from) => values.map((value, k) => (value === null ? "" : `${k === 0 || values[k - 1] === null ? "M" : "L"}${x(from + k).toFixed(1)} ${y(value).toFixed(1)}`)).join("");

  function build() {
    const { range, first, past, steps } = about;
    const place = score();
    axis = axisOf({ first, steps, total: about.total }, place ?? { room: element.clientWidth }, Boolean(place));
    built = JSON.stringify([place, axis.width]);
    set(picture, { viewBox: `0 0 ${axis.width} ${HEIGHT}` });
    const [low, high] = range;
    const levels = [...new Set([high, low < 0 && high > 0 ? 0 : (low + high) / 2, low])];
    const scale = levels.flatMap((level) => [
      svg("path", { class: "gs-guess-level", d: `M${axis.left} ${y(level)}H${axis.left + axis.wide}` }),
      svg("text", { class: "gs-guess-tick", x: axis.left - 6, y: y(level), dy: ".35em", "text-anchor": "end" }, allDigits(level)),
    ]);
    const names = Array.from({ length: axis.columns }, (_, k) => svg("text", { class: "gs-guess-tick", x: x(axis.from + k), y: HEIGHT - 6, "text-anchor": "middle" }, label(axis.from + k)));
    const seen = past.slice(axis.from);
    const before = svg("path", { class: "gs-guess-past", d: path(seen, axis.from) });
    const dots = seen.flatMap((value, k) => (value === null ? [] : [svg("circle", { class: "gs-guess-was", cx: x(axis.from + k), cy: y(value), r: 3 })]));
    line = svg("path", { class: "gs-guess-drawn" });
    points = guesses.map((_, k) => svg("circle", { class: "gs-guess-point", r: 9, role: "slider", tabindex: 0, onkeydown: (event) => key(event, k) }));
    picture.replaceChildren(...scale, ...names, before, ...dots, line, ...points);
    if (truth) tellTruth();
  }

  function write() {
    inputs = guesses.map((guess, k) => html("input", { type: "text", inputmode: "decimal", class: "gs-guess-field", autocomplete: "off", value: guess === null ? "" : allDigits(guess), oninput: () => put(k, parse(inputs[k].value), false) }));
    fields.replaceChildren(...inputs.map((input, k) => html("label", {}, html("span", { class: "gs-label", "aria-hidden": "true" }, label(about.first + k)), input)));
  }

  function tellTruth() {
    points.forEach((point, k) => (point.style.display = guesses[k] === null ? "none" : ""));
    line.after(svg("path", { class: "gs-guess-past", d: joint(truth) }), ...truth.map((value, k) => svg("circle", { class: "gs-guess-was", cx: x(about.first + k), cy: y(value), r: 4 })));
  }

  /** Puts a point somewhere; null takes it back. */
  function put(k, value, writes = true) {
    if (truth) return;
    guesses[k] = within(value);
    if (writes) inputs[k].value = allDigits(guesses[k]);
    changed(inputs.map((input) => input.value));
    paint();
  }

  function paint() {
    const [low, high] = about.range;
    set(line, { d: joint(guesses) });
    guesses.forEach((guess, k) => {
      const value = guess ?? clamp(start());
      const name = host.t("guess.point", { ...about.words, step: label(about.first + k) });
      set(points[k], { cx: x(about.first + k), cy: y(value), "data-open": guess === null, "aria-label": name, "aria-valuemin": low, "aria-valuemax": high, "aria-valuenow": value, "aria-valuetext": guess === null ? host.t("guess.point.open") : number(guess), "aria-disabled": truth ? "true" : null });
      if (inputs[k]) set(inputs[k], { "aria-label": name, placeholder: `${allDigits(low)} … ${allDigits(high)}` });
    });
  }

  function key(event, k) {
    const by = { ArrowUp: 1, ArrowDown: -1, PageUp: 10, PageDown: -10 }[event.key];
    const aside = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if ((!by && !aside) || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    event.stopPropagation();
    if (aside) return points[k + aside]?.focus();
    const notch = (about.range[1] - about.range[0]) / NOTCHES;
    put(k, round((guesses[k] ?? clamp(start())) + by * (event.shiftKey ? 10 : 1) * notch));
  }

  const round = (value) => Number(value.toFixed(FINE));

  function drag(event) {
    if (truth || !about) return;
    const box = picture.getBoundingClientRect();
    const [px, py] = [((event.clientX - box.left) * axis.width) / box.width, ((event.clientY - box.top) * HEIGHT) / box.height];
    const k = axis.from + Math.floor(((px - axis.left) * axis.columns) / axis.wide) - about.first;
    if (k < 0 || k >= guesses.length) return;
    const share = (py - TOP) / (HEIGHT - TOP - BOTTOM);
    put(k, round(about.range[1] - share * (about.range[1] - about.range[0])));
    return k;
  }

  picture.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    const k = drag(event);
    if (k === undefined) return;
    picture.setPointerCapture(event.pointerId);
    points[k].focus({ preventScroll: true });
    event.preventDefault();
  });
  picture.addEventListener("pointermove", (event) => picture.hasPointerCapture(event.pointerId) && drag(event));

  return {
    element,
    ask({ question: { steps = 1, step, at }, range, past, total, words, fresh, draft = [] }) {
      const again = !fresh && !truth && about?.first === step && guesses.length === steps;
      about = { range, steps, first: step, at, total, past, words };
      truth = null;
      const begun = again ? [] : draft.slice(0, steps);
      if (!again) guesses = Array.from({ length: steps }, (_, k) => within(parse(begun[k] ?? "")));
      build();
      if (!again || inputs.length !== steps) write();
      begun.forEach((text, k) => (inputs[k].value = text));
      set(picture, { "aria-label": host.t("guess.plot", words) });
      paint();
    },
    /** The guess, a number or a list of them; undefined as long as a point is missing or beyond the axis. */
    read(range) {
      const values = inputs.map((input) => parse(input.value));
      if (!values.every((value) => fits(value, range))) return undefined;
      return values.length === 1 ? values[0] : values;
    },
    /** Goes to the value that is no answer, so that what is typed next replaces it; else to the first that is missing. */
    focus() {
      const field = inputs[firstInvalid(inputs.map((input) => input.value), about.range)];
      field.focus();
      field.select();
    },
    showAnswer({ guess, truth: real }) {
      if (!about) return;
      truth = [real].flat();
      guesses = guess === null ? truth.map(() => null) : [guess].flat();
      inputs = [];
      fields.replaceChildren();
      build();
      paint();
    },
    /** The room has changed. */
    resize() {
      if (!about || !element.isConnected) return;
      const place = score();
      const { width } = axisOf(about, place ?? { room: element.clientWidth }, Boolean(place));
      if (built === JSON.stringify([place, width])) return;
      build();
      paint();
    },
  };
}
