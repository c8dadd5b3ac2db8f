// The parts of the belt's pictures: parcel, valve, cross-fader, chip, operation. Each is a control.

import { isGate } from "./colour.js";
import { set, svg, write } from "./dom.js";
import { exact, gate as gateText, number } from "./format.js";
import { control, rich, stateAt, textWidth, unitName } from "./belt-scene.js";

const SMALL = 7; // signs that fit a parcel at full size

/** Display text of a signal's value. */
export const textOf = (signal, value) => (isGate(signal) ? gateText(value) : number(value));

/** A sum before its squashing, short enough to stand in brackets. */
const sumText = (value) => (value === 0 || Math.abs(value) >= 0.005 ? number(value) : exact(value));

/** Something with a value at every step. `unit` null follows the chosen unit. */
export class Part {
  constructor(scene, { signal, unit, x, y, from, now = [from], trip = null, read = null, target = signal }) {
    this.signal = signal;
    this.fixed = unit;
    this.unit = unit ?? scene.chosen;
    this.x = x;
    this.y = y;
    this.from = from;
    this.now = now;
    this.trip = trip;
    this.read = read;
    this.target = target;
    this.node = set(control(signal, this.unit), { transform: `translate(${x} ${y})` });
    this.state = null;
    this.value = null;
    this.marked = false;
  }

  /** Value at a step; NaN never equals itself, so it is kept as it is. */
  valueAt(scene, step, unit = this.unit) {
    return this.read ? this.read(scene.trace, step, unit) : scene.trace.at(this.signal, step, unit);
  }

  paint(scene, phase, selected) {
    if (this.fixed === null && this.unit !== scene.chosen) {
      this.unit = scene.chosen;
      this.node.setAttribute("data-unit", this.unit);
      this.value = null;
    }
    const state = stateAt(this.from, this.now, phase);
    const value = this.valueAt(scene, scene.step);
    const fresh = state !== this.state;
    if (fresh) this.node.setAttribute("data-state", (this.state = state));
    if (fresh || value !== this.value) {
      this.value = value;
      this.draw(scene, value, state === "later");
      this.node.setAttribute("aria-label", this.label(scene.host));
    }
    const marked = selected !== null && selected.signal === this.signal && selected.unit === this.unit;
    if (marked !== this.marked) {
      this.marked = marked;
      set(this.node, { "data-selected": marked });
    }
  }

  label(host) {
    const values = { name: partName(host, this.signal), unit: unitName(host, this.unit), value: this.shown(host) };
    if (this.state === "later") return host.t("belt.later", values);
    return host.t(this.signal === "x" ? "belt.value" : "belt.part", values);
  }

  shown() {
    return textOf(this.signal, this.value);
  }

  /** What the tooltip says: full precision, as in the step table. */
  exact(host) {
    const name = partName(host, this.signal);
    const unit = unitName(host, this.unit);
    if (this.state === "later") return host.t("belt.later", { name, unit });
    return host.t("belt.part", { name, unit, value: String(this.value).replace("-", "−") });
  }
}

/** Long name of a signal, the belt's own for what is one product away. */
export function partName(host, signal) {
  const own = host.header.strings[`belt.name.${signal}`];
  return own ?? host.name(signal);
}

/** A box that carries a signed number along a wire. */
export class Parcel extends Part {
  constructor(scene, options) {
    super(scene, options);
    const { width, height } = options;
    this.box = svg("rect", { x: -width / 2, y: -height / 2, width, height, rx: Math.min(6, height / 4) });
    this.number = svg("text", { class: "gs-number", dy: ".35em" });
    this.mover = svg("g", {}, this.box, this.number);
    this.ring = ring(width, height);
    this.node.append(this.ring, this.mover);
    this.node.classList.add("gs-parcel");
    this.tint = options.tint ?? null;
  }

  draw(scene, value, empty) {
    const shade = empty ? null : scene.shade(this.signal, value);
    set(this.box, { fill: shade?.fill ?? null });
    set(this.number, { fill: shade?.ink ?? null });
    const text = empty ? "" : this.shown();
    write(this.number, text);
    set(this.number, { "data-long": text.length > SMALL });
  }

