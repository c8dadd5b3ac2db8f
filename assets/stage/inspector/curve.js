// The small graph of an activation with one point on it: where this unit sits on the curve now.

import { svg, set, write } from "../core/dom.js";
import { exact } from "../core/text/format.js";
import { activate, isBounded } from "../core/run/squash.js";

const [WIDTH, HEIGHT, PAD, FOOT] = [176, 92, 8, 16];
const SIDE = 14; // room for the levels at the right
const SAMPLES = 48;

/** @returns {{element: SVGElement, paint(activation, input, colour): void}} */
export function createCurve() {
  const axis = svg("path", { class: "gs-curve-axis" });
  const line = svg("path", { class: "gs-curve-line" });
  const drop = svg("path", { class: "gs-curve-drop" });
  const point = svg("circle", { class: "gs-curve-point", r: 4.5 });
  const ticks = [-1, 0, 1].map(() => svg("text", { class: "gs-curve-tick", y: HEIGHT - 3 }));
  const levels = [0, 1].map(() => svg("text", { class: "gs-curve-tick", "text-anchor": "end", x: WIDTH - 1 }));
  const element = svg(
    "svg",
    { class: "gs-curve", viewBox: `0 0 ${WIDTH} ${HEIGHT}`, width: WIDTH, height: HEIGHT, "aria-hidden": "true" },
    axis, line, drop, point, ...ticks, ...levels,
  );
  let drawn = "";

  function draw(activation, reach) {
    if (drawn === `${activation} ${reach}`) return;
    drawn = `${activation} ${reach}`;
    const at = plot(activation, reach);
    const samples = Array.from({ length: SAMPLES + 1 }, (_, k) => -reach + (2 * reach * k) / SAMPLES);
    set(line, { d: path(samples.map((a) => [at.x(a), at.y(activate(activation, a))])) });
    set(axis, { d: `M${PAD} ${at.y(0)}H${WIDTH - PAD - SIDE}M${at.x(0)} ${PAD}V${HEIGHT - FOOT}` });
    ticks.forEach((tick, k) => {
      set(tick, { x: at.x((k - 1) * reach), "text-anchor": ["start", "middle", "end"][k] });
      write(tick, exactShort((k - 1) * reach));
    });
    levels.forEach((level, k) => {
      const value = [at.low, at.high][k];
      set(level, { y: at.y(value) + 4, visibility: value === 0 ? "hidden" : null });
      write(level, exactShort(value));
    });
  }

  return {
    element,
    paint(activation, input, colour) {
      const reach = Math.abs(input) <= 6 ? 6 : Math.ceil(Math.abs(input) * 1.15);
      draw(activation, reach);
      const at = plot(activation, reach);
      const [x, y] = [at.x(input), at.y(activate(activation, input))];
      set(point, { cx: x.toFixed(1), cy: y.toFixed(1), fill: colour });
      set(drop, { d: `M${x.toFixed(1)} ${at.y(0)}V${y.toFixed(1)}H${at.x(0)}` });
    },
  };
}

/** Scales from numbers to the drawing: the activation's own range upwards, ±reach across. */
function plot(activation, reach) {
  const [low, high] = { sigma: [0, 1], tanh: [-1, 1], relu: [0, reach] }[activation] ?? (isBounded(activation) ? [-1, 1] : span(activation, reach));
  const [top, bottom] = [PAD, HEIGHT - FOOT];
  return {
    low,
    high,
    x: (a) => PAD + ((a + reach) / (2 * reach)) * (WIDTH - 2 * PAD - SIDE),
    y: (value) => bottom - ((value - low) / (high - low)) * (bottom - top),
  };
}

/** The range of an activation that nothing bounds, over the inputs drawn. */
function span(activation, reach) {
  const ends = Array.from({ length: SAMPLES + 1 }, (_, k) => activate(activation, -reach + (2 * reach * k) / SAMPLES));
  return [Math.min(0, ...ends), Math.max(1, ...ends)];
}

const path = (points) => `M${points.map(([x, y]) => `${x.toFixed(1)} ${y.toFixed(1)}`).join("L")}`;
const exactShort = (value) => exact(value).replace(/\.0+$/, "");
