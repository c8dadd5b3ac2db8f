// What works on the whole cell: its kind and size, random weights, zeros, the forget bias.
import { html, set, write } from "../../core/dom.js";
import { number } from "../../core/text/format.js";
import { MOST, convert, perturb, randomise, resize, shiftBias, weightAt, zero } from "../state/state.js";
import { signOfPart } from "../printed/forms.js";
import { segment } from "../../widgets/segment.js";

const KINDS = ["lstm", "gru", "rnn"];
const OPTIONS = { gru: ["reset", ["after", "before"]], rnn: ["activation", ["tanh", "relu"]] };
const KEEPS = { lstm: "forget", gru: "update" }; // the gate whose bias decides how long a memory lasts
const RANGE = 12; // of the bias slider to both sides, at least

export function createTools(lab) {
  const kinds = segment(KINDS, (kind) => lab.apply(convert, [{ cell: kind }]));
  const option = html("select", { class: "gs-select", onchange: () => lab.apply(convert, [{ [OPTIONS[cell().cell][0]]: option.value }]) });
  const units = counter("hidden", "lab.units");
  const inputs = counter("inputs", "lab.inputs");
  const structure = html("div", { class: "gs-lab-row gs-structure" }, kinds.element, option, units.element, inputs.element);

  const seed = html("input", { type: "number", class: "gs-seed", min: 0, max: 999999, step: 1, value: 1, "data-lab": "seed" });
  const seedText = html("span", { class: "gs-label" });
  const buttons = {
    randomise: () => lab.apply(randomise, [seeded()]),
    perturb: () => lab.apply(perturb, [seeded(true)]),
    zero: () => lab.apply(zero, []),
  };
  const made = Object.entries(buttons).map(([name, onclick]) => html("button", { type: "button", class: "gs-lab-button", "data-lab": name, onclick }));
  const bias = biasSlider(lab);
  const element = html("div", { class: "gs-lab-tools" }, bias.element, html("div", { class: "gs-lab-row" }, html("label", { class: "gs-lab-field" }, seedText, seed), ...made));
  let drawn = 0; // perturbing again is another draw

  const cell = () => lab.session.state;

  function seeded(again = false) {
    const value = Math.min(999999, Math.max(0, Math.trunc(Number(seed.value)) || 0));
    seed.value = String(value);
    drawn = again ? drawn + 1 : 0;
    return again ? value + 1e6 * drawn : value;
  }

  function counter(name, key) {
    const label = html("span", { class: "gs-label" });
    const value = html("output", { class: "gs-count" });
    const [less, more] = [-1, 1].map((by) =>
      html("button", { type: "button", class: "gs-lab-button gs-step-button", "data-lab": `${name}${by > 0 ? "+" : "-"}`, onclick: () => lab.apply(resize, [{ [name]: cell()[name] + by }]) }, by > 0 ? "+" : "−"),
    );
    const field = html("div", { class: "gs-lab-field", role: "group" }, label, less, value, more);
    return {
      element: field,
      paint() {
        const count = cell()[name];
        write(value, String(count));
        less.disabled = count <= 1;
        more.disabled = count >= MOST;
      },
      load() {
        write(label, lab.t(key));
        set(field, { "aria-label": lab.t(key) });
        set(less, { "aria-label": lab.t(`${key}.less`) });
        set(more, { "aria-label": lab.t(`${key}.more`) });
      },
    };
  }

  return {
    structure,
    element,
    load() {
      kinds.relabel(lab.t("lab.cell"), (kind) => kind.toUpperCase());
      const [, choices] = OPTIONS[cell().cell] ?? [null, []];
      option.hidden = choices.length === 0;
      set(option, { "aria-label": lab.t(choices.includes("after") ? "lab.reset_gate" : "lab.activation") });
      option.replaceChildren(...choices.map((choice) => html("option", { value: choice }, lab.t(`lab.option.${choice}`))));
      units.load();
      inputs.load();
      write(seedText, lab.t("lab.seed"));
      for (const button of made) {
        const key = `lab.${button.dataset.lab}`;
        write(button, lab.t(key));
        set(button, { title: lab.t(`${key}.title`) });
      }
    },
    paint() {
      const state = cell();
      kinds.choose(state.cell);
      const [name] = OPTIONS[state.cell] ?? [];
      if (name) option.value = state[name];
      units.paint();
      inputs.paint();
      bias.paint();
    },
  };
}

/** Moves all biases of the gate that keeps; where they differ it stands at their mean and moves them together. */
export function biasSlider(lab) {
  const label = html("span", { class: "gs-label" });
  const range = html("input", { type: "range", min: -RANGE, max: RANGE, step: 0.1, "data-lab": "bias" });
  const value = html("output", { class: "gs-lab-number" });
  const field = html("label", { class: "gs-lab-field gs-lab-bias" }, label, range, value);
  const turn = (state, value) => value * signOfPart(state.form, KEEPS[state.cell]); // a z that writes has the negatives
  const mean = (state) => {
    const part = KEEPS[state.cell];
    let sum = 0;
    for (let row = 0; row < state.hidden; row++) sum += weightAt(state, { matrix: "b", part, row });
    return sum / state.hidden;
  };
  const release = () => lab.end();
  set(range, {
    oninput() {
      lab.begin();
      lab.applyFrom((origin) => shiftBias(origin, KEEPS[origin.cell], turn(origin, Number(range.value)) - mean(origin)));
    },
    onchange: release,
    onblur: release,
  });
  return {
    element: field,
    paint() {
      const { state } = lab.session;
      const gate = KEEPS[state.cell];
      field.hidden = !gate;
      if (!gate) return;
      const now = turn(state, mean(state)) || 0;
      if (!lab.dragging) {
        const reach = Math.max(RANGE, Math.ceil(Math.abs(now)));
        set(range, { min: -reach, max: reach });
        range.value = String(now);
      }
      write(value, number(now));
      write(label, lab.t("lab.bias", { name: lab.name(gate) }));
    },
  };
}
