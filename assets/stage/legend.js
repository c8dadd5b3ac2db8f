// The diagram's legend. Its symbols are buttons: one lights all parts of its kind and explains them.

import { html, svg, set } from "./dom.js";
import { typeset } from "./typeset.js";

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
};
const GATES = { lstm: ["forget", "input", "output"], gru: ["reset", "update"], rnn: [] };

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
      const after = trace.cell === "gru" && trace.header.reset === "after";
      const kinds = Object.keys(ICONS).filter((name) => (name !== "linear" || after) && (name !== "operation" || trace.cell !== "rnn"));
      const [first, second] = [kinds.map(kind), GATES[trace.cell].map(hue)];
      buttons = [...first, ...second];
      set(element, { "aria-label": host.t("diagram.legend") });
      element.replaceChildren(...first, html("span", { class: "gs-dia-break" }), ...second);
    },
  };
}
