// The GRU's picture. The belt carries h; nothing on it but the cross-fader z. A tap copies h₋₁ off the
// belt into U_n, one box for all units, where each receives every other; from there the candidate comes
// back below and meets the old state in the fader. Where r stands is the whole difference between
// the two forms: before the box it scales what a unit sends to all, behind it what a unit receives from all.

import { band, carryOver, returnHidden } from "../parts/band.js";
import { addParcel, Squash, Operation, nameLane } from "../parts/parts.js";
import { Fader } from "../parts/fader.js";
import { Valve } from "../parts/gates.js";
import { hiddenTrack, lookStrip, roomForNumbers } from "../parts/look.js";
import { signOf } from "../../core/run/squash.js";
import { Mixer, closedBox } from "../parts/mixer.js";
import { Scene, fitting, spread } from "../parts/scene.js";
import { gruSymbols, labelWidth, resetRecurrent } from "../parts/words.js";

const taps = (header) => ["reset", "update"].map((signal) => ({ signal, squash: signOf(header, signal) })); // the candidate reads h₋₁ through U_n only

const CANDIDATE = 2; // row block of the candidate in the stacked weights

/** Sizes of a lane by the number of lanes and the room there is. */
export function measures(units, width, tall = Infinity) {
  const wide = width >= 1060;
  const parcel = wide ? 72 : 58;
  const across = { beside: 60, squash: wide ? 90 : 84, add: wide ? 66 : 54 };
  const size = (name, lines, high) => ({ name, lines, ...across, ...high, parcel: [parcel, high.parcel] });
  const sizes = [
    size("roomy", 2, { parcel: 32, band: 50, valve: 42, branch: 78, pitch: 156, loop: 11 }),
    size("normal", 2, { parcel: 28, band: 42, valve: 36, branch: 60, pitch: 120, loop: 9 }),
    size("normal", 2, { parcel: 26, band: 38, valve: 34, branch: 52, pitch: 98, loop: 7 }),
    size("compact", 1, { parcel: 22, band: 28, valve: 26, branch: 36, pitch: 68, loop: 6 }),
    size("compact", 1, { parcel: 20, band: 25, valve: 24, branch: 32, pitch: 60, loop: 5 }),
    size("compact", 1, { parcel: 18, band: 22, valve: 20, branch: 27, pitch: 51, loop: 4 }),
  ];
  return fitting(sizes.slice(units <= 2 ? 0 : units <= 4 ? 1 : units <= 6 ? 3 : 4), units, tall);
}

/** The lanes of `units`; [null] is one lane that shows the chosen unit beside a closed box. */
export function gruLanes(host, trace, { width, tall }, units) {
  const size = measures(units.length, width, tall);
  const scene = new Scene(host, trace, { width, height: 0, density: size.name });
  const before = trace.header.reset === "before";
  const right = width - 46;
  const columns = laneColumns(size, labelWidth(host, trace.units), right - 14, before);
  const level = 34;
  const top = level + 50;
  const strip = lookStrip(scene, {
    left: 0,
    right: right - 20,
    y: level,
    taps: taps(trace.header),
    numbers: roomForNumbers(trace, width),
    caption: width >= 1000,
  });
  const first = top + 26 + size.loop + size.band / 2;
  const lastLane = first + (units.length - 1) * size.pitch;
  const box = {
    x: columns.mix,
    width: columns.mixWidth,
    top: first - size.band / 2,
    bottom: lastLane + size.branch + size.band / 2,
    from: before ? 2 : 1,
    note: before ? "" : `+ b_{h${host.symbol("candidate")}}`,
  };
  if (units[0] === null) closedBox(scene, box);
  else {
    const ports = (unit) => [first + unit * size.pitch, first + unit * size.pitch + size.branch];
    scene.add(
      new Mixer(scene, {
        ...box,
        block: CANDIDATE,
        ports,
        folded: true,
        source: before ? "reset_hidden" : "previous_hidden",
      }),
      scene.ground,
    );
  }
  const lanes = units.map((unit, k) => gruLane(scene, unit, columns, first + k * size.pitch, size));
  const foot = lastLane + size.branch + Math.max(size.parcel[1], size.valve) / 2 + 20;
  titles(scene, columns, top, foot, size);
  hiddenTrack(scene, { x: right, top: 8, exits: lanes.map((lane) => lane.exit), strip, phase: 3 });
  for (const lane of lanes) returnHidden(lane, strip, right);
  scene.size.height = foot + 26;
  return scene;
}

