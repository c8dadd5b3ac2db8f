// The cell over time: one box a step with the token below and h above, the state passing between them.

import { html, scaledSvg, scaleOf, set, svg, write } from "../core/dom.js";
import { unitTitle } from "../core/text/names.js";
import { number } from "../core/text/format.js";
import { joinSentences } from "../core/text/sentences.js";
import { Formulas, plain } from "../core/text/formulas.js";
import { typesetSvg } from "../core/text/typeset.js";
import { createUnitLine } from "../widgets/unit-line.js";

const PITCH = 132; // least distance of two cells in px, less on a phone
const NARROW = 560;
const MOST = 9;
const TOKEN = 8;
const EDGE = 34; // room at both ends for the state that comes in and goes on
const ROW = { out: 12, hidden: 50, top: 88, cell: 118, carried: 170, bottom: 200, x: 246 };
const HEIGHT = 286;

export function createUnrolled(host) {
  const line = createUnitLine(host);
  const frame = html("div", { class: "gs-dia-frame" });
  const same = html("p", { class: "gs-unr-same" });
  const element = html("div", { class: "gs-dia gs-unr" }, line.element, frame, same);
  let trace = null;
  let formulas = null;
  let cells = [];
  let joints = [];
  let row = null;
  let more = [];
  let width = 0;
  let layout = null;
  let start = null;
  let current = 0;

  const states = () => trace.states;

  function build() {
    const scale = scaleOf(element);
    const space = Math.max(288, (width || 900) / scale);
    const narrow = space < NARROW;
    const shown = Math.min(trace.steps, MOST, Math.max(3, Math.floor((space - 2 * EDGE) / (narrow ? 104 : PITCH))));
    const count = shown < trace.steps && shown % 2 === 0 ? shown - 1 : shown; // the current one stands in the middle
    const pitch = Math.min(narrow ? 120 : 220, (space - 2 * EDGE) / count);
    const used = pitch * count + 2 * EDGE;
    const close = pitch < 180; // then a letter stands above its number, so that the wires between are seen
    const parcel = narrow ? [46, 36] : close ? [52, 38] : [78, 28];
    layout = { narrow, close, count, pitch, used, parcel, box: narrow ? 40 : Math.min(96, pitch - parcel[0] - 30) };
    cells = Array.from({ length: count }, (_, k) => drawCell(k));
    joints = Array.from({ length: count + 1 }, (_, k) => drawJoint(k));
    more = [drawMore(2, "start"), drawMore(used - 2, "end")];
    row = svg("g", { class: "gs-unr-row" }, ...joints.map((each) => each.element), ...cells.map((each) => each.element));
    const label = host.t("unrolled.label", { cell: trace.description.name });
    const picture = scaledSvg(
      { width: used, height: HEIGHT, scale, class: "gs-dia-svg gs-unr-svg", "aria-label": label, "data-narrow": narrow },
      row,
      ...more,
    );
    frame.replaceChildren(picture);
    start = null;
  }

  const drawMore = (x, anchor) => svg("text", { class: "gs-unr-more", x, y: HEIGHT - 4, "data-anchor": anchor });

  function drawCell(k) {
    const { box, pitch, parcel } = layout;
    const middle = EDGE + pitch * (k + 0.5);
    const group = svg("g", { class: "gs-unr-cell", transform: `translate(${middle.toFixed(1)} 0)` });
    const up = arrow(0, ROW.top, 0, ROW.out);
    const below = arrow(0, ROW.x - 13, 0, ROW.bottom);
    const rect = svg("rect", { class: "gs-unr-box", x: -box / 2, y: ROW.top, width: box, height: ROW.bottom - ROW.top, rx: 10 });
    const cellName = trace.description.name;
    const tight = cellName.length > 4 && box < 56 ? { textLength: box - 3, lengthAdjust: "spacingAndGlyphs" } : {};
    const name = svg("text", { class: "gs-unr-name", y: (ROW.top + ROW.bottom) / 2 - 8, dy: "0.35em", ...tight }, cellName);
    const count = svg("text", { class: "gs-unr-count", y: (ROW.top + ROW.bottom) / 2 + 10, dy: "0.35em" });
    const out = drawParcel("hidden", parcel, 0, ROW.hidden);
    const token = svg("text", { class: "gs-unr-token", y: ROW.x, dy: "0.35em" });
    const chip = svg("rect", { class: "gs-unr-x", x: -box / 2, y: ROW.x - 13, width: box, height: 26, rx: 6 });
    const hit = svg("rect", { class: "gs-dia-hit", x: -box / 2 - 4, y: ROW.top - 4, width: box + 8, height: HEIGHT - ROW.top });
    const open = svg("g", { class: "gs-unr-open", role: "button", tabindex: -1 }, rect, name, count, below, chip, token, hit);
    const cell = { k, element: group, open, out, token, count, step: 0 };
    open.onclick = () => host.go({ step: cell.step });
    group.append(up, open, out.element);
    return cell;
  }

  /** The wires from the cell at k−1 to the one at k, with what they carry. */
  function drawJoint(k) {
    const { box, pitch, parcel } = layout;
    const edge = EDGE + pitch * k;
    const half = (pitch - box) / 2;
    const [from, to] = [k === 0 ? edge - EDGE + 4 : edge - half, k === layout.count ? edge + EDGE - 4 : edge + half];
    const centre = k === 0 ? Math.max(edge, parcel[0] / 2 + 2) : k === layout.count ? Math.min(edge, layout.used - parcel[0] / 2 - 2) : edge;
    const lanes = states().map((signal) => {
      const y = signal === "cell" ? ROW.cell : trace.memory === "cell" ? ROW.carried : (ROW.top + ROW.bottom) / 2;
      return { signal, wire: arrow(from, y, to, y), parcel: drawParcel(signal, parcel, centre, y) };
    });
    return { k, lanes, element: svg("g", { class: "gs-unr-joint" }, ...lanes.flatMap((lane) => [lane.wire, lane.parcel.element])) };
  }

  function arrow(x1, y1, x2, y2) {
    const [dx, dy] = [Math.sign(x2 - x1), Math.sign(y2 - y1)];
    const tip = [x2 - dx * 2, y2 - dy * 2];
    const base = [tip[0] - dx * 7, tip[1] - dy * 7];
    const head = `M${tip}L${base[0] + dy * 4} ${base[1] + dx * 4}L${base[0] - dy * 4} ${base[1] - dx * 4}Z`;
    const line = svg("path", { class: "gs-dia-line", d: `M${x1} ${y1}L${base}` });
    return svg("g", { class: "gs-unr-wire" }, line, svg("path", { class: "gs-dia-head", d: head }));
  }

  function drawParcel(signal, [w, h], x, y) {
    const box = svg("rect", { class: "gs-dia-box", x: -w / 2, y: -h / 2, width: w, height: h, rx: 6 });
    const apart = layout.close ? h / 2 - 10 : 0;
    const symbol = svg("text", { class: "gs-dia-symbol", x: apart ? 0 : 8 - w / 2, y: -apart, dy: "0.35em", "data-start": !apart });
    const text = svg("text", { class: "gs-dia-number", x: apart ? 0 : w / 2 - 7, y: apart, dy: "0.35em", "data-end": !apart });
    const place = { transform: `translate(${x.toFixed(1)} ${y})` };
    const group = svg("g", { class: "gs-unr-parcel gs-dia-part", role: "button", tabindex: -1, "data-signal": signal, ...place }, box, symbol, text);
    const parcel = { signal, element: group, box, symbol, text, step: 0 };
    typesetSvg(symbol, formulas.symbol(signal).replace(/[ₜᵗ]$/, "")); // the place says the time
    group.onclick = () => host.select({ signal, unit: host.view().unit, step: parcel.step });
    return parcel;
  }

  function paintParcel(parcel, step, view) {
    parcel.step = step;
    const known = step <= view.step && host.visible({ signal: parcel.signal, step });
    const value = known ? trace.at(parcel.signal, step, view.unit) : null;
    set(parcel.element, { "data-state": value === null ? "pending" : step === view.step ? "now" : "done" });
    const key = `${value} ${step} ${view.unit}`;
    if (parcel.key === key) return;
    parcel.key = key;
    parcel.element.dataset.step = step;
    const symbol = formulas.symbol(parcel.signal);
    const text = value === null ? "" : number(value);
    write(parcel.text, text);
    set(parcel.text, { "data-long": text.length > 5 });
    const fill = value === null ? null : host.colours.of(parcel.signal, value, trace.scale(parcel.signal));
    parcel.box.style.fill = fill ?? "";
    parcel.text.style.fill = parcel.symbol.style.fill = fill ? host.colours.ink(fill) : "";
    const unit = unitTitle(host, view.unit);
    const words = { symbol: plain(symbol), name: host.name(parcel.signal), unit, n: step + 1, value: text || host.t("diagram.pending") };
    set(parcel.element, { "aria-label": host.t(step < 0 ? "unrolled.initial" : "unrolled.value", words) });
  }

  function paintCell(cell, view) {
    const step = start + cell.k;
    cell.step = step;
    const state = step > view.step ? "pending" : step === view.step ? "now" : "done";
    set(cell.element, { "data-state": state });
    set(cell.open, { "data-step": step, "aria-current": state === "now" ? "step" : null });
    const token = host.token?.(step) ?? trace.tokens[step];
    if (cell.named !== `${step} ${token}`) {
      cell.named = `${step} ${token}`;
      const letters = [...token];
      write(cell.token, letters.length > TOKEN ? `${letters.slice(0, TOKEN - 1).join("")}…` : token);
      write(cell.count, String(step + 1));
      set(cell.open, { "aria-label": host.t("unrolled.go", { n: step + 1, token }) });
    }
    paintParcel(cell.out, step, view);
  }

  /** What leaves the current cell moves on in the last phase only. */
  function jointState(step, view) {
    if (step !== view.step) return step > view.step ? "pending" : "done";
    return view.phase === "carry" ? "now" : "pending";
  }

  function slide(from, motion) {
    if (!motion || from === null || Math.abs(start - from) !== 1) return;
    const shift = (start - from) * layout.pitch;
    row.animate([{ transform: `translateX(${shift}px)` }, { transform: "none" }], { duration: motion, easing: "ease-out" });
  }

  const parcels = () => [...joints.flatMap((joint) => joint.lanes.map((lane) => lane.parcel)), ...cells.map((cell) => cell.out)];
  const controls = () => [...cells.map((cell) => cell.open), ...parcels().map((parcel) => parcel.element)];

  function walk(event) {
    const list = controls();
    const at = list.indexOf(event.target);
    if (at < 0 || event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key === "Enter" || event.key === " ") event.target.onclick();
    else if (event.key === "ArrowDown" || event.key === "ArrowUp") list[at + (event.key === "ArrowDown" ? 1 : -1)]?.focus();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }
  element.addEventListener("keydown", walk);
  element.addEventListener("focusin", (event) => {
    const list = controls();
    if (list.includes(event.target)) for (const each of list) set(each, { tabindex: each === event.target ? 0 : -1 });
  });

  return {
    element,
    load(next) {
      trace = next;
      formulas = new Formulas(trace.header);
      line.load(trace);
      write(same, joinSentences([host.t(!trace.description.recurrent ? "unrolled.same.x" : "unrolled.same"), trace.cell === "slstm" && host.t("unrolled.slstm")]));
      build();
    },
    paint(view, motion) {
      const from = start;
      const { count } = layout;
      start = Math.min(Math.max(0, view.step - (count - 1) / 2), trace.steps - count);
      if (count === trace.steps) start = 0;
      line.paint(view);
      for (const cell of cells) paintCell(cell, view);
      for (const { k, lanes } of joints) for (const lane of lanes) paintParcel(lane.parcel, start + k - 1, view);
      for (const { k, element: joint } of joints) set(joint, { "data-state": jointState(start + k - 1, view) });
      const [earlier, rest] = [start, trace.steps - start - count];
      write(more[0], earlier ? `‹ ${host.t("unrolled.earlier", { count: earlier })}` : "");
      write(more[1], rest ? `${host.t("unrolled.rest", { count: rest })} ›` : "");
      if (current !== view.step - start || from === null) {
        current = view.step - start;
        if (!controls().some((each) => each.matches(":focus"))) controls().forEach((each, k) => set(each, { tabindex: k === current ? 0 : -1 }));
      }
      slide(from, motion);
    },
    resize(available) {
      if (!trace || available === width) return;
      width = available;
      build();
    },
  };
}
