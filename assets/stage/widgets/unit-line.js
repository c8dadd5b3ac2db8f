// The line above a picture of one unit: which unit it shows, and the way to its neighbours.

import { html, set, write } from "../core/dom.js";
import { unitTitle } from "../core/text/names.js";

/** @returns {{element: HTMLElement, load(trace): void, paint(view): void}} */
export function createUnitLine(host) {
  const turn = (by) => html("button", { type: "button", class: "gs-unit-turn", onclick: () => host.go({ unit: at + by }) }, by < 0 ? "‹" : "›");
  const [less, more] = [turn(-1), turn(1)];
  const text = html("span", { class: "gs-unit-name" });
  const element = html("p", { class: "gs-unit-line" }, less, text, more);
  let trace = null;
  let at = 0;
  const name = (unit) => unitTitle(host, unit);
  return {
    element,
    load(next) {
      trace = next;
      element.hidden = trace.units === 1;
    },
    paint({ unit }) {
      at = unit;
      write(text, host.t("unrolled.unit", { unit: name(unit) }));
      for (const [button, to] of [[less, unit - 1], [more, unit + 1]]) {
        button.disabled = to < 0 || to >= trace.units;
        set(button, { "aria-label": button.disabled ? name(unit) : name(to) });
      }
    },
  };
}
