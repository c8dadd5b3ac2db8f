// A guess on a line plot with an axis: one point, or the next few steps of a signal. Each point is dragged, moved by the arrow keys,
// or typed below; afterwards the guess stays, and the truth is drawn through the same steps.
import { html, set, svg } from "../core/dom.js";
import { number } from "../core/format.js";
import { parse } from "./judge.js";
import { whole } from "./number.js";

const [NARROWEST, WIDEST, HEIGHT] = [260, 560, 170];
const [LEFT, RIGHT, TOP, BOTTOM] = [44, 14, 12, 24];
const BEFORE = 6; // steps before the question that are drawn as they were
const NOTCHES = 200; // of an arrow key over the range; with Shift ten at once
const FINE = 4; // decimals of a dragged value

/** @param {object} host of a view */
export function createPlot(host) {
  const picture = svg("svg", { class: "gs-guess-plot", role: "group" });
  const fields = html("div", { class: "gs-guess-fields" });
  const element = html("div", { class: "gs-guess-widget" }, picture, fields);
  let about = null; // {range, steps, first, past, words}
  let guesses = []; // a number, or null for a point that nobody has placed
  let inputs = [];
  let points = [];
  let line = null;
  let width = WIDEST; // one unit is one pixel, so that the letters of the axis can be read on a phone
  let ghost = false; // the guess is given: nothing moves any more

  const columns = () => about.past.length + about.steps;
  const x = (column) => LEFT + ((column + 0.5) * (width - LEFT - RIGHT)) / columns();
  const y = (value) => TOP + ((about.range[1] - value) / (about.range[1] - about.range[0])) * (HEIGHT - TOP - BOTTOM);
  const clamp = (value) => Math.min(about.range[1], Math.max(about.range[0], value));
  const start = () => about.past.at(-1) ?? 0;

  const path = (values, from) => values.map((value, k) => (value === null ? "" : `${k === 0 || values[k - 1] === null ? "M" : "L"}${x(from + k).toFixed(1)} ${y(value).toFixed(1)}`)).join("");

  function build() {
    width = Math.max(NARROWEST, Math.min(WIDEST, element.clientWidth || WIDEST));
    set(picture, { viewBox: `0 0 ${width} ${HEIGHT}` });
    const [low, high] = about.range;
    const levels = [...new Set([high, low < 0 && high > 0 ? 0 : (low + high) / 2, low])];
    const axis = levels.flatMap((level) => [
      svg("path", { class: "gs-guess-level", d: `M${LEFT} ${y(level)}H${width - RIGHT}` }),
      svg("text", { class: "gs-guess-tick", x: LEFT - 6, y: y(level), dy: ".35em", "text-anchor": "end" }, whole(level)),
    ]);
    const steps = Array.from({ length: columns() }, (_, k) => svg("text", { class: "gs-guess-tick", x: x(k), y: HEIGHT - 6, "text-anchor": "middle" }, String(about.first - about.past.length + k + 1)));
    const past = svg("path", { class: "gs-guess-past", d: path(about.past, 0) });
    const dots = about.past.map((value, k) => svg("circle", { class: "gs-guess-was", cx: x(k), cy: y(value), r: 3 }));
    line = svg("path", { class: "gs-guess-drawn" });
    points = guesses.map((_, k) => svg("circle", { class: "gs-guess-point", r: 9, role: "slider", tabindex: 0, onkeydown: (event) => key(event, k) }));
    picture.replaceChildren(...axis, ...steps, past, ...dots, line, ...points);
    inputs = guesses.map((_, k) => html("input", { type: "text", inputmode: "decimal", class: "gs-guess-field", autocomplete: "off", oninput: () => put(k, parse(inputs[k].value), false) }));
    fields.replaceChildren(...inputs.map((input, k) => html("label", {}, html("span", { class: "gs-label", "aria-hidden": "true" }, String(about.first + k + 1)), input)));
  }

  /** Puts a point somewhere; null takes it back. */
  function put(k, value, writes = true) {
    if (ghost) return;
    guesses[k] = value === null ? null : clamp(value);
    if (writes) inputs[k].value = whole(guesses[k]);
    paint();
  }

  function paint() {
    const [low, high] = about.range;
    set(line, { d: path([about.past.at(-1) ?? null, ...guesses], about.past.length - 1) });
    guesses.forEach((guess, k) => {
      const value = guess ?? clamp(start());
      const name = host.t("guess.point", { ...about.words, step: about.first + k + 1 });
      set(points[k], { cx: x(about.past.length + k), cy: y(value), "data-open": guess === null, "aria-label": name, "aria-valuemin": low, "aria-valuemax": high, "aria-valuenow": value, "aria-valuetext": guess === null ? host.t("guess.point.open") : number(guess), "aria-disabled": ghost ? "true" : null });
      set(inputs[k], { "aria-label": name, placeholder: `${whole(low)} … ${whole(high)}`, disabled: ghost });
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
    if (ghost || !about) return;
    const box = picture.getBoundingClientRect();
    const [px, py] = [((event.clientX - box.left) * width) / box.width, ((event.clientY - box.top) * HEIGHT) / box.height];
    const wide = (width - LEFT - RIGHT) / columns();
    const k = Math.floor((px - LEFT) / wide) - about.past.length;
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
    ask({ question: { steps = 1, step }, range, past, words, fresh }) {
      const again = !fresh && about?.first === step && guesses.length === steps;
      about = { range, steps, first: step, past: past.slice(-BEFORE), words };
      ghost = false;
      if (!again) guesses = Array.from({ length: steps }, () => null);
      build();
      if (again) guesses.forEach((guess, k) => guess !== null && (inputs[k].value = whole(guess)));
      set(picture, { "aria-label": host.t("guess.plot", words) });
      paint();
    },
    /** The guess, a number or a list of them; undefined as long as a point is missing or beyond the axis. */
    read([low, high]) {
      const values = inputs.map((input) => parse(input.value));
      if (!values.every((value) => value !== null && value >= low && value <= high)) return undefined;
      return values.length === 1 ? values[0] : values;
    },
    focus: () => (inputs.find((input) => input.value === "") ?? inputs[0]).focus(),
    tell({ guess, truth }) {
      if (!about) return;
      ghost = true;
      const given = guess === null ? guesses.map(() => null) : [guess].flat();
      const real = [truth].flat();
      guesses = given;
      paint();
      for (const each of picture.querySelectorAll(".gs-guess-real")) each.remove();
      points.forEach((point, k) => (point.style.display = given[k] === null ? "none" : ""));
      const join = [about.past.at(-1) ?? null, ...real];
      line.after(svg("path", { class: "gs-guess-real gs-guess-past", d: path(join, about.past.length - 1) }), ...real.map((value, k) => svg("circle", { class: "gs-guess-real gs-guess-was", cx: x(about.past.length + k), cy: y(value), r: 4 })));
      fields.replaceChildren();
    },
  };
}
