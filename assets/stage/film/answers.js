// What the network answers at each step of the sequence, against what is asked of it.
import { html, set, svg, write } from "../core/dom.js";
import { number, token } from "../core/text/format.js";

const [WIDE, HIGH] = [1000, 100];
const PLOT_HIGH = 76; // CSS px of a curve at scale 1
const NARROWEST = 11; // CSS px of a cell from which a symbol can be read in it

export function createAnswers(host) {
  const title = html("span", { class: "gs-label" });
  const caption = html("span", { class: "gs-answers-said" });
  const body = html("div", { class: "gs-answers-body" });
  const element = html("section", { class: "gs-answers", "data-testid": "answers" }, html("div", { class: "gs-score-head" }, title, caption), body);
  let view = null;
  let step = 0;

  function load({ header }) {
    const { answers } = header.film;
    element.hidden = !answers;
    view = null; // that of the film before has other steps
    if (!answers) return;
    write(title, host.t(`film.answers.${answers.kind}`));
    set(element, { "aria-label": host.t(`film.answers.${answers.kind}`) });
    view = (answers.kind === "classes" ? classes : numbers)(host, answers, header.steps);
    body.replaceChildren(view.element);
  }

  /** The answers of checkpoint `at`. @param {number} until the step, from 0, from which on they are concealed */
  function show(whole, at, now, until) {
    const { answers, steps } = whole.header.film;
    if (!answers || !view) return;
    const all = whole.arrays["film.answers"];
    const size = all.length / steps.length;
    view.paint(all.subarray(at * size, (at + 1) * size), until);
    mark(now);
  }

  function mark(now) {
    step = now;
    if (view) write(caption, view.mark(step));
  }

  return { element, load, show, at: (now) => now !== step && mark(now) };
}

function row(label, cells) {
  const name = html("div", { class: "gs-strip-label" }, html("span", { class: "gs-name" }, label));
  return html("div", { class: "gs-strip" }, name, cells);
}

/** Two rows of symbols: what is asked, and what has the highest probability; its depth is what the right one has. */
function classes(host, { symbols, targets }, steps) {
  const make = (kind) => {
    const cells = Array.from({ length: steps }, (_, t) => html("span", { class: "gs-answer", "data-step": t, "data-read": targets[t] !== null, onclick: () => host.go({ step: t }) }));
    return { cells, element: html("div", { class: `gs-answer-row gs-answer-${kind}`, style: `--gs-steps:${steps}` }, ...cells) };
  };
  const [expected, given] = [make("asked"), make("given")];
  const element = html("div", { class: "gs-strips" }, row(host.t("film.asked"), expected.element), row(host.t("film.given"), given.element));
  const width = symbols.length;
  let all = null;
  let end = 0;
  targets.forEach((target, t) => write(expected.cells[t], target === null ? "" : token(symbols[target])));
  new ResizeObserver(() => {
    const wide = expected.element.clientWidth / steps;
    set(element, { "data-narrow": wide > 0 && wide < NARROWEST });
  }).observe(element);

  const best = (t) => {
    let top = 0;
    for (let k = 1; k < width; k++) if (all[t * width + k] > all[t * width + top]) top = k;
    return top;
  };

  return {
    element,
    paint(values, until) {
      all = values;
      end = until;
      given.cells.forEach((cell, t) => {
        const target = targets[t];
        if (target === null) return;
        if (t >= until) return void (write(cell, ""), set(cell, { "data-right": null, "data-wrong": null, style: null }));
        const answer = best(t);
        const right = answer === target;
        write(cell, token(symbols[answer]));
        set(cell, { "data-right": right, "data-wrong": !right, style: `--gs-sure:${(100 * all[t * width + target]).toFixed(0)}%` });
      });
    },
    mark(step) {
      for (const { cells } of [expected, given]) cells.forEach((cell, t) => cell.classList.toggle("gs-on", t === step));
      const target = targets[step];
      if (target === null || !all) return host.t("film.silent");
      if (step >= end) return "";
      const answer = best(step);
      const percent = (k) => `${(100 * all[step * width + k]).toFixed(1)}%`;
      return host.t("film.says", { asked: token(symbols[target]), share: percent(target), given: token(symbols[answer]), most: percent(answer) });
    },
  };
}

/** A curve for each number: what is asked as a thin line, or a ring where it is asked once; the answer as a thick one. */
function numbers(host, { names, targets, low, high }, steps) {
  const x = (t) => ((t + 0.5) / steps) * WIDE;
  const y = (value) => HIGH - 4 - ((value - low) / (high - low || 1)) * (HIGH - 8);
  const line = (points) => points.map(([t, value], k) => `${k ? "L" : "M"}${x(t).toFixed(1)} ${y(value).toFixed(1)}`).join("");
  const expected = svg("path", { class: "gs-answers-asked" });
  const given = svg("path", { class: "gs-answers-given" });
  const picture = svg("svg", { class: "gs-answers-picture", viewBox: `0 0 ${WIDE} ${HIGH}`, preserveAspectRatio: "none", "aria-hidden": "true" }, expected, given);
  const rings = html("div", { class: "gs-answers-rings", "aria-hidden": "true" });
  const cursor = html("div", { class: "gs-answers-cursor", "aria-hidden": "true" });
  const plot = html("div", { class: "gs-strip-place gs-answers-plot", style: `--gs-high:${PLOT_HIGH}` }, picture, rings, cursor);
  const key = (kind) => html("span", { class: `gs-answers-key gs-answers-key-${kind}` }, host.t(`film.${kind}`));
  const name = html("div", { class: "gs-strip-label gs-answers-names" }, key("asked"), key("given"));
  const element = html("div", { class: "gs-strip" }, name, plot);
  const width = names.length;
  const read = targets.map((row, t) => (row === null ? null : t)).filter((t) => t !== null);
  let all = null;
  let end = 0;
  set(expected, { d: names.map((_, k) => line(read.map((t) => [t, targets[t][k]]))).join("") });
  if (read.length * 3 < steps) rings.replaceChildren(...read.flatMap((t) => names.map((_, k) => html("i", { style: `left:${(100 * x(t)) / WIDE}%;top:${y(targets[t][k])}%` }))));

  return {
    element,
    paint(values, until) {
      all = values;
      end = until;
      set(given, { d: names.map((_, k) => line(Array.from({ length: Math.min(steps, until) }, (_, t) => [t, Math.min(high, Math.max(low, all[t * width + k]))]))).join("") });
    },
    mark(step) {
      cursor.style.left = `${(100 * x(step)) / WIDE}%`;
      if (step >= end) return "";
      const values = all ? names.map((_, k) => number(all[step * width + k])).join(", ") : "";
      const target = targets[step];
      if (target === null) return host.t("film.number.silent", { given: values });
      return host.t("film.number", { asked: target.map(number).join(", "), given: values });
    },
  };
}
