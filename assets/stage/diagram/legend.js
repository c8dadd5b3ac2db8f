// The diagram's legend. Its symbols are buttons: one lights all parts of its kind and explains them.

import { gatesAmong } from "../core/colour.js";
import { html, svg, set } from "../core/dom.js";
import { typeset } from "../core/text/typeset.js";

const boxed = (look, text) => [
  svg("rect", { class: look, x: 3, y: 4, width: 26, height: 16, rx: 3 }),
  svg("text", { class: "gs-dia-inner", x: 16, y: 16 }, text),
];
const ICONS = {
  layer: () => boxed("gs-dia-shape", "σ"),
  linear: () => boxed("gs-dia-shape gs-dia-dashed", "U"),
  operation: () => [svg("circle", { class: "gs-dia-shape", cx: 16, cy: 12, r: 9 }), svg("circle", { class: "gs-dia-mark", cx: 16, cy: 12, r: 2.5 })],
  vector: () => [svg("path", { class: "gs-dia-line", d: "M2 12H24" }), svg("path", { class: "gs-dia-head", d: "M30 12L23 8V16Z" })],
  join: () => [
    svg("path", { class: "gs-dia-line", d: "M2 12H30M16 23V12" }),
    svg("rect", { class: "gs-dia-dot", x: 12, y: 5, width: 8, height: 14, rx: 2 }),
  ],
  copy: () => [svg("path", { class: "gs-dia-line", d: "M2 12H30M16 12V1" }), svg("circle", { class: "gs-dia-dot", cx: 16, cy: 12, r: 4 })],
  peephole: () => [
    svg("path", { class: "gs-dia-line", d: "M2 8H30M16 8V23" }),
    svg("path", { class: "gs-dia-shape", d: "M7 8Q16 -1.5 25 8Q16 17.5 7 8Z" }),
    svg("circle", { class: "gs-dia-mark", cx: 16, cy: 8, r: 2.2 }),
  ],
};
/** Kinds of parts that only some drawings have. */
const NEEDS = {
  linear: (trace) => (trace.cell === "gru" && trace.header.reset === "after") || !trace.description.recurrent || trace.variant.linear.includes("candidate"),
  join: (trace) => trace.description.recurrent,
  operation: (trace) => trace.cell !== "rnn",
  peephole: (trace) => trace.variant.peephole,
};

/** @param {(entry: object|null) => void} light called with the entry pressed, or null when none is any more */
export function createLegend(host, light) {
  const element = html("div", { class: "gs-dia-legend", role: "group" });
  let buttons = [];

  function press(button, entry) {
    const on = button.getAttribute("aria-pressed") !== "true";
    clear();
    set(button, { "aria-pressed": String(on) });
    light(on ? entry : null);
  }

  function clear() {
    for (const button of buttons) set(button, { "aria-pressed": "false" });
  }

  function kind(name) {
    const icon = svg("svg", { class: "gs-dia-icon", viewBox: "0 0 32 24", width: 32, height: 24, "aria-hidden": "true" }, ...ICONS[name]());
    const entry = { type: name, note: `diagram.kind.${name}`, matches: (part) => part.kind === name };
    return make(entry, icon, html("span", {}, host.t(`diagram.type.${name}`)));
  }

  function hue(signal) {
    const icon = typeset(html("span", { class: "gs-dia-swatch gs-math" }), host.symbol(signal));
    icon.style.setProperty("--gs-hue", `var(--gs-${signal})`);
    const entry = { type: "gate", note: "diagram.kind.gate", signal, matches: (part) => part.signal === signal || part.gate === signal };
    return make(entry, icon, html("span", {}, host.name(signal)));
  }

  function make(entry, ...children) {
    const look = { class: "gs-dia-key", "aria-pressed": "false", "data-key": entry.signal ?? entry.type };
    const button = html("button", { type: "button", ...look }, ...children);
    button.onclick = () => press(button, entry);
    return button;
  }

  return {
    element,
    clear,
    load(trace) {
      const kinds = Object.keys(ICONS).filter((name) => NEEDS[name]?.(trace) ?? true);
      const gates = gatesAmong(trace.parts).filter((gate) => !trace.variant.without.includes(gate));
      const [first, second] = [kinds.map(kind), gates.map(hue)];
      buttons = [...first, ...second];
      set(element, { "aria-label": host.t("diagram.legend") });
      element.replaceChildren(...first, html("span", { class: "gs-dia-break" }), ...second);
    },
  };
}
