// The gate that divides between the old state and the candidate: a GRU's z, and that of the cells made like it.

import { activationName, isMirrored, squashOf } from "../../core/run/squash.js";
import { set, svg, write } from "../../core/dom.js";
import { gate as gateText } from "../../core/text/format.js";
import { APPEAR, Part, ring, sumText } from "./parts.js";
import { writeWithSubscripts } from "./scene.js";

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
    this.slot = svg("rect", { class: "gs-slot", x: -w / 2, y: -6, width: w, height: span + 12, rx: 6 });
    const ticks = svg("path", {
      class: "gs-half",
      d: `M${-w / 2 - 4} ${span / 2}h4M${w / 2 + 4} ${span / 2}h-4`,
    });
    this.knob = svg("rect", {
      class: "gs-opening",
      "data-hue": "update",
      x: -13,
      y: -5,
      width: 26,
      height: 10,
      rx: 3,
    });
    this.letter = writeWithSubscripts(svg("tspan", { class: "gs-letter" }), symbol);
    this.number = svg("tspan", { dx: 5 });
    const mid = span / 2;
    this.reading = svg(
      "text",
      {
        class: "gs-reading",
        "data-hue": "update",
        x: 20,
        y: lines === 2 ? mid - 1 : mid,
        dy: lines === 2 ? null : ".35em",
      },
      this.letter,
      this.number,
    );
    this.fed = svg("text", { class: "gs-fed", x: 20, y: mid + 14 });
    this.lines = lines;
    if (lines === 2) scene.stage(this.fed, 0, [0]);
    const ends = [
      [old, 15],
      [fresh, span - 6],
    ].map(([word, y]) => svg("text", { class: "gs-end", x: -18, y, "text-anchor": "end" }, word));
    const target = svg("rect", { class: "gs-target", x: -16, y: -8, width: 80, height: span + 16 });
    const shape = ring(22, span + 14);
    shape.setAttribute("y", -11);
    this.node.append(shape, target, this.slot, ticks, this.knob, this.reading, ...ends);
    if (lines === 2) this.node.append(this.fed);
    this.node.classList.add("gs-fader");
  }

  /** In the other convention the number is the share that is written: 1 − z. */
  displayed() {
    return this.writes ? 1 - this.value : this.value;
  }

  shown() {
    return gateText(this.displayed());
  }

  place(value) {
    return (1 - Math.max(0, Math.min(1, value))) * this.span;
  }

  draw(scene, value, empty) {
    this.at = this.place(empty ? 0.5 : value);
    set(this.knob, { transform: `translate(0 ${this.at})` });
    const pre = scene.trace.at("pre.update", scene.step, this.unit);
    const squash = squashOf(scene.trace.header, "update");
    const mirrored = this.writes && isMirrored(squash);
    const fed = `${this.writes && !mirrored ? "1 − " : ""}${activationName(squash)}(${sumText(mirrored ? -pre : pre)})`;
    if (this.lines === 2) write(this.fed, fed);
    write(this.number, empty ? (this.lines === 1 ? fed : "") : this.shown());
  }

  move(scene, times, before) {
    const looking = times.get(0);
    if (looking && this.lines === 2 && scene.tinted) scene.animate(this.fed, APPEAR, looking);
    const time = looking;
    if (!time || before.step === scene.step || this.state === "pending") return;
    const old = this.place(this.valueAt(scene, before.step));
    const frames = [{ transform: `translate(0, ${old}px)` }, { transform: `translate(0, ${this.at}px)` }];
    scene.animate(this.knob, frames, { ...time, duration: time.duration * 0.6 });
  }
}

/** The fader of a cell whose z writes, as its paper has it: at the top still all of the old state passes. */
export class WritingFader extends Fader {
  displayed() {
    return this.value;
  }

  place(value) {
    return super.place(1 - value);
  }
}
