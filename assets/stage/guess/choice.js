// A guess that is one of several: a unit, a cell. A unit can be clicked in the picture as well.
import { html, set } from "../core/dom.js";

/** @param {object} host of a view  @param {(place: number) => void} chosen is called with a choice made here */
export function createChoice(host, chosen) {
  const element = html("div", { class: "gs-guess-choices", role: "radiogroup" });
  let picked = null;
  let names = [];

  function pick(place) {
    picked = place;
    [...element.querySelectorAll("input")].forEach((input, k) => (input.checked = k === place));
  }

  return {
    element,
    ask({ options, title, fresh, draft: [begun] = [] }) {
      if (!fresh && names.join() === options.join()) return;
      names = options;
      picked = null;
      set(element, { "aria-label": title });
      const row = (name, k) => html("label", { class: "gs-guess-choice" }, html("input", { type: "radio", name: "gs-guess", value: k, onchange: () => (pick(k), chosen(k)) }), name);
      element.replaceChildren(...options.map(row));
      if (begun in options) pick(Number(begun));
    },
    pick,
    read: () => picked ?? undefined,
    focus: () => element.querySelector("input")?.focus(),
    showAnswer({ guess, truth }) {
      [...element.children].forEach((label, k) => {
        set(label, { "data-truth": k === truth, "data-guess": k === guess });
        set(label.querySelector("input"), { disabled: true });
      });
    },
  };
}
