// Sets the plain-text mathematics of formulas.js with real subscripts, in HTML and in SVG.

import { html, svg } from "../dom.js";
import { runs } from "./formulas.js";

const SHIFT = { sub: 0.28, sup: -0.38 };

/** Puts mathematics into an HTML element; does nothing when it already shows that text. */
export function typeset(element, text) {
  if (element.dataset.math === text) return element;
  element.dataset.math = text;
  element.replaceChildren(...runs(text).map((run) => (run.shift ? html(run.shift, {}, run.text) : run.text)));
  return element;
}

/** The same for an SVG text element, whose lowered parts are tspans moved down and back again. */
export function typesetSvg(element, text) {
  if (element.dataset.math === text) return element;
  element.dataset.math = text;
  let level = 0;
  const spans = runs(text).map((run) => {
    const shift = SHIFT[run.shift] ?? 0;
    const span = svg("tspan", { dy: shift === level ? null : `${(shift - level).toFixed(2)}em` }, run.text);
    if (run.shift) span.setAttribute("class", "gs-shift");
    level = shift;
    return span;
  });
  element.replaceChildren(...spans);
  return element;
}
