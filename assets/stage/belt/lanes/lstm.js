// The LSTM's picture: one lane a unit. The belt carries c straight through: c₋₁, valve f, what was
// kept, + , c. Below it at the left the branch that writes (g, valve i, i⊙g, up into the lane's own +),
// at the right the branch that reads (tanh, valve o, h). h never rides on the belt.

import { band, carryOver, gated, returnHidden } from "../parts/band.js";
import { addParcel, Squash, Operation, nameLane } from "../parts/parts.js";
import { links } from "../parts/links.js";
import { hiddenTrack, lookStrip, roomForNumbers } from "../parts/look.js";
import { signOf } from "../../core/run/squash.js";
import { textWidth } from "../../core/text/width.js";
import { Scene, fitting, spread } from "../parts/scene.js";
import { labelWidth, lstmSymbols } from "../parts/words.js";

/** What looks at x and h₋₁: all but the gates that are left out or hang on another. */
export function tapsOf({ header, variant: { coupled, without } }) {
  const parts = ["forget", "input", "candidate", "output"];
  return parts
    .filter((part) => !without.includes(part) && !(coupled && part === "input"))
    .map((signal) => ({ signal, squash: signOf(header, signal) }));
}

/** Sizes of a lane by the number of lanes: one is an exhibit, eight must fit a laptop's screen. */
export function measures(units, width, tall = Infinity) {
  const wide = width >= 940;
  const across = (parcel, beside, squash) =>
    wide ? { wide, parcel, beside, squash } : { wide, parcel: 54, beside: Math.min(60, beside - 4), squash: 80 };
  const size = (name, lines, { parcel, ...rest }, high) => ({
    name,
    lines,
    ...rest,
    ...high,
    parcel: [parcel, high.parcel],
  });
  const roomy = size("roomy", 2, across(84, 66, 92), {
    parcel: 34,
    band: 50,
    valve: 44,
    branch: 66,
    pitch: 142,
    loop: 11,
  });
  const normal = size("normal", 2, across(76, 62, 88), {
    parcel: 28,
    band: 42,
    valve: 36,
    branch: 52,
    pitch: 112,
    loop: 9,
  });
  const close = size("normal", 2, across(76, 62, 88), {
    parcel: 26,
    band: 38,
    valve: 34,
    branch: 46,
    pitch: 92,
    loop: 7,
  });
  const dense = size("compact", 1, across(72, 66, 84), {
    parcel: 22,
    band: 28,
    valve: 26,
    branch: 32,
    pitch: 65,
    loop: 6,
  });
  const tight = size("compact", 1, across(72, 66, 84), {
    parcel: 20,
    band: 25,
    valve: 24,
    branch: 28,
    pitch: 57,
    loop: 5,
  });
  const least = size("compact", 1, across(72, 66, 84), {
    parcel: 18,
    band: 22,
    valve: 20,
    branch: 25,
    pitch: 49,
    loop: 4,
  });
  const sizes = [roomy, normal, close, dense, tight, least];
  return fitting(sizes.slice(units <= 2 ? 0 : units <= 4 ? 1 : units <= 6 ? 3 : 4), units, tall);
}

/** Word and symbol of a gate's heading: i = 1−f where it is coupled, f = 1 where there is none. */
export function gateHeading(scene, signal) {
  const { host, trace } = scene;
  const { coupled, without } = trace.variant;
  const symbol = host.symbol(signal);
  if (without.includes(signal)) return { word: host.t("belt.none"), sign: `${symbol} = 1`, signal };
  const isCoupled = coupled && signal === "input";
  return { word: host.t(`belt.${signal}`), sign: isCoupled ? `${symbol} = ${lstmSymbols(host).coupled}` : symbol, signal };
}

