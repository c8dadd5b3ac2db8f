// The cells that came after 2014, each with its own picture, folded as on a phone and the same at every width.
//
// minGRU: the belt carries h, and a fader whose z writes; gate and candidate see x alone. minLSTM: f and i, which
// see x alone as well, are shared out until f′ + i′ = 1. sLSTM: two belts, c and n, kept by the same f′ and fed
// through the same i′; m holds both in bounds, and what is read is c/n.

import { svg } from "../../core/dom.js";
import { textWidth } from "../../core/text/width.js";
import { WritingFader } from "../parts/fader.js";
import { addParcel, Operation } from "../parts/parts.js";
import { BELT, BOX, H, HALF, VALVE, W, createScene, beltBand, caption, columnsOf, drawLoop, drawOutput, drawLookStrip, drawSum } from "./base.js";
import { gated } from "../parts/band.js";

const LINE = 17; // px of a line of a note

/** A sentence under the picture, in as many lines as it needs; returns where it ends. */
function note(scene, text, y) {
  const room = scene.size.width - 24;
  const words = text.match(/[\u2E80-\uFFEF]|[^\s\u2E80-\uFFEF]+\s*/g) ?? [];
  const lines = [""];
  for (const word of words) {
    if (lines.at(-1) && textWidth(lines.at(-1) + word, 12.5) > room) lines.push("");
    lines[lines.length - 1] += word;
  }
  lines.forEach((line, k) => scene.text(12, y + LINE * k, line.trim(), "gs-caption gs-start", "start"));
  return y + LINE * lines.length;
}

/** h of a cell in which nothing else reads it within the step: only y does. */
function toReader(scene, x, y, from) {
  scene.wire(`M${x} ${y + H / 2}v30`, from, { now: [from, scene.last] });
  scene.stage(scene.text(x, y + H / 2 + 46, scene.host.t("belt.y"), "gs-sign"), from);
}

/** What is kept of the old state and what is written, their sum, and where that goes. */
function addProducts(scene, x, { y, low, from, old, fresh }) {
  const animation = { act: from, during: [0, 0.6], path: [[x.before - x.product, 0]] };
  addParcel(scene, BOX, "kept", x.product, y, from, { tint: old, animation });
  addParcel(scene, BOX, "written", x.product, low, from, { tint: fresh, animation });
  drawSum(scene, x, { y, low, sum: "hidden", from });
  drawLoop(old, x);
  toReader(scene, x.now, y, from);
}

function minGRU(host, trace, width) {
  const scene = createScene(host, trace, width);
  const x = columnsOf(width);
  const { t } = host;
  const s = (signal) => host.symbol(signal);
  drawLookStrip(scene, [{ signal: "update", squash: "σ" }, { signal: "candidate", squash: "" }], false);
  const [y, low] = [160, 250];
  const fader = x.gate + 4;
  beltBand(scene, { start: x.start, end: x.end, y, into: x.before });
  caption(scene, x.before, y - 44, t("belt.old"), s("previous_hidden"), 0);
  caption(scene, x.product + 4, y - 44, "", s("kept"), 1);
  caption(scene, x.now, y - 44, t("belt.memory.short"), s("hidden"), 1, [1, scene.last]);
  caption(scene, x.before, low + 32, t("belt.new"), s("candidate"), 0);
  caption(scene, x.product + 2, low + 32, "", s("written"), 1);
  for (const [level, drawLookStrip] of [[y, { ...BELT }], [low, {}]]) {
    scene.wire(`M${x.before + HALF} ${level}H${fader - 7}`, 1, { ...drawLookStrip, arrow: false });
    scene.wire(`M${fader + 7} ${level}H${x.product - HALF}`, 1, drawLookStrip);
  }
  const old = addParcel(scene, BOX, "previous_hidden", x.before, y, 0);
  const fresh = addParcel(scene, BOX, "candidate", x.before, low, 0);
  const ends = { old: "", fresh: "", lines: 2, writes: false };
  scene.add(new WritingFader(scene, { unit: null, signal: "update", symbol: s("update"), x: fader, y, span: low - y, from: 0, now: [0, 1], ...ends }));
  addProducts(scene, x, { y, low, from: 1, old, fresh });
  scene.size.height = note(scene, t(`belt.note.${trace.cell}`, { before: s("previous_hidden"), z: s("update") }), low + 66);
  return scene;
}

