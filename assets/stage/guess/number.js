// A guess of one number, by slider or by typing; afterwards guess and truth on a line.
import { html, set } from "../core/dom.js";
import { allDigits } from "../core/text/format.js";
import { fits, parse } from "./judge.js";

const NOTCHES = 200; // of the slider over its range

/** @param {object} host of a view  @param {(texts: string[]) => void} changed is called with the text of the field */
export function createNumber(host, changed = () => {}) {
  const slider = html("input", { type: "range", class: "gs-guess-slider", oninput: slid });
  const field = html("input", { type: "text", inputmode: "decimal", class: "gs-guess-field", autocomplete: "off", oninput: typed });
  const asking = html("div", { class: "gs-guess-row" }, slider, field);
  const marks = html("div", { class: "gs-guess-axis", "aria-hidden": "true", hidden: true });

  function slid() {
    field.value = allDigits(Number(slider.value));
    changed([field.value]);
  }

  function typed() {
    follow();
    changed([field.value]);
  }

  function follow() {
    const value = parse(field.value);
    if (value !== null) slider.value = String(value);
  }

  return {
    element: html("div", { class: "gs-guess-widget" }, asking, marks),
    ask({ range: [low, high], words, fresh, draft = [] }) {
      asking.hidden = false;
      marks.hidden = true;
      if (fresh) field.value = draft[0] ?? "";
      set(slider, { min: low, max: high, step: (high - low) / NOTCHES, "aria-label": host.t("guess.slider", words) });
      if (field.value === "") slider.value = String((low + high) / 2);
      else follow();
      set(field, { "aria-label": host.t("guess.field", words), placeholder: `${allDigits(low)} … ${allDigits(high)}` });
    },
    /** The guess; undefined as long as it is none. */
    read(range) {
      const value = parse(field.value);
      return fits(value, range) ? value : undefined;
    },
    focus() {
      field.focus();
      field.select();
    },
    showAnswer({ guess, truth, range }, text) {
      asking.hidden = true;
      marks.hidden = false;
      const at = (value) => `${(100 * (value - range[0])) / (range[1] - range[0])}%`;
      const mark = (name, value) => html("i", { class: `gs-guess-${name}`, style: `left:${at(value)}` }, html("b", {}, text(value)));
      marks.replaceChildren(...[guess === null ? null : mark("guess", guess), mark("truth", truth)].filter(Boolean));
    },
  };
}
