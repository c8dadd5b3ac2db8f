// The belt run backwards: a layer over the belt's picture, drawn from where its wires and parts are. The picture
// beneath stays as it is, dimmed, with every gate as far open as it was: that is what the gradient is multiplied by.
import { endpoints, edgeName, edgeValue, partValue } from "./edges.js";
import { set, svg, write } from "../core/dom.js";
import { gradient } from "../core/text/format.js";
import { textWidth } from "../core/text/width.js";

const REACH = 9; // px from a wire's end to the part that it leads to
const [THINNEST, WIDEST] = [1.2, 7];
const MARK = 64; // px of a parcel from which "∂" stands before its number
const SHADES = 64;

export class Overlay {
  /** @param {SVGSVGElement} picture of the belt @param {import("./flow.js").Flow} flow */
  constructor(picture, flow, colours) {
    this.picture = picture;
    this.flow = flow;
    this.colours = colours;
    this.shades = new Map();
    this.layer = svg("g", { class: "gs-back", "aria-hidden": "true" });
    this.parts = [...picture.querySelectorAll(".gs-part:not(.gs-cell)")].map(placeOf).filter(Boolean);
    const [edges, boxes] = [svg("g"), svg("g")];
    this.edges = this.findEdges(edges);
    this.boxes = [...this.findBoxes(boxes), ...this.findCells(boxes)];
    this.under = svg("g", { class: "gs-back", "aria-hidden": "true" }, edges); // beneath the parts: wires lead into them
    this.layer.append(boxes);
    picture.querySelector(".gs-wires").after(this.under);
    picture.append(this.layer);
  }

  remove() {
    this.under.remove();
    this.layer.remove();
  }

  // What is there

  findEdges(group) {
    const taps = [...this.picture.querySelectorAll(".gs-tap[data-tap]")].map((node) => ({ part: node.dataset.tap, x: Number(node.getAttribute("x")) }));
    const gradients = [];
    for (const wire of this.picture.querySelectorAll(".gs-wires > .gs-wire")) {
      const d = `M${wire.getAttribute("d").split("M")[1]}`; // without its arrowhead
      const line = endpoints(d);
      const edge = wire.classList.contains("gs-look-wire") ? this.lookEdge(line, taps) : this.wireEdge(line);
      if (edge) gradients.push(this.drawEdge(group, d, line, edge));
    }
    return gradients;
  }

  wireEdge({ start, end }) {
    const [from, to] = [this.near(start), this.near(end)];
    const name = edgeName(this.flow.trace.cell, from?.name ?? "", to?.name ?? "");
    return name && { name, node: (from ?? to).node };
  }

  /** A fork of the strip: where a gate looks at x and h₋₁, what it sends back to h₋₁ goes out. */
  lookEdge({ start, end }, taps) {
    const tap = start[0] === end[0] && taps.find(({ x }) => Math.abs(x - start[0]) < 1);
    return tap ? { name: `look.${tap.part}`, node: null } : null;
  }

  near([x, y]) {
    let best = null;
    for (const part of this.parts) {
      const [dx, dy] = [Math.max(0, Math.abs(x - part.x) - part.width / 2), Math.max(0, Math.abs(y - part.y) - part.height / 2)];
      const distance = Math.hypot(dx, dy);
      if (distance < REACH && (!best || distance < best.distance)) best = { part, distance };
    }
    return best?.part ?? null;
  }

  drawEdge(group, d, { start, heading }, { name, node }) {
    const line = svg("path", { class: "gs-back-edge", d });
    const dash = svg("path", { class: "gs-back-dash", d });
    const [[x, y], [dx, dy]] = [start, heading ?? [1, 0]];
    const transform = `translate(${x} ${y}) rotate(${(Math.atan2(dy, dx) * 180) / Math.PI})`;
    const head = svg("path", { class: "gs-back-head", d: "M-1 0L8 -5.5V5.5Z", transform });
    group.append(svg("g", {}, line, dash, head));
    return { name, node, group: group.lastChild, line, head, shown: undefined };
  }

  findBoxes(group) {
    return this.parts.flatMap((part) => {
      if (part.kind === "op") return [];
      const { x, y, width, height, fed } = part;
      const text = svg("text", { class: "gs-back-number", dy: ".35em" });
      if (part.kind === "valve") {
        if (!fed) return [];
        group.append(set(text, { x: x + fed.x, y: y + fed.y, dy: null, class: "gs-back-number gs-back-offset" }));
        return [{ ...part, text, room: Infinity }];
      }
      const box = svg("rect", { class: "gs-back-box", x: x - width / 2, y: y - height / 2, width, height, rx: Math.min(6, height / 4) });
      group.append(box, set(text, { x, y }));
      return [{ ...part, box, text: width >= 36 ? text : null, room: width - 6 }];
    });
  }