function minLSTM(host, trace, width) {
  const scene = createScene(host, trace, width);
  const x = columnsOf(width);
  const { t } = host;
  const s = (signal) => host.symbol(signal);
  const taps = ["forget", "input"].map((signal) => ({ signal, squash: "σ" }));
  drawLookStrip(scene, [...taps, { signal: "candidate", squash: "" }], false);
  const [y, mid, low] = [160, 246, 332];
  beltBand(scene, { start: x.start, end: x.end, y, into: x.before });
  caption(scene, x.before, y - 44, t("belt.old"), s("previous_hidden"), 0);
  caption(scene, x.product + 4, y - 44, "", s("kept"), 2);
  caption(scene, x.now, y - 44, t("belt.memory.short"), s("hidden"), 2, [2, scene.last]);
  shareOut(scene, x, { y, mid, low });
  caption(scene, x.before, low + 32, t("belt.new"), s("candidate"), 0);
  caption(scene, x.product + 2, low + 32, "", s("written"), 2);
  const old = addParcel(scene, BOX, "previous_hidden", x.before, y, 0);
  const fresh = addParcel(scene, BOX, "candidate", x.before, low, 0);
  gated(scene, x.before + HALF, x.product - HALF, { ...VALVE, signal: "forget_share", words: "f/(f+i)", known: 1, x: x.gate, y, from: 1, onBelt: true }, BELT);
  gated(scene, x.before + HALF, x.product - HALF, { ...VALVE, signal: "input_share", words: "i/(f+i)", known: 1, x: x.gate, y: low, from: 1 });
  addProducts(scene, x, { y, low, from: 2, old, fresh });
  scene.size.height = note(scene, t(`belt.note.${trace.cell}`, { before: s("previous_hidden") }), low + 70);
  return scene;
}

/** f and i stand between the two valves that their shares move. */
function shareOut(scene, x, { y, mid, low }) {
  const { host } = scene;
  const places = { forget: x.gate, input: x.gate + W + 8 };
  const [left, right] = [x.gate - W / 2 - 8, places.input + W / 2 + 8];
  const frame = { class: "gs-look-box", x: left, y: mid - 31, width: right - left, height: 58, rx: 7 };
  scene.ground.append(scene.stage(svg("rect", frame), 0, [0, 1]));
  for (const [signal, at] of Object.entries(places)) {
    caption(scene, at, mid - 16, "", host.symbol(signal), 0, [0, 1], signal);
    addParcel(scene, BOX, signal, at, mid + 7, 0, { height: 26, now: [0, 1] });
  }
  scene.wire(`M${x.gate} ${mid - 31}V${y + 21}`, 1);
  scene.wire(`M${x.gate} ${mid + 27}V${low - 21}`, 1);
  scene.stage(scene.text(right + 8, mid + 11, host.t("belt.shares"), "gs-caption gs-start", "start"), 1);
}

function sLSTM(host, trace, width) {
  const scene = createScene(host, trace, width);
  const x = columnsOf(width);
  const { t } = host;
  const s = (signal) => host.symbol(signal);
  const squashes = { candidate: "tanh", input: "exp", forget: "σ", output: "σ" };
  const strip = drawLookStrip(scene, Object.entries(squashes).map(([signal, squash]) => ({ signal, squash })));
  const rows = { stable: 152, cell: 262, write: 344, norm: 436, read: 530 };
  stabilise(scene, x, rows.stable);
  const animation = { act: 2, during: [0, 0.5], path: [[x.before - x.product, 0]] };
  const room = x.product - HALF - x.gate - 18;
  const made = textWidth("f·e^(m₋₁−m)", 12) < room ? "f·e^(m₋₁−m)" : "f, m₋₁, m";
  const kept = { ...VALVE, signal: "stable_forget", words: made, known: 1, from: 1, onBelt: true };
  const along = [x.before + HALF, x.product - HALF];

  beltBand(scene, { start: x.start, end: x.end, y: rows.cell, into: x.before });
  caption(scene, x.before, rows.cell - 44, t("belt.before.short"), s("previous_cell"), 0);
  caption(scene, x.product + 4, rows.cell - 44, "", s("kept"), 2);
  caption(scene, x.now, rows.cell - 44, t("belt.memory.short"), s("cell"), 2, [2, scene.last]);
  const old = addParcel(scene, BOX, "previous_cell", x.before, rows.cell, 0);
  gated(scene, ...along, { ...kept, x: x.gate, y: rows.cell }, BELT);
  addParcel(scene, BOX, "kept", x.product, rows.cell, 2, { tint: old, animation });
  drawLoop(old, x);

  const fresh = addParcel(scene, BOX, "candidate", x.before, rows.write, 0);
  caption(scene, x.before, rows.write + 30, t("belt.candidate"), s("candidate"), 0);
  caption(scene, x.product + 2, rows.write + 30, "", s("written"), 2);
  gated(scene, ...along, { ...VALVE, signal: "stable_input", words: "i·e^(−m)", known: 1, x: x.gate, y: rows.write, from: 1 });
  addParcel(scene, BOX, "written", x.product, rows.write, 2, { tint: fresh, animation });
  drawSum(scene, x, { y: rows.cell, low: rows.write, sum: "cell", from: 2 });

  const inner = { ...x, end: x.end - 14 };
  beltBand(scene, { start: x.start, end: inner.end, y: rows.norm, into: x.before });
  caption(scene, x.before, rows.norm + 34, "", s("previous_normaliser"), 0);
  caption(scene, x.product + 4, rows.norm + 34, "", s("kept_normaliser"), 2);
  caption(scene, x.now - 26, rows.norm + 34, "", s("normaliser"), 2, [2, scene.last]);
  const oldN = addParcel(scene, BOX, "previous_normaliser", x.before, rows.norm, 0);
  gated(scene, ...along, { ...kept, x: x.gate, y: rows.norm }, BELT);
  addParcel(scene, BOX, "kept_normaliser", x.product, rows.norm, 2, { tint: oldN, animation });
  normalise(scene, x, rows);
  drawLoop(oldN, inner);
  divide(scene, x, rows, strip);
  scene.size.height = note(scene, t(`belt.note.${trace.cell}`), rows.read + 62);
  return scene;
}

