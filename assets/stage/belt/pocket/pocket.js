// The chosen unit on a phone: the same parts and the same order as in the wide lanes, folded so that
// they fit a thumb's width. The equation turns round at the right edge and comes back below.

import { svg } from "../../core/dom.js";
import { Chip, Parcel, Squash, Operation, UnitLabel } from "../parts/parts.js";
import { Token, lookStrip, tokenRoom } from "../parts/look.js";
import { couple, dot, Eye, eyesOf } from "../parts/links.js";
import { gated } from "../parts/band.js";
import { gateHeading, labelWidth, symbols as lstmSymbols, tapsOf } from "../lanes/lstm.js";
import { closedBox } from "../parts/mixer.js";
import { Curve, fromH, fromX, symbols as rnnSymbols } from "../lanes/rnn.js";
import { Scene, rich } from "../parts/scene.js";

export const W = 52;
export const H = 30;
export const HALF = W / 2;
const TRACK = 5; // h's way back, at the left edge

/** Word and symbol in one line over a part. */
export function caption(scene, x, y, word, symbol, from, now = [from], signal = null) {
  const node = svg("text", { class: "gs-caption gs-pocket-word", x, y, "text-anchor": "middle" });
  if (word) node.append(svg("tspan", {}, `${word} `));
  node.append(rich(svg("tspan", { class: "gs-letter", "data-hue": signal }), symbol));
  scene.top.append(scene.stage(node, from, now));
}

export function begin(host, trace, width) {
  const scene = new Scene(host, trace, { width, height: 0, density: "pocket" });
  scene.right = width;
  if (trace.units > 1) {
    scene.right = width - 10 - labelWidth(host, trace.units);
    scene.add(new UnitLabel(scene, { x: width - 14, y: 28, anchor: "end" }));
    scene.text(width - 14, 43, host.t("belt.unit"), "gs-caption", "end");
  }
  return scene;
}

