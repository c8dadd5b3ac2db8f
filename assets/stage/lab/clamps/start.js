// Where a run begins, on the picture itself: at the first step the numbers before it are h₀ and c₀, and are typed there.
import { html, set, write } from "../../core/dom.js";
import { plain } from "../../core/text/formulas.js";
import { typeset } from "../../core/text/typeset.js";
import { parseNumber } from "../editor/grid.js";
import { popupOn } from "./popup.js";
import { LIMIT } from "../state/state.js";
import { setStart } from "../state/task.js";

const STATES = { previous_hidden: "hidden", previous_cell: "cell" };
const NODES = Object.keys(STATES).map((signal) => `[data-signal=${signal}][data-unit]`).join();
const STEP = 0.1;

/** @param {object} lab what createLab in ../lab.js gives its panels  @param {HTMLElement} picture where the belt is shown */
export function createStart(lab, picture) {
  const sign = html("b", { class: "gs-symbol" });
  const title = html("span", { class: "gs-popup-title" });
  const field = html("input", { type: "text", inputmode: "decimal", class: "gs-lab-input", autocomplete: "off", "data-lab": "start" });
  const error = html("p", { class: "gs-field-error", role: "alert", hidden: true });
  const element = html("div", { class: "gs-popup", role: "dialog", "data-testid": "start-popup" }, html("label", { class: "gs-popup-head" }, sign, title, field), error);
  let node = null;
  let place = null; // {signal, unit}

  const first = () => lab.stage.view().step === 0;
  const placeOf = ({ dataset }) => ({ signal: STATES[dataset.signal], unit: Number(dataset.unit) });
  const startOf = ({ signal, unit }) => lab.session.state[`initial_${signal}`]?.[unit];
  const nodeOf = (event) => (first() ? (event.target.closest?.(NODES) ?? null) : null);

  // A click opens the field, as on a gate; the arithmetic follows it only where it is open already.
  picture.addEventListener(
    "click",
    (event) => {
      const node = nodeOf(event);
      if (!node) return;
      if (!lab.stage.inspecting) event.stopPropagation();
      open(node);
    },
    true,
  );
  picture.addEventListener(
    "keydown",
    (event) => {
      const node = event.target.matches?.(NODES) && first() ? event.target : null;
      if (!node || event.ctrlKey || event.metaKey || event.altKey) return;
      const way = { "+": 1, "=": 1, "-": -1, "−": -1, _: -1 }[event.key];
      if (way) step(placeOf(node), way, event.repeat);
      else if (event.key === "Enter" && !lab.stage.inspecting) open(node);
      else return;
      event.preventDefault();
      event.stopPropagation();
    },
    true,
  );

  function step(at, way, repeat) {
    const next = Number((startOf(at) + way * STEP).toPrecision(12));
    lab.apply(setStart, [at.signal, at.unit, next], { repeat: repeat && `start ${JSON.stringify(at)}` });
  }

  field.addEventListener("keydown", (event) => {
    event.stopPropagation();
    if (event.isComposing) return;
    const way = { ArrowUp: 1, ArrowDown: -1 }[event.key];
    if (event.key === "Enter" && take()) leave();
    else if (event.key === "Escape") leave();
    else if (way) {
      step(place, way, event.repeat);
      field.value = String(startOf(place));
    } else return;
    event.preventDefault();
  });
  field.oninput = () => fail(null);
  const popup = popupOn(lab, picture, element, take);

  /** Takes what was typed; what is no number stays, with a sentence, and the old value holds. */
  function take() {
    const { value, error: key } = parseNumber(field.value);
    fail(key ?? null);
    if (key) return false;
    if (value !== startOf(place)) lab.apply(setStart, [place.signal, place.unit, value]);
    return true;
  }

  function fail(key) {
    error.hidden = key === null;
    set(field, { "aria-invalid": key === null ? null : "true" });
    if (key !== null) write(error, lab.t(key, { text: field.value.trim(), limit: String(LIMIT) }));
  }

  function open(found) {
    [node, place] = [found, placeOf(found)];
    const { names } = lab.session.state;
    typeset(sign, lab.symbol(`initial_${place.signal}`));
    sign.className = `gs-symbol gs-ink-${place.signal}`;
    write(title, lab.t("lab.start.field", { unit: names[place.unit] || String(place.unit + 1) }));
    set(element, { "aria-label": `${plain(lab.symbol(`initial_${place.signal}`))}: ${title.textContent}` });
    field.value = String(startOf(place));
    fail(null);
    popup.open();
    popup.place(node, 0, ({ bottom }) => bottom + 8);
    field.focus();
    field.select();
  }

  function leave() {
    const { signal, unit } = node.dataset;
    popup.close();
    (node.isConnected ? node : picture.querySelector(`[data-signal=${signal}][data-unit="${unit}"]`))?.focus();
  }

  return {
    /** Marks what can be typed where the stage stands. */
    painted() {
      const on = first();
      for (const each of picture.querySelectorAll(NODES)) set(each, { "data-start": on ? "" : null });
      if (element.isConnected && (!on || startOf(place) === undefined)) popup.close();
    },
    close: popup.close,
  };
}
