// The clamps' panel: the list of clamps with a way to release each, a form for a new one, and the cell's own switches.
import { html, set, write } from "../../core/dom.js";
import { parseNumber } from "../editor/grid.js";
import { biasSlider } from "../editor/tools.js";
import { isGate } from "../../core/colour.js";
import { onSubmit } from "../../core/form.js";
import { gate, number } from "../../core/text/format.js";
import { signalsOf } from "../../engine/cells.js";
import { addClamp, changeClamp, releaseAll, releaseClamp, setOption } from "../state/state.js";
import { plain } from "../../core/text/formulas.js";
import { typeset } from "../../core/text/typeset.js";

const SWITCHES = ["forget", "input", "output", "coupled", "peephole"];

export function createClamps(lab) {
  const none = html("p", { class: "gs-lab-note" });
  const list = html("ul", { class: "gs-clamps" });
  const all = html("button", { type: "button", class: "gs-lab-button", "data-lab": "release-all", onclick: () => lab.apply(releaseAll, []) });
  const form = createForm(lab);
  const switches = createSwitches(lab);
  const element = html("div", { class: "gs-clamp-panel", "data-testid": "clamps" }, none, list, all, form.element, switches.element);
  let drawn = null;

  function paint() {
    const { state } = lab.session;
    switches.paint();
    const signature = JSON.stringify([state.clamps, state.names, state.hidden, lab.trace.header.lang, lab.trace.header.symbols]);
    if (signature === drawn) return;
    drawn = signature;
    const { clamps } = state;
    none.hidden = clamps.length > 0;
    list.hidden = all.hidden = clamps.length === 0;
    const focused = list.getRootNode().activeElement?.closest?.(".gs-clamps li");
    const at = focused ? [...list.children].indexOf(focused) : -1;
    if (list.children.length !== clamps.length || at < 0) list.replaceChildren(...clamps.map(row));
    else clamps.forEach((clamp, k) => k !== at && list.children[k].replaceWith(row(clamp, k)));
  }

  function row(clamp, index) {
    const sign = typeset(html("b", { class: `gs-symbol gs-ink-${clamp.signal}` }, ""), lab.symbol(clamp.signal));
    const text = html("span", {}, scopeText(lab, clamp));
    const field = valueField(lab, clamp.signal, clamp.value, (value) => lab.apply(changeClamp, [index, { value }]));
    const label = lab.t("lab.clamp.release.one", { name: lab.name(clamp.signal), scope: scopeText(lab, clamp) });
    const release = html("button", { type: "button", class: "gs-lab-button", "data-lab": "release", "aria-label": label, onclick: () => lab.apply(releaseClamp, [index]) }, lab.t("lab.clamp.release"));
    return html("li", { "data-signal": clamp.signal }, sign, text, field, release);
  }

  return {
    element,
    paint,
    load() {
      write(none, lab.t("lab.clamp.none"));
      write(all, lab.t("lab.clamp.release.all"));
      form.load();
      switches.load();
      paint();
    },
    marks: () => lab.session.state.clamps.length,
  };
}

/** "unit 2, steps 3–5" as a reader counts. */
export function scopeText({ t, session }, { units, steps }) {
  const { names } = session.state;
  const which = units === null ? t("lab.clamp.units.all") : t("lab.clamp.unit", { unit: units.map((unit) => names[unit] || unit + 1).join(", ") });
  const when = steps === null ? t("lab.clamp.steps.all") : steps[0] === steps[1] ? t("lab.clamp.step", { step: steps[0] + 1 }) : t("lab.clamp.steps", { from: steps[0] + 1, to: steps[1] + 1 });
  return t("lab.clamp.scope", { units: which, steps: when });
}

/** A clamp's value as the reader's convention has it, and back: 1 − z where z is to write. */
export const asShown = (lab, signal, value) => (lab.complemented(signal) ? 1 - value : value);

/** What a clamp's value reads as. */
export const clampText = (lab, signal, value) => (isGate(signal) ? gate : number)(asShown(lab, signal, value));

/** A field for a number that takes it on Enter or when it is left; bad text keeps the old value and says why. */
export function valueField(lab, signal, value, take) {
  const input = html("input", { class: "gs-lab-input", type: "text", inputmode: "text", autocomplete: "off", "data-lab": "value", "aria-label": lab.t("lab.clamp.value") });
  const error = html("span", { class: "gs-field-error", role: "alert", hidden: true });
  const shown = String(Number(asShown(lab, signal, value).toPrecision(5)));
  input.value = shown.replace("-", "−");
  const done = () => {
    const read = parseNumber(input.value);
    error.hidden = !read.error;
    set(input, { "aria-invalid": read.error ? "true" : null });
    if (read.error) write(error, lab.t(read.error, { text: input.value.trim(), limit: "1000000" }));
    else if (read.value !== Number(shown)) take(asShown(lab, signal, read.value));
  };
  set(input, {
    onkeydown(event) {
      event.stopPropagation();
      if (event.key === "Enter" && !event.isComposing) done();
    },
    onblur: done,
  });
  return html("span", { class: "gs-lab-value" }, html("span", { "aria-hidden": "true" }, "="), input, error);
}