/** The lanes of `units`; [null] is one lane that shows the chosen unit. */
export function lstmLanes(host, trace, { width, tall }, units) {
  const size = measures(units.length, width, tall);
  const scene = new Scene(host, trace, { width, height: 0, density: size.name });
  const label = labelWidth(host, trace.units);
  const right = width - 46;
  const columns = laneColumns(size, label, right - 14);
  const level = 40;
  const top = level + 44;
  const strip = lookStrip(scene, {
    left: 0,
    right: right - 20,
    y: level - 6,
    taps: tapsOf(trace),
    numbers: roomForNumbers(trace, width),
    caption: width >= 1000,
  });
  headings(scene, columns, top, size);
  const first = top + 26 + size.loop + size.band / 2;
  const lanes = units.map((unit, k) => lstmLane(scene, unit, columns, first + k * size.pitch, size));
  const foot = first + (units.length - 1) * size.pitch + size.branch + size.parcel[1] / 2 + 22;
  footings(scene, columns, foot);
  hiddenTrack(scene, { x: right, top: 8, exits: lanes.map((lane) => lane.exit), strip, phase: 3 });
  for (const lane of lanes) returnHidden(lane, strip, right);
  scene.size.height = foot + 26;
  return scene;
}

function laneColumns(size, label, right) {
  const [parcel] = size.parcel;
  const valve = 2 * (size.beside + 8) - 52;
  const list = [
    { key: "squash", width: size.squash },
    { key: "before", width: parcel },
    { key: "gate", width: valve },
    { key: "product", width: parcel },
    { key: "sum", width: 24 },
    { key: "cell", width: parcel },
    { key: "tanh", width: parcel },
    { key: "output", width: valve },
    { key: "hidden", width: parcel },
  ];
  const columns = spread(right - label - 16, list, { start: label + 8, most: 64 });
  for (const key of ["gate", "output"]) columns[key] += 8 - valve / 2; // the reading stands at the right
  return { ...columns, start: label, end: right };
}

function headings(scene, x, y, size) {
  const { host } = scene;
  const names = lstmSymbols(host);
  const carry = scene.last;
  const words = (textWidth(host.t("belt.before"), 12.5) + textWidth(host.t("belt.forget"), 12.5)) / 2;
  const roomy = x.gate - x.before > words + 3;
  scene.heading(x.before, y, {
    word: host.t(roomy ? "belt.before" : "belt.before.short"),
    signal: "previous_cell",
    from: 0,
  });
  scene.heading(x.gate + aside(x), y, {
    ...gateHeading(scene, "forget"),
    from: 1,
  });
  scene.heading(x.product, y, { word: host.t("belt.kept"), sign: names.kept, signal: "kept", from: 1 });
  scene.heading(x.sum, y, { word: size.wide ? host.t("belt.add") : "", sign: "+", from: 2 });
  scene.heading(x.cell, y, {
    word: host.t(roomy ? "belt.memory" : "belt.memory.short"),
    signal: "cell",
    from: 2,
    now: [2, carry],
  });
  if (!size.wide) return;
  const note = scene.text(
    x.end - 8,
    y,
    host.t("belt.onward", { now: host.symbol("cell"), before: host.symbol("previous_cell") }),
    "gs-caption",
    "end",
  );
  scene.stage(note, 2, [carry]);
}

function footings(scene, x, y) {
  const { host } = scene;
  const names = lstmSymbols(host);
  scene.heading(x.before, y, {
    word: host.t("belt.candidate"),
    signal: "candidate",
    from: 2,
  });
  scene.heading(x.gate + aside(x), y, {
    ...gateHeading(scene, "input"),
    from: 2,
  });
  scene.heading(x.product, y, {
    word: host.t("belt.written"),
    sign: names.written,
    signal: "written",
    from: 2,
  });
  const squashed = scene.trace.variant.linear.includes("cell") ? "" : host.t("belt.squashed");
  scene.heading(x.tanh, y, { word: squashed, sign: names.tanh, signal: "tanh_cell", from: 3 });
  scene.heading(x.output + aside(x), y, {
    ...gateHeading(scene, "output"),
    from: 3,
  });
  scene.heading(x.hidden, y, {
    word: host.t("belt.hidden"),
    signal: "hidden",
    from: 3,
    now: [3, scene.last],
  });
}

/** Where columns are close a gate's heading stands over its valve and number together. */
const aside = (x) => (x.gate - x.before < 78 ? 18 : 0);

