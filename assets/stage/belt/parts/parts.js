// The parts of the belt's pictures: parcel, valve, cross-fader, chip, operation. Each is a control.

import { isGate } from "../../core/colour.js";
import { set, svg, write } from "../../core/dom.js";
import { allDigits, exact, exponential, gate as gateText, number } from "../../core/text/format.js";
import { unitName } from "../../core/text/names.js";
import { shorten, textWidth } from "../../core/text/width.js";
import { control, stateAt } from "./scene.js";

const SMALL = 7; // signs that fit a parcel at full size

/** Display text of a signal's value. */
export const textOf = (signal, value) => (isGate(signal) ? gateText(value) : number(value));

/** A sum before its squashing, short enough to stand in brackets. */
export function sumText(value) {
  const size = Math.abs(value);
  if (value === 0 || !Number.isFinite(value) || (size >= 0.005 && size < 1e5)) return number(value);
  if (size >= 5e-5 && size < 1e5) return exact(value);
  return exponential(value, size < 1 ? 0 : 1);
}

/** Something with a value at every step. `unit` null follows the chosen unit. */
export class Part {
  constructor(scene, { signal, unit, x, y, from, now = [from], animation = null, read = null, target = signal }) {
    this.signal = signal;
    this.fixed = unit;
    this.unit = unit ?? scene.chosen;
    this.x = x;
    this.y = y;
    this.from = from;
    this.now = now;
    this.animation = animation;
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
    const shown = scene.host.visible({ signal: this.signal, unit: this.unit, step: scene.step });
    const state = shown ? stateAt(this.from, this.now, phase) : "pending";
    const value = this.valueAt(scene, scene.step);
    const fresh = state !== this.state;
    if (fresh) this.node.setAttribute("data-state", (this.state = state));
    if (fresh || value !== this.value) {
      this.value = value;
      this.draw(scene, value, state === "pending");
      scene.unnamed.push(this);
    }
    const marked = selected !== null && selected.signal === this.signal && selected.unit === this.unit;
    if (marked !== this.marked) {
      this.marked = marked;
      set(this.node, { "data-selected": marked });
    }
  }

  label(host) {
    const values = {
      name: partName(host, this.signal),
      unit: unitName(host, this.unit),
      value: this.shown(host),
    };
    if (this.state === "pending") return host.t("belt.pending", values);
    return host.t(this.signal === "x" ? "belt.value" : "belt.part", values);
  }

  shown() {
    return textOf(this.signal, this.value);
  }

  /** The number that is shown, where it is not the value itself. */
  displayed() {
    return this.value;
  }

  /** What the tooltip says: full precision, as in the step table. */
  exact(host) {
    const name = partName(host, this.signal);
    const unit = unitName(host, this.unit);
    if (this.state === "pending") return host.t("belt.pending", { name, unit });
    return host.t("belt.part", { name, unit, value: allDigits(this.displayed()) });
  }
}

/** Long name of a signal, the belt's own for what is one product away. */
export function partName(host, signal) {
  const onBelt = host.header.strings[`belt.name.${signal}`];
  return onBelt ?? host.name(signal);
}

/** A box that carries a signed number along a wire. */
export class Parcel extends Part {
  constructor(scene, options) {
    super(scene, options);
    const { width, height } = options;
    this.box = svg("rect", { ...centred(width, height), rx: Math.min(6, height / 4) });
    this.number = svg("text", { class: "gs-number", dy: ".35em" });
    this.mover = svg("g", {}, this.box, this.number);
    this.ring = ring(width, height);
    this.node.append(this.ring, this.mover);
    this.node.classList.add("gs-parcel");
    this.tint = options.tint ?? null;
    this.room = width - 5;
  }

  draw(scene, value, empty) {
    const shade = empty ? null : scene.shade(this.signal, value);
    set(this.box, { fill: shade?.fill ?? null });
    set(this.number, { fill: shade?.ink ?? null });
    const text = empty ? "" : this.shown();
    write(this.number, text);
    const squeezed = textWidth(text, 11) > this.room;
    set(this.number, {
      "data-long": text.length > SMALL,
      textLength: squeezed ? this.room : null,
      lengthAdjust: squeezed ? "spacingAndGlyphs" : null,
    });
  }

  /** Travels along its animation: points relative to its own place, in the act of its phase. */
  move(scene, times) {
    const act = this.animation && times.get(this.animation.act);
    if (!act || this.state === "pending") return;
    const time = within(act, this.animation.during);
    scene.animate(this.mover, along(this.animation.path), time);
    if (!this.tint || !scene.tinted) return;
    const { fill, ink } = scene.shade(this.tint.signal, this.tint.valueAt(scene, scene.step));
    const arrival = scene.shade(this.signal, this.value);
    scene.animate(
      this.box,
      [{ fill }, { fill, offset: 0.45 }, { fill: arrival.fill, offset: 0.6 }, { fill: arrival.fill }],
      time,
    );
    scene.animate(
      this.number,
      [{ fill: ink, opacity: 0 }, { opacity: 0, offset: 0.55 }, { opacity: 1, offset: 0.8 }, { fill: arrival.ink }],
      time,
    );
  }
}

/** Puts a parcel of a given box, {unit, width, height}, on the picture; `more` are further options of a part. */
export const addParcel = (scene, box, signal, x, y, from, more = {}) => scene.add(new Parcel(scene, { ...box, signal, x, y, from, ...more }));

/** The part of an act in which something moves: first what comes first in the equation. */
function within({ delay, duration }, [start, end] = [0, 1]) {
  return { delay: delay + start * duration, duration: (end - start) * duration };
}

