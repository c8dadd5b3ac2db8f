// What each type of part looks like in the diagram, drawn round its own middle.

import { svg } from "../core/dom.js";
import { typesetSvg } from "../core/text/typeset.js";

const TOUCH = 24; // px of the least target for a finger
const EYE = "M-9 0Q0 -9.5 9 0Q0 9.5 -9 0Z";

/**
 * Adds its shape and text to the element of a part.
 * @param {object} part with type, element, w, h and what its type needs
 * @param {{sizes: object, formulas: object, absent: string|null}} look sizes of the drawing, and the words of a gate left out
 */
export function addShape(part, look) {
  const add = { layer: boxed, linear: boxed, function: rounded, times: circle, plus: circle, join: dot, copy: dot, peephole: eye, absent: words, value: valueBox }[part.type];
  add(part, look);
}

const box = (part, extra) => ({ x: -part.w / 2, y: -part.h / 2, width: part.w, height: part.h, ...extra });

function target(part) {
  const [width, height] = [Math.max(part.w, TOUCH), Math.max(part.h, TOUCH)];
  part.element.append(svg("rect", { class: "gs-dia-hit", x: -width / 2, y: -height / 2, width, height }));
}

function boxed(part, { formulas }) {
  const text = svg("text", { class: "gs-dia-inner", dy: "0.35em" });
  typesetSvg(text, part.type === "linear" ? formulas.symbol(part.text) : part.text);
  part.element.append(svg("rect", box(part, { class: "gs-dia-shape", rx: 4 })), text);
  const beside = part.bias ? svg("text", { class: "gs-dia-beside", x: part.w / 2 + 6, dy: "0.35em" }) : null;
  if (beside) part.element.append(typesetSvg(beside, `+ ${formulas.symbol(part.bias)}`));
  target(part);
}

function rounded(part) {
  const text = svg("text", { class: "gs-dia-inner", dy: "0.35em" }, part.text);
  part.element.append(svg("rect", box(part, { class: "gs-dia-shape", rx: part.h / 2 })), text);
  target(part);
}

function circle(part) {
  const mark = part.type === "times" ? svg("circle", { class: "gs-dia-mark", r: 3 }) : svg("path", { class: "gs-dia-mark", d: "M-6 0H6M0 -6V6" });
  part.element.append(svg("circle", { class: "gs-dia-shape", r: 12 }), mark);
  target(part);
}

function dot(part) {
  const join = svg("rect", { class: "gs-dia-dot", x: -4, y: -8, width: 8, height: 16, rx: 2 });
  part.element.append(part.type === "copy" ? svg("circle", { class: "gs-dia-dot", r: 4 }) : join);
  target(part);
}

function eye(part) {
  part.element.append(svg("path", { class: "gs-dia-shape", d: EYE }), svg("circle", { class: "gs-dia-mark", r: 2.2 }));
  target(part);
}

function words(part, { absent }) {
  const text = svg("text", { class: "gs-dia-inner", dy: "0.35em" });
  part.element.append(svg("rect", box(part, { class: "gs-dia-shape", rx: 4 })), typesetSvg(text, absent));
  target(part);
}

function valueBox(part, { sizes }) {
  const inside = part.label && !part.outside;
  const [row, edge] = sizes.flat ? [0, part.w / 2 - 7] : [part.h / 2 - sizes.font * 0.79, 0];
  part.box = svg("rect", box(part, { class: "gs-dia-box", rx: 6 }));
  part.number = svg("text", { class: "gs-dia-number", x: inside ? edge : 0, y: inside ? row : 0, dy: "0.35em", "data-end": inside && sizes.flat });
  part.element.append(part.box, part.number);
  if (part.label) {
    const place = inside ? { x: -edge, y: -row, "data-start": sizes.flat } : { y: -part.h / 2 - 9 };
    part.symbol = typesetSvg(svg("text", { class: "gs-dia-symbol", dy: "0.35em", ...place }), part.label);
    part.element.append(part.symbol);
  }
  target(part);
}