/** One lane with its belt at height y; unit null shows the chosen unit. */
export function lstmLane(scene, unit, x, y, size) {
  const { host } = scene;
  const [width, height] = size.parcel;
  const half = width / 2;
  const low = y + size.branch;
  const carry = scene.last;
  const box = { unit, width, height };
  const valve = { unit, height: size.valve, lines: size.lines };
  const { peephole, coupled, linear } = scene.trace.variant;

  band(scene, { start: x.start, end: x.end, y, size });
  nameLane(scene, unit, x.start - 14, y + 5);

  const belt = { className: "gs-through" };
  scene.wire(`M${x.start + 6} ${y}H${x.before - half}`, 0, { ...belt, now: [carry], arrow: false });
  scene.wire(`M${x.product + half} ${y}H${x.sum - 12}`, 2, belt);
  scene.wire(`M${x.sum + 12} ${y}H${x.cell - half}`, 2, belt);
  scene.wire(`M${x.cell + half} ${y}H${x.end - 6}`, 2, { ...belt, now: [carry] });
  const before = addParcel(scene, box, "previous_cell", x.before, y, 0);
  const forget = { ...valve, signal: "forget", x: x.gate, y, from: 1, onBelt: true };
  gated(scene, x.before + half, x.product - half, forget, belt);
  addParcel(scene, box, "kept", x.product, y, 1, { tint: before, animation: { act: 1, during: [0.15, 1], path: [[x.before - x.product, 0]] } });

  if (!linear.includes("candidate")) {
    scene.add(
      new Squash(scene, {
        signal: "pre.candidate",
        target: "candidate",
        sign: signOf(scene.trace.header, "candidate"),
        unit,
        x: x.squash,
        y: low,
        width: size.squash,
        height: Math.min(24, height),
        from: 0,
      }),
    );
    scene.wire(`M${x.squash + size.squash / 2} ${low}H${x.before - half}`, 2);
  }
  const candidate = addParcel(scene, box, "candidate", x.before, low, 2, { animation: { act: 2, during: [0, 0.35], path: [[x.squash - x.before, 0]] } });
  const coupledLabel = coupled ? { known: 2, words: lstmSymbols(host).coupled } : {};
  gated(scene, x.before + half, x.product - half, { ...valve, ...coupledLabel, signal: "input", x: x.gate, y: low, from: 2 });
  addParcel(scene, box, "written", x.product, low, 2, { tint: candidate, animation: { act: 2, during: [0.3, 0.7], path: [[x.before - x.product, 0]] } });
  scene.wire(`M${x.product + half} ${low}H${x.sum - 8}q8 0 8 -8V${y + 12}`, 2);
  scene.add(new Operation(scene, { x: x.sum, y, sign: "+", signal: "cell", unit, from: 2, now: [2] }));
  const cell = addParcel(scene, box, "cell", x.cell, y, 2, { now: [2, carry], animation: { act: 2, during: [0.7, 1], path: [[x.sum - x.cell, 0]] } });

  if (linear.includes("cell")) scene.wire(`M${x.cell} ${y + height / 2}V${low - 8}q0 8 8 8H${x.tanh - half}`, 3);
  else {
    scene.wire(`M${x.cell} ${y + height / 2}V${low - Math.min(12, height / 2)}`, 3);
    scene.add(new Operation(scene, { x: x.cell, y: low, sign: signOf(scene.trace.header, "cell"), signal: "tanh_cell", unit, from: 3, width: 44 }));
    scene.wire(`M${x.cell + 22} ${low}H${x.tanh - half}`, 3);
  }
  const squashed = addParcel(scene, box, "tanh_cell", x.tanh, low, 3, {
    animation: { act: 3, during: [0, 0.5], path: [[x.cell - x.tanh, y - low], [x.cell - x.tanh, 0]]},
  });
  const waits = peephole ? { known: 3 } : {}; // for the c that it looks at
  gated(scene, x.tanh + half, x.hidden - half, { ...valve, ...waits, signal: "output", x: x.output, y: low, from: 3 });
  const hidden = addParcel(scene, box, "hidden", x.hidden, low, 3, {
    now: [3, carry],
    tint: squashed,
    animation: { act: 3, during: [0.45, 1], path: [[x.tanh - x.hidden, 0]] },
  });

  links(scene, unit, x, { y, low, valve: size.valve, parcel: size.parcel });

  carryOver(before, { before: x.before, now: x.cell, end: x.end, start: x.start }, 3 - size.band / 2 - size.loop);
  return { unit, exit: [x.hidden + half, low] };
}