  /** Thin lanes: a cell of colour a signal and unit, gates among them, whatever their bars' length is. */
  findCells(group) {
    const cells = [...this.picture.querySelectorAll(".gs-cell")];
    const wide = Math.max(0, ...cells.filter((node) => !node.classList.contains("gs-bar")).map((node) => Number(node.getAttribute("width"))));
    return cells.map((node) => {
      const [x, y, height] = ["x", "y", "height"].map((name) => Number(node.getAttribute(name)));
      const box = svg("rect", { class: "gs-back-cell", x, y, width: wide, height, rx: height > 8 ? 2 : 0 });
      group.append(box);
      return { node, name: node.dataset.part, box, text: null };
    });
  }

  // What it shows

  shade(level) {
    const step = Math.round(level * SHADES);
    if (!this.shades.has(step)) {
      const fill = this.colours.mix(this.colours.palette.zero, this.colours.palette.gradient, step / SHADES);
      this.shades.set(step, { fill, ink: this.colours.ink(fill) });
    }
    return this.shades.get(step);
  }

  paint({ step, unit }) {
    const { flow } = this;
    for (const edge of this.edges) {
      const value = edgeValue(flow, edge.name, step, edge.node ? Number(edge.node.dataset.unit) : unit);
      if (Object.is(value, edge.shown)) continue;
      edge.shown = value;
      this.paintEdge(edge, flow.outcome(value), flow.level(value));
    }
    for (const part of this.boxes) {
      const value = partValue(flow, part.name, step, Number(part.node.dataset.unit));
      if (Object.is(value, part.value)) continue;
      part.value = value;
      this.paintBox(part, value);
    }
  }

  paintEdge({ group, line, head }, outcome, level) {
    const width = outcome === "alive" || outcome === "exploded" ? THINNEST + (WIDEST - THINNEST) * level ** 2 : 1;
    group.setAttribute("data-outcome", outcome);
    line.setAttribute("stroke-width", width.toFixed(2));
    line.setAttribute("opacity", outcome === "alive" ? (0.3 + 0.7 * level).toFixed(3) : 1);
    head.setAttribute("opacity", outcome === "alive" ? (0.45 + 0.55 * level).toFixed(3) : 1);
  }

  paintBox({ box, text, room, width }, value) {
    const outcome = this.flow.outcome(value);
    const shade = this.shade(this.flow.level(value));
    if (box) {
      box.setAttribute("data-outcome", outcome);
      box.setAttribute("fill", outcome === "none" ? "none" : shade.fill);
    }
    if (!text) return;
    const sign = !box || width >= MARK ? "∂ " : "";
    const shown = outcome === "none" ? `${sign}0` : `${sign}${gradient(value)}`;
    write(text, shown);
    const long = textWidth(shown, 12) > room;
    if (box) text.style.fill = outcome === "none" ? "var(--gs-dim)" : shade.ink;
    set(text, { textLength: long ? room : null, lengthAdjust: long ? "spacingAndGlyphs" : null });
  }
}

/** Where a part of the picture stands and what it is; null for what carries no gradient. */
function placeOf(node) {
  const [, x, y] = /translate\((-?[\d.]+) (-?[\d.]+)\)/.exec(node.getAttribute("transform") ?? "") ?? [];
  const shape = node.querySelector("rect.gs-slot, rect.gs-plot") ?? node.querySelector("rect:not(.gs-ring, .gs-target), circle");
  if (x === undefined || !shape || node.classList.contains("gs-peephole")) return null;
  const number = (name) => Number(shape.getAttribute(name));
  const circle = shape.tagName === "circle";
  const [width, height] = circle ? [2 * number("r"), 2 * number("r")] : [number("width"), number("height")];
  const middle = circle ? [0, 0] : [number("x") + width / 2, number("y") + height / 2];
  const fed = node.querySelector(".gs-fed");
  const kind = fed || node.classList.contains("gs-valve") ? "valve" : node.classList.contains("gs-parcel") || node.classList.contains("gs-chip") ? "box" : "op";
  return {
    node,
    name: node.dataset.part,
    kind,
    x: Number(x) + middle[0],
    y: Number(y) + middle[1],
    width,
    height,
    fed: fed && { x: Number(fed.getAttribute("x")) - middle[0], y: Number(fed.getAttribute("y")) - middle[1] },
  };
}