  /** Travels along its trip: points relative to its own place, in the act of its phase. */
  move(scene, times) {
    const act = this.trip && times.get(this.trip.act);
    if (!act || this.state === "later") return;
    const time = within(act, this.trip.during);
    scene.animate(this.mover, along(this.trip.path), time);
    if (!this.tint || !scene.tinted) return;
    const { fill, ink } = scene.shade(this.tint.signal, this.tint.valueAt(scene, scene.step));
    const own = scene.shade(this.signal, this.value);
    scene.animate(this.box, [{ fill }, { fill, offset: 0.45 }, { fill: own.fill, offset: 0.6 }, { fill: own.fill }], time);
    scene.animate(this.number, [{ fill: ink, opacity: 0 }, { opacity: 0, offset: 0.55 }, { opacity: 1, offset: 0.8 }, { fill: own.ink }], time);
  }
}

/** The part of an act in which something moves: first what comes first in the equation. */
function within({ delay, duration }, [start, end] = [0, 1]) {
  return { delay: delay + start * duration, duration: (end - start) * duration };
}

/** Keyframes along a polyline that ends at the part's own place, at even speed. */
function along(path) {
  const points = [...path, [0, 0]];
  const lengths = points.map((point, k) => (k ? Math.hypot(point[0] - points[k - 1][0], point[1] - points[k - 1][1]) : 0));
  const total = lengths.reduce((sum, length) => sum + length, 0) || 1;
  let done = 0;
  const frames = points.map(([x, y], k) => {
    done += lengths[k];
    return { transform: `translate(${x}px, ${y}px)`, opacity: 1, offset: k ? Math.min(1, Math.max(0.02, done / total)) : 0 };
  });
  return [{ ...frames[0], opacity: 0 }, { ...frames[0], offset: 0.02 }, ...frames.slice(1)];
}

const ring = (width, height) =>
  svg("rect", {
    class: "gs-ring",
    x: -width / 2 - 4,
    y: -height / 2 - 4,
    width: width + 8,
    height: height + 8,
    rx: Math.min(9, height / 4 + 3),
  });

/**
 * An aperture between two leaves. The opening has the gate's colour; it reaches the ticks when the
 * gate is at one half. Letter and number stand at its right, below them what σ was given.
 */
export class Valve extends Part {
  constructor(scene, options) {
    super(scene, options);
    const { height, width = 16, beside = 8, lines = 2, symbol } = options;
    this.height = height;
    this.lines = lines;
    this.frame = svg("rect", { class: "gs-leaf", x: -width / 2, y: -height / 2, width, height, rx: 3 });
    this.opening = svg("rect", { class: "gs-opening", "data-hue": this.signal, x: -width / 2, y: -height / 2, width, height });
    const h = height / 4;
    const ticks = svg("path", { class: "gs-half", d: `M${-width / 2 - 4} ${-h}h4m0 ${2 * h}h-4M${width / 2 + 4} ${-h}h-4m0 ${2 * h}h4` });
    this.letter = rich(svg("tspan", { class: "gs-letter" }), symbol);
    this.number = svg("tspan", { dx: 5 });
    const x = width / 2 + beside;
    this.reading = svg("text", { class: "gs-reading", "data-hue": this.signal, x, y: lines === 2 ? -6 : 0, dy: lines === 2 ? null : ".35em" }, this.letter, this.number);
    this.fed = svg("text", { class: "gs-fed", x, y: 15 });
    if (lines === 2) scene.stage(this.fed, 0, [0]);
    const target = svg("rect", { class: "gs-target", x: -width / 2 - 4, y: -Math.max(height, 24) / 2, width: width + beside + 52, height: Math.max(height, 24) });
    this.gap = svg("rect", { class: "gs-gap", x: x - 4, y: -9, width: 0, height: 18 });
    this.room = textWidth(symbol, 14) + 13;
    this.node.append(ring(width, height), target, this.frame, this.opening, ticks, this.gap, this.reading);
    if (lines === 2) this.node.append(this.fed);
    this.node.classList.add("gs-valve");
    if (options.onBelt) this.node.classList.add("gs-on-belt");
    this.squash = options.squash ?? "σ";
    this.shownOpening = 0;
  }

