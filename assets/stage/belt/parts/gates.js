// A gate on its wire: the valve of an LSTM or a reset.

import { signOf } from "../../core/run/squash.js";
import { set, svg, write } from "../../core/dom.js";
import { textWidth } from "../../core/text/width.js";
import { APPEAR, Part, centred, ring, sumText } from "./parts.js";
import { writeWithSubscripts } from "./scene.js";

const NUMBER = 50; // px: the room of a number beside its letter; a longer one is set smaller
const STREAM = 9; // px: how thick what passes is drawn when all of it does

/**
 * An aperture between two leaves that close from above and below. The opening has the gate's colour, and as
 * much of a stream runs through it as passes; it reaches the ticks when the gate is at one half. Letter and number stand at its right, below them what σ was given: its sum, which is
 * there from phase `known` on, or `words` where it has none of its own.
 */
export class Valve extends Part {
  constructor(scene, options) {
    super(scene, options);
    const { height, width = 16, beside = 8, lines = 2, symbol } = options;
    this.height = height;
    this.lines = lines;
    this.slot = svg("rect", { class: "gs-slot", ...centred(width, height) });
    this.leaves = [-1, 1].map(() => svg("rect", { class: "gs-leaf", x: -width / 2, y: 0, width, height: height / 2 }));
    const stream = Math.min(STREAM, height / 3);
    const size = { x: -width / 2 - 8, y: -stream / 2, width: width + 12, height: stream };
    this.stream = svg("rect", { class: "gs-opening gs-stream", "data-hue": this.signal, ...size });
    const posts = svg("path", {
      class: "gs-posts",
      d: [-1, 1].map((side) => `M${-width / 2 - 2} ${(side * (height + 3)) / 2}h${width + 4}`).join(""),
    });
    this.opening = svg("rect", {
      class: "gs-opening",
      "data-hue": this.signal,
      ...centred(width, height),
    });
    const h = height / 4;
    const ticks = svg("path", {
      class: "gs-half",
      d: `M${-width / 2 - 4} ${-h}h4m0 ${2 * h}h-4M${width / 2 + 4} ${-h}h-4m0 ${2 * h}h4`,
    });
    this.letter = writeWithSubscripts(svg("tspan", { class: "gs-letter" }), symbol);
    this.number = svg("tspan", { dx: 5 });
    const x = width / 2 + beside;
    this.reading = svg(
      "text",
      {
        class: "gs-reading",
        "data-hue": this.signal,
        x,
        y: lines === 2 ? -6 : 0,
        dy: lines === 2 ? null : ".35em",
      },
      this.letter,
      this.number,
    );
    this.fed = svg("text", { class: "gs-fed", x, y: 15 });
    this.known = options.known ?? 0; // from which phase on there is what it is fed
    this.words = options.words ?? null;
    if (lines === 2) scene.stage(this.fed, this.known, [this.known]);
    const target = svg("rect", {
      class: "gs-target",
      x: -width / 2 - 4,
      y: -Math.max(height, 24) / 2,
      width: width + beside + 52,
      height: Math.max(height, 24),
    });
    this.gap = svg("rect", { class: "gs-gap", x: x - 4, y: -9, width: 0, height: 18 });
    this.room = textWidth(symbol, 14) + 13;
    this.node.append(ring(width, height), target, this.slot, this.opening, this.stream, ...this.leaves, posts, ticks, this.gap, this.reading);
    if (lines === 2) this.node.append(this.fed);
    this.node.classList.add("gs-valve");
    if (options.onBelt) this.node.classList.add("gs-on-belt");
    this.squash = options.squash ?? signOf(scene.trace.header, options.signal);
    this.shownOpening = 0;
  }

  /** How the upper (0) or the lower leaf stands when so much is open; `px` is the unit that CSS wants. */
  leafAt(k, open, px) {
    const side = k ? 1 : -1;
    return `translate(0${px}, ${(side * this.height) / 2}${px}) scale(1, ${-side * (1 - open)})`;
  }

  draw(scene, value, empty) {
    this.shownOpening = empty ? 0 : Math.max(0, Math.min(1, value));
    for (const passing of [this.opening, this.stream]) set(passing, { transform: `scale(1 ${this.shownOpening})` });
    this.leaves.forEach((leaf, k) => set(leaf, { transform: this.leafAt(k, this.shownOpening, "") }));
    const pre = `pre.${this.signal}`;
    const known = scene.host.visible({ signal: pre, unit: this.unit, step: scene.step });
    const fed = this.words ?? (known ? `${this.squash}(${sumText(scene.trace.at(pre, scene.step, this.unit))})` : this.squash);
    if (this.lines === 2) write(this.fed, fed);
    write(this.number, empty ? (this.lines === 1 && !this.known ? fed : "") : this.shown(scene.host));
    const long = textWidth(this.number.textContent, 14) > NUMBER;
    set(this.number, { "data-fed": empty && this.lines === 1, textLength: long && !empty ? NUMBER : null, lengthAdjust: long ? "spacingAndGlyphs" : null });
    this.number.classList.toggle("gs-long", long && !empty);
    if (this.lines === 1) set(this.gap, { width: this.room + Math.round(textWidth(this.number.textContent, 14)) });
  }

  move(scene, times, before) {
    const looking = times.get(this.known);
    if (looking && this.lines === 2 && scene.tinted) scene.animate(this.fed, APPEAR, looking);
    const time = times.get(this.from);
    if (!time || this.state === "pending") return;
    const old = before.step === scene.step ? 0 : Math.max(0, Math.min(1, this.valueAt(scene, before.step)));
    if (Math.abs(old - this.shownOpening) < 0.02) return;
    const frames = [{ transform: `scale(1, ${old})` }, { transform: `scale(1, ${this.shownOpening})` }];
    const timing = { ...time, duration: time.duration * 0.4 };
    for (const passing of [this.opening, this.stream]) scene.animate(passing, frames, timing);
    this.leaves.forEach((leaf, k) => {
      const ways = [old, this.shownOpening].map((open) => ({ transform: this.leafAt(k, open, "px") }));
      scene.animate(leaf, ways, timing);
    });
  }
}
