// The plain RNN's picture. There is no belt: h₋₁ and x go through U and W, where units mix, then
// through the squash, and what comes out is h. No path from h₋₁ to h avoids them.

import { svg } from "../../core/dom.js";
import { textWidth } from "../../core/text/width.js";
import { addParcel, Chip, Part, Operation, centred, nameLane, ring } from "../parts/parts.js";
import { Token, hiddenTrack, tokenRoom } from "../parts/look.js";
import { Mixer, closedBox } from "../parts/mixer.js";
import { activate, isBounded, signOf, squashOf } from "../../core/run/squash.js";
import { Scene, fitting, spread } from "../parts/scene.js";
import { labelWidth } from "../parts/words.js";

const PORTS = 8; // more columns of x than this enter the box as one bundle
const REACH = 4; // the tanh curve is drawn from −4 to 4

/** Sizes of a lane by the number of lanes and the room there is. */
export function measures(units, width, tall = Infinity) {
  const wide = width >= 860;
  const across = { mix: wide ? 190 : 120 };
  const size = (name, high) => ({ name, ...across, ...high, parcel: [wide ? 76 : 62, high.parcel] });
  const sizes = [
    size("roomy", { parcel: 34, band: 56, branch: 64, pitch: 150, plot: [104, 92] }),
    size("normal", { parcel: 28, band: 44, branch: 48, pitch: 106, plot: [88, 72] }),
    size("normal", { parcel: 26, band: 40, branch: 42, pitch: 88, plot: [88, 66] }),
    size("compact", { parcel: 22, band: 30, branch: 31, pitch: 66, plot: [72, 50] }),
    size("compact", { parcel: 20, band: 30, branch: 27, pitch: 58, plot: [68, 46] }),
    size("compact", { parcel: 18, band: 26, branch: 24, pitch: 50, plot: [64, 40] }),
  ];
  return fitting(sizes.slice(units <= 2 ? 0 : units <= 4 ? 1 : units <= 6 ? 3 : 4), units, tall);
}

export function symbols(host) {
  const [h, x] = [host.symbol("previous_hidden"), host.symbol("x")];
  return { recurrent: `U${h}`, input: `W${x}+b` };
}

/** The lanes of `units`; [null] is one lane that shows the chosen unit beside a closed box. */
export function rnnLanes(host, trace, { width, tall }, units) {
  const size = measures(units.length, width, tall);
  const scene = new Scene(host, trace, { width, height: 0, density: size.name });
  const label = labelWidth(host, trace.units);
  const right = width - 46;
  const columns = laneColumns(size, label + 26, right - 20);
  const strip = 38;
  const top = strip + 46;
  const first = top + 26 + size.plot[1] / 2;
  const lastLane = first + (units.length - 1) * size.pitch;
  const input = inputPorts(scene, columns, strip, first - size.band / 2, size);
  const box = {
    x: columns.mix,
    width: size.mix,
    top: first - size.band / 2,
    bottom: lastLane + size.branch + size.band / 2,
    from: 0,
    note: "+ b",
  };
  if (units[0] === null) closedBox(scene, box);
  else {
    const height = (unit) => first + unit * size.pitch;
    scene.add(
      new Mixer(scene, {
        ...box,
        block: 0,
        ports: (unit) => [height(unit), height(unit)],
        folded: false,
        source: "previous_hidden",
        input: { at: input, leaves: (unit) => height(unit) + size.branch },
      }),
      scene.ground,
    );
  }
  const bus = label + 8;
  const lanes = units.map((unit, k) => rnnLane(scene, unit, columns, first + k * size.pitch, size, { bus, right }));
  const foot = lastLane + size.branch + size.band / 2 + 18;
  const below = titles(scene, columns, top, foot);
  homeTrack(scene, { bus, right, lanes, to: columns.before - size.parcel[0] / 2 });
  scene.size.height = foot + 26 + below;
  return scene;
}