  draw(scene, value, empty) {
    this.shownOpening = empty ? 0 : Math.max(0, Math.min(1, value));
    set(this.opening, { transform: `scale(1 ${this.shownOpening})` });
    const fed = scene.trace.has(`pre.${this.signal}`) ? `${this.squash}(${sumText(scene.trace.at(`pre.${this.signal}`, scene.step, this.unit))})` : "";
    if (this.lines === 2) write(this.fed, fed);
    write(this.number, empty ? (this.lines === 1 ? fed : "") : this.shown(scene.host));
    set(this.number, { "data-fed": empty && this.lines === 1 });
    if (this.lines === 1) set(this.gap, { width: this.room + Math.round(textWidth(this.number.textContent, 14)) });
  }

  move(scene, times, before) {
    const looking = times.get(0);
    if (looking && this.lines === 2 && scene.tinted) scene.animate(this.fed, APPEAR, looking);
    const time = times.get(this.from);
    if (!time || this.state === "later") return;
    const old = before.step === scene.step ? 0 : Math.max(0, Math.min(1, this.valueAt(scene, before.step)));
    const frames = [{ transform: `scale(1, ${old})` }, { transform: `scale(1, ${this.shownOpening})` }];
    scene.animate(this.opening, frames, { ...time, duration: time.duration * 0.4 });
  }
}

/**
 * The GRU's cross-fader: at the top all of the old state passes, at the bottom all of the candidate.
 * The knob stands at z as the engine counts it; a convention changes letter and number only.
 */
export class Fader extends Part {
  constructor(scene, options) {
    super(scene, options);
    const { span, symbol, old, fresh, lines = 2, writes } = options;
    this.span = span;
    this.writes = writes;
    const w = 12;
    this.slot = svg("rect", { class: "gs-leaf", x: -w / 2, y: -6, width: w, height: span + 12, rx: 6 });
    const ticks = svg("path", { class: "gs-half", d: `M${-w / 2 - 4} ${span / 2}h4M${w / 2 + 4} ${span / 2}h-4` });
    this.knob = svg("rect", { class: "gs-opening", "data-hue": "update", x: -13, y: -5, width: 26, height: 10, rx: 3 });
    this.letter = rich(svg("tspan", { class: "gs-letter" }), symbol);
    this.number = svg("tspan", { dx: 5 });
    const mid = span / 2;
    this.reading = svg("text", { class: "gs-reading", "data-hue": "update", x: 20, y: lines === 2 ? mid - 1 : mid, dy: lines === 2 ? null : ".35em" }, this.letter, this.number);
    this.fed = svg("text", { class: "gs-fed", x: 20, y: mid + 14 });
    this.lines = lines;
    if (lines === 2) scene.stage(this.fed, 0, [0]);
    const ends = [
      svg("text", { class: "gs-end", x: -18, y: 15, "text-anchor": "end" }, old),
      svg("text", { class: "gs-end", x: -18, y: span - 6, "text-anchor": "end" }, fresh),
    ];
    const target = svg("rect", { class: "gs-target", x: -16, y: -8, width: 80, height: span + 16 });
    const shape = ring(22, span + 14);
    shape.setAttribute("y", -11);
    this.node.append(shape, target, this.slot, ticks, this.knob, this.reading, ...ends);
    if (lines === 2) this.node.append(this.fed);
    this.node.classList.add("gs-fader");
  }

  /** The share that is written in the other convention is a number of its own: 1 − z. */
  shown() {
    return gateText(this.writes ? 1 - this.value : this.value);
  }

  place(value) {
    return (1 - Math.max(0, Math.min(1, value))) * this.span;
  }

  draw(scene, value, empty) {
    this.at = this.place(empty ? 0.5 : value);
    set(this.knob, { transform: `translate(0 ${this.at})` });
    const pre = scene.trace.at("pre.update", scene.step, this.unit);
    const fed = `σ(${sumText(this.writes ? -pre : pre)})`;
    if (this.lines === 2) write(this.fed, fed);
    write(this.number, empty ? (this.lines === 1 ? fed : "") : this.shown());
  }

  move(scene, times, before) {
    const looking = times.get(0);
    if (looking && this.lines === 2 && scene.tinted) scene.animate(this.fed, APPEAR, looking);
    const time = looking;
    if (!time || before.step === scene.step || this.state === "later") return;
    const old = this.place(this.valueAt(scene, before.step));
    const frames = [{ transform: `translate(0, ${old}px)` }, { transform: `translate(0, ${this.at}px)` }];
    scene.animate(this.knob, frames, { ...time, duration: time.duration * 0.6 });
  }
}

