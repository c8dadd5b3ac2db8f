// The GRU's chosen unit on a phone: belt and branch above, below them the candidate's way through U_n.

import { svg } from "../../core/dom.js";
import { addParcel, Squash } from "../parts/parts.js";
import { Fader } from "../parts/fader.js";
import { Valve } from "../parts/gates.js";
import { fadeWord, fromX } from "../lanes/gru.js";
import { closedBox } from "../parts/mixer.js";
import { gruSymbols } from "../parts/words.js";
import { signOf } from "../../core/run/squash.js";
import { BELT, BOX, H, HALF, createScene, beltBand, caption, drawLoop, drawLookStrip, drawSum } from "./base.js";

export const MIX = 62; // width of the closed box

const taps = (header) => ["reset", "update"].map((signal) => ({ signal, squash: signOf(header, signal) }));

export function gruFolded(host, trace, width) {
  const scene = createScene(host, trace, width);
  const strip = drawLookStrip(scene, taps(trace.header));
  const names = gruSymbols(host);
  const before = trace.header.reset === "before";
  const carry = scene.last;
  const start = 24;
  const end = width - 22;
  const old = start + 6 + HALF;
  const hidden = end - 6 - HALF;
  const sum = hidden - HALF - 22;
  const product = sum - 22 - HALF;
  const fader = old + HALF + 38;
  const [y, low] = [160, 236];
  const mixing = before ? 2 : 1;

  beltBand(scene, { start, end, y, into: old });
  caption(scene, old, y - 44, host.t("belt.old"), host.symbol("previous_hidden"), 0);
  caption(scene, fader, y - 44, host.t(fadeWord(host)), host.symbol("update"), 0, [0, 3], "update");
  caption(scene, product, y - 44, "", names.kept, 3);
  caption(scene, hidden, y - 44, host.t("belt.memory.short"), host.symbol("hidden"), 3, [3, carry]);
  scene.wire(`M${old + HALF} ${y}H${fader - 7}`, 3, { ...BELT, arrow: false });
  scene.wire(`M${old + HALF} ${low}H${fader - 7}`, 3, { arrow: false });
  scene.wire(`M${fader + 7} ${y}H${product - HALF}`, 3, BELT);
  scene.wire(`M${fader + 7} ${low}H${product - HALF}`, 3);
  const from = addParcel(scene, BOX, "previous_hidden", old, y, 0);
  const fresh = addParcel(scene, BOX, "candidate", old, low, 2, { animation: { act: 2, during: [0, 0.35], path: [[0, 40]] } });
  scene.add(
    new Fader(scene, {
      unit: null,
      signal: "update",
      symbol: host.symbol("update"),
      x: fader,
      y,
      span: low - y,
      from: 0,
      now: [0, 3],
      old: "",
      fresh: "",
      lines: 2,
      writes: trace.header.update === "write",
    }),
  );
  addParcel(scene, BOX, "kept", product, y, 3, { tint: from, animation: { act: 3, during: [0.15, 0.65], path: [[old - product, 0]] } });
  addParcel(scene, BOX, "written", product, low, 3, { tint: fresh, animation: { act: 3, during: [0.3, 0.7], path: [[old - product, 0]] } });
  caption(scene, product, low + 30, "", names.written, 3);
  const x = { before: old, product, sum, now: hidden, end };
  drawSum(scene, x, { y, low, sum: "hidden", from: 3 });
  drawLoop(from, x);
  rightTrack(scene, { from: hidden, y, low, strip });
  caption(scene, old, low - 22, host.t("belt.new"), host.symbol("candidate"), 2);

  candidateWay(scene, { old, y, low, before, mixing, names });
  scene.size.height = low + 232;
  return scene;
}

/** h leaves at the right: down to y, up and back to the strip. */
function rightTrack(scene, { from, y, low, strip }) {
  const { host, last } = scene;
  const x = scene.size.width - 5;
  const now = [3, last];
  scene.wire(`M${from} ${y + H / 2}V${low - 8}q0 8 8 8H${x}`, 3, { now, arrow: false });
  scene.wire(`M${x} ${low}v26`, 3);
  scene.wires.append(scene.stage(svg("circle", { class: "gs-dot", cx: x, cy: low, r: 2.6 }), 3));
  scene.stage(scene.text(x, low + 41, host.t("belt.y"), "gs-sign"), 3);
  scene.wire(`M${x} ${low}V16q0 -8 -8 -8H${strip.centre + 8}q-8 0 -8 8V${strip.top - 1}`, 3, {
    now: [last],
    className: "gs-return",
    arrow: false,
  });
}

