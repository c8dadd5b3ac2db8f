// What every folded picture has: one unit on a phone, the same parts and the same order as in the wide lanes, folded so
// that they fit a thumb's width. The equation turns round at the right edge and comes back below.

import { svg } from "../../core/dom.js";
import { carryOver } from "../parts/band.js";
import { lookStrip } from "../parts/look.js";
import { addParcel, Operation, UnitLabel } from "../parts/parts.js";
import { Scene, writeWithSubscripts } from "../parts/scene.js";
import { labelWidth } from "../parts/words.js";

export const W = 52;
export const H = 30;
export const HALF = W / 2;
export const TRACK = 5; // h's way back, at the left edge
export const BELT = { className: "gs-through" };
export const VALVE = { unit: null, height: 40, beside: 5, lines: 2 };
export const BOX = { unit: null, width: W, height: H };

/** Word and symbol in one line over a part. */
export function caption(scene, x, y, word, symbol, from, now = [from], signal = null) {
  const node = svg("text", { class: "gs-caption gs-folded-word", x, y, "text-anchor": "middle" });
  if (word) node.append(svg("tspan", {}, `${word} `));
  node.append(writeWithSubscripts(svg("tspan", { class: "gs-letter", "data-hue": signal }), symbol));
  scene.top.append(scene.stage(node, from, now));
}

export function createScene(host, trace, width) {
  const scene = new Scene(host, trace, { width, height: 0, density: "folded" });
  scene.right = width;
  if (trace.units > 1) {
    scene.right = width - 10 - labelWidth(host, trace.units);
    scene.add(new UnitLabel(scene, { x: width - 14, y: 28, below: 31 })); // below the word
    scene.text(width - 14, 43, host.t("belt.unit"), "gs-caption", "end");
  }
  return scene;
}

export function drawLookStrip(scene, taps, state = true) {
  return lookStrip(scene, {
    state,
    left: 16,
    right: scene.right,
    y: 31,
    numbers: false,
    caption: false,
    below: true,
    taps,
  });
}

/** h leaves at the left: down to y, up to the strip and into h₋₁. */
export function drawOutput(scene, { from, y, strip, phase }) {
  const { host, last } = scene;
  scene.wire(`M${from} ${y}H${TRACK}`, phase, { now: [phase, last], arrow: false });
  scene.wire(`M${TRACK} ${y}v26`, phase);
  scene.wires.append(scene.stage(svg("circle", { class: "gs-dot", cx: TRACK, cy: y, r: 2.6 }), phase));
  scene.stage(scene.text(TRACK, y + 41, host.t("belt.y"), "gs-sign"), phase);
  scene.wire(`M${TRACK} ${y}V16q0 -8 8 -8H${strip.centre - 8}q8 0 8 8V${strip.top - 1}`, phase, {
    now: [last],
    className: "gs-return",
    arrow: false,
  });
  const [chip] = strip.chips;
  if (scene.trace.units === 1)
    chip.animation = {
      act: "carry",
      path: [
        [TRACK - chip.x, y - chip.y],
        [TRACK - chip.x, 8 - chip.y],
        [0, 8 - chip.y],
      ],
    };
}

export function beltBand(scene, { start, end, y, into }) {
  scene.ground.append(svg("rect", { class: "gs-band", x: start, y: y - 24, width: end - start, height: 48, rx: 10 }));
  scene.wire(`M${end - 4} ${y}h2q8 0 8 -8V${y - 24}q0 -8 -8 -8H${into + 8}q-8 0 -8 8V${y - H / 2}`, 0, {
    now: [scene.last],
    className: "gs-return",
  });
}

/** Columns of a belt from its old state to its new one, from left to right. */
export function columnsOf(width) {
  const [start, end] = [20, width - 10];
  const before = start + 8 + HALF;
  const now = end - 6 - HALF;
  const sum = now - HALF - 24;
  const product = sum - 26 - HALF;
  const gate = before + HALF + Math.max(16, (product - before - W) / 2 - 29);
  return { start, end, before, gate, product, sum, now };
}

/**
 * The belt's right end: what was kept and what was written meet, and the sum is the state that runs on.
 * @param {object} x columns as columnsOf has them
 * @param {{y: number, low: number, sum: string, from: number, more?: object}} what heights of belt and branch, the signal that is
 *   the sum, the phase it comes in, and further options of its parcel
 */
export function drawSum(scene, x, { y, low, sum, from, more }) {
  const { last } = scene;
  scene.wire(`M${x.product + HALF} ${y}H${x.sum - 11}`, from, BELT);
  scene.wire(`M${x.product + HALF} ${low}H${x.sum - 8}q8 0 8 -8V${y + 11}`, from);
  scene.add(new Operation(scene, { x: x.sum, y, sign: "+", signal: sum, unit: null, from }));
  scene.wire(`M${x.sum + 11} ${y}H${x.now - HALF}`, from, BELT);
  return addParcel(scene, BOX, sum, x.now, y, from, { now: [from, last], animation: { act: from, during: [0.6, 1], path: [[x.sum - x.now, 0]] }, ...more });
}

/** What the belt brings on to the next step. */
export function drawLoop(old, x) {
  carryOver(old, { before: x.before, now: x.now, end: x.end + 6 }, -32);
}