/** A small cell of colour without a number: h₋₁ in the look strip, inputs, thin lanes. */
export class Chip extends Part {
  constructor(scene, options) {
    super(scene, options);
    const { width, height, numbers = false } = options;
    this.box = svg("rect", { x: -width / 2, y: -height / 2, width, height, rx: Math.min(3, width / 4, height / 4) });
    this.mover = svg("g", {}, this.box);
    if (numbers) this.mover.append((this.number = svg("text", { class: "gs-number gs-chip-number", dy: ".35em" })));
    this.node.append(ring(width - 3, height - 3), this.mover);
    this.node.classList.add("gs-chip");
  }

  draw(scene, value, empty) {
    const shade = empty ? null : scene.shade(this.signal, value);
    set(this.box, { fill: shade?.fill ?? null });
    if (!this.number) return;
    write(this.number, empty ? "" : this.shown());
    set(this.number, { fill: shade?.ink ?? null });
  }

  label(host) {
    if (this.signal !== "x") return super.label(host);
    return host.t("belt.value", { name: host.header.columns[this.unit] || partName(host, "x"), value: this.shown() });
  }

  exact(host) {
    if (this.signal !== "x") return super.exact(host);
    return host.t("belt.value", { name: host.header.columns[this.unit] || partName(host, "x"), value: String(this.value).replace("-", "−") });
  }

  move(scene, times) {
    Parcel.prototype.move.call(this, scene, times);
  }
}

/** A fixed operation in a wire: + or tanh. It belongs to the signal that it makes. */
export function operation(scene, { x, y, sign, signal, unit, from, now, width = 0, size = 11 }) {
  const node = svg("g", { class: "gs-op", transform: `translate(${x} ${y})`, "data-signal": signal, "data-unit": unit ?? "" });
  node.append(
    width ? svg("rect", { x: -width / 2, y: -size, width, height: 2 * size, rx: 5 }) : svg("circle", { r: size }),
    sign === "+"
      ? svg("path", { class: "gs-plus", d: `M${-size / 2} 0h${size}M0 ${-size / 2}v${size}` })
      : rich(svg("text", { dy: ".35em" }), sign),
  );
  scene.top.append(node);
  return scene.stage(node, from, now);
}

const APPEAR = [{ opacity: 0 }, { opacity: 1 }];

const signed = (value) => (value < 0 ? sumText(value).replace("−", "− ") : `+ ${sumText(value)}`);

/** An operation with its number written in: tanh(0.31), + 1.20. */
export class Squash extends Part {
  constructor(scene, options) {
    super(scene, options);
    const { width, height, sign } = options;
    this.sign = sign;
    this.text = svg("text", { dy: ".35em" });
    this.node.append(ring(width, height), svg("rect", { x: -width / 2, y: -height / 2, width, height, rx: 5 }), this.text);
    this.node.classList.add("gs-op", "gs-squash");
    this.node.setAttribute("data-signal", this.target);
  }

  draw(scene, value, empty) {
    write(this.text, empty ? this.sign : this.sign === "+" ? signed(value) : `${this.sign}(${sumText(value)})`);
  }

  move(scene, times) {
    const time = times.get(this.from);
    if (time && this.state !== "later" && scene.tinted) scene.animate(this.text, APPEAR, { ...time, duration: time.duration / 3 });
  }
}

/** The number or name of the chosen unit, at the lane that shows it. */
export class UnitLabel {
  constructor(scene, { x, y, anchor = "end" }) {
    this.node = svg("text", { class: "gs-unit", x, y, "text-anchor": anchor });
  }

  paint(scene) {
    write(this.node, unitName(scene.host, scene.chosen));
  }
}

/** Puts a lane's name at its head: fixed, or following the chosen unit. */
export function nameLane(scene, unit, x, y, anchor = "end") {
  if (unit === null) scene.add(new UnitLabel(scene, { x, y, anchor }));
  else scene.text(x, y, unitName(scene.host, unit), "gs-unit", anchor);
}