function laneColumns(size, start, right) {
  const [parcel] = size.parcel;
  const columns = spread(
    right - start,
    [
      { key: "before", width: parcel },
      { key: "mix", width: size.mix },
      { key: "product", width: parcel },
      { key: "sum", width: 24 },
      { key: "total", width: parcel },
      { key: "plot", width: size.plot[0] },
      { key: "hidden", width: parcel },
    ],
    { start, most: 70 },
  );
  return { ...columns, left: columns.mix - size.mix / 2, edge: columns.mix + size.mix / 2 };
}

/** x's columns stand above the box, each over the place where it goes in. */
export function inputPorts(scene, x, y, top, size) {
  const { host, trace } = scene;
  const named = trace.inputs <= 4 && size.mix > 150;
  const few = trace.inputs <= PORTS;
  const span = size.mix - 28;
  const pitch = few ? Math.min(62, span / trace.inputs) : span / trace.inputs;
  const at = Array.from({ length: trace.inputs }, (_, column) => x.mix + (column - (trace.inputs - 1) / 2) * pitch);
  const width = named ? Math.min(44, pitch - 6) : Math.max(2, Math.min(18, pitch - 2));
  const boxLeft = at[0] - width / 2 - 10;
  const token = tokenRoom(trace);
  const sign = textWidth(host.symbol("x"), 14) + 8;
  const start = Math.max(0, boxLeft - token - sign - 18);
  scene.text(start + 10, y + 4.5, host.symbol("x"), "gs-sign gs-start", "start");
  scene.add(new Token(scene, { x: start + 10 + sign + token / 2, y, width: token }));
  const end = at.at(-1) + width / 2 + 10;
  scene.ground.append(
    scene.stage(svg("rect", { class: "gs-look-box", x: start, y: y - 15, width: end - start, height: 30, rx: 7 }), 0),
  );
  at.forEach((place, column) => {
    scene.add(
      new Chip(scene, {
        signal: "x",
        unit: column,
        x: place,
        y,
        width,
        height: 20,
        numbers: named && width >= 40,
        from: 0,
      }),
    );
    if (few) scene.wire(`M${place} ${y + 15}V${top}`, 0);
    const name = named ? host.header.columns[column] || "" : "";
    if (name && textWidth(name, 12.5) < pitch - 8) scene.text(place + 5, y + 34, name, "gs-caption", "start");
  });
  if (!few) scene.wire(`M${x.mix} ${y + 15}V${top}`, 0, { className: "gs-through" });
  return few ? at : [];
}

/** Writes what each column is; returns how much lower than `foot` the note had to go. */
function titles(scene, x, y, foot) {
  const { host } = scene;
  const names = symbols(host);
  scene.heading(x.before, y, {
    word: host.t("belt.before.state"),
    signal: "previous_hidden",
    from: 0,
  });
  scene.heading(x.product, y, {
    word: host.t("belt.fromH"),
    sign: names.recurrent,
    signal: "hidden",
    from: 0,
  });
  const add = host.t("belt.add");
  const apart = (textWidth(host.t("belt.fromH"), 12.5) + textWidth(add, 12.5)) / 2 + 6 < x.sum - x.product;
  scene.heading(x.sum, y, { word: apart ? add : "", sign: "+", from: 0 });
  scene.heading(x.total, y, { word: host.t("belt.total"), sign: "a", signal: "hidden", from: 0 });
  scene.heading(x.plot, y, {
    word: host.t("belt.squash"),
    sign: signOf(host.header, "hidden"),
    signal: "hidden",
    from: 1,
  });
  scene.heading(x.hidden, y, {
    word: host.t("belt.state"),
    signal: "hidden",
    from: 1,
    now: [1, scene.last],
  });
  scene.heading(x.mix, foot, { word: host.t("belt.weigh"), sign: "U, W", from: 0 });
  scene.heading(x.product, foot, {
    word: host.t("belt.fromX"),
    sign: names.input,
    signal: "hidden",
    from: 0,
  });
  const note = host.t("belt.nobelt", {
    before: host.symbol("previous_hidden"),
    now: host.symbol("hidden"),
    weights: "U",
  });
  const room = x.end - x.sum - 30;
  const lines = textWidth(note, 12.5) <= room ? [note] : split(note);
  const below = Math.max(...lines.map((line) => textWidth(line, 12.5))) <= room ? 0 : 40; // else it would meet "from x"
  lines.forEach((line, k) => scene.stage(scene.text(x.end, foot + below + 17 * k, line, "gs-caption", "end"), 0, [scene.last]));
  return below;
}

