// What works on the whole cell: its kind and size, random weights, zeros, the forget bias.
import { html, set, write } from "../../core/dom.js";
import { number } from "../../core/format.js";
import { MOST, convert, perturb, randomise, resize, shiftBias, weightAt, zero } from "../state/state.js";

const KINDS = ["lstm", "gru", "rnn"];
const OPTIONS = { gru: ["reset", ["after", "before"]], rnn: ["activation", ["tanh", "relu"]] };
const KEEPS = { lstm: "forget", gru: "update" }; // the gate whose bias decides how long a memory lasts
const RANGE = 12; // of the bias slider to both sides, at least

export function createTools(bench) {
  const kinds = KINDS.map((kind) => html("button", { type: "button", class: "gs-segment-item", "data-choice": kind, onclick: () => bench.apply(convert, [{ cell: kind }]) }, kind.toUpperCase()));
  const kind = html("div", { class: "gs-segment", role: "group" }, ...kinds);
  const option = html("select", { class: "gs-select", onchange: () => bench.apply(convert, [{ [OPTIONS[cell().cell][0]]: option.value }]) });
  const units = counter("hidden", "lab.units");
  const inputs = counter("inputs", "lab.inputs");
  const structure = html("div", { class: "gs-lab-row gs-structure" }, kind, option, units.element, inputs.element);

  const seed = html("input", { type: "number", class: "gs-seed", min: 0, max: 999999, step: 1, value: 1, "data-lab": "seed" });
  const seedText = html("span", { class: "gs-label" });
  const buttons = {
    randomise: () => bench.apply(randomise, [seeded()]),
    perturb: () => bench.apply(perturb, [seeded(true)]),
    zero: () => bench.apply(zero, []),
  };
  const made = Object.entries(buttons).map(([name, onclick]) => html("button", { type: "button", class: "gs-lab-button", "data-lab": name, onclick }));
  const bias = biasSlider(bench);
  const element = html("div", { class: "gs-lab-tools" }, bias.element, html("div", { class: "gs-lab-row" }, html("label", { class: "gs-lab-field" }, seedText, seed), ...made));
  let drawn = 0; // perturbing again is another draw

  const cell = () => bench.session.state;

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
      html("button", { type: "button", class: "gs-lab-button gs-step-button", "data-lab": `${name}${by > 0 ? "+" : "-"}`, onclick: () => bench.apply(resize, [{ [name]: cell()[name] + by }]) }, by > 0 ? "+" : "−"),
    );
    const own = html("div", { class: "gs-lab-field", role: "group" }, label, less, value, more);
    return {
      element: own,
      paint() {
        const count = cell()[name];
        write(value, String(count));
        less.disabled = count <= 1;
        more.disabled = count >= MOST;
      },
      load() {
        write(label, bench.t(key));
        set(own, { "aria-label": bench.t(key) });
        set(less, { "aria-label": bench.t(`${key}.less`) });
        set(more, { "aria-label": bench.t(`${key}.more`) });
      },
    };
  }

  return {
    structure,
    element,
    load() {
      set(kind, { "aria-label": bench.t("lab.cell") });
      const [, choices] = OPTIONS[cell().cell] ?? [null, []];
      option.hidden = choices.length === 0;
      set(option, { "aria-label": bench.t(choices.includes("after") ? "lab.reset_gate" : "lab.activation") });
      option.replaceChildren(...choices.map((choice) => html("option", { value: choice }, bench.t(`lab.option.${choice}`))));
      units.load();
      inputs.load();
      write(seedText, bench.t("lab.seed"));
      for (const button of made) {
        const key = `lab.${button.dataset.lab}`;
        write(button, bench.t(key));
        set(button, { title: bench.t(`${key}.title`) });
      }
    },
    paint() {
      const state = cell();
      kinds.forEach((each) => set(each, { "aria-pressed": String(each.dataset.choice === state.cell) }));
      const [name] = OPTIONS[state.cell] ?? [];
      if (name) option.value = state[name];
      units.paint();
      inputs.paint();
      bias.paint();
    },
  };
}

/** Moves all biases of the gate that keeps; where they differ it stands at their mean and moves them together. */
export function biasSlider(bench) {
  const label = html("span", { class: "gs-label" });
  const range = html("input", { type: "range", min: -RANGE, max: RANGE, step: 0.1, "data-lab": "bias" });
  const value = html("output", { class: "gs-lab-number" });
  const own = html("label", { class: "gs-lab-field gs-lab-bias" }, label, range, value);
  const mean = (state) => {
    const part = KEEPS[state.cell];
    let sum = 0;
    for (let row = 0; row < state.hidden; row++) sum += weightAt(state, { matrix: "b", part, row });
    return sum / state.hidden;
  };
  const release = () => bench.end();
  set(range, {
    oninput() {
      bench.begin();
      bench.applyFrom((origin) => shiftBias(origin, KEEPS[origin.cell], Number(range.value) - mean(origin)));
    },
    onchange: release,
    onblur: release,
  });
  return {
    element: own,
    paint() {
      const { state } = bench.session;
      const gate = KEEPS[state.cell];
      own.hidden = !gate;
      if (!gate) return;
      const now = mean(state);
      if (!bench.dragging) {
        const reach = Math.max(RANGE, Math.ceil(Math.abs(now)));
        set(range, { min: -reach, max: reach });
        range.value = String(now);
      }
      write(value, number(now));
      write(label, bench.t("lab.bias", { name: bench.name(gate) }));
    },
  };
}
