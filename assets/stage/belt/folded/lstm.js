// The LSTM's chosen unit on a phone.

import { gateHeading, tapsOf } from "../lanes/lstm.js";
import { gated } from "../parts/band.js";
import { drawCoupling, dot, Peephole, peepholesOf } from "../parts/links.js";
import { addParcel, Operation, Squash } from "../parts/parts.js";
import { lstmSymbols } from "../parts/words.js";
import { signOf } from "../../core/run/squash.js";
import { BELT, BOX, H, HALF, VALVE, createScene, beltBand, caption, columnsOf, drawLoop, drawOutput, drawLookStrip, drawSum } from "./base.js";

export function lstmFolded(host, trace, width) {
  const scene = createScene(host, trace, width);
  const strip = drawLookStrip(scene, tapsOf(trace));
  const { peephole, coupled, linear } = trace.variant;
  const names = lstmSymbols(host);
  const carry = scene.last;
  const x = columnsOf(width);
  const { start, end, before, gate, product, sum, now: cell } = x;
  const [y, low, read] = [160, 250, 350];

  beltBand(scene, { start, end, y, into: before });
  caption(scene, before, y - 44, host.t("belt.before.short"), host.symbol("previous_cell"), 0);
  gateCaption(scene, gate + 14, y - 44, "forget", 1);
  caption(scene, product + 4, y - 44, "", names.kept, 1);
  caption(scene, cell, y - 44, host.t("belt.memory.short"), host.symbol("cell"), 2, [2, carry]);
  const old = addParcel(scene, BOX, "previous_cell", before, y, 0);
  gated(scene, before + HALF, product - HALF, { ...VALVE, signal: "forget", x: gate, y, from: 1, onBelt: true }, BELT);
  addParcel(scene, BOX, "kept", product, y, 1, { tint: old, animation: { act: 1, during: [0.15, 0.65], path: [[before - product, 0]] } });

  if (!linear.includes("candidate")) {
    scene.add(
      new Squash(scene, {
        signal: "pre.candidate",
        target: "candidate",
        sign: signOf(trace.header, "candidate"),
        unit: null,
        x: before + 8,
        y: low + 36,
        width: 84,
        height: 22,
        from: 0,
      }),
    );
    scene.wire(`M${before} ${low + 25}V${low + H / 2}`, 2);
  }
  caption(scene, before, low - 23, host.t("belt.candidate"), host.symbol("candidate"), 2);
  gateCaption(scene, gate + (peephole || coupled ? 38 : 14), low - 27, "input", 2); // beside what comes down into the valve
  caption(scene, product + 2, low - 23, "", names.written, 2);
  const fresh = addParcel(scene, BOX, "candidate", before, low, 2, { animation: { act: 2, during: [0, 0.35], path: [[0, 36]] } });
  const coupledLabel = coupled ? { known: 2, words: names.coupled } : {};
  gated(scene, before + HALF, product - HALF, { ...VALVE, ...coupledLabel, signal: "input", x: gate, y: low, from: 2 });
  addParcel(scene, BOX, "written", product, low, 2, { tint: fresh, animation: { act: 2, during: [0.3, 0.7], path: [[before - product, 0]] } });
  drawSum(scene, x, { y, low, sum: "cell", from: 2, more: { animation: { act: 2, during: [0.7, 1], path: [[sum - cell, 0]] } } });
  drawLoop(old, x);

  if (linear.includes("cell")) scene.wire(`M${cell} ${y + H / 2}V${read - H / 2}`, 3);
  else {
    scene.wire(`M${cell} ${y + H / 2}V${low - 11}`, 3);
    scene.add(new Operation(scene, { x: cell, y: low, sign: signOf(trace.header, "cell"), signal: "tanh_cell", unit: null, from: 3, width: 44 }));
    scene.wire(`M${cell} ${low + 11}V${read - H / 2}`, 3);
  }
  const output = product - 14;
  const squashed = addParcel(scene, BOX, "tanh_cell", cell, read, 3, { animation: { act: 3, during: [0, 0.5], path: [[0, y - read]] } });
  const waits = peephole ? { known: 3 } : {};
  gated(scene, cell - HALF, before + HALF, { ...VALVE, ...waits, signal: "output", x: output, y: read, from: 3 });
  addParcel(scene, BOX, "hidden", before, read, 3, {
    now: [3, carry],
    tint: squashed,
    animation: { act: 3, during: [0.6, 1], path: [[cell - before, 0]] },
  });
  caption(scene, cell, read + 32, "", names.tanh, 3);
  gateCaption(scene, output + 10, read + 36, "output", 3);
  caption(scene, before, read + 32, host.t("belt.hidden"), host.symbol("hidden"), 3, [3, carry]);
  drawOutput(scene, { from: before - HALF, y: read, strip, phase: 3 });
  foldedLinks(scene, { before, gate, cell, output, end, y, low, read });
  scene.size.height = read + 50;
  return scene;
}

/** A gate's caption. Without a valve it stands in the wire's middle; what is coupled says so, and needs no other word. */
function gateCaption(scene, x, y, signal, from) {
  const { coupled, without } = scene.trace.variant;
  const { word, sign } = gateHeading(scene, signal);
  const isCoupled = coupled && signal === "input";
  caption(scene, x + (without.includes(signal) ? 22 : 0), y, isCoupled ? "" : word, sign, from, [from], signal);
}

/** Peepholes and the link of coupled gates, as in ../parts/links.js; o's comes round at the right. */
function foldedLinks(scene, { before, gate, cell, output, end, y, low, read }) {
  const [over, reads] = peepholesOf(scene.trace.variant);
  const { coupled } = scene.trace.variant;
  const mid = (y + low) / 2 - 7;
  const [from, to] = [y + 21, low - 21];
  if (over.length) {
    const at = coupled ? gate - 5 : gate;
    scene.wire(`M${before} ${y + H / 2}V${mid - 5}q0 5 5 5H${at}`, 0, { arrow: false });
    if (over.includes("forget")) scene.wire(`M${at} ${mid}V${from}`, 0);
    if (over.includes("input")) scene.wire(`M${at} ${mid}V${to}`, 0);
    if (over.length > 1) dot(scene, at, mid, 0);
    scene.add(new Peephole(scene, { unit: null, x: (before + HALF + gate) / 2, y: mid, from: 0, seen: "previous_cell", gates: over }));
  }
  if (coupled) drawCoupling(scene, over.length ? gate + 5 : gate, from, to, false);
  if (!reads) return;
  const [side, below] = [end - 2, (low + read) / 2];
  scene.wire(`M${cell} ${mid}H${side - 5}q5 0 5 5V${below - 5}q0 5 -5 5H${cell + 6}q0 -6 -6 -6q-6 0 -6 6H${output + 5}q-5 0 -5 5V${read - 21}`, 3);
  dot(scene, cell, mid, 3);
  scene.add(new Peephole(scene, { unit: null, x: (cell + output) / 2, y: below, from: 3, seen: "cell", gates: ["output"] }));
}