/** Two lines, broken at the sentence's colon or near its middle. */
function split(note) {
  const at = note.search(/[:：]/);
  return at > 0 ? [note.slice(0, at + 1), note.slice(at + 1).trim()] : [note];
}

/** One lane at height y; unit null shows the chosen unit. */
export function rnnLane(scene, unit, x, y, size, { bus, right }) {
  const { host } = scene;
  const [width, height] = size.parcel;
  const half = width / 2;
  const low = y + size.branch;
  const carry = scene.last;
  const box = { unit, width, height };
  nameLane(scene, unit, bus - 10, y + 5);
  const old = addParcel(scene, box, "previous_hidden", x.before, y, 0);
  scene.wire(`M${x.before + half} ${y}H${x.left}`, 0);
  scene.wire(`M${x.edge} ${y}H${x.product - half}`, 0);
  scene.wire(`M${x.edge} ${low}H${x.product - half}`, 0);
  addParcel(scene, box, "from_h", x.product, y, 0, {
    target: "hidden",
    read: fromH,
    animation: { act: 0, during: [0.1, 0.6], path: [[x.edge - x.product, 0]] },
  });
  addParcel(scene, box, "from_x", x.product, low, 0, {
    target: "hidden",
    read: fromX,
    animation: { act: 0, during: [0.1, 0.6], path: [[x.edge - x.product, 0]] },
  });
  scene.wire(`M${x.product + half} ${y}H${x.sum - 12}`, 0);
  scene.wire(`M${x.product + half} ${low}H${x.sum - 8}q8 0 8 -8V${y + 12}`, 0);
  scene.add(new Operation(scene, { x: x.sum, y, sign: "+", signal: "hidden", unit, from: 0 }));
  scene.wire(`M${x.sum + 12} ${y}H${x.total - half}`, 0);
  addParcel(scene, box, "pre.hidden", x.total, y, 0, { target: "hidden", animation: { act: 0, during: [0.6, 1], path: [[x.sum - x.total, 0]] } });
  const [plotWidth, plotHeight] = size.plot;
  scene.wire(`M${x.total + half} ${y}H${x.plot - plotWidth / 2}`, 1);
  scene.add(
    new Curve(scene, {
      signal: "squash",
      target: "hidden",
      read: (trace, t, k) => trace.at("hidden", t, k),
      unit,
      x: x.plot,
      y,
      width: plotWidth,
      height: plotHeight,
      from: 1,
    }),
  );
  scene.wire(`M${x.plot + plotWidth / 2} ${y}H${x.hidden - half}`, 1);
  const hidden = addParcel(scene, box, "hidden", x.hidden, y, 1, {
    now: [1, carry],
    animation: { act: 1, during: [0.5, 1], path: [[x.plot - x.hidden, 0]] },
  });
  const way = [
    [x.hidden, y],
    [right, y],
    [right, 8],
    [bus, 8],
    [bus, y],
  ];
  old.animation = { act: "carry", path: way.map(([px, py]) => [px - x.before, py - y]) };
  return { unit, exit: [x.hidden + half, y], y, hidden };
}

/** h's track: to y, and along the top and down the left side into every unit's h₋₁. */
function homeTrack(scene, { bus, right, lanes, to }) {
  const bottom = lanes.at(-1).y;
  hiddenTrack(scene, {
    x: right,
    top: 8,
    exits: lanes.map((lane) => lane.exit),
    phase: 1,
    home: `H${bus + 8}q-8 0 -8 8V${bottom}`,
  });
  for (const { y } of lanes) scene.wire(`M${bus} ${y}H${to}`, 0, { now: [scene.last], className: "gs-return" });
}