function laneColumns(size, label, right, before) {
  const [parcel] = size.parcel;
  const valve = size.beside + 16;
  const roomForProduct = !before && right > 1000;
  const list = [
    { key: "mix", width: parcel > 60 ? 104 : 74 },
    { key: "inner", width: parcel },
    { key: "reset", width: valve },
    ...(roomForProduct ? [{ key: "reset_recurrent", width: parcel }] : []),
    { key: "add", width: size.add },
    { key: "squash", width: size.squash },
    { key: "before", width: parcel },
    { key: "fader", width: 116 },
    { key: "product", width: parcel },
    { key: "sum", width: 24 },
    { key: "hidden", width: parcel },
    { key: "end", width: 24 },
  ];
  const columns = spread(right - label, list, { start: label, most: 46 });
  return {
    ...columns,
    reset: columns.reset + 8 - valve / 2,
    fader: columns.fader - 10,
    mixWidth: list[0].width,
    edge: columns.mix + list[0].width / 2,
    close: columns.end,
  };
}

function titles(scene, x, y, foot, size) {
  const { host, trace } = scene;
  const names = gruSymbols(host);
  const before = trace.header.reset === "before";
  const wide = size.parcel[0] > 60;
  const key = before ? "belt.speaks" : "belt.listens";
  scene.heading(x.mix, y, { word: host.t("belt.mix"), sign: names.mix, from: before ? 2 : 1 });
  if (before)
    scene.heading(x.inner, y, {
      word: host.t("belt.reset_hidden"),
      sign: names.reset_hidden,
      signal: "reset_hidden",
      from: 1,
    });
  scene.heading(x.reset + 20, before ? y : foot, {
    word: host.t(key),
    signal: "reset",
    from: 0,
    now: [0, 1],
  });
  scene.heading(x.before, y, {
    word: host.t("belt.old"),
    signal: "previous_hidden",
    from: 0,
  });
  scene.heading(x.fader, y, {
    word: host.t(fadeWord(host)),
    signal: "update",
    from: 0,
    now: [0, 3],
  });
  scene.heading(x.product, y, { word: host.t("belt.kept"), sign: names.kept, signal: "kept", from: 3 });
  scene.heading(x.sum, y, { word: wide ? host.t("belt.add") : "", sign: "+", from: 3 });
  scene.heading(x.hidden, y, {
    word: host.t("belt.state"),
    signal: "hidden",
    from: 3,
    now: [3, scene.last],
  });
  scene.heading(x.inner, foot, {
    word: host.t("belt.mixed"),
    sign: names.recurrent,
    signal: "recurrent",
    from: before ? 2 : 1,
  });
  if (x.reset_recurrent)
    scene.heading(x.reset_recurrent, foot, {
      word: host.t("belt.reset_recurrent"),
      sign: `${host.symbol("reset")}⊙(…)`,
      signal: "reset",
      from: 1,
    });
  scene.heading(x.add, foot, { word: host.t("belt.fromX"), sign: names.fromX, signal: "candidate", from: 2 });
  scene.heading(x.before, foot, {
    word: host.t("belt.new"),
    signal: "candidate",
    from: 2,
  });
  scene.heading(x.product, foot, {
    word: host.t("belt.written"),
    sign: names.written,
    signal: "written",
    from: 3,
  });
}

/** What z is the share of: half of the literature has it the other way round. */
export const fadeWord = (host) => (host.header.update === "write" ? "belt.share.written" : "belt.share.kept");

