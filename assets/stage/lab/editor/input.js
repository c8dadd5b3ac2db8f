// The input sequence, edited in place: a row a column of x, a column a step.
import { html, set, write } from "../../core/dom.js";
import { createGrid } from "./grid.js";
import { MOST_STEPS, deleteStep, insertStep, setInput } from "../state/state.js";
import { token } from "../../core/text/format.js";
import { plain } from "../../core/text/formulas.js";

const FULL_DRAG = 120; // CSS px in which a drag crosses from 0 to the largest input

export function createInput(lab) {
  const title = html("p", { class: "gs-lab-note" });
  const buttons = Object.fromEntries(["before", "after", "delete"].map((name) => [name, html("button", { type: "button", class: "gs-lab-button", "data-lab": `step-${name}`, onclick: () => act(name) })]));
  const body = html("div", { class: "gs-block-body" });
  const hint = html("p", { class: "gs-lab-hint" });
  const element = html("div", { class: "gs-input-editor", "data-testid": "input-editor" }, title, html("div", { class: "gs-lab-row" }, ...Object.values(buttons)), body, hint);
  const state = () => lab.session.state;
  const columnName = (k) => state().columns[k] || `${plain(lab.symbol("x"))}${state().inputs > 1 ? k + 1 : ""}`;
  let shape = "";
  let built = ""; // the size that the table was made for
  let heads = [];
  let top = 1;

  const grid = createGrid(lab, {
    write: (where, value, { repeat = false } = {}) => lab.apply(setInput, [where.step, where.column, value], { repeat: repeat && `x ${where.step} ${where.column}` }),
    name: ({ step, column }) => lab.t("lab.input.cell", { name: columnName(column), step: step + 1, token: token(state().tokens[step]) }),
    hover: (where) => lab.highlight(where && { signal: "x", unit: where.column, from: null }),
    travel: () => Math.max(0.01, top / FULL_DRAG),
    keys(event, where) {
      if (event.key !== " ") return false;
      lab.apply(setInput, [where.step, where.column, state().x[where.step * state().inputs + where.column] === 0 ? 1 : 0]);
      return true;
    },
  });
  body.append(grid.element);

  function act(name) {
    const { step } = lab.stage.view();
    if (name === "delete") lab.apply(deleteStep, [step]);
    else lab.apply(insertStep, [name === "before" ? step : step + 1]);
    if (name === "after") lab.stage.host.go({ step: step + 1 });
  }

  function build() {
    const { inputs, steps } = state();
    built = `${inputs} ${steps}`;
    const range = (count) => Array.from({ length: count }, (_, k) => k);
    heads = range(steps).map((step) => {
      const button = html("button", { type: "button", class: "gs-step-head", tabindex: -1, onclick: () => lab.stage.host.go({ step }) });
      return { button, th: html("th", { role: "columnheader" }, button) };
    });
    const rows = range(inputs).map((column) => ({
      head: html("th", { role: "rowheader", title: columnName(column) }, columnName(column)),
      places: range(steps).map((step) => ({ step, column, data: { matrix: "x", row: step, column } })),
    }));
    grid.build({ label: lab.t("lab.input.grid"), head: [html("tr", { role: "row" }, html("td"), ...heads.map(({ th }) => th))], rows });
  }

  function paint() {
    const { x, inputs, tokens, steps } = state();
    if (`${inputs} ${steps}` !== built) return;
    if (!lab.dragging) top = Math.max(1, x.reduce((most, value) => Math.max(most, Math.abs(value)), 0));
    grid.paint(({ step, column }) => x[step * inputs + column], top);
    heads.forEach(({ button }, step) => {
      write(button, token(tokens[step]));
      set(button, { "aria-label": lab.t("lab.input.step", { step: step + 1, token: token(tokens[step]) }), title: `${step + 1}` });
    });
    buttons.delete.disabled = steps <= 1;
    buttons.before.disabled = buttons.after.disabled = steps >= MOST_STEPS;
  }

  return {
    element,
    paint,
    /** Marks the step that the stage shows. */
    at({ step }) {
      heads.forEach(({ th }, k) => set(th, { "data-now": k === step }));
    },
    load() {
      const { inputs, steps, columns } = state();
      const long = steps > MOST_STEPS;
      write(title, lab.t(long ? "lab.input.long" : "lab.input.title", { steps, most: MOST_STEPS }));
      write(hint, lab.t("lab.input.hint"));
      for (const [name, button] of Object.entries(buttons)) write(button, lab.t(`lab.input.${name}`));
      for (const part of [body, hint, ...Object.values(buttons)]) part.hidden = long;
      const signature = JSON.stringify([inputs, steps, columns, lab.trace.header.lang]);
      if (signature !== shape && !long) build();
      shape = signature;
      paint();
      this.at(lab.stage.view());
    },
  };
}
