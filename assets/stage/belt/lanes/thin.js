// More units than parcels have room for: under the chosen unit's lane every unit has a thin one, its
// equation from left to right in cells of colour; gates are small bars while a row is high enough.
// With very many units the rows close up and each signal becomes a column of colour.

import { allDigits } from "../../core/text/format.js";
import { isGate } from "../../core/colour.js";
import { set, svg } from "../../core/dom.js";
import { unitName } from "../../core/text/names.js";
import { textWidth } from "../../core/text/width.js";
import { partName, textOf } from "../parts/parts.js";
import { Mixer } from "../parts/mixer.js";
import { spread } from "../parts/scene.js";
import { gruSymbols, lstmSymbols, resetRecurrent } from "../parts/words.js";

/** The least height of a row. Before a hall each of a few rows has its number, and many are still told apart, or none is there. */
export const LEAST_PITCH = { page: () => 3.6, hall: (units) => (units <= 16 ? 14 : 6) };

const BAR = 11; // rows at least this high show gates as bars

/** What stands in a row: signals with the phases of their appearance, and the signs between them. */
const ROWS = {
  lstm: () => [
    ["previous_cell", 0],
    "⊙",
    ["forget", 1],
    "+",
    ["candidate", 2],
    "⊙",
    ["input", 2],
    "=",
    ["cell", 2],
    "→",
    ["tanh_cell", 3],
    "⊙",
    ["output", 3],
    "=",
    ["hidden", 3],
  ],
  gru: (before) => [
    ["previous_hidden", 0],
    ...(before
      ? ["⊙", ["reset", 0], "=", ["reset_hidden", 1], "mix", ["recurrent", 2]]
      : ["mix", ["recurrent", 1], "⊙", ["reset", 0], "=", ["reset_recurrent", 1]]),
    "→",
    ["candidate", 2],
    "",
    ["update", 0],
    "",
    ["kept", 3],
    "+",
    ["written", 3],
    "=",
    ["hidden", 3],
  ],
  rnn: () => [["previous_hidden", 0], "mix", ["pre.hidden", 0], "→", ["hidden", 1]],
};

/** The row of a cell that has no lanes, the same at every width: its description has the signals and the signs. */
function foldedRow({ row, phases, made, signals }) {
  return row.map((item) => (signals.includes(item) ? [item, Math.max(0, phases.indexOf(made[item]))] : item));
}

const folded = (trace) => trace.description.row.length > 0;

/** On a phone: what a thumb's width can hold. */
const FOLDED_ROWS = {
  lstm: () => [
    ["forget", 1],
    "",
    ["input", 2],
    "",
    ["candidate", 2],
    "",
    ["cell", 2],
    "",
    ["output", 3],
    "",
    ["hidden", 3],
  ],
  gru: () => [["reset", 0], "", ["update", 0], "", ["candidate", 2], "", ["hidden", 3]],
  rnn: () => [["previous_hidden", 0], "→", ["pre.hidden", 0], "→", ["hidden", 1]],
};

/** A row without the gates that are left out, nor the sign that would join each to its neighbour. */
function gatesThere(row, without) {
  const gone = row.flatMap((item, k) => (without.includes(item[0]) ? [k, k > 0 ? k - 1 : k + 1] : []));
  return row.filter((_, k) => !gone.includes(k));
}

/** Values that are not in the trace as they stand; z is told in the chosen convention. */
function reader(signal, header) {
  if (signal === "reset_recurrent") return resetRecurrent;
  if (signal === "update" && header.update === "write") return (trace, t, unit) => 1 - trace.at("update", t, unit);
  return null;
}

/** Height of a row: wide enough for a finger where there are few. */
function pitchOf(units, narrow, room, least) {
  const fits = Math.max(least(units), room / units);
  if (units <= 8) return Math.min(28, fits);
  if (units <= 16) return Math.min(narrow ? 24 : 22, fits);
  if (units <= 32) return Math.min(15, fits);
  return Math.min(fits, Math.max(6, Math.min(10, 400 / units)));
}