/** Graph of the squash with the sum on its axis and the point where it lands. */
export class Curve extends Part {
  constructor(scene, options) {
    super(scene, options);
    const { width, height } = options;
    this.activation = squashOf(scene.trace.header, "hidden");
    this.free = !isBounded(this.activation);
    this.reachX = width / 2 - 8;
    this.reachY = height / 2 - 6;
    const plot = svg("rect", { class: "gs-plot", ...centred(width, height), rx: 6 });
    const axes = svg("path", {
      class: "gs-axis",
      d: `M${-this.reachX} 0H${this.reachX}M0 ${-this.reachY}V${this.reachY}`,
    });
    this.curve = svg("path", { class: "gs-curve" });
    this.guide = svg("path", { class: "gs-guide" });
    this.point = svg("circle", { class: "gs-point", r: 4.5 });
    this.node.append(ring(width, height), plot, axes, this.curve, this.guide, this.point);
    this.node.classList.add("gs-squash-plot");
    this.range = null;
  }

  /** Half the width in units of a: −4 to 4, where nothing bounds the function as far as the run goes. */
  rangeOf(trace) {
    if (!this.free) return REACH;
    return Math.max(
      1,
      trace.arrays["pre.hidden"].reduce((most, value) => (Number.isFinite(value) ? Math.max(most, Math.abs(value)) : most), 0),
    );
  }

  place(sum, value) {
    const within = (share) => (Number.isNaN(share) ? 0 : Math.max(-1, Math.min(1, share))); // a state that blew up has no place
    return [within(sum / this.range) * this.reachX, within(this.free ? value / this.range : value) * -this.reachY];
  }

  draw(scene, value) {
    if (this.trace !== scene.trace) this.reach = this.rangeOf((this.trace = scene.trace));
    const range = this.reach;
    if (range !== this.range) {
      this.range = range;
      const points = Array.from({ length: 41 }, (_, k) => ((k - 20) / 20) * range).map((a) => this.place(a, activate(this.activation, a)));
      this.curve.setAttribute("d", `M${points.map(([x, y]) => `${x.toFixed(1)} ${y.toFixed(1)}`).join("L")}`);
    }
    const [x, y] = this.place(scene.trace.at("pre.hidden", scene.step, this.unit), value);
    this.point.setAttribute("transform", `translate(${x.toFixed(1)} ${y.toFixed(1)})`);
    this.guide.setAttribute("d", `M${x.toFixed(1)} 0V${y.toFixed(1)}H${this.reachX}`);
    this.here = [x, y];
  }

  move(scene, times, before) {
    const time = times.get(1);
    if (!time || this.state === "pending") return;
    const sum = scene.trace.at("pre.hidden", before.step, this.unit);
    const [x, y] = before.step === scene.step ? [0, 0] : this.place(sum, this.valueAt(scene, before.step));
    const [toX, toY] = this.here;
    scene.animate(
      this.point,
      [{ transform: `translate(${x}px, ${y}px)` }, { transform: `translate(${toX}px, ${toY}px)` }],
      time,
    );
  }
}

/** U h₋₁ in one unit. */
export function fromH(trace, t, unit) {
  const h = trace.row("hidden", t - 1);
  let sum = 0;
  for (let from = 0; from < trace.units; from++) sum += trace.recurrentWeight(0, unit, from) * h[from];
  return sum;
}

/** W x + b in one unit. */
export function fromX(trace, t, unit) {
  const x = trace.row("x", t);
  let sum = 0;
  for (let column = 0; column < trace.inputs; column++)
    if (x[column] !== 0) sum += trace.inputWeight(0, unit, column) * x[column];
  return sum + trace.bias(0, unit);
}
