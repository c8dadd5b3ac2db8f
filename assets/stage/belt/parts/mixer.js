// The box in which units are mixed: U. Inside it, and nowhere else, wires of different units
// meet. A faint line is a weight; the coloured line on it is what is being said at this step.

import { set, svg } from "../../core/dom.js";
import { number } from "../../core/text/format.js";
import { unitName } from "../../core/text/names.js";
import { inTwo } from "../../core/text/width.js";
import { writeWithSubscripts, stateAt } from "./scene.js";

const LEAST = 1 / 200; // a weight below this part of the largest is not drawn

export class Mixer {
  /**
   * @param {object} options
   * @param {(unit: number) => number[]} options.ports heights at which a unit enters and leaves
   * @param {boolean} options.folded both on the right side, so that lines turn back inside the box
   * @param {string} options.source the signal that enters
   * @param {number} options.block the part's row block in U and W
   * @param {boolean} options.onlyChosen draws what reaches the chosen unit, for there are too many
   * @param {{at: number[], leaves: (unit: number) => number}} options.input places of x's columns on
   *   the upper edge, and where W x leaves on the right
   */
  constructor(scene, options) {
    const { x, width, top, bottom, from, now = [from], note = "" } = options;
    Object.assign(this, { ...options, now, note, state: null, weights: null });
    this.left = x - width / 2;
    this.right = x + width / 2;
    this.lines = svg("g");
    const box = svg("rect", {
      class: "gs-mix-box",
      x: this.left,
      y: top,
      width,
      height: bottom - top,
      rx: 8,
    });
    this.node = svg("g", { class: "gs-mixer" }, box, this.lines);
    if (note) this.node.append(writeWithSubscripts(svg("text", { class: "gs-mix-note", x: this.left + 8, y: bottom - 8 }), note));
  }

  /** Lines for the weights of the run; again when these have changed. */
  draw(scene) {
    const { trace } = scene;
    this.weights = trace.arrays.U;
    this.drawn = scene.chosen;
    const receivers = this.onlyChosen ? [scene.chosen] : Array.from({ length: trace.units }, (_, unit) => unit);
    const all = receivers.flatMap((to) => [...this.fromHidden(scene, to), ...this.inputs(scene, to)]);
    this.largest = all.reduce((most, { weight }) => Math.max(most, Math.abs(weight)), 0) || 1;
    this.pairs = all.filter(({ weight }) => Math.abs(weight) > LEAST * this.largest);
    const lines = this.pairs.flatMap((pair) => {
      const d = pair.path;
      pair.line = svg("path", { class: "gs-mix-now", d });
      pair.level = null;
      return [svg("path", { class: "gs-mix-weight", d }, svg("title", {}, pair.title)), pair.line];
    });
    this.lines.replaceChildren(...lines);
  }

  fromHidden({ trace, host }, to) {
    return Array.from({ length: trace.units }, (_, from) => {
      const weight = trace.recurrentWeight(this.block, to, from);
      const title = host.t("belt.weight", {
        from: unitName(host, from),
        to: unitName(host, to),
        value: number(weight),
      });
      return { signal: this.source, column: from, weight, title, path: this.path(from, to) };
    });
  }

  inputs({ trace, host }, to) {
    return (this.input?.at ?? []).map((x, column) => {
      const weight = trace.inputWeight(this.block, to, column);
      const from = host.header.columns[column] || `${host.symbol("x")} ${column + 1}`;
      const title = host.t("belt.weight", { from, to: unitName(host, to), value: number(weight) });
      const y = this.input.leaves(to);
      const reach = Math.min(60, (y - this.top) * 0.7);
      const path = `M${x} ${this.top}C${x} ${this.top + reach} ${this.right - this.width * 0.4} ${y} ${this.right} ${y}`;
      return { signal: "x", column, weight, title, path };
    });
  }

  path(from, to) {
    const [enters] = this.ports(from);
    const [, leaves] = this.ports(to, true);
    if (!this.folded) {
      const reach = this.width * 0.45;
      return `M${this.left} ${enters}C${this.left + reach} ${enters} ${this.right - reach} ${leaves} ${this.right} ${leaves}`;
    }
    const reach = Math.min((this.width - 14) / 0.75, 34 + Math.abs(leaves - enters) * 0.45);
    return `M${this.right} ${enters}C${this.right - reach} ${enters} ${this.right - reach} ${leaves} ${this.right} ${leaves}`;
  }

  paint(scene, phase) {
    if (this.weights !== scene.trace.arrays.U || (this.onlyChosen && this.drawn !== scene.chosen)) this.draw(scene);
    const state = stateAt(this.from, this.now, phase);
    if (state !== this.state) this.node.setAttribute("data-state", (this.state = state));
    for (const pair of this.pairs) {
      const sent = state === "pending" ? 0 : pair.weight * scene.trace.at(pair.signal, scene.step, pair.column);
      const level = Math.round(Math.min(1, Math.abs(sent) / this.largest) * 50) * (sent < 0 ? -1 : 1);
      if (level === pair.level) continue;
      pair.level = level;
      const size = Math.abs(level) / 50;
      const colour = sent < 0 ? "negative" : "positive";
      set(pair.line, {
        style: size === 0 ? "display:none" : `stroke:var(--gs-${colour});stroke-width:${0.8 + 3.4 * size};opacity:${0.3 + 0.7 * size}`,
      });
    }
  }
}

/** The same box without its inside, beside a single lane: all units meet in it, unseen. */
export function closedBox(scene, { x, width, top, bottom, from, now = [from], name = "", note = "" }) {
  const left = x - width / 2;
  const node = svg(
    "g",
    { class: "gs-mixer" },
    svg("rect", { class: "gs-mix-box", x: left, y: top, width, height: bottom - top, rx: 8 }),
  );
  const lines = inTwo(scene.host.t("belt.all"), 12.5, width - 6);
  const middle = (top + bottom) / 2 - (lines.length - 1) * 8;
  if (name) node.append(writeWithSubscripts(svg("text", { class: "gs-sign", x, y: middle - 4, "text-anchor": "middle" }), name));
  lines.forEach((line, k) => node.append(svg("text", { class: "gs-caption", x, y: middle + (name ? 13 : 4) + 16 * k, "text-anchor": "middle" }, line)));
  if (note) node.append(writeWithSubscripts(svg("text", { class: "gs-mix-note", x: left + 8, y: bottom - 8 }), note));
  scene.ground.append(scene.stage(node, from, now));
}