/** One value in one unit as a coloured cell, or as a bar that is as long as the gate is open. */
class Cell {
  constructor(scene, { signal, unit, x, y, width, height, from, bar, narrow }) {
    Object.assign(this, {
      signal,
      target: signal === "reset_recurrent" ? "candidate" : signal.replace("pre.", ""),
      unit,
      from,
      bar,
      width,
      fixed: unit,
      movesOnly: narrow,
    });
    this.read = reader(signal, scene.host.header);
    const { host } = scene;
    this.node = svg("rect", {
      class: bar ? "gs-part gs-cell gs-bar" : "gs-part gs-cell",
      role: "button",
      tabindex: -1,
      x: x - width / 2,
      y: y - height / 2,
      width,
      height,
      rx: height > 8 ? 2 : 0,
    });
    set(this.node, {
      "data-part": signal,
      "data-signal": signal,
      "data-unit": unit,
      "data-hue": bar ? signal : null,
      "aria-label": host.t("belt.thin", { name: partName(host, signal), unit: unitName(host, unit) }),
    });
    this.level = null;
    this.state = null;
    this.marked = false;
  }

  paint(scene, phase, selected) {
    const { trace, step } = scene;
    this.value = this.read ? this.read(trace, step, this.unit) : trace.at(this.signal, step, this.unit);
    const shown = phase >= this.from && scene.host.visible({ signal: this.signal, unit: this.unit, step });
    const state = shown ? "past" : "pending";
    if (state !== this.state) this.node.setAttribute("data-state", (this.state = state));
    if (this.bar) {
      const level = state === "pending" ? 0 : Math.round(this.value * this.width * 2) / 2;
      if (level !== this.level) this.node.setAttribute("width", (this.level = level));
    } else {
      const fill = state === "pending" ? "none" : scene.shade(this.signal, this.value).fill;
      if (fill !== this.level) this.node.setAttribute("fill", (this.level = fill));
    }
    const marked = selected !== null && selected.signal === this.signal && selected.unit === this.unit;
    if (marked !== this.marked) set(this.node, { "data-selected": (this.marked = marked) });
  }

  exact(host) {
    const words = { name: partName(host, this.signal), unit: unitName(host, this.unit) };
    if (this.state === "pending") return host.t("belt.pending", words);
    return host.t("belt.part", {
      ...words,
      value: `${textOf(this.signal, this.value)} (${allDigits(this.value)})`,
    });
  }
}

/** The frame round the chosen unit's row. */
class Marker {
  constructor({ x, width, y, pitch }) {
    this.node = svg("rect", {
      class: "gs-row-mark",
      x,
      width,
      y: y - pitch / 2 - 1,
      height: pitch + 1,
      rx: Math.min(5, pitch / 3),
    });
    this.pitch = pitch;
  }

  paint(scene) {
    if (this.unit === scene.chosen) return;
    this.unit = scene.chosen;
    this.node.setAttribute("transform", `translate(0 ${scene.chosen * this.pitch})`);
  }
}

/** Adds the thin lanes of all units under the picture. */
export function thinLanes(scene, { left, right, narrow, tall, least = LEAST_PITCH.page }) {
  const { host, trace } = scene;
  const before = trace.header.reset === "before";
  const row = folded(trace) ? foldedRow(trace.description) : gatesThere((narrow ? FOLDED_ROWS : ROWS)[trace.cell](before), trace.variant.without);
  const pitch = pitchOf(trace.units, narrow, tall - scene.size.height - 64, least);
  const bars = pitch >= BAR;
  const label = labelRoom(host, trace.units);
  const top = scene.size.height + 34;
  const first = top + 20 + pitch / 2;
  const columns = row.map((item, k) => ({
    key: k,
    width: widthOf(item, right - left, row, { trace, narrow }),
  }));
  const x = spread(right - left - label - 12, columns, {
    start: left + label,
    most: narrow ? 40 : trace.cell === "rnn" ? 110 : 60,
  });
  const height = Math.max(3, pitch - (bars ? 7 : 1));
  const middle = first + ((trace.units - 1) * pitch) / 2;
  const signs = names(host, trace);

  scene.add(new Marker({ x: left, width: x.end - left + 6, y: first, pitch }), scene.ground);
  rules(scene, { from: x[0], to: x[row.length - 1], first, pitch, bars });
  row.forEach((item, k) => {
    if (item === "mix") mixer(scene, { x: x[k], width: columns[k].width, first, pitch, row, before });
    else if (typeof item === "string") scene.text(x[k], top, item, "gs-caption");
    else {
      const [signal, from] = item;
      scene.heading(x[k], top - 18, {
        word: "",
        sign: signs[signal] ?? host.symbol(signal),
        signal,
        from,
        now: phaseOf(trace, signal, from),
      });
      const bar = bars && isGate(signal);
      const width = columns[k].width;
      if (bar) scene.ground.append(scene.stage(tracks(x[k], width, first, pitch, height, trace.units), from));
      for (let unit = 0; unit < trace.units; unit++)
        scene.add(
          new Cell(scene, {
            signal,
            unit,
            x: x[k],
            y: first + unit * pitch,
            width,
            height,
            from,
            bar,
            narrow,
          }),
        );
    }
  });
  labels(scene, left + label - 10, first, pitch);
  scene.size.height = first + (trace.units - 0.5) * pitch + 10;
  return middle;
}