/** One lane with its belt at height y; unit null shows the chosen unit. */
export function gruLane(scene, unit, x, y, size) {
  const { host, trace } = scene;
  const names = gruSymbols(host);
  const before = trace.header.reset === "before";
  const [width, height] = size.parcel;
  const half = width / 2;
  const low = y + size.branch;
  const carry = scene.last;
  const box = { unit, width, height };
  const mixed = before ? 2 : 1;
  const start = x.before - half - 12;

  band(scene, { start, end: x.close, y, size, into: { x: x.before, top: y - height / 2 } });
  nameLane(scene, unit, x.mix - x.mixWidth / 2 - 8, (y + low) / 2 + 5);
  const r = {
    unit,
    signal: "reset",
    symbol: host.symbol("reset"),
    x: x.reset,
    height: size.valve,
    lines: size.lines,
    from: 0,
    now: [0, 1],
  };

  if (!unit && size.lines === 2) scene.stage(scene.text(start - 10, y - 8, host.t("belt.tap"), "gs-caption", "end"), 1);
  const old = addParcel(scene, box, "previous_hidden", x.before, y, 0);
  let inner;
  if (before) {
    scene.wire(`M${x.before - half} ${y}H${x.reset + 10}`, 1, { arrow: false });
    scene.add(new Valve(scene, { ...r, y }));
    scene.wire(`M${x.reset - 10} ${y}H${x.inner + half}`, 1);
    addParcel(scene, box, "reset_hidden", x.inner, y, 1, { tint: old, animation: { act: 1, during: [0, 1], path: [[x.before - x.inner, 0]] } });
    scene.wire(`M${x.inner - half} ${y}H${x.edge}`, 2);
    scene.wire(`M${x.edge} ${low}H${x.inner - half}`, 2);
    inner = addParcel(scene, box, "recurrent", x.inner, low, 2, { animation: { act: 2, during: [0, 0.5], path: [[x.edge - x.inner, 0]] } });
    scene.wire(`M${x.inner + half} ${low}H${x.add - size.add / 2}`, 2);
  } else {
    scene.wire(`M${x.before - half} ${y}H${x.edge}`, 1);
    scene.wire(`M${x.edge} ${low}H${x.inner - half}`, 1);
    inner = addParcel(scene, box, "recurrent", x.inner, low, 1, { animation: { act: 1, during: [0, 0.5], path: [[x.edge - x.inner, 0]] } });
    scene.wire(`M${x.inner + half} ${low}H${x.reset - 10}`, 1, { arrow: false });
    scene.add(new Valve(scene, { ...r, y: low }));
    const next = x.reset_recurrent ? x.reset_recurrent - half : x.add - size.add / 2;
    scene.wire(`M${x.reset + 10} ${low}H${next}`, x.reset_recurrent ? 1 : 2);
    if (x.reset_recurrent) {
      addParcel(scene, box, "reset_recurrent", x.reset_recurrent, low, 1, {
        target: "candidate",
        read: resetRecurrent,
        tint: inner,
        animation: { act: 1, during: [0.45, 1], path: [[x.inner - x.reset_recurrent, 0]] },
      });
      scene.wire(`M${x.reset_recurrent + half} ${low}H${x.add - size.add / 2}`, 2);
    }
  }
  const op = { unit, height: Math.min(24, height), from: 2, y: low, target: "candidate" };
  scene.add(new Squash(scene, { ...op, signal: "from_x", sign: "+", read: fromX, x: x.add, width: size.add }));
  scene.wire(`M${x.add + size.add / 2} ${low}H${x.squash - size.squash / 2}`, 2);
  scene.add(new Squash(scene, { ...op, signal: "pre.candidate", sign: signOf(scene.trace.header, "candidate"), x: x.squash, width: size.squash }));
  scene.wire(`M${x.squash + size.squash / 2} ${low}H${x.before - half}`, 2);
  const fresh = addParcel(scene, box, "candidate", x.before, low, 2, { animation: { act: 2, during: [0.55, 1], path: [[x.squash - x.before, 0]] } });

  const belt = { className: "gs-through" };
  scene.wire(`M${x.before + half} ${y}H${x.fader - 7}`, 3, { ...belt, arrow: false });
  scene.wire(`M${x.before + half} ${low}H${x.fader - 7}`, 3, { arrow: false });
  scene.wire(`M${x.fader + 7} ${y}H${x.product - half}`, 3, belt);
  scene.wire(`M${x.fader + 7} ${low}H${x.product - half}`, 3);
  scene.add(
    new Fader(scene, {
      unit,
      signal: "update",
      symbol: host.symbol("update"),
      x: x.fader,
      y,
      span: size.branch,
      from: 0,
      now: [0, 3],
      old: size.lines === 2 ? host.t("belt.old") : "",
      fresh: size.lines === 2 ? host.t("belt.new") : "",
      lines: size.lines,
      writes: trace.header.update === "write",
    }),
  );
  addParcel(scene, box, "kept", x.product, y, 3, { tint: old, animation: { act: 3, during: [0, 0.6], path: [[x.before - x.product, 0]] } });
  addParcel(scene, box, "written", x.product, low, 3, { tint: fresh, animation: { act: 3, during: [0, 0.6], path: [[x.before - x.product, 0]] } });
  scene.wire(`M${x.product + half} ${y}H${x.sum - 12}`, 3, belt);
  scene.wire(`M${x.product + half} ${low}H${x.sum - 8}q8 0 8 -8V${y + 12}`, 3);
  scene.add(new Operation(scene, { x: x.sum, y, sign: "+", signal: "hidden", unit, from: 3 }));
  scene.wire(`M${x.sum + 12} ${y}H${x.hidden - half}`, 3, belt);
  const hidden = addParcel(scene, box, "hidden", x.hidden, y, 3, {
    now: [3, carry],
    animation: { act: 3, during: [0.6, 1], path: [[x.sum - x.hidden, 0]] },
  });
  scene.wire(`M${x.hidden + half} ${y}H${x.close - 6}`, 3, { ...belt, now: [carry], arrow: false });
  scene.wire(`M${x.hidden} ${y + height / 2}V${low - 8}q0 8 8 8H${x.close}`, 3, {
    now: [3, carry],
    arrow: false,
  });

  carryOver(old, { before: x.before, now: x.hidden, end: x.close }, 3 - size.band / 2 - size.loop);
  return { unit, exit: [x.close, low], hidden, names };
}

/** What the input adds to the candidate, W_n x + b_n. */
export function fromX(trace, t, unit) {
  const x = trace.row("x", t);
  let sum = 0;
  for (let column = 0; column < trace.inputs; column++)
    if (x[column] !== 0) sum += trace.inputWeight(CANDIDATE, unit, column) * x[column];
  return sum + trace.bias(CANDIDATE, unit);
}