/**
 * The candidate's way: a copy of h₋₁ goes down the left edge and along the bottom into the box at the
 * right; what was mixed comes back above it and climbs through + and tanh to n.
 */
function candidateWay(scene, { old, y, low, before, mixing, names }) {
  const { host } = scene;
  const { width } = scene.size;
  const [tanh, plus, mixed, tap] = [low + 42, low + 76, low + 124, low + 186];
  const edge = width - 24 - MIX;
  const inner = edge - 16 - HALF;
  const note = before ? "" : `+ b_{h${host.symbol("candidate")}}`;
  const r = {
    unit: null,
    signal: "reset",
    symbol: host.symbol("reset"),
    height: 36,
    beside: 5,
    lines: 2,
    from: 0,
    now: [0, 1],
  };
  closedBox(scene, {
    x: edge + MIX / 2,
    width: MIX,
    top: mixed - 24,
    bottom: tap + 26,
    from: mixing,
    name: names.mix,
    note,
  });
  const left = 10;
  const atBefore = inner - 104;
  scene.wire(`M${old - HALF} ${y}H${left + 8}q-8 0 -8 8V${tap - 8}q0 8 8 8H${before ? atBefore - 9 : edge}`, 1, {
    arrow: !before,
  });
  if (before) {
    scene.add(new Valve(scene, { ...r, x: atBefore, y: tap }));
    scene.wire(`M${atBefore + 9} ${tap}H${inner - HALF}`, 1);
    addParcel(scene, BOX, "reset_hidden", inner, tap, 1, { animation: { act: 1, path: [[atBefore - inner, 0]] } });
    scene.wire(`M${inner + HALF} ${tap}H${edge}`, 2);
    caption(scene, inner, tap + 31, "", names.reset_hidden, 1);
    caption(scene, atBefore + 16, tap + 35, host.t("belt.speaks"), host.symbol("reset"), 0, [0, 1], "reset");
  } else scene.stage(scene.text(left + 14, tap - 8, host.t("belt.tap"), "gs-caption", "start"), 1);
  scene.wire(`M${edge} ${mixed}H${inner + HALF}`, mixing);
  addParcel(scene, BOX, "recurrent", inner, mixed, mixing, { animation: { act: mixing, path: [[edge - inner, 0]] } });
  caption(scene, inner - 8, mixed - 23, "", names.recurrent, mixing);
  const atAfter = inner - HALF - 70;
  const up = `H${old + 8}q-8 0 -8 -8V${plus + 11}`;
  if (before) scene.wire(`M${inner - HALF} ${mixed}${up}`, 2);
  else {
    scene.wire(`M${inner - HALF} ${mixed}H${atAfter + 9}`, 1, { arrow: false });
    scene.wire(`M${atAfter - 9} ${mixed}${up}`, 2);
    scene.add(new Valve(scene, { ...r, x: atAfter, y: mixed }));
    caption(scene, atAfter - 4, mixed + 33, host.t("belt.listens"), host.symbol("reset"), 0, [0, 1], "reset");
  }
  const op = { unit: null, height: 22, from: 2, x: old, width: 88, target: "candidate" };
  scene.add(new Squash(scene, { ...op, signal: "from_x", sign: "+", read: fromX, y: plus }));
  scene.stage(scene.text(old + 52, plus + 4, host.t("belt.fromX"), "gs-caption", "start"), 2, [2]);
  scene.wire(`M${old} ${plus - 11}V${tanh + 11}`, 2);
  scene.add(new Squash(scene, { ...op, signal: "pre.candidate", sign: signOf(scene.trace.header, "candidate"), y: tanh }));
  scene.wire(`M${old} ${tanh - 11}V${low + H / 2}`, 2);
}
