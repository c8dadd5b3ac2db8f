// The strip above the lanes: x and h₋₁ arrive, are taken together, and every gate looks at the same
// pair. Below it the lanes; at their right the track on which h leaves: to y, and back to here.

import { svg, write } from "../../core/dom.js";
import { shorten, textWidth } from "../../core/text/width.js";
import { Chip } from "./parts.js";
import { writeWithSubscripts } from "./scene.js";

const TALL = 30;
const LEAST_PITCH = 48; // of the forks, so that their letters keep apart

/** The token of the step, with the input's columns where they are few. */
export class Token {
  constructor(scene, { x, y, width }) {
    this.text = svg("text", { class: "gs-token", dy: ".35em" });
    this.title = svg("title");
    this.width = width;
    this.node = svg(
      "g",
      { class: "gs-token-box", transform: `translate(${x} ${y})` },
      this.title,
      svg("rect", { x: -width / 2, y: -12, width, height: 24, rx: 5 }),
      this.text,
    );
  }

  paint(scene) {
    const token = scene.trace.tokens[scene.step] ?? "";
    if (token === this.token) return;
    this.token = token;
    const shown = shorten(token.trim() === "" ? "␣" : token, 14, this.width - 8);
    write(this.text, shown);
    write(this.title, token);
  }
}

/** Width that the run's tokens need, within reason. */
export function tokenRoom(trace) {
  const widest = Math.max(...trace.tokens.slice(0, 400).map((token) => textWidth(token, 14)));
  return Math.min(108, Math.max(28, widest + 14));
}

/** Whether the strip may show x and h₋₁ as numbers and still leave room for its rail. */
export const roomForNumbers = (trace, width) => width >= 860 || (width >= 700 && trace.inputs <= 3 && trace.units <= 2);

/**
 * @param {{left: number, right: number, y: number, taps: {signal: string, squash: string}[], state?: boolean}} options
 *   `state`: whether h₋₁ is looked at too
 * @returns {{box: number[], seat: (unit: number) => number[], bottom: number}} where h₋₁ arrives
 */
export function lookStrip(scene, { left, right, y, taps, numbers, caption = true, below = false, state = true }) {
  const { host, trace } = scene;
  const start = left;
  let x = left + 10;
  const group = [];
  const write = (content, className, width) => {
    group.push(scene.text(x, y + 4.5, content, className, "start"));
    x += width;
  };
  write(host.symbol("x"), "gs-sign gs-start", textWidth(host.symbol("x"), 14) + 8);
  const tokenWidth = tokenRoom(trace);
  scene.add(new Token(scene, { x: x + tokenWidth / 2, y, width: tokenWidth }));
  x += tokenWidth + 8;
  x = inputs(scene, { x, y, numbers, most: below ? 60 : 120 });
  let strip = { chips: [], end: x, centre: x };
  if (state) {
    x += 10;
    scene.ground.append(svg("path", { class: "gs-rule", d: `M${x} ${y - TALL / 2}v${TALL}` }));
    x += 10;
    const name = host.symbol("previous_hidden");
    write(name, "gs-sign gs-start", textWidth(name, 14) + 8);
    strip = hiddenChips(scene, { x, y, numbers, most: below ? Math.max(30, Math.min(84, right - x - 12)) : 150 });
  }
  x = strip.end + 10;
  const box = svg("rect", {
    class: "gs-look-box",
    x: start,
    y: y - TALL / 2,
    width: x - start,
    height: TALL,
    rx: 7,
  });
  scene.ground.append(scene.stage(box, 0, [0]));
  if (below) railBelow(scene, { left: start + 14, right: scene.size.width, y: y + TALL / 2, taps });
  else rail(scene, { x, y, right, taps, caption });
  return { ...strip, end: x, top: y - TALL / 2, bottom: y + TALL / 2 };
}

/** Whether the tokens already are the numbers that go in. */
export const saysItself = (trace) =>
  trace.inputs === 1 && trace.tokens.every((token) => token.trim() !== "" && Number.isFinite(Number(token)));

function inputs(scene, { x, y, numbers, most }) {
  const { trace, host } = scene;
  if (saysItself(trace)) return x;
  const named = numbers && trace.inputs <= 4;
  const width = named ? 46 : Math.max(0.5, Math.min(10, most / trace.inputs));
  for (let column = 0; column < trace.inputs; column++) {
    const title = named ? host.header.columns[column] || "" : "";
    if (title) {
      scene.text(x, y + 4, title, "gs-caption", "start");
      x += textWidth(title, 12.5) + 5;
    }
    scene.add(
      new Chip(scene, {
        signal: "x",
        unit: column,
        x: x + width / 2,
        y,
        width: named ? width : width * 0.92,
        height: 20,
        numbers: named,
        from: 0,
      }),
    );
    x += width + (named ? 8 : 0);
  }
  return x - (named ? 8 : 0);
}

