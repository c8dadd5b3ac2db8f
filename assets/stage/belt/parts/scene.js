// What every picture of the belt shares: which phase a thing belongs to, painting only what differs,
// colours from a small table, and motion that a new paint may cut short at any moment.

import { commandsOf } from "../../core/path.js";
import { isGate } from "../../core/colour.js";
import { set, svg } from "../../core/dom.js";
import { nameSeen } from "../../core/labels.js";
import { textWidth } from "../../core/text/width.js";

const SHADES = 255;
const HEAD_AND_FOOT = 160;
const SHORTEST_PAUSE = 0.6; // steps that follow each other faster than this part of their motion do not move
const DURATIONS = { carry: 1.8, 0: 0.7 }; // length of an act; the others take 1
const TINTED = 4; // with more lanes than this parcels keep one colour on their way

/** "pending" is an empty outline, "now" is emphasised, "past" is simply there. */
export const stateAt = (from, now, phase) => (phase < from ? "pending" : now.includes(phase) ? "now" : "past");

export class Scene {
  /**
   * @param host the shell's face to a view
   * @param trace the run to show
   * @param {{width: number, height: number}} size in user units; the height may be set until the end
   */
  constructor(host, trace, size) {
    this.host = host;
    this.trace = trace;
    this.size = size;
    this.phases = trace.phases;
    this.last = this.phases.length - 1;
    this.tinted = trace.units <= TINTED;
    this.ground = svg("g");
    this.wires = svg("g", { class: "gs-wires" });
    this.top = svg("g");
    this.parts = [];
    this.unnamed = []; // parts whose label a repaint has changed
    this.staged = [];
    this.tables = new Map();
    this.step = null;
    this.phase = null;
    this.chosen = 0;
    this.single = false; // whether the chosen unit stands there alone, and the others have no room
    this.playing = [];
    this.moved = -Infinity;
  }

  /** The finished picture. */
  root() {
    const { width, height } = this.size;
    return svg("svg", { class: "gs-belt-svg", viewBox: `0 0 ${width} ${height}` }, this.ground, this.wires, this.top);
  }

  index(phase) {
    return this.phases.indexOf(phase);
  }

  /** A new run of the same shape. */
  reload(trace) {
    this.trace = trace;
    this.tables.clear();
    this.step = null;
  }

  /** Registers a part; it will be painted at every step. */
  add(part, layer = this.top) {
    this.parts.push(part);
    layer.append(part.node);
    return part;
  }

  /** A node without a value of its own that appears with phase `from` and is emphasised in `now`. */
  stage(node, from, now = [from]) {
    this.staged.push({ node, from, now, state: null });
    return node;
  }

  /** A wire; `now` names the phases in which something moves along it. */
  wire(d, from, { now = [from], className = "", arrow = true } = {}) {
    const node = svg("path", { d: arrow ? d + arrowhead(d) : d, class: `gs-wire ${className}` });
    this.wires.append(node);
    return this.stage(node, from, now);
  }

  text(x, y, content, className = "gs-caption", anchor = "middle") {
    const node = writeWithSubscripts(svg("text", { x, y, class: className, "text-anchor": anchor }), content);
    this.top.append(node);
    return node;
  }

  /** A column's heading: a word and its sign, by default the signal's own symbol, underlined while its phase is shown. */
  heading(x, y, { word, signal = null, sign: symbol = this.host.symbol(signal), from, now = [from] }) {
    const name = svg("text", { x: 0, y: 0, class: "gs-word" }, word);
    const sign = writeWithSubscripts(
      svg("text", { x: 0, y: 18, class: "gs-sign", "data-hue": signal && isGate(signal) ? signal : null }),
      symbol,
    );
    const line = svg("path", {
      d: word ? `M${3 - textWidth(word, 12.5) / 2} 5h${textWidth(word, 12.5) - 6}` : "M-10 23h20",
      class: "gs-underline",
    });
    const node = svg(
      "g",
      { class: "gs-heading", transform: `translate(${x} ${y})`, "data-tap": signal },
      name,
      line,
      sign,
    );
    this.top.append(node);
    return this.stage(node, from, now);
  }

  /** Fill and ink of a value, from a table of shades: a repaint asks for hundreds of them. */
  shade(signal, value) {
    const gate = isGate(signal);
    const scale = gate ? 1 : this.trace.scale(signal);
    const part = Math.max(-1, Math.min(1, value / scale));
    const level = Number.isNaN(part) ? 0 : Math.round(part * SHADES);
    const key = gate ? signal : "signed";
    let table = this.tables.get(key);
    if (!table) this.tables.set(key, (table = new Map()));
    let shade = table.get(level);
    if (!shade) {
      const colours = this.host.colours;
      const fill = gate ? colours.of(signal, level / SHADES) : colours.signed(level / SHADES);
      table.set(level, (shade = { fill, ink: colours.ink(fill) }));
    }
    return shade;
  }

