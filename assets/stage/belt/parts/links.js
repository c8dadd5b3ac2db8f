// What connects a lane's belt and its branch in some LSTMs: peepholes, through which gates look at c, and the
// link that makes a coupled input gate 1 − f.

import { svg } from "../../core/dom.js";
import { exact, number } from "../../core/text/format.js";
import { unitName } from "../../core/text/names.js";
import { Part } from "./parts.js";

const BEND = 5;
const ARROW = 7; // px of a wire that is long enough for an arrowhead
const LABEL = 12; // px between two valves that a label needs

/** A peephole, drawn as an eye on the wire through which one unit's gates look at that unit's own memory. */
export class Peephole extends Part {
  constructor(scene, { seen, gates, ...options }) {
    super(scene, { ...options, signal: "peephole", target: gates[0], read: (trace, step, unit) => trace.at(seen, step, unit) });
    this.words = { gates: gates.map((gate) => scene.host.symbol(gate)).join(", "), seen: scene.host.symbol(seen) };
    this.node.append(
      svg("rect", { class: "gs-ring", x: -13, y: -9, width: 26, height: 18, rx: 6 }),
      svg("rect", { class: "gs-target", x: -14, y: -12, width: 28, height: 24 }),
      svg("path", { d: "M-9 0Q0 -9.5 9 0Q0 9.5 -9 0Z" }),
      svg("circle", { r: 2.2 }),
    );
    this.node.classList.add("gs-peephole");
  }

  draw() {}

  label(host) {
    return host.t("belt.peephole", { ...this.words, unit: unitName(host, this.unit), value: number(this.value) });
  }

  exact(host) {
    return host.t("belt.peephole", { ...this.words, unit: unitName(host, this.unit), value: exact(this.value) });
  }
}

/** Which gates an LSTM's peepholes lead into: [those that see c₋₁, whether o sees c]. */
export function peepholesOf({ peephole, coupled, without }) {
  const looks = (gate) => peephole && !without.includes(gate) && !(coupled && gate === "input");
  return [["forget", "input"].filter(looks), looks("output")];
}

/**
 * The links of one lane.
 *
 * @param {object} x columns before, gate, cell, output
 * @param {{y: number, low: number, valve: number, parcel: number[]}} size heights of belt and branch; valve, parcel
 */
export function links(scene, unit, x, { y, low, valve, parcel: [width, height] }) {
  const [over, output] = peepholesOf(scene.trace.variant);
  const [from, to] = [y + valve / 2, low - valve / 2];
  const mid = (from + to) / 2;
  const small = (to - from) / 2 < ARROW;
  const { coupled } = scene.trace.variant;
  if (over.length) {
    const at = coupled ? x.gate - 5 : x.gate;
    const top = y + height / 2;
    const bend = Math.min(BEND, mid - top);
    scene.wire(`M${x.before} ${top}V${mid - bend}q0 ${bend} ${bend} ${bend}H${at}`, 0, { arrow: false });
    if (over.includes("forget")) scene.wire(`M${at} ${mid}V${from + 1}`, 0, { arrow: !small });
    if (over.includes("input")) scene.wire(`M${at} ${mid}V${to - 1}`, 0, { arrow: !small });
    if (over.length > 1) dot(scene, at, mid, 0);
    const hole = (x.before + width / 2 + x.gate - 8) / 2;
    scene.add(new Peephole(scene, { unit, x: hole, y: mid, from: 0, seen: "previous_cell", gates: over }));
  }
  if (output) {
    const bend = Math.min(BEND, to - mid - 1);
    scene.wire(`M${x.cell} ${mid}H${x.output - bend}q${bend} 0 ${bend} ${bend}V${to - 1}`, 3, { arrow: !small });
    dot(scene, x.cell, mid, 3);
    const hole = (x.tanh + width / 2 + x.output - 8) / 2;
    scene.add(new Peephole(scene, { unit, x: hole, y: mid, from: 3, seen: "cell", gates: ["output"] }));
  }
  if (coupled) drawCoupling(scene, over.length ? x.gate + 5 : x.gate, from, to, small);
}

/** The link from f to i, with "1−" beside it where there is room. */
export function drawCoupling(scene, x, from, to, small) {
  scene.wire(`M${x} ${from + 1}V${to - 1}`, 2, { arrow: !small });
  if (to - from >= LABEL) scene.stage(scene.text(x + 6, (from + to) / 2 + 4, "1−", "gs-caption gs-start", "start"), 2);
}

export function dot(scene, x, y, from) {
  scene.wires.append(scene.stage(svg("circle", { class: "gs-dot", cx: x, cy: y, r: 2.6 }), from));
}
