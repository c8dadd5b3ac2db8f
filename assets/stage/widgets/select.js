// A field with a list to choose from, and its label beside it.
import { html } from "../core/dom.js";

/** @param {string} name of the field, for whoever looks for it  @param {(value: string) => void} onchange */
export function createSelect(name, onchange) {
  const label = html("span", { class: "gs-label" });
  const select = html("select", { class: "gs-select", "data-lab": name, onchange: () => onchange(select.value) });
  return { label, select, element: html("label", { class: "gs-lab-field" }, label, select) };
}