export function look(scene, taps, state = true) {
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
export function leave(scene, { from, y, seats, phase }) {
  const { host, last } = scene;
  scene.wire(`M${from} ${y}H${TRACK}`, phase, { now: [phase, last], arrow: false });
  scene.wire(`M${TRACK} ${y}v26`, phase);
  scene.wires.append(scene.stage(svg("circle", { class: "gs-dot", cx: TRACK, cy: y, r: 2.6 }), phase));
  scene.stage(scene.text(TRACK, y + 41, host.t("belt.y"), "gs-sign"), phase);
  scene.wire(`M${TRACK} ${y}V16q0 -8 8 -8H${seats.centre - 8}q8 0 8 8V${seats.top - 1}`, phase, {
    now: [last],
    className: "gs-return",
    arrow: false,
  });
  const [chip] = seats.seats;
  if (scene.trace.units === 1)
    chip.trip = {
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

export function lstmPocket(host, trace, width) {
  const scene = begin(host, trace, width);
  const seats = look(scene, tapsOf(trace.variant));
  const { peephole, coupled, linear } = trace.variant;
  const names = lstmSymbols(host);
  const carry = scene.last;
  const box = { unit: null, width: W, height: H };
  const valve = { unit: null, height: 40, beside: 5, lines: 2 };
  const start = 20;
  const end = width - 10;
  const before = start + 8 + HALF;
  const cell = end - 6 - HALF;
  const sum = cell - HALF - 24;
  const product = sum - 26 - HALF;
  const gate = before + HALF + Math.max(16, (product - before - W) / 2 - 29);
  const [y, low, read] = [160, 250, 350];

  beltBand(scene, { start, end, y, into: before });
  caption(scene, before, y - 44, host.t("belt.before.short"), host.symbol("previous_cell"), 0);
  gateCaption(scene, gate + 14, y - 44, "forget", 1);
  caption(scene, product + 4, y - 44, "", names.kept, 1);
  caption(scene, cell, y - 44, host.t("belt.memory.short"), host.symbol("cell"), 2, [2, carry]);
  const belt = { className: "gs-through" };
  scene.wire(`M${product + HALF} ${y}H${sum - 11}`, 2, belt);
  scene.wire(`M${sum + 11} ${y}H${cell - HALF}`, 2, belt);
  const old = scene.add(new Parcel(scene, { ...box, signal: "previous_cell", x: before, y, from: 0 }));
  gated(scene, before + HALF, product - HALF, { ...valve, signal: "forget", x: gate, y, from: 1, onBelt: true }, belt);
  scene.add(
    new Parcel(scene, {
      ...box,
      signal: "kept",
      x: product,
      y,
      from: 1,
      tint: old,
      trip: { act: 1, during: [0.15, 0.65], path: [[before - product, 0]] },
    }),
  );

  if (!linear.includes("candidate")) {
    scene.add(
      new Squash(scene, {
        signal: "pre.candidate",
        target: "candidate",
        sign: "tanh",
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
  const fresh = scene.add(
    new Parcel(scene, {
      ...box,
      signal: "candidate",
      x: before,
      y: low,
      from: 2,
      trip: { act: 2, during: [0, 0.35], path: [[0, 36]] },
    }),
  );
  const hangs = coupled ? { known: 2, words: names.coupled } : {};
  gated(scene, before + HALF, product - HALF, { ...valve, ...hangs, signal: "input", x: gate, y: low, from: 2 });
  scene.add(
    new Parcel(scene, {
      ...box,
      signal: "written",
      x: product,
      y: low,
      from: 2,
      tint: fresh,
      trip: { act: 2, during: [0.3, 0.7], path: [[before - product, 0]] },
    }),
  );
  scene.wire(`M${product + HALF} ${low}H${sum - 8}q8 0 8 -8V${y + 11}`, 2);
  scene.add(new Operation(scene, { x: sum, y, sign: "+", signal: "cell", unit: null, from: 2 }));
  scene.add(
    new Parcel(scene, {
      ...box,
      signal: "cell",
      x: cell,
      y,
      from: 2,
      now: [2, carry],
      trip: { act: 2, during: [0.7, 1], path: [[sum - cell, 0]] },
    }),
  );
  old.trip = {
    act: "carry",
    path: [
      [cell - before, 0],
      [end + 6 - before, 0],
      [end + 6 - before, -32],
      [0, -32],
    ],
  };

  if (linear.includes("cell")) scene.wire(`M${cell} ${y + H / 2}V${read - H / 2}`, 3);
  else {
    scene.wire(`M${cell} ${y + H / 2}V${low - 11}`, 3);
    scene.add(new Operation(scene, { x: cell, y: low, sign: "tanh", signal: "tanh_cell", unit: null, from: 3, width: 44 }));
    scene.wire(`M${cell} ${low + 11}V${read - H / 2}`, 3);
  }
  const output = product - 14;
  const squashed = scene.add(
    new Parcel(scene, {
      ...box,
      signal: "tanh_cell",
      x: cell,
      y: read,
      from: 3,
      trip: { act: 3, during: [0, 0.5], path: [[0, y - read]] },
    }),
  );
  const waits = peephole ? { known: 3 } : {};
  gated(scene, cell - HALF, before + HALF, { ...valve, ...waits, signal: "output", x: output, y: read, from: 3 });
  scene.add(
    new Parcel(scene, {
      ...box,
      signal: "hidden",
      x: before,
      y: read,
      from: 3,
      now: [3, carry],
      tint: squashed,
      trip: { act: 3, during: [0.6, 1], path: [[cell - before, 0]] },
    }),
  );
  caption(scene, cell, read + 32, "", names.tanh, 3);
  gateCaption(scene, output + 10, read + 36, "output", 3);
  caption(scene, before, read + 32, host.t("belt.hidden"), host.symbol("hidden"), 3, [3, carry]);
  leave(scene, { from: before - HALF, y: read, seats, phase: 3 });
  pocketLinks(scene, { before, gate, cell, output, end, y, low, read });
  scene.size.height = read + 50;
  return scene;
}

/** A gate's caption. Without a valve it stands in the wire's middle; what is coupled says so, and needs no other word. */
function gateCaption(scene, x, y, signal, from) {
  const { coupled, without } = scene.trace.variant;
  const { word, sign } = gateHeading(scene, signal);
  const hangs = coupled && signal === "input";
  caption(scene, x + (without.includes(signal) ? 22 : 0), y, hangs ? "" : word, sign, from, [from], signal);
}

/** Peepholes and the link of coupled gates, as in ../parts/links.js; o's comes round at the right. */
function pocketLinks(scene, { before, gate, cell, output, end, y, low, read }) {
  const [over, reads] = eyesOf(scene.trace.variant);
  const { coupled } = scene.trace.variant;
  const mid = (y + low) / 2 - 7;
  const [from, to] = [y + 21, low - 21];
  if (over.length) {
    const at = coupled ? gate - 5 : gate;
    scene.wire(`M${before} ${y + H / 2}V${mid - 5}q0 5 5 5H${at}`, 0, { arrow: false });
    if (over.includes("forget")) scene.wire(`M${at} ${mid}V${from}`, 0);
    if (over.includes("input")) scene.wire(`M${at} ${mid}V${to}`, 0);
    if (over.length > 1) dot(scene, at, mid, 0);
    scene.add(new Eye(scene, { unit: null, x: (before + HALF + gate) / 2, y: mid, from: 0, seen: "previous_cell", gates: over }));
  }
  if (coupled) couple(scene, over.length ? gate + 5 : gate, from, to, false);
  if (!reads) return;
  const [side, below] = [end - 2, (low + read) / 2];
  scene.wire(`M${cell} ${mid}H${side - 5}q5 0 5 5V${below - 5}q0 5 -5 5H${cell + 6}q0 -6 -6 -6q-6 0 -6 6H${output + 5}q-5 0 -5 5V${read - 21}`, 3);
  dot(scene, cell, mid, 3);
  scene.add(new Eye(scene, { unit: null, x: (cell + output) / 2, y: below, from: 3, seen: "cell", gates: ["output"] }));
}

export function rnnPocket(host, trace, width) {
  const scene = begin(host, trace, width);
  const names = rnnSymbols(host);
  const carry = scene.last;
  const box = { unit: null, width: W, height: H };
  const before = 20 + HALF;
  const total = width - 6 - HALF;
  const sum = total - HALF - 24;
  const product = sum - 22 - HALF;
  const left = before + HALF + 16;
  const edge = product - HALF - 14;
  const middle = (left + edge) / 2;
  const [y, low, read] = [128, 190, 280];
  const token = tokenRoom(trace);
  const pitch = Math.max(3, Math.min(16, 80 / trace.inputs));
  const start = left;
  scene.text(start + 8, 36, host.symbol("x"), "gs-sign gs-start", "start");
  scene.add(new Token(scene, { x: start + 24 + token / 2, y: 31, width: token }));
  const chips = start + 24 + token + 8;
  for (let column = 0; column < trace.inputs; column++)
    scene.add(
      new Chip(scene, {
        signal: "x",
        unit: column,
        x: chips + (column + 0.5) * pitch,
        y: 31,
        width: pitch - (pitch > 5 ? 2 : 0.5),
        height: 20,
        from: 0,
      }),
    );
  const stripEnd = chips + trace.inputs * pitch + 8;
  scene.ground.append(
    scene.stage(svg("rect", { class: "gs-look-box", x: start, y: 16, width: stripEnd - start, height: 30, rx: 7 }), 0),
  );
  scene.wire(`M${middle} 46V${y - 24}`, 0);
  closedBox(scene, {
    x: middle,
    width: edge - left,
    top: y - 24,
    bottom: low + 22,
    from: 0,
    name: "U, W",
    note: "+ b",
  });
  caption(scene, before, y - 26, "", host.symbol("previous_hidden"), 0);
  caption(scene, product, y - 26, "", names.recurrent, 0);
  caption(scene, product, low + 30, "", names.input, 0);
  caption(scene, total, y - 26, host.t("belt.total"), "a", 0);
  const old = scene.add(new Parcel(scene, { ...box, signal: "previous_hidden", x: before, y, from: 0 }));
  scene.wire(`M${before + HALF} ${y}H${left}`, 0);
  scene.wire(`M${edge} ${y}H${product - HALF}`, 0);
  scene.wire(`M${edge} ${low}H${product - HALF}`, 0);
  scene.add(new Parcel(scene, { ...box, signal: "from_h", target: "hidden", read: fromH, x: product, y, from: 0 }));
  scene.add(
    new Parcel(scene, {
      ...box,
      signal: "from_x",
      target: "hidden",
      read: fromX,
      x: product,
      y: low,
      from: 0,
    }),
  );
  scene.wire(`M${product + HALF} ${y}H${sum - 11}`, 0);
  scene.wire(`M${product + HALF} ${low}H${sum - 8}q8 0 8 -8V${y + 11}`, 0);
  scene.add(new Operation(scene, { x: sum, y, sign: "+", signal: "hidden", unit: null, from: 0 }));
  scene.wire(`M${sum + 11} ${y}H${total - HALF}`, 0);
  scene.add(
    new Parcel(scene, {
      ...box,
      signal: "pre.hidden",
      target: "hidden",
      x: total,
      y,
      from: 0,
      trip: { act: 0, path: [[sum - total, 0]] },
    }),
  );
  const plot = total - 28;
  scene.wire(`M${total} ${y + H / 2}V${read - 42}`, 1);
  scene.add(
    new Curve(scene, {
      signal: "squash",
      target: "hidden",
      read: (run, t, unit) => run.at("hidden", t, unit),
      unit: null,
      x: plot,
      y: read,
      width: 112,
      height: 84,
      from: 1,
    }),
  );
  scene.wire(`M${plot - 56} ${read}H${before + 60 + HALF}`, 1);
  const hidden = before + 60;
  scene.add(
    new Parcel(scene, {
      ...box,
      signal: "hidden",
      x: hidden,
      y: read,
      from: 1,
      now: [1, carry],
      trip: { act: 1, during: [0.6, 1], path: [[plot - hidden, 0]] },
    }),
  );
  caption(scene, hidden, read + 32, host.t("belt.memory.short"), host.symbol("hidden"), 1, [1, carry]);
  scene.wire(`M${hidden - HALF} ${read}H${TRACK}`, 1, { now: [1, carry], arrow: false });
  scene.wire(`M${TRACK} ${read}v26`, 1);
  scene.wires.append(scene.stage(svg("circle", { class: "gs-dot", cx: TRACK, cy: read, r: 2.6 }), 1));
  scene.stage(scene.text(TRACK, read + 41, host.t("belt.y"), "gs-sign"), 1);
  scene.wire(`M${TRACK} ${read}V${y + 8}q0 -8 8 -8H${before - HALF}`, 0, {
    now: [carry],
    className: "gs-return",
  });
  old.trip = {
    act: "carry",
    path: [
      [hidden - before, read - y],
      [TRACK - before, read - y],
      [TRACK - before, 0],
    ],
  };
  scene.size.height = read + 54;
  return scene;
}
