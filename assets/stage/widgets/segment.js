// A row of choices of which one is on.

import { html, set, write } from "../core/dom.js";

/**
 * @param {string[]} choices
 * @param {(choice: string) => void} choose what a click does
 * @returns {{element: HTMLElement, relabel(label: string, text: (choice: string) => string): void, choose(choice: string): void}}
 */
export function segment(choices, choose) {
  const buttons = choices.map((choice) =>
    html("button", { type: "button", class: "gs-segment-item", "data-choice": choice, onclick: () => choose(choice) }),
  );
  const element = html("div", { class: "gs-segment", role: "group" }, ...buttons);
  return {
    element,
    relabel(label, text) {
      set(element, { "aria-label": label });
      buttons.forEach((each, k) => write(each, text(choices[k])));
    },
    choose(choice) {
      buttons.forEach((each, k) => set(each, { "aria-pressed": String(choices[k] === choice) }));
    },
  };
}