  /** Shows a step; `motion` in milliseconds moves what is new along its wire. */
  paint(view, motion) {
    const phase = Math.max(0, this.index(view.phase));
    const before = { step: this.step, phase: this.phase, chosen: this.chosen };
    this.stop();
    const now = performance.now();
    const rapid = now - this.moved < SHORTEST_PAUSE * motion;
    if (before.step !== null && (before.step !== view.step || before.phase !== phase)) this.moved = now;
    this.step = view.step;
    this.chosen = Math.min(this.trace.units - 1, Math.max(0, view.unit ?? 0));
    const selected = this.host.selected();
    for (const part of this.parts) part.paint(this, phase, selected);
    if (phase !== this.phase) {
      this.phase = phase;
      for (const item of this.staged) {
        const state = stateAt(item.from, item.now, phase);
        if (state !== item.state) item.node.setAttribute("data-state", (item.state = state));
      }
    }
    nameSeen(this.unnamed.map((part) => [part.node, part.label(this.host)]));
    this.unnamed = [];
    if (motion > 0 && !rapid && before.step !== null && before.chosen === this.chosen) this.move(before, motion);
  }

  /** Ends all motion at once. */
  stop() {
    for (const animation of this.playing) animation.cancel();
    this.playing.length = 0;
  }

  /** Plays the phases entered since `before`: carry across the border of a step, then each in turn. */
  move(before, motion) {
    const onward = this.step === before.step + 1;
    const within = this.step === before.step && this.phase > before.phase;
    if (!onward && !within) return;
    const first = within ? before.phase + 1 : 0;
    const acts = [];
    for (let phase = first; phase <= Math.min(this.phase, this.last - 1); phase++) acts.push(phase);
    if (onward) acts.unshift("carry");
    if (!acts.length) return;
    const weight = (act) => DURATIONS[act] ?? 1;
    const share = motion / acts.reduce((sum, act) => sum + weight(act), 0);
    const times = new Map();
    let start = 0;
    for (const act of acts) {
      const length = share * weight(act);
      times.set(act, { delay: start, duration: length });
      start += length;
    }
    for (const part of this.parts) part.move?.(this, times, before);
  }

  animate(node, frames, timing) {
    this.playing.push(node.animate(frames, { easing: "cubic-bezier(.45,.05,.3,1)", fill: "backwards", ...timing }));
  }
}

/** An open arrowhead at the end of a path. */
function arrowhead(d) {
  const { command, to: [x, y], heading: [across, dy] } = [...commandsOf(d)].at(-1);
  const dx = command === "q" ? 0 : across;
  return dx
    ? `M${x - 5 * dx} ${y - 3.5}L${x} ${y}L${x - 5 * dx} ${y + 3.5}`
    : `M${x - 3.5} ${y - 5 * dy}L${x} ${y}L${x + 3.5} ${y - 5 * dy}`;
}

/** Text with subscripts: "U_n h₋₁" sets the n low and small. */
export function writeWithSubscripts(node, content) {
  const pieces = content.split(/_(\{[^{}]*\}|[\p{L}\p{N}]+)/u);
  if (pieces.length === 1) node.textContent = content;
  else
    node.replaceChildren(
      ...pieces.flatMap((piece, k) => {
        if (!piece) return [];
        if (k % 2) return [svg("tspan", { dy: 3, class: "gs-sub" }, piece.replace(/[{}]/g, ""))];
        return [svg("tspan", { dy: k ? -3 : null }, piece)];
      }),
    );
  return node;
}

/**
 * The first of several sizes of a lane with which all lanes fit the height; a screen that scrolls
 * (Infinity) gets the first, a lecture hall's the densest that it needs.
 */
export function fitting(sizes, lanes, tall) {
  const needs = ({ band, pitch, branch, parcel }) =>
    HEAD_AND_FOOT + band + (lanes - 1) * pitch + branch + parcel[1] / 2;
  return sizes.find((size) => needs(size) <= tall) ?? sizes.at(-1);
}

/**
 * Centres of columns in a row `width` wide: the room that is left over goes between them, up to
 * `most` a gap, so that a wide screen gives longer wires and not bigger signs.
 */
export function spread(width, columns, { start = 0, most = 90 } = {}) {
  const used = columns.reduce((sum, column) => sum + column.width, 0);
  const gap = Math.min(most, Math.max(2, (width - used) / (columns.length - 1)));
  const centres = {};
  let x = start;
  for (const { key, width: own } of columns) {
    centres[key] = x + own / 2;
    x += own + gap;
  }
  return { ...centres, end: x - gap, gap };
}

/** The attributes that make a group a control: focus, name, and what tests look for. */
export function control(part, unit) {
  return set(svg("g", { class: "gs-part", role: "button", tabindex: -1 }), {
    "data-part": part,
    "data-signal": part,
    "data-unit": unit,
  });
}
