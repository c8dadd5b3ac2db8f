// Weights as printed: the form in which the grid has them, and a place to paste them in that form.
import { html, set, write } from "../../core/dom.js";
import { Formulas, plain } from "../../core/text/formulas.js";
import { joinSentences } from "../../core/text/sentences.js";
import { partsOf } from "../../engine/cells.js";
import { biasNames, biasesOf, hasInnerBias, setBiases } from "../state/biases.js";
import { setForm } from "../state/state.js";
import { LAYOUTS, ORDER_NAMES, isTransposed, joinedOf, orderOf, printedNames } from "./forms.js";
import { readPrinted } from "./read.js";
import { createSelect } from "../../widgets/select.js";

const CELL = "cell";
const SUMS = { columns: "W x + U h₋₁ + b", rows: "x W + h₋₁ U + b", "[h,x]": "W [h₋₁, x] + b", "[x,h]": "W [x, h₋₁] + b", "rows [h,x]": "[h₋₁, x] W + b", "rows [x,h]": "[x, h₋₁] W + b" };

export function createPrinted(lab) {
  const says = html("p", { class: "gs-lab-note gs-printed-says", "data-testid": "printed-form" });
  const title = html("summary", { class: "gs-task-summary" });
  const layout = createSelect("layout", (value) => lab.apply(setForm, [{ layout: value }]));
  const order = createSelect("order", (value) => lab.apply(setForm, [{ order: value }]));
  const z = createSelect("z-says", (value) => lab.apply(setForm, [{ z: value }]));
  const biases = createSelect("biases", (value) => lab.apply(setBiases, [Number(value)]));
  const target = createSelect("paste-into", () => tell(null));
  const area = html("textarea", { class: "gs-paste", rows: 4, spellcheck: "false", autocomplete: "off", "data-lab": "paste" });
  const put = html("button", { type: "button", class: "gs-lab-button", "data-lab": "put", onclick: () => take() });
  const asks = ["step", "steps"].map((as) => html("button", { type: "button", class: "gs-lab-button", "data-lab": `as-${as}`, hidden: true, onclick: () => take(as) }));
  const status = html("p", { class: "gs-lab-status", role: "alert", hidden: true, "data-testid": "paste-problem" });
  const hint = html("p", { class: "gs-lab-hint" });
  const body = html(
    "div",
    { class: "gs-task-body" },
    html("div", { class: "gs-lab-row" }, layout.element, order.element, z.element, biases.element),
    html("div", { class: "gs-lab-row" }, target.element, put, ...asks),
    area,
    status,
    hint,
  );
  const element = html("details", { class: "gs-task", "data-testid": "printed" }, title, body);
  const state = () => lab.session.state;
  let formulas = null;
  let listed = "";

  area.oninput = () => tell(null);
  area.onkeydown = (event) => event.stopPropagation();

  // Pasting

  function take(as) {
    const [part, matrix] = target.select.value === CELL ? [] : target.select.value.split(".");
    const where = { ...(part ? { part } : {}), ...(matrix ? { matrix } : {}), ...(as ? { as } : {}) };
    const result = readPrinted(area.value, state(), state().form, part === "" || matrix === "x" || matrix === "V" ? { ...where, part: undefined } : where);
    if (result.error) return tell(sentence(result.error));
    if (result.ask) return question(result.ask);
    lab.apply(() => result.state, []);
    tell(null);
    write(status, lab.t("lab.printed.done"));
    set(status, { hidden: null, role: "status", "data-verdict": "agrees" });
    return undefined;
  }

  function question(count) {
    write(status, lab.t("lab.printed.ask", { count }));
    set(status, { hidden: null, role: "status", "data-verdict": "preview" });
    asks.forEach((button) => (button.hidden = false));
    write(asks[0], lab.t("lab.printed.ask.step", { count }));
    write(asks[1], lab.t("lab.printed.ask.steps", { count }));
  }

  function tell(words) {
    asks.forEach((button) => (button.hidden = true));
    write(status, words ?? "");
    set(status, { hidden: words === null ? true : null, role: "alert", "data-verdict": "refused" });
    set(area, { "aria-invalid": words === null ? null : "true" });
  }

  /** What is wrong, in the reader's words, with the matrix by its symbol. */
  function sentence({ key, values }) {
    const { matrix, part, rows, columns } = values;
    const unit = lab.t(isTransposed(state().form) ? "lab.printed.unit.column" : "lab.printed.unit.row");
    return lab.t(key, { ...values, name: nameOf(matrix, part, values.label), rows, columns, unit, other: values.label ?? "" });
  }

  function nameOf(matrix, part, label) {
    if (matrix === "V" || matrix === "x") return matrix === "x" ? plain(lab.symbol("x")) : "V";
    if (matrix === "b_y") return "b";
    if (!part) return label ?? matrix ?? lab.t("lab.printed.block");
    if (!matrix) return lab.t("lab.printed.gate", { symbol: plain(lab.symbol(part)), name: lab.name(part) });
    return symbolOf(matrix, part);
  }

  function symbolOf(matrix, part) {
    if (matrix === "W" && joinedOf(state().form)) return plain(formulas.weights(part).both);
    if (matrix === "b_hn") return plain(formulas.symbol("b_hn"));
    return plain(formulas.symbol(`${matrix === "b2" ? "b" : matrix}.${part}`));
  }

  // Showing

  function list() {
    const { cell, form, readout, b_hn } = state();
    const signature = JSON.stringify([cell, form, Boolean(readout), Boolean(b_hn), lab.trace.header.lang, lab.trace.header.symbols]);
    if (signature === listed) return;
    listed = signature;
    const { t } = lab;
    const chosen = target.select.value;
    const options = [[CELL, t("lab.printed.into.cell")]];
    for (const part of partsOf(cell)) {
      const names = [...printedNames(form), ...(b_hn && part === "candidate" ? ["b_hn"] : [])];
      options.push([part, `${plain(lab.symbol(part))}: ${names.map((name) => symbolOf(name, part)).join(", ")}`]);
      for (const name of names) options.push([`${part}.${name}`, symbolOf(name, part)]);
    }
    if (readout) options.push([".V", "V"]);
    options.push([".x", t("lab.printed.into.input")]);
    target.select.replaceChildren(...options.map(([value, words]) => html("option", { value }, words)));
    target.select.value = options.some(([value]) => value === chosen) ? chosen : CELL;
  }

  /** What a row is, how gates are stacked, and what z says. */
  function line() {
    const { cell, form } = state();
    const { t } = lab;
    const sentences = [t(isTransposed(form) ? "lab.printed.says.column" : "lab.printed.says.row", { sum: SUMS[form.layout] })];
    if (form.order !== "gates" && cell !== "rnn") {
      const parts = orderOf(cell, form.order).map((part) => plain(lab.symbol(part)));
      sentences.push(t("lab.printed.says.order", { order: t(`lab.printed.order.${form.order}`), parts: parts.join(", ") }));
    }
    if (biasesOf(state()) !== 1) sentences.push(t(`lab.printed.says.biases.${biasesOf(state())}`));
    const uneven = Object.keys(state().biases ?? {}).filter((part) => !(state().b_hn && part === "candidate" && biasNames(state(), part).length));
    for (const count of [0, 1]) {
      const parts = uneven.filter((part) => biasNames(state(), part).length === count && count < biasesOf(state()));
      if (parts.length) sentences.push(t(`lab.printed.says.fewer.${count}`, { parts: parts.map((part) => plain(lab.symbol(part))).join(", ") }));
    }
    if (state().b_hn && biasesOf(state()) === 1 && !hasInnerBias(state())) sentences.push(t("lab.printed.says.no_inner", { bias: plain(formulas.symbol("b_hn")), r: plain(lab.symbol("reset")) }));
    if (cell === "gru") sentences.push(t(`lab.printed.says.${form.z}`, { z: plain(lab.symbol("update")), old: plain(lab.symbol("previous_hidden")), fresh: plain(lab.symbol("candidate")), h: plain(lab.symbol("hidden")) }));
    return joinSentences(sentences);
  }

  function paint() {
    const { form, cell } = state();
    write(says, line());
    layout.select.value = form.layout;
    order.select.value = form.order;
    z.select.value = form.z;
    biases.select.value = String(biasesOf(state()));
    order.element.hidden = cell === "rnn";
    z.element.hidden = cell !== "gru";
    if (lab.trace.cell === cell) list();
  }

  return {
    element,
    says,
    paint,
    load() {
      const { t } = lab;
      formulas = new Formulas(lab.trace.header);
      listed = "";
      write(title, t("lab.printed.title"));
      write(hint, t("lab.printed.hint"));
      write(put, t("lab.printed.put"));
      set(area, { "aria-label": t("lab.printed.area"), placeholder: t("lab.printed.area") });
      const fill = ({ label, select }, key, values, text) => {
        write(label, t(key));
        select.replaceChildren(...values.map((value) => html("option", { value }, text(value))));
      };
      fill(layout, "lab.printed.layout", LAYOUTS, (value) => SUMS[value]);
      fill(order, "lab.printed.order", ORDER_NAMES, (value) => t(`lab.printed.order.${value}`));
      fill(z, "lab.printed.z", ["keep", "write"], (value) => t(`lab.printed.z.${value}`));
      fill(biases, "lab.printed.biases", ["1", "2", "0"], (value) => t(`lab.printed.biases.${value}`));
      write(target.label, t("lab.printed.into"));
      paint();
    },
  };
}