/** Keyframes along a polyline that ends at the part's own place, at even speed. */
function along(path) {
  const points = [...path, [0, 0]];
  const lengths = points.map((point, k) =>
    k ? Math.hypot(point[0] - points[k - 1][0], point[1] - points[k - 1][1]) : 0,
  );
  const total = lengths.reduce((sum, length) => sum + length, 0) || 1;
  let done = 0;
  const frames = points.map(([x, y], k) => {
    done += lengths[k];
    return {
      transform: `translate(${x}px, ${y}px)`,
      opacity: 1,
      offset: k ? Math.min(1, Math.max(0.02, done / total)) : 0,
    };
  });
  return [{ ...frames[0], opacity: 0 }, { ...frames[0], offset: 0.02 }, ...frames.slice(1)];
}

/** Where a rectangle around the origin stands. */
export const centred = (width, height) => ({ x: -width / 2, y: -height / 2, width, height });

export const ring = (width, height) => svg("rect", { class: "gs-ring", ...centred(width + 8, height + 8), rx: Math.min(9, height / 4 + 3) });

/** A small cell of colour without a number: h₋₁ in the look strip, inputs, thin lanes. */
export class Chip extends Part {
  constructor(scene, options) {
    super(scene, options);
    const { width, height, numbers = false } = options;
    this.box = svg("rect", { ...centred(width, height), rx: Math.min(3, width / 4, height / 4) });
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

  shown() {
    return sumText(this.value);
  }

  label(host) {
    if (this.signal !== "x") return super.label(host);
    return host.t("belt.value", {
      name: host.header.columns[this.unit] || partName(host, "x"),
      value: this.shown(),
    });
  }

  exact(host) {
    if (this.signal !== "x") return super.exact(host);
    return host.t("belt.value", {
      name: host.header.columns[this.unit] || partName(host, "x"),
      value: allDigits(this.value),
    });
  }

  move(scene, times) {
    Parcel.prototype.move.call(this, scene, times);
  }
}

/** A fixed operation in a wire, + or tanh. It answers for the signal that it makes. */
export class Operation extends Part {
  constructor(scene, options) {
    super(scene, options);
    const { sign, width = 0, size = 11 } = options;
    const shape = width
      ? svg("rect", { x: -width / 2, y: -size, width, height: 2 * size, rx: 5 })
      : svg("circle", { r: size });
    const face =
      sign === "+"
        ? svg("path", { class: "gs-plus", d: `M${-size / 2} 0h${size}M0 ${-size / 2}v${size}` })
        : svg("text", { dy: ".35em" }, sign);
    this.node.append(ring(width || 2 * size, 2 * size), shape, face);
    this.node.classList.add("gs-op");
    this.node.setAttribute("data-part", sign === "+" ? "add" : sign);
  }

  draw() {}
}

export const APPEAR = [{ opacity: 0 }, { opacity: 1 }];

const signed = (value) => (value < 0 ? sumText(value).replace("−", "− ") : `+ ${sumText(value)}`);

/** An operation with its number written in: tanh(0.31), + 1.20. */
export class Squash extends Part {
  constructor(scene, options) {
    super(scene, options);
    const { width, height, sign } = options;
    this.sign = sign;
    this.text = svg("text", { dy: ".35em" });
    this.room = width - 6;
    this.node.append(
      ring(width, height),
      svg("rect", { ...centred(width, height), rx: 5 }),
      this.text,
    );
    this.node.classList.add("gs-op", "gs-squash");
    this.node.setAttribute("data-signal", this.target);
  }

  draw(scene, value, empty) {
    const text = empty ? this.sign : this.sign === "+" ? signed(value) : `${this.sign}(${sumText(value)})`;
    write(this.text, text);
    const long = textWidth(text, 12) > this.room;
    set(this.text, { textLength: long ? this.room : null, lengthAdjust: long ? "spacingAndGlyphs" : null });
  }

  move(scene, times) {
    const time = times.get(this.from);
    if (time && this.state !== "pending" && scene.tinted)
      scene.animate(this.text, APPEAR, { ...time, duration: time.duration / 3 });
  }
}

/** A unit's name as long as there is room for at the head of a lane. */
export const NAME_ROOM = 92;
const shortName = (host, unit) => shorten(unitName(host, unit), 16, NAME_ROOM);

/** A lane's own name, marked while its unit is the chosen one. */
class LaneName {
  constructor(scene, { unit, x, y, anchor }) {
    this.unit = unit;
    this.node = svg("text", { class: "gs-unit", x, y, "text-anchor": anchor }, shortName(scene.host, unit));
  }

  paint(scene) {
    const chosen = scene.trace.units > 1 && scene.chosen === this.unit;
    if (chosen !== this.chosen) set(this.node, { "data-chosen": (this.chosen = chosen) });
  }
}

/** The number or name of the chosen unit, at the lane that shows it. */
export class UnitLabel {
  constructor(scene, { x, y, anchor = "end", below = 18 }) {
    this.name = svg("tspan");
    this.count = svg("tspan", { x, dy: below, class: "gs-caption" });
    this.node = svg("text", { class: "gs-unit", x, y, "text-anchor": anchor }, this.name, this.count);
  }

  paint({ host, chosen, single, trace }) {
    write(this.name, shortName(host, chosen));
    write(this.count, single ? `/ ${trace.units}` : "");
  }
}

/** Puts a lane's name at its head: fixed, or following the chosen unit. */
export function nameLane(scene, unit, x, y, anchor = "end") {
  if (unit === null) scene.add(new UnitLabel(scene, { x, y, anchor }));
  else scene.add(new LaneName(scene, { unit, x, y, anchor }));
}
