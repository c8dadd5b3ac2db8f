// The textbook diagram of a cell: every part says what it is, and shows the chosen unit's numbers.

import { nameSeen, withSeen } from "../core/labels.js";
import { isGate } from "../core/colour.js";
import { drawings } from "./kinds.js";
import { addShape } from "./parts.js";
import { measure, layOut } from "./shape.js";
import { html, scaledSvg, scaleOf, set, svg, write } from "../core/dom.js";
import { gate, number } from "../core/text/format.js";
import { Formulas, plain } from "../core/text/formulas.js";
import { unitTitle } from "../core/text/names.js";
import { createLegend } from "./legend.js";
import { typeset } from "../core/text/typeset.js";
import { createUnitLine } from "../widgets/unit-line.js";
import { withSquashes } from "./squashes.js";

const WIDEST = 880;
const NARROW = 560;
const SIDE = 300; // px for explanation and legend where they stand beside the drawing
const LOW = 0.9; // share of the drawing's full height on a wide screen
const LOWEST = 0.55; // … and where the screen's height is short, with symbol and number in one line
const NUMBER = 3.1; // em of a number beside its symbol
const BARE = 0.17; // share of the width that a box may take which can do without its symbol
const TOKEN = 6; // characters of a token that fit into a box

const drawingOf = (header) => drawings.get(header.cell)(header);
const KIND = { times: "operation", plus: "operation", function: "operation" };