function hiddenChips(scene, { x, y, numbers, most }) {
  const many = scene.trace.units;
  const shown = numbers && many <= 4;
  const width = shown ? 54 : Math.max(1, Math.min(18, most / many));
  const chips = [];
  for (let unit = 0; unit < many; unit++) {
    const centre = x + width / 2;
    const gap = shown ? 5 : width > 6 ? 2 : 0;
    chips.push(
      scene.add(
        new Chip(scene, {
          signal: "previous_hidden",
          unit,
          x: centre,
          y,
          width: width - gap,
          height: 20,
          numbers: shown,
          from: 0,
          now: [0, scene.last],
        }),
      ),
    );
    x += width;
  }
  return { chips, end: x, centre: (chips[0].x + chips.at(-1).x) / 2 };
}

/** On a phone the line goes down first, and its forks stand under the pair. */
function railBelow(scene, { left, right, y, taps }) {
  const pitch = Math.min(90, (right - left - 20) / (taps.length - 0.5));
  scene.wire(`M${left} ${y}v10H${left + pitch * (taps.length - 0.5)}`, 0, {
    className: "gs-look-wire",
    arrow: false,
  });
  taps.forEach((tap, k) => fork(scene, tap, left + pitch * (k + 0.5), y + 10));
}

/** One line from the pair, forked once a gate: a fork copies, nothing is shared out. */
function rail(scene, { x, y, right, taps, caption }) {
  const words = caption
    ? scene.host.t("belt.look", { x: scene.host.symbol("x"), before: scene.host.symbol("previous_hidden") })
    : "";
  const needed = textWidth(words, 12.5) + 24;
  caption &&= right - (x + 26 + needed) >= LEAST_PITCH * (taps.length - 0.4); // the forks come before the words about them
  const first = x + 26 + (caption ? needed : 0);
  const pitch = Math.min(116, (right - first) / (taps.length - 0.4));
  if (caption) scene.stage(scene.text(x + 14, y - 6, words, "gs-caption gs-start", "start"), 0, [0]);
  const end = first + pitch * (taps.length - 1);
  scene.wire(`M${x} ${y}H${end}`, 0, { className: "gs-look-wire", arrow: false });
  taps.forEach((tap, k) => fork(scene, tap, first + pitch * k, y));
}

function fork(scene, { signal, squash }, x, y) {
  scene.wire(`M${x} ${y}v9`, 0, { className: "gs-look-wire" });
  scene.wires.append(scene.stage(svg("circle", { class: "gs-dot", cx: x, cy: y, r: 2.6 }), 0, [0]));
  const text = svg("text", { class: "gs-tap", x, y: y + 24, "text-anchor": "middle", "data-tap": signal });
  text.append(
    svg("tspan", { class: "gs-tap-squash" }, `${squash} `),
    writeWithSubscripts(svg("tspan", { class: "gs-letter", "data-hue": signal }), scene.host.symbol(signal)),
  );
  scene.top.append(scene.stage(text, 0, [0]));
}

/**
 * The track of h at the lanes' right: every lane joins it, at the top it forks to y and back to the
 * strip. It runs beside the lanes, so it crosses none.
 */
export function hiddenTrack(
  scene,
  { x, top, exits, phase, strip = null, home = `H${strip.centre + 8}q-8 0 -8 8V${strip.top - 1}` },
) {
  const bottom = Math.max(...exits.map(([, y]) => y));
  for (const [from, y] of exits) scene.wire(`M${from} ${y}H${x}`, phase, { now: [phase, scene.last], arrow: false });
  scene.wire(`M${x} ${bottom}V${top}`, phase, { now: [phase, scene.last], arrow: false });
  scene.wire(`M${x} ${top}H${x + 22}`, phase, { now: [phase] });
  scene.wires.append(scene.stage(svg("circle", { class: "gs-dot", cx: x, cy: top, r: 2.6 }), phase));
  scene.stage(scene.text(x + 34, top + 5, scene.host.t("belt.y"), "gs-sign"), phase);
  scene.wire(`M${x} ${top}${home}`, phase, {
    now: [scene.last],
    className: "gs-return",
    arrow: strip !== null,
  });
}
