// What every picture of lanes has: the belt with its return, a valve on a wire, and the path of h to the next step.

import { svg } from "../../core/dom.js";
import { Valve } from "./gates.js";

const GAP = 10; // px from a valve's middle to its wires

/** A wire with a valve on it, from left to right or back; without its gate the wire goes straight through. */
export function gated(scene, from, to, gate, look = {}) {
  const { x, y, signal, from: phase } = gate;
  if (scene.trace.variant.without.includes(signal)) return void scene.wire(`M${from} ${y}H${to}`, phase, look);
  const edge = from < to ? GAP : -GAP;
  scene.wire(`M${from} ${y}H${x - edge}`, phase, { ...look, arrow: false });
  scene.wire(`M${x + edge} ${y}H${to}`, phase, look);
  scene.add(new Valve(scene, { ...gate, symbol: scene.host.symbol(signal) }));
}

/**
 * The belt itself, and above it the way back: what leaves at the right enters at the left, or comes down from above
 * onto `into`, {x, top}, where the left end has to stay free.
 */
export function band(scene, { start, end, y, size, into = null }) {
  const half = size.band / 2;
  scene.ground.append(
    svg("rect", {
      class: "gs-band",
      x: start,
      y: y - half,
      width: end - start,
      height: size.band,
      rx: Math.min(10, half),
    }),
  );
  const up = y - half - size.loop + 3;
  const r = Math.min(8, (y - up) / 2);
  const [turn, landing] = into ? [into.x + r, `V${into.top}`] : [start, `V${y - r}q0 ${r} ${r} ${r}h6`];
  scene.wire(
    `M${end - 6} ${y}h6q${r} 0 ${r} ${-r}V${up + r}q0 ${-r} ${-r} ${-r}H${turn}q${-r} 0 ${-r} ${r}${landing}`,
    0,
    { now: [scene.last], className: "gs-return", arrow: into !== null },
  );
}

/** A state's way to the next step: from `now` along the belt to `end`, `rise` px up, back above it, and down where it enters left of `before`. */
export function carryOver(part, { before, now, end, start = before }, rise) {
  const path = [[now, 0], [end, 0], [end, rise], [start, rise], ...(start === before ? [] : [[start, 0]])];
  part.animation = { act: "carry", path: path.map(([x, y]) => [x - before, y]) };
}

/** h of the last step takes its track back to the strip. */
export function returnHidden(lane, strip, right) {
  if (lane.unit === null) return;
  const chip = strip.chips[lane.unit];
  const [x, y] = lane.exit;
  chip.animation = {
    act: "carry",
    path: [
      [x - chip.x, y - chip.y],
      [right - chip.x, y - chip.y],
      [right - chip.x, 8 - chip.y],
      [0, 8 - chip.y],
    ],
  };
}