export function createDiagram(host) {
  const about = html("div", { class: "gs-dia-about", role: "status" });
  const aboutTitle = html("strong");
  const aboutText = html("span");
  about.append(aboutTitle, " ", aboutText);
  const frame = html("div", { class: "gs-dia-frame" });
  const legend = createLegend(host, light);
  const line = createUnitLine(host);
  const side = html("div", { class: "gs-dia-side" }, about, legend.element);
  const element = html("div", { class: "gs-dia" }, line.element, html("div", { class: "gs-dia-main" }, frame, side));
  let trace = null;
  let formulas = null;
  let parts = [];
  let unnamed = []; // [element, label] of parts whose label a repaint has changed
  let picture = null;
  let width = 0;
  let height = Infinity;
  let sizes = null;
  let shape = "";
  let view = null;
  let phase = null;
  let current = null;
  let taken = null;
  let chosenBefore = false;

  function build() {
    const scale = scaleOf(element);
    const drawing = withSquashes(drawingOf(trace.header), trace.header);
    const { space, narrow, low, flatten, beside } = room(drawing, scale);
    const { reset, update, activation, symbols, lang } = trace.header;
    const { peephole, coupled, without, linear } = trace.variant;
    const { gate_activation: gates, candidate_activation: candidate, cell_activation: cell } = trace.header;
    const form = [trace.cell, reset, update, activation, gates, candidate, cell, peephole, coupled, without, linear];
    const next = JSON.stringify([space, scale, flatten, beside, form, symbols, lang]);
    if (next === shape) return;
    shape = next;
    sizes = sizesFor(narrow, flatten < LOW, space);
    element.classList.toggle("gs-dia-beside-legend", beside);
    if (low) side.prepend(line.element); // every row of a low screen goes to the drawing
    else element.prepend(line.element);
    const { nodes, wires } = layOut(drawing, space, sizeOf, flatten);
    const body = bodyOf(drawing, space, flatten);
    const height = drawing.height * flatten;
    parts = [...wires.map(drawWire), ...nodes.map(drawNode)];
    const label = host.t("diagram.label", { cell: trace.description.name });
    picture = scaledSvg(
      { width: space, height, scale, class: "gs-dia-svg", "aria-label": label, "data-narrow": narrow },
      svg("rect", { class: "gs-dia-body", ...body, rx: 14 }),
      ...parts.map((part) => part.element),
      ...(labels = drawLabels(drawing, space, flatten)).map((label) => label.element),
    );
    frame.replaceChildren(picture);
    phase = null;
    setCurrent(parts.find((part) => part.type === "value"), false);
  }
  let labels = [];

  /** The drawing's width and flatness in the room there is; a lecture hall's screen is wide and low. */
  function room(drawing, scale) {
    const available = Math.max(288, (width || WIDEST) / scale);
    const low = Number.isFinite(height);
    const beside = low && available > WIDEST + SIDE / 2;
    const space = Math.min(WIDEST, beside ? available - SIDE : available);
    const narrow = space < NARROW;
    const share = low ? Math.max(LOWEST, Math.min(LOW, height / scale / drawing.height)) : LOW;
    return { space, narrow, low, flatten: narrow ? 1 : share, beside };
  }

  function sizesFor(narrow, flat, space) {
    if (flat) return { flat, space, value: [64, 26], font: 14, layer: [48, 26], linear: [52, 24], round: [42, 24] };
    if (narrow) return { flat, narrow, space, value: [42, 34], font: 12, layer: [38, 28], linear: [40, 26], round: [36, 26] };
    return { flat, space, value: [64, 40], font: 14, layer: [48, 32], linear: [56, 28], round: [42, 26] };
  }

  /** Boxes for what stands at a node; a value's box is as wide as its symbol, where that fits. */
  function sizeOf(type, options) {
    const { layer, linear, round } = sizes;
    const [circle, point] = [[26, 26], [8, 8]];
    const fixed = { layer, linear, function: round, times: circle, plus: circle, join: point, copy: point, peephole: [18, 10] }[type];
    if (type === "absent") return { w: measure(absentText(options)) * sizes.font + 16, h: layer[1] };
    return fixed ? { w: fixed[0], h: fixed[1] } : valueSize(options);
  }

  function valueSize({ signal, above, bare }) {
    const { flat, narrow, space, font, value: [w, h] } = sizes;
    const label = symbolOf(signal);
    const needed = measure(label) * font + (flat ? NUMBER * font + 8 : 0) + 10;
    const left = bare && needed > BARE * space;
    const outside = narrow && above && needed > w;
    const small = !flat && (outside || left);
    return { w: small || left ? w : Math.max(w, needed), h: small ? h * 0.66 : h, label: left ? null : label, outside };
  }

  const absentText = ({ signal }) => `${symbolOf(signal)} = 1`;
  const symbolOf = (signal) => (signal === "gated" ? `${formulas.symbol("reset")}⊙(…)` : formulas.symbol(signal));

  function drawWire(wire) {
    const hit = svg("path", { class: "gs-dia-hit", d: wire.d });
    const line = svg("path", { class: "gs-dia-line", d: wire.d });
    const head = wire.head ? svg("path", { class: "gs-dia-head", d: wire.head }) : null;
    return finish({ ...wire, element: svg("g", { class: `gs-dia-part gs-dia-wire gs-dia-${wire.type}` }, hit, line, head) });
  }

  function drawNode(node) {
    const group = svg("g", { class: `gs-dia-part gs-dia-${node.type}`, transform: `translate(${node.x.toFixed(1)} ${node.y.toFixed(1)})` });
    const part = finish({ ...node, element: group });
    addShape(part, { sizes, formulas, absent: node.type === "absent" ? absentText(node) : null });
    if (part.type !== "value") set(group, { "aria-label": withSeen(group, nameOf(part)) });
    return part;
  }

  /** What every part has in common: its focus, its name, its colour. */
  function finish(part) {
    part.kind = KIND[part.type] ?? part.type;
    if (part.gate ?? (isGate(part.signal) && part.signal)) part.element.style.setProperty("--gs-hue", `var(--gs-${part.gate ?? part.signal})`);
    set(part.element, { role: "button", tabindex: -1, "data-part": part.id, "data-kind": part.kind });
    if (part.type === "value") set(part.element, { "data-signal": part.signal });
    else set(part.element, { "aria-label": nameOf(part) });
    part.element.onclick = () => choose(part);
    part.element.onfocus = () => setCurrent(part, false);
    return part;
  }

  function drawLabels(drawing, space, flatten) {
    return drawing.notes.map(([kind, column, row]) => {
      const y = kind === "read" ? Math.max(14, row * flatten) : row * flatten + (flatten < 1 ? 4 : 0);
      const x = kind === "after" ? space - 2 : drawing.columns[column] * space - (kind === "read" ? 10 : 0);
      return { kind, element: svg("text", { class: "gs-dia-label", x, y, "data-end": kind !== "before", "aria-hidden": "true" }) };
    });
  }

  function bodyOf({ body: [from, to, top, bottom], columns }, space, flatten) {
    const half = sizes.value[0] / 2; // of the box left of it, and of the one at its right end
    const x = (columns.old * space + half + columns[from] * space) / 2;
    const end = (columns[to] * space + half + columns.fork * space) / 2;
    return { x, y: top * flatten, width: end - x, height: (bottom - top) * flatten };
  }

  function nameOf(part) {
    const type = host.t(`diagram.type.${part.type}`);
    return part.signal ? `${type}, ${plain(symbolOf(part.signal))}` : type;
  }

  /** Selects what a part shows or makes, and says what the part is. */
  function choose(part) {
    setCurrent(part, true);
    explain(part.type, part.sentence ?? `diagram.note.${part.note ?? "vector"}`, part.signal);
    for (const other of parts) set(other.element, { "data-lit": null });
    legend.clear();
    if (!part.signal) return;
    const back = { previous_cell: "cell", previous_hidden: "hidden" }[part.signal];
    const { step, unit } = host.view();
    if (part.signal === "x") host.select({ signal: "x", unit: strongest(step), step });
    else if (back) host.select({ signal: back, unit, step: step - 1 });
    else host.select({ signal: part.signal === "gated" ? "candidate" : part.signal, unit, step });
  }

  /** The input column to open first: the one that says most at this step. */
  function strongest(step) {
    const row = trace.row("x", step);
    return row.reduce((best, value, column) => (Math.abs(value) > Math.abs(row[best]) ? column : best), 0);
  }

  function explain(type, key, signal) {
    const known = trace.header.symbols;
    const factors = ["kept", "written", "shown", "gated"].map((name) => [name, formulas.symbol(name)]);
    const values = { ...known, ...Object.fromEntries(factors), symbol: signal ? symbolOf(signal) : "", name: signal ? host.name(signal) : "" };
    write(aboutTitle, host.t(`diagram.type.${type}`));
    typeset(aboutText, host.t(key, values));
  }

  /** Lights all parts of a kind, or of a gate, and explains it; called by the legend. */
  function light(entry) {
    for (const part of parts) set(part.element, { "data-lit": entry && entry.matches(part) ? "true" : null });
    if (entry) explain(entry.type, entry.note, entry.signal);
    else hint();
  }

  function hint() {
    write(aboutTitle, "");
    typeset(aboutText, host.t("diagram.hint"));
  }

  function setCurrent(part, focus) {
    if (!part) return;
    current?.element.setAttribute("tabindex", -1);
    current = part;
    part.element.setAttribute("tabindex", 0);
    if (focus && document.activeElement !== part.element) part.element.focus({ preventScroll: true });
  }

  element.addEventListener("keydown", (event) => {
    const part = parts.find((each) => each.element === event.target);
    if (!part || event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key === "Enter" || event.key === " ") choose(part);
    else if (event.key === "ArrowDown" || event.key === "ArrowUp") walk(part, event.key === "ArrowDown" ? 1 : -1);
    else return;
    event.preventDefault();
    event.stopPropagation();
  });

  function walk(part, by) {
    const order = [...parts].sort((a, b) => rank(a) - rank(b));
    order[order.indexOf(part) + by]?.element.focus();
  }

  const rank = (part) => trace.phases.indexOf(part.phase) * 1000 + parts.indexOf(part);

  function paintStates() {
    phase = view.phase;
    const now = trace.phases.indexOf(phase);
    for (const part of parts) {
      const its = trace.phases.indexOf(part.phase);
      part.pending = its > now || (part.type === "value" && !seen(part.signal));
      set(part.element, { "data-state": part.pending ? "pending" : its === now ? "now" : "done" });
    }
  }

  /** Whether a value is uncovered, at the step that is shown; what a reset lets through is made of two. */
  const seen = (signal) => (signal === "gated" ? ["reset", "recurrent"] : [signal]).every((each) => host.visible({ signal: each, unit: view.unit, step: view.step }));

  /** The host's selection, and whether it was of the step before when it was made. */
  function selection() {
    const made = host.selected();
    if (made !== taken) {
      taken = made;
      chosenBefore = made?.step === view.step - 1;
    }
    return made && { signal: baseOf(made.signal), unit: made.unit, past: chosenBefore || made.signal !== baseOf(made.signal) };
  }

  function paintValue(part, chosen) {
    const { step, unit } = view;
    const { signal } = part;
    const past = signal !== baseOf(signal); // a state of the step before
    const mine = chosen && baseOf(signal) === chosen.signal && past === chosen.past && (chosen.unit === unit || signal === "x");
    set(part.element, { "data-chosen": mine ? "true" : null });
    const value = part.pending ? null : shownValue(signal, step, unit);
    if (part.value === value && part.pending === part.wasPending) return;
    part.value = value;
    part.wasPending = part.pending;
    const text = textOf(signal, value);
    write(part.number, text);
    const room = (part.outside || !part.label || !sizes.flat ? part.w : part.w - measure(part.label) * sizes.font - 16) - 4;
    const tight = measure(text) * sizes.font > room;
    set(part.number, { textLength: tight ? room.toFixed(1) : null, lengthAdjust: tight ? "spacingAndGlyphs" : null });
    const tint = tintOf(signal, value);
    const ink = tint ? host.colours.ink(tint) : null;
    part.box.style.fill = tint ?? "";
    part.number.style.fill = ink ?? "";
    if (part.symbol && !part.outside) part.symbol.style.fill = ink ?? "";
    const where = signal === "x" ? "" : `, ${unitTitle(host, unit)}`;
    const label = `${plain(symbolOf(signal))}, ${host.name(signal)}${where}: ${text || host.t("diagram.pending")}`;
    unnamed.push([part.element, label]);
  }

  function textOf(signal, value) {
    if (value === null || typeof value === "string") return value ?? "";
    return isGate(signal) ? gate(value) : number(value);
  }

  function tintOf(signal, value) {
    if (value === null) return null;
    if (typeof value === "string") return host.colours.palette.zero;
    return host.colours.of(baseOf(signal), value, trace.scale(signal));
  }

  function shownValue(signal, step, unit) {
    if (signal === "x") return shorten(host.token?.(step) ?? trace.tokens[step]);
    if (signal === "gated") return trace.at("reset", step, unit) * trace.at("recurrent", step, unit);
    const value = trace.at(signal, step, unit);
    return signal === "update" && trace.header.update === "write" ? 1 - value : value;
  }


  function paintLabels() {
    const { step } = view;
    const texts = {
      before: step === 0 ? host.t("diagram.start") : host.t("inspector.step", { n: step }),
      after: step + 1 < trace.steps ? host.t("inspector.step", { n: step + 2 }) : host.t("diagram.end"),
      read: "y",
    };
    for (const { kind, element: label } of labels) write(label, texts[kind]);
  }

  return {
    element,
    load(next) {
      trace = next;
      formulas = new Formulas(trace.header);
      shape = "";
      legend.load(trace);
      line.load(trace);
      hint();
      build();
    },
    paint(next) {
      view = next;
      if (view.phase !== phase || trace.covered) paintStates();
      const chosen = selection();
      for (const part of parts) if (part.type === "value") paintValue(part, chosen);
      nameSeen(unnamed);
      unnamed = [];
      paintLabels();
      line.paint(view);
    },
    /** @param {number} low CSS px of height to keep within; Infinity on a page that scrolls */
    resize(available, low = Infinity) {
      [width, height] = [available, low];
      if (trace) build();
    },
  };
}

const baseOf = (signal) => signal.replace(/^previous_/, "");
const shorten = (token) => ([...token].length > TOKEN ? `${[...token].slice(0, TOKEN - 1).join("")}…` : token);
