// Read-out, start and loss: folded until somebody opens it, for who only turns weights does not need it.
import { html, set, write } from "../../core/dom.js";
import { exact } from "../../core/text/format.js";
import { plain } from "../../core/text/formulas.js";
import { activationName } from "../../core/run/squash.js";
import { FUNCTIONS } from "../../engine/activations.js";
import { activationsOf } from "../../engine/cells.js";
import { LOSS_NAMES } from "../../engine/losses.js";
import { SHOWN_NAMES } from "../../engine/scores.js";
import { MOST_OUTPUTS, isPlain, targetProblem, outcomeOf, outputsOf, readoutAt, setBiased, setLoss, setOutputs, setReadout, setReadoutWeight } from "../state/task.js";
import { convert } from "../state/state.js";
import { createGrid } from "../editor/grid.js";
import { createSelect } from "../../widgets/select.js";
import { createOverTime } from "./over-time.js";

const NONE = "none";
const SHORT = { sigmoid: "σ", tanh: "tanh", softmax: "softmax" };

export function createTask(lab) {
  const title = html("span", {});
  const summaryText = html("span", { class: "gs-label" });
  const summary = html("summary", { class: "gs-task-summary" }, title, summaryText);
  const squashes = html("div", { class: "gs-lab-row" });
  const readout = createSelect("readout", (value) => lab.apply(setReadout, [value === NONE ? null : value]));
  const loss = createSelect("loss", (value) => lab.apply(setLoss, [value === NONE ? null : value]));
  const outputs = counter();
  const bias = html("input", { type: "checkbox", "data-lab": "readout-bias", onchange: () => lab.apply(setBiased, [bias.checked]) });
  const biasText = html("span", {});
  const biased = html("label", { class: "gs-lab-field" }, bias, biasText);
  const content = html("div", { class: "gs-block-body" });
  const note = html("p", { class: "gs-lab-note", role: "status" });
  const overTime = createOverTime(lab);
  const hint = html("p", { class: "gs-lab-hint" });
  const body = html("div", { class: "gs-task-body" }, squashes, html("div", { class: "gs-lab-row" }, readout.element, outputs.element, biased, loss.element), content, overTime.element, note, hint);
  const element = html("details", { class: "gs-task", "data-testid": "task" }, summary, body);
  const state = () => lab.session.state;
  let options = []; // {name, select} of the activations
  let shape = "";
  let seen = null; // the session and beginning for which it was last decided whether it opens by itself
  let top = 1;

  const grid = createGrid(lab, {
    write: (where, value, { repeat = false } = {}) => lab.apply(setReadoutWeight, [where, value], { repeat: repeat && `readout ${JSON.stringify(where)}` }),
    name: ({ matrix, row, column }) => lab.t(matrix === "V" ? "lab.task.V" : "lab.task.b", { output: row + 1, unit: unit(column ?? 0) }),
    hover: () => {},
    travel: () => Math.max(0.01, top / 220),
  });
  content.append(grid.element);
  element.addEventListener("toggle", () => element.open && paint());

  const unit = (row) => state().names[row] || String(row + 1);

  function counter() {
    const label = html("span", { class: "gs-label" });
    const value = html("output", { class: "gs-count" });
    const [less, more] = [-1, 1].map((by) =>
      html("button", { type: "button", class: "gs-lab-button gs-step-button", "data-lab": `outputs${by > 0 ? "+" : "-"}`, onclick: () => lab.apply(setOutputs, [outputsOf(state()) + by]) }, by > 0 ? "+" : "−"),
    );
    const field = html("div", { class: "gs-lab-field", role: "group" }, label, less, value, more);
    return { element: field, label, value, less, more };
  }

  const fill = (select, values, text) => select.replaceChildren(...values.map((value) => html("option", { value }, text(value))));

  function build() {
    const { readout: read, hidden } = state();
    options = Object.keys(activationsOf(state().cell)).map((name) => {
      const chooser = createSelect(name, (value) => lab.apply(convert, [{ [name]: value }]));
      write(chooser.label, lab.t(`lab.task.${name}`));
      fill(chooser.select, Object.keys(FUNCTIONS), (value) => (value === "identity" ? lab.t("lab.task.linear") : activationName({ sigmoid: "sigma", exponential: "exp" }[value] ?? value)));
      return { name, ...chooser };
    });
    squashes.replaceChildren(...options.map((chooser) => chooser.element));
    content.hidden = !read;
    if (!read) return;
    const heads = [html("tr", { role: "row" }, html("td"), ...Array.from({ length: hidden }, (_, k) => html("th", { role: "columnheader" }, `${plain(lab.symbol("hidden"))} ${unit(k)}`)), ...(read.biased === false ? [] : [html("td", { class: "gs-gap" }), html("th", { role: "columnheader" }, "b")]))];
    const rows = Array.from(read.b, (_, row) => ({
      head: html("th", { role: "rowheader" }, read.b.length > 1 ? `V, ${row + 1}` : "V"),
      places: [
        ...Array.from({ length: hidden }, (__, column) => ({ matrix: "V", row, column, data: { matrix: "V", row, column } })),
        ...(read.biased === false ? [] : [{ matrix: "b", row, starts: true, data: { matrix: "b_y", row, column: 0 } }]),
      ],
    }));
    grid.build({ label: lab.t("lab.task.grid"), head: heads, rows });
  }

  function words() {
    const { t } = lab;
    write(title, t("lab.task.title"));
    write(hint, t("lab.task.hint"));
    write(readout.label, t("lab.task.readout"));
    write(loss.label, t("lab.task.loss"));
    write(outputs.label, t("lab.task.outputs"));
    write(biasText, t("lab.task.biased"));
    set(outputs.element, { "aria-label": t("lab.task.outputs") });
    set(outputs.less, { "aria-label": t("lab.task.outputs.less") });
    set(outputs.more, { "aria-label": t("lab.task.outputs.more") });
    fill(readout.select, [NONE, ...SHOWN_NAMES], (value) => (value === NONE ? t("lab.task.readout.none") : equation(value)));
    fill(loss.select, [NONE, ...LOSS_NAMES], (value) => t(`lab.task.loss.${value}`));
  }

  const equation = (name) => (name === "identity" ? "y = V·h + b" : `y = ${SHORT[name]}(V·h + b)`);

  /** What there is, in one line beside the heading. */
  function line() {
    const { readout: read, targets, loss: name } = state();
    if (isPlain(state(), activationsOf(state().cell))) return "";
    const out = targets && !lab.checking && lab.trace.arrays.hidden.length === state().steps * state().hidden ? outcomeOf(state(), lab.trace.arrays) : null;
    return [read ? equation(read.activation) : "", out ? `${lab.t(`lab.task.loss.${name}`)}: L = ${exact(out.value)}` : ""].filter(Boolean).join(" · ");
  }

  function paint() {
    write(summaryText, line());
    if (!element.open) return;
    const { readout: read, targets, loss: name } = state();
    if (signature() !== shape) {
      shape = signature();
      build();
    }
    for (const { name: option, select } of options) select.value = state()[option];
    readout.select.value = read?.activation ?? NONE;
    loss.select.value = targets ? name : NONE;
    outputs.element.hidden = biased.hidden = !read;
    bias.checked = read?.biased !== false;
    if (read) {
      write(outputs.value, String(read.b.length));
      outputs.less.disabled = read.b.length <= 1;
      outputs.more.disabled = read.b.length >= MOST_OUTPUTS;
      if (!lab.dragging) top = Math.max(1, ...[...read.V, ...read.b].map(Math.abs));
      grid.paint((where) => readoutAt(state(), where), top);
    }
    const wrong = targetProblem(state());
    write(note, wrong ? lab.t(wrong) : "");
    note.hidden = !wrong;
    overTime.paint();
  }

  const signature = () => JSON.stringify([state().cell, state().hidden, state().readout?.b.length ?? 0, state().readout?.biased, state().names, lab.trace.header.lang, lab.trace.header.symbols]);

  return {
    element,
    paint,
    load() {
      words();
      const about = `${lab.session.nonce}`;
      if (seen !== about) {
        seen = about;
        element.open = !isPlain(state(), activationsOf(state().cell));
      }
      paint();
    },
    /** Marks the step that the stage shows. */
    at: (view) => overTime.at(view),
  };
}