/** Holds any signal: an exact value, some units, some steps. */
function createForm(lab) {
  const signal = html("select", { class: "gs-select", "data-lab": "clamp-signal" });
  const units = html("select", { class: "gs-select", "data-lab": "clamp-units" });
  const from = html("input", { class: "gs-lab-input", type: "number", min: 1, "data-lab": "clamp-from" });
  const to = html("input", { class: "gs-lab-input", type: "number", min: 1, "data-lab": "clamp-to" });
  const value = html("input", { class: "gs-lab-input", type: "text", value: "0", "data-lab": "clamp-value" });
  const add = html("button", { type: "button", class: "gs-lab-button", "data-lab": "clamp-add" });
  const error = html("p", { class: "gs-field-error", role: "alert", hidden: true });
  const title = html("h2", { class: "gs-lab-title" });
  const [steps, dash, equals] = [html("span", { class: "gs-label" }), html("span", {}, "–"), html("span", {}, "=")];
  const element = html("form", { class: "gs-lab-form", novalidate: true }, title, html("div", { class: "gs-lab-row" }, signal, units, html("span", { class: "gs-lab-field" }, steps, from, dash, to), html("span", { class: "gs-lab-field" }, equals, value), add), error);
  let shape = "";

  onSubmit(element, add, () => {
    const { steps: last } = lab.session.state;
    const read = parseNumber(value.value);
    const [first, final] = [from, to].map((field) => Math.min(last, Math.max(1, Math.trunc(Number(field.value)) || 1)));
    error.hidden = !read.error;
    set(value, { "aria-invalid": read.error ? "true" : null });
    if (read.error) return write(error, lab.t(read.error, { text: value.value.trim(), limit: "1000000" }));
    const span = [Math.min(first, final) - 1, Math.max(first, final) - 1];
    const whole = span[0] === 0 && span[1] === last - 1;
    lab.apply(addClamp, [
      { signal: signal.value, units: units.value === "" ? null : [Number(units.value)], steps: whole ? null : span, value: asShown(lab, signal.value, read.value) },
    ]);
  });
  element.addEventListener("keydown", (event) => event.target.matches("input") && event.stopPropagation());

  return {
    element,
    load() {
      const { cell, hidden, steps: count, names } = lab.session.state;
      write(title, lab.t("lab.clamp.form"));
      write(add, lab.t("lab.clamp.hold"));
      write(steps, lab.t("lab.clamp.form.steps"));
      const labels = [[signal, "lab.clamp.form.signal"], [units, "lab.clamp.form.units"], [from, "lab.clamp.form.from"], [to, "lab.clamp.form.to"], [value, "lab.clamp.value"]];
      for (const [field, key] of labels) set(field, { "aria-label": lab.t(key) });
      const signature = JSON.stringify([cell, hidden, count, names, lab.trace.header.lang, lab.trace.header.symbols]);
      if (signature === shape) return;
      shape = signature;
      const chosen = [signal.value, units.value];
      signal.replaceChildren(...signalsOf(cell).map((name) => html("option", { value: name }, `${plain(lab.symbol(name))} · ${lab.name(name)}`)));
      const each = Array.from({ length: hidden }, (_, unit) => html("option", { value: unit }, lab.t("lab.clamp.unit", { unit: names[unit] || unit + 1 })));
      units.replaceChildren(html("option", { value: "" }, lab.t("lab.clamp.units.all")), ...each);
      if (chosen[0] && signalsOf(cell).includes(chosen[0])) signal.value = chosen[0];
      if (Number(chosen[1]) < hidden) units.value = chosen[1];
      for (const field of [from, to]) field.max = count;
      if (!from.value) from.value = "1";
      to.value = String(to.value && Number(to.value) <= count ? to.value : count);
    },
  };
}

/** Cell surgery: gates left out, coupled or given sight of the memory. Only the LSTM has these. */
function createSwitches(lab) {
  const title = html("h2", { class: "gs-lab-title" });
  const boxes = SWITCHES.map((name) => {
    const box = html("input", { type: "checkbox", "data-lab": `surgery-${name}`, onchange: () => lab.apply(setOption, [name, box.checked]) });
    const text = html("span");
    return { name, box, text, element: html("label", { class: "gs-lab-check" }, box, text) };
  });
  const bias = biasSlider(lab);
  const element = html("section", { class: "gs-surgery" }, title, ...boxes.map((each) => each.element), bias.element);
  return {
    element,
    load() {
      write(title, lab.t("lab.surgery"));
      for (const { name, text } of boxes) {
        const [gate, other] = name === "coupled" ? ["input", "forget"] : [name, name];
        const symbols = { symbol: plain(lab.symbol(gate)), other: plain(lab.symbol(other)), name: lab.name(gate) };
        write(text, lab.t(SWITCHES.indexOf(name) < 3 ? "lab.surgery.without" : `lab.surgery.${name}`, symbols));
      }
    },
    paint() {
      const { state } = lab.session;
      element.hidden = state.cell !== "lstm";
      if (element.hidden) return;
      for (const { name, box } of boxes) box.checked = name === "coupled" ? state.coupled : name === "peephole" ? state.p !== null : state.without.includes(name);
      bias.paint();
    },
  };
}