const labelRoom = (host, units) => {
  let widest = 0;
  for (let unit = 0; unit < units; unit++) widest = Math.max(widest, textWidth(unitName(host, unit), 12.5));
  return Math.min(80, widest + 18);
};

function widthOf(item, room, row, { trace, narrow }) {
  if (item === "mix")
    return narrow ? 50 : Math.min(trace.cell === "rnn" ? 380 : 220, room / (trace.cell === "rnn" ? 3 : 6));
  if (typeof item === "string") return item === "" ? 2 : 14;
  const cells = row.filter((each) => Array.isArray(each)).length;
  return Math.max(22, Math.min(64, (room - 140) / (cells * 1.45)));
}

/** Emphasis as in the lane above: gates of the look phase act again in their own. */
function phaseOf(trace, signal, from) {
  if (folded(trace)) return [from];
  if (signal === "reset") return [0, 1];
  if (signal === "update") return [0, 3];
  return [from];
}

function names(host, trace) {
  if (folded(trace)) return {};
  if (trace.cell === "lstm") {
    const s = lstmSymbols(host);
    return { tanh_cell: s.tanh, ...(trace.variant.coupled && { input: s.coupled }) };
  }
  if (trace.cell === "rnn") return { "pre.hidden": "a" };
  const s = gruSymbols(host);
  return {
    kept: s.kept,
    written: s.written,
    recurrent: trace.header.reset === "before" ? `${s.mix}(…)` : `${s.mix}${host.symbol("previous_hidden")}+b`,
    reset_hidden: s.reset_hidden,
    reset_recurrent: `${host.symbol("reset")}⊙(…)`,
  };
}

/** A hairline a lane, all in one path. */
function rules(scene, { from, to, first, pitch, bars }) {
  if (!bars) return;
  const lines = Array.from({ length: scene.trace.units }, (_, unit) => `M${from} ${first + unit * pitch}H${to}`);
  scene.ground.append(svg("path", { class: "gs-rule", d: lines.join("") }));
}

/** The closed leaves behind the bars, with the tick at one half. */
function tracks(x, width, first, pitch, height, units) {
  const half = height / 2;
  const node = svg("g", { class: "gs-tracks" });
  const boxes = Array.from(
    { length: units },
    (_, unit) => `M${x - width / 2} ${first + unit * pitch - half}h${width}v${height}h${-width}z`,
  );
  const ticks = Array.from({ length: units }, (_, unit) => `M${x} ${first + unit * pitch - half - 2}v${height + 4}`);
  node.append(
    svg("path", { class: "gs-track", d: boxes.join("") }),
    svg("path", { class: "gs-half", d: ticks.join("") }),
  );
  return node;
}

function mixer(scene, { x, width, first, pitch, before }) {
  const { trace } = scene;
  const gru = trace.cell === "gru";
  const ports = (unit) => [first + unit * pitch, first + unit * pitch];
  const box = {
    x,
    width,
    top: first - pitch / 2,
    bottom: first + (trace.units - 0.5) * pitch,
    from: gru && before ? 2 : gru ? 1 : 0,
  };
  scene.add(
    new Mixer(scene, {
      ...box,
      block: gru ? 2 : 0,
      ports,
      folded: false,
      onlyChosen: true,
      source: gru && before ? "reset_hidden" : "previous_hidden",
    }),
    scene.ground,
  );
  scene.heading(x, first - pitch / 2 - 38, {
    word: "",
    sign: gru ? gruSymbols(scene.host).mix : "U",
    from: box.from,
  });
}

function labels(scene, x, first, pitch) {
  const every = pitch >= 12 ? 1 : 8;
  for (let unit = 0; unit < scene.trace.units; unit++)
    if (every === 1 || unit === 0 || (unit + 1) % every === 0)
      scene.text(x, first + unit * pitch + 4.5, unitName(scene.host, unit), "gs-caption", "end");
}