/** m, the larger of log f + m₋₁ and log i: what the exponential gates are measured by. */
function stabilise(scene, x, y) {
  const { host, last } = scene;
  const places = { forget: x.before, input: x.before + W + 6, previous_stabiliser: x.before + 2 * W + 12 };
  const end = places.previous_stabiliser + HALF + 8;
  const [max, now] = [end + 38, end + 76 + HALF];
  const frame = { class: "gs-look-box", x: x.before - HALF - 8, y: y - 34, width: end - x.before + HALF + 8, height: 56, rx: 7 };
  scene.ground.append(scene.stage(svg("rect", frame), 0, [0, 1]));
  for (const [signal, at] of Object.entries(places)) {
    caption(scene, at, y - 20, "", host.symbol(signal), 0, [0, 1], ["forget", "input"].includes(signal) ? signal : null);
    addParcel(scene, BOX, signal, at, y + 3, 0, { height: 26, now: [0, 1] });
  }
  scene.wire(`M${end} ${y + 3}H${max - 22}`, 1);
  scene.add(new Operation(scene, { x: max, y: y + 3, sign: "max", signal: "stabiliser", unit: null, from: 1, width: 44 }));
  scene.wire(`M${max + 22} ${y + 3}H${now - HALF}`, 1);
  caption(scene, now, y - 20, "", host.symbol("stabiliser"), 1, [1, last]);
  addParcel(scene, BOX, "stabiliser", now, y + 3, 1, { height: 26, now: [1, last] });
  const from = places.previous_stabiliser;
  scene.wire(`M${now} ${y + 16}v8q0 8 -8 8H${from + 8}q-8 0 -8 -8v-8`, 1, { now: [last], className: "gs-return" });
}

/** n's belt adds i′ itself, not what it let in: n is the weight of all that is stored. */
function normalise(scene, x, { write, norm }) {
  const { last } = scene;
  scene.wire(`M${x.product + HALF} ${norm}H${x.sum - 11}`, 2, BELT);
  scene.wire(`M${x.gate} ${write + 20}V${norm - 46}q0 8 8 8H${x.sum - 8}q8 0 8 8V${norm - 11}`, 2);
  scene.stage(scene.text((x.gate + x.sum) / 2, norm - 43, scene.host.symbol("stable_input"), "gs-caption"), 2);
  scene.add(new Operation(scene, { x: x.sum, y: norm, sign: "+", signal: "normaliser", unit: null, from: 2 }));
  scene.wire(`M${x.sum + 11} ${norm}H${x.now - HALF - 8}`, 2, BELT);
  addParcel(scene, BOX, "normaliser", x.now - 8, norm, 2, { now: [2, last], animation: { act: 2, during: [0.5, 1], path: [[x.sum - x.now, 0]] } });
}

/** What is read: c/n, a mean of all that was stored, weighted by what let it in; then the output gate. */
function divide(scene, x, { cell, norm, read }, strip) {
  const { host, last } = scene;
  const at = x.now - 8;
  const side = x.end + 5;
  scene.wire(`M${x.now} ${cell + H / 2}V${cell + 32}q0 8 8 8H${side - 5}q5 0 5 5V${read - 8}q0 8 -8 8H${at + 12}`, 3);
  scene.wire(`M${at} ${norm + H / 2}V${read - 12}`, 3);
  scene.add(new Operation(scene, { x: at, y: read, sign: "÷", signal: "mean", unit: null, from: 3 }));
  const mean = at - 12 - 20 - HALF;
  scene.wire(`M${at - 12} ${read}H${mean + HALF}`, 3);
  const meanParcel = addParcel(scene, BOX, "mean", mean, read, 3, { animation: { act: 3, during: [0, 0.4], path: [[at - mean, 0]] } });
  caption(scene, mean, read + 32, "", host.symbol("mean"), 3);
  const output = Math.min(x.gate + 10, mean - HALF - 74);
  gated(scene, mean - HALF, x.before + HALF, { ...VALVE, signal: "output", x: output, y: read, from: 3 });
  const animation = { act: 3, during: [0.5, 1], path: [[mean - x.before, 0]] };
  addParcel(scene, BOX, "hidden", x.before, read, 3, { now: [3, last], tint: meanParcel, animation });
  caption(scene, x.before, read + 32, host.t("belt.hidden"), host.symbol("hidden"), 3, [3, last]);
  drawOutput(scene, { from: x.before - HALF, y: read, strip, phase: 3 });
}

export const foldedModern = { mingru: minGRU, minlstm: minLSTM, slstm: sLSTM };
