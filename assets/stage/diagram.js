// The textbook diagram of a cell: every part says what it is, and shows the chosen unit's numbers.

import { isGate } from "./colour.js";
import { gru } from "./diagram-gru.js";
import { lstm } from "./diagram-lstm.js";
import { rnn } from "./diagram-rnn.js";
import { measure, place } from "./diagram-shape.js";
import { html, svg, set, write } from "./dom.js";
import { gate, number } from "./format.js";
import { Formulas, plain } from "./formulas.js";
import { createLegend } from "./legend.js";
import { typeset, typesetSvg } from "./typeset.js";
import { createUnitLine } from "./unit-line.js";

const WIDEST = 880;
const NARROW = 560;
const SHARE = 0.42; // of the width that a value's box may take before its symbol is left out
const TOKEN = 6; // characters of a token that fit into a box

const drawingOf = (header) => ({ lstm: () => lstm, gru, rnn })[header.cell](header);
const KIND = { times: "operation", plus: "operation", function: "operation" };

export function createDiagram(host) {
  const about = html("div", { class: "gs-dia-about", role: "status" });
  const aboutTitle = html("strong");
  const aboutText = html("span");
  about.append(aboutTitle, " ", aboutText);
  const frame = html("div", { class: "gs-dia-frame" });
  const legend = createLegend(host, light);
  const line = createUnitLine(host);
  const element = html("div", { class: "gs-dia" }, line.element, frame, about, legend.element);
  let trace = null;
  let formulas = null;
  let parts = [];
  let picture = null;
  let width = 0;
  let shape = "";
  let view = null;
  let phase = null;
  let current = null;
  let taken = null;
  let chosenBefore = false;

  function build() {
    const scale = Number.parseFloat(getComputedStyle(element).getPropertyValue("--gs-scale")) || 1;
    const space = Math.min(WIDEST, Math.max(288, (width || WIDEST) / scale));
    const next = JSON.stringify([space, scale, trace.cell, trace.header.reset, trace.header.update, trace.header.activation, trace.header.symbols, trace.header.lang]);
    if (next === shape) return;
    shape = next;
    const narrow = space < NARROW;
    const drawing = drawingOf(trace.header);
    const { nodes, wires } = place(drawing, space, (type, options) => sizeOf(type, options, space, narrow));
    const body = bodyOf(drawing, space);
    parts = [...wires.map(drawWire), ...nodes.map((node) => drawNode(node, narrow))];
    picture = svg(
      "svg",
      {
        class: "gs-dia-svg",
        viewBox: `0 0 ${space} ${drawing.height}`,
        width: Math.round(space * scale),
        height: Math.round(drawing.height * scale),
        role: "group",
        "aria-label": host.t("diagram.label", { cell: trace.cell.toUpperCase() }),
        "data-narrow": narrow,
      },
      svg("rect", { class: "gs-dia-body", ...body, rx: 14 }),
      ...parts.map((part) => part.element),
      ...(labels = drawLabels(drawing, space)).map((label) => label.element),
    );
    frame.replaceChildren(picture);
    phase = null;
    setCurrent(parts.find((part) => part.type === "value"), false);
  }
  let labels = [];

  /** Boxes for what stands at a node; a value's box is as wide as its symbol, where that fits. */
  function sizeOf(type, { signal, above, bare }, space, narrow) {
    const [w, h, size] = narrow ? [42, 34, 12] : [64, 40, 14];
    if (type === "layer") return { w: narrow ? 38 : 48, h: narrow ? 28 : 32 };
    if (type === "linear") return { w: narrow ? 40 : 56, h: narrow ? 26 : 30 };
    if (type === "function") return { w: narrow ? 36 : 42, h: 26 };
    if (type === "times" || type === "plus") return { w: 26, h: 26 };
    if (type === "join" || type === "copy") return { w: 8, h: 8 };
    const label = symbolOf(signal);
    const needed = measure(label) * size + 10;
    const outside = above && needed > w;
    const left = bare && needed > SHARE * 0.4 * space;
    return { w: outside || left ? w : Math.max(w, needed), h: outside || left ? h * 0.66 : h, label: left ? null : label, outside };
  }

  const symbolOf = (signal) => (signal === "gated" ? `${formulas.symbol("reset")}⊙(…)` : formulas.symbol(signal));

  function drawWire(wire) {
    const hit = svg("path", { class: "gs-dia-hit", d: wire.d });
    const line = svg("path", { class: "gs-dia-line", d: wire.d });
    const head = wire.head ? svg("path", { class: "gs-dia-head", d: wire.head }) : null;
    return finish({ ...wire, element: svg("g", { class: "gs-dia-part gs-dia-wire" }, hit, line, head) });
  }

  function drawNode(node, narrow) {
    const group = svg("g", { class: `gs-dia-part gs-dia-${node.type}`, transform: `translate(${node.x.toFixed(1)} ${node.y.toFixed(1)})` });
    const part = finish({ ...node, element: group });
    const add = { layer: boxed, linear: boxed, function: rounded, times: circle, plus: circle, join: dot, copy: dot, value: valueBox }[node.type];
    add(part, narrow);
    return part;
  }

  /** What every part has in common: its focus, its name, its colour. */
  function finish(part) {
    part.kind = KIND[part.type] ?? part.type;
    if (part.gate ?? (isGate(part.signal) && part.signal)) part.element.style.setProperty("--gs-hue", `var(--gs-${part.gate ?? part.signal})`);
    set(part.element, { role: "button", tabindex: -1, "data-part": part.id, "data-kind": part.kind });
    if (part.type !== "value") set(part.element, { "aria-label": nameOf(part) });
    part.element.onclick = () => choose(part);
    part.element.onfocus = () => setCurrent(part, false);
    return part;
  }

  const box = (part, extra) => ({ x: -part.w / 2, y: -part.h / 2, width: part.w, height: part.h, ...extra });

  function target(part) {
    part.element.append(svg("rect", { class: "gs-dia-hit", x: -Math.max(part.w, 24) / 2, y: -Math.max(part.h, 24) / 2, width: Math.max(part.w, 24), height: Math.max(part.h, 24) }));
  }

  function boxed(part) {
    const text = svg("text", { class: "gs-dia-inner", dy: "0.35em" });
    typesetSvg(text, part.type === "linear" ? formulas.symbol(part.text) : part.text);
    part.element.append(svg("rect", box(part, { class: "gs-dia-shape", rx: 4 })), text);
    if (part.bias) part.element.append(typesetSvg(svg("text", { class: "gs-dia-beside", x: part.w / 2 + 6, dy: "0.35em" }), `+ ${formulas.symbol(part.bias)}`));
    target(part);
  }

  function rounded(part) {
    part.element.append(svg("rect", box(part, { class: "gs-dia-shape", rx: part.h / 2 })), svg("text", { class: "gs-dia-inner", dy: "0.35em" }, part.text));
    target(part);
  }

  function circle(part) {
    const mark = part.type === "times" ? svg("circle", { class: "gs-dia-mark", r: 3 }) : svg("path", { class: "gs-dia-mark", d: "M-6 0H6M0 -6V6" });
    part.element.append(svg("circle", { class: "gs-dia-shape", r: 12 }), mark);
    target(part);
  }

  function dot(part) {
    const join = svg("rect", { class: "gs-dia-dot", x: -4, y: -8, width: 8, height: 16, rx: 2 });
    part.element.append(part.type === "copy" ? svg("circle", { class: "gs-dia-dot", r: 4 }) : join);
    target(part);
  }

  function valueBox(part, narrow) {
    const inside = part.label && !part.outside;
    const row = narrow ? 7 : 9;
    part.box = svg("rect", box(part, { class: "gs-dia-box", rx: 6 }));
    part.number = svg("text", { class: "gs-dia-number", y: inside ? row : 0, dy: "0.35em" });
    part.element.append(part.box, part.number);
    if (part.label) {
      part.symbol = typesetSvg(svg("text", { class: "gs-dia-symbol", y: inside ? -row : -part.h / 2 - 9, dy: "0.35em", "data-outside": part.outside }), part.label);
      part.element.append(part.symbol);
    }
    target(part);
  }

  function drawLabels(drawing, space) {
    return drawing.notes.map(([kind, column, y]) => {
      const x = kind === "after" ? space - 2 : drawing.columns[column] * space - (kind === "read" ? 10 : 0);
      return { kind, element: svg("text", { class: "gs-dia-label", x, y, "data-end": kind !== "before", "aria-hidden": "true" }) };
    });
  }

  function bodyOf({ body: [from, to, top, bottom], columns }, space) {
    const half = (space < NARROW ? 44 : 64) / 2; // of the box left of it, and of the one at its right end
    const x = (columns.old * space + half + columns[from] * space) / 2;
    const end = (columns[to] * space + half + columns.fork * space) / 2;
    return { x, y: top, width: end - x, height: bottom - top };
  }

  function nameOf(part) {
    const type = host.t(`diagram.type.${part.type}`);
    return part.signal ? `${type}, ${plain(symbolOf(part.signal))}` : type;
  }

  /** Selects what a part shows or makes, and says what the part is. */
  function choose(part) {
    setCurrent(part, true);
    explain(part.type, part.note ? `diagram.note.${part.note}` : "diagram.note.vector", part.signal);
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
    const own = ["kept", "written", "shown", "gated"].map((name) => [name, formulas.symbol(name)]);
    const values = { ...known, ...Object.fromEntries(own), symbol: signal ? symbolOf(signal) : "", name: signal ? host.name(signal) : "" };
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
      part.later = its > now;
      set(part.element, { "data-state": its > now ? "later" : its === now ? "now" : "done" });
    }
  }

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
    const value = part.later ? null : shownValue(signal, step, unit);
    if (part.value === value && part.later === part.wasLater) return;
    part.value = value;
    part.wasLater = part.later;
    const text = value === null ? "" : typeof value === "string" ? value : isGate(signal) ? gate(value) : number(value);
    write(part.number, text);
    set(part.number, { "data-long": text.length > 6 ? "true" : null });
    const tint = value === null ? null : typeof value === "string" ? host.colours.palette.zero : host.colours.of(baseOf(signal), value, trace.scale(signal));
    const ink = tint ? host.colours.ink(tint) : null;
    part.box.style.fill = tint ?? "";
    part.number.style.fill = ink ?? "";
    if (part.symbol && !part.outside) part.symbol.style.fill = ink ?? "";
    const where = signal === "x" ? "" : `, ${unitName(unit)}`;
    set(part.element, { "aria-label": `${plain(symbolOf(signal))}, ${host.name(signal)}${where}: ${text || host.t("diagram.later")}` });
  }

  function shownValue(signal, step, unit) {
    if (signal === "x") return shorten(host.token?.(step) ?? trace.tokens[step]);
    if (signal === "gated") return trace.at("reset", step, unit) * trace.at("recurrent", step, unit);
    const value = trace.at(signal, step, unit);
    return signal === "update" && trace.header.update === "write" ? 1 - value : value;
  }

  const unitName = (unit) => trace.header.unit_names[unit] ?? host.t("inspector.unit", { n: unit + 1 });

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
      if (view.phase !== phase) paintStates();
      const chosen = selection();
      for (const part of parts) if (part.type === "value") paintValue(part, chosen);
      paintLabels();
      line.paint(view);
    },
    resize(available) {
      width = available;
      if (trace) build();
    },
  };
}

const baseOf = (signal) => ({ previous_cell: "cell", previous_hidden: "hidden" })[signal] ?? signal;
const shorten = (token) => ([...token].length > TOKEN ? `${[...token].slice(0, TOKEN - 1).join("")}…` : token);
