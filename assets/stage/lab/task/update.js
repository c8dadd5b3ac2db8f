// Backward and one update: the loss's gradients as matrices, each number's sum over time, the check by a finite
// difference, and one step of gradient descent.
import { html, set, write } from "../../core/dom.js";
import { allDigits, exact, exactGradient, number } from "../../core/text/format.js";
import { Formulas, plain } from "../../core/text/formulas.js";
import { partsOf } from "../../engine/cells.js";
import { parseNumber } from "../editor/grid.js";
import { orderOf, printedNames, signOfPart, toPrinted } from "../printed/forms.js";
import { descend, finiteDifference, gradientsOf, isFinite } from "../state/gradients.js";
import { typeset } from "../../core/text/typeset.js";
import { biasNames, biasesOf, hasInnerBias } from "../state/biases.js";
import { PEEPHOLES } from "../state/state.js";
import { LARGEST_RATE, setRate } from "../state/task.js";

const APART = 1e9; // tells places of U from those of W where both stand in one matrix

/** A gradient with six decimals, as exercises print it; a very small one by its power of ten. */
const digits = (value) => (Math.abs(value) >= 1e-4 && Math.abs(value) < 1e5 ? value.toFixed(6).replace("-", "−") : exactGradient(value));

export function createUpdate(lab) {
  const title = html("summary", { class: "gs-task-summary" });
  const loss = html("p", { class: "gs-lab-note", role: "status", "data-testid": "loss" });
  const way = html("button", { type: "button", class: "gs-lab-button", "data-lab": "way-back", onclick: () => turn(!lab.waysBack) });
  const rateLabel = html("span", { class: "gs-label" });
  const rate = html("input", { type: "text", inputmode: "decimal", class: "gs-seed", "data-lab": "rate", autocomplete: "off", onchange: () => takeRate() });
  const step = html("button", { type: "button", class: "gs-lab-button", "data-lab": "descend", onclick: () => go() });
  const status = html("p", { class: "gs-lab-status", role: "status", hidden: true, "data-testid": "descended" });
  const place = html("div", { class: "gs-gradients", "data-testid": "gradients" });
  const account = html("div", { class: "gs-gradient-account", hidden: true, "data-testid": "gradient-sum" });
  const hint = html("p", { class: "gs-lab-hint" });
  const row = html("div", { class: "gs-lab-row" }, html("label", { class: "gs-lab-field" }, rateLabel, rate), step, way);
  const body = html("div", { class: "gs-task-body" }, loss, row, status, place, account, hint);
  const element = html("details", { class: "gs-task", "data-testid": "update" }, title, body);
  const state = () => lab.session.state;
  let formulas = null;
  let shown = null; // the state whose gradients are shown
  let found = null; // and these
  let chosen = null; // {name, index, sign, label}: whose sum over time is open
  let cells = []; // {name, index, sign, button}
  let shape = "";
  let stepped = null; // {before, after, state}: what the last step has done

  element.addEventListener("toggle", () => element.open && paint());
  rate.onkeydown = (event) => {
    event.stopPropagation();
    if (event.key === "Enter") takeRate();
  };

  // What can be done

  function takeRate() {
    const { value, error } = parseNumber(rate.value);
    const wrong = error || !(value > 0 && value <= LARGEST_RATE);
    set(rate, { "aria-invalid": wrong ? "true" : null });
    if (wrong) return say(lab.t("lab.update.rate.bad", { text: rate.value.trim(), limit: LARGEST_RATE }), "refused");
    status.hidden = true;
    lab.apply(setRate, [value]);
    return undefined;
  }

  function go() {
    if (rate.value !== String(state().learning_rate)) takeRate();
    if (rate.getAttribute("aria-invalid") || !found) return;
    const before = found.value;
    lab.apply((now) => descend(now, found), []);
    stepped = { before, after: gradientsOf(state()).value, state: state() };
    paint();
  }

  function turn(on) {
    lab.waysBack = on;
    lab.reshow();
    paint();
  }

  function say(words, verdict) {
    write(status, words);
    set(status, { hidden: null, role: verdict === "refused" ? "alert" : "status", "data-verdict": verdict });
  }

  // Matrices

  /** Tables of places, as the weights are printed: [{name for the heading, rows of {name, index, sign}}]. */
  function tables() {
    const now = state();
    const { form, cell } = now;
    const counted = (array, from = 0) => array && Float64Array.from(array, (_, k) => from + k);
    const places = { ...now, W: counted(now.W), U: counted(now.U, APART), b: counted(now.b), b_hn: counted(now.b_hn) };
    const keeps = { ...form, z: "keep" };
    const parts = form.order === "gates" ? lab.trace.signals.filter((signal) => partsOf(cell).includes(signal)) : orderOf(cell, form.order);
    const weights = parts.flatMap((part) => {
      const sign = signOfPart(form, part);
      const tables = printedNames(form).filter((name) => name !== "b" || biasNames(now, part).length > 0).map((name) => ({
        heading: heading(name, part, form) + (name === "b" && now.b_h && biasNames(now, part).length === 2 && !(now.b_hn && part === "candidate") ? `, ${heading(name, part, form).replace("b", "b′")}` : ""),
        rows: toPrinted(keeps, name, places, [part]).map((line) => line.map((index) => ({ name: name === "b" ? "b" : index >= APART ? "U" : "W", index: index % APART, sign }))),
      }));
      if (hasInnerBias(now) && part === "candidate") tables.push({ heading: formulas.symbol("b_hn"), rows: toPrinted(keeps, "b_hn", places, [part]).map((line) => line.map((index) => ({ name: "b_hn", index, sign: 1 }))) });
      if (now.p && PEEPHOLES.includes(part)) tables.push({ heading: `p_${plain(formulas.symbol(part))}`, rows: [range(now.hidden).map((unit) => ({ name: "p", index: PEEPHOLES.indexOf(part) * now.hidden + unit, sign: 1 }))] });
      return tables;
    });
    return [...weights, ...readTables(now), ...startTables(now)];
  }

  const range = (count) => Array.from({ length: count }, (_, k) => k);

  function readTables({ readout, hidden }) {
    if (!readout) return [];
    const rows = (name, high, wide) => range(high).map((k) => range(wide).map((j) => ({ name, index: k * wide + j, sign: 1 })));
    return [{ heading: "V", rows: rows("V", readout.b.length, hidden) }, ...(readout.biased === false ? [] : [{ heading: "b_y", rows: rows("b_y", readout.b.length, 1) }])];
  }

  function startTables({ hidden, cell }) {
    const line = (name) => [range(hidden).map((index) => ({ name, index, sign: 1 }))];
    const initial = (signal) => formulas.symbol(`initial_${signal}`);
    return [{ heading: initial("hidden"), rows: line("h0") }, ...(cell === "lstm" ? [{ heading: initial("cell"), rows: line("c0") }] : [])];
  }

  function heading(name, part, form) {
    return name === "W" && form.layout.includes("h") ? formulas.weights(part).both : formulas.symbol(`${name}.${part}`);
  }

  function build() {
    cells = [];
    const made = tables().map(({ heading: sign, rows }) => {
      const label = `∂L/∂${plain(sign)}`;
      const body = rows.map((line, r) =>
        html(
          "tr",
          {},
          ...line.map((where, c) => {
            const button = html("button", { type: "button", class: "gs-gradient", "data-gradient": where.name, "data-index": where.index, onclick: () => choose({ ...where, label: `${label}[${r + 1}, ${c + 1}]` }) });
            cells.push({ ...where, button, label: `${label} ${r + 1}, ${c + 1}` });
            return html("td", {}, button);
          }),
        ),
      );
      return html("table", { class: "gs-gradient-table", "aria-label": label }, typeset(html("caption", {}), `∂L/∂${sign}`), html("tbody", {}, ...body));
    });
    place.replaceChildren(...made);
  }

  const isChosen = ({ name, index }) => Boolean(chosen) && chosen.name === name && chosen.index === index;

  /** 0 without its sign, so that a gradient that was turned round is not −0. */
  const withSign = (value, sign) => (value === 0 ? 0 : sign * value);

  function choose(where) {
    chosen = isChosen(where) ? null : where;
    paintSum();
  }

  /** Which step gave how much, and what they are together; and the check. */
  function paintSum() {
    for (const cell of cells) set(cell.button, { "aria-expanded": String(isChosen(cell)) });
    account.hidden = !chosen || !found;
    if (account.hidden) return;
    const { name, index, sign, label } = chosen;
    const total = withSign(found.sums[name][index], sign);
    const overTime = name !== "h0" && name !== "c0";
    const shares = overTime ? range(state().steps).map((t) => withSign(found.at(t)[name][index], sign)) : [];
    const items = shares.map((value, t) => html("li", { "data-value": String(value) }, html("span", {}, lab.t("lab.update.step", { step: t + 1 })), html("b", {}, digits(value))));
    const result = html("p", { class: "gs-lab-status", role: "status", "data-testid": "difference", hidden: true });
    const check = html("button", { type: "button", class: "gs-lab-button", "data-lab": "difference", onclick: () => compare(result, total) }, lab.t("lab.update.check"));
    account.replaceChildren(
      html("p", { class: "gs-gradient-total", "data-value": String(total) }, `${label} = ${digits(total)}`),
      html("p", { class: "gs-label" }, lab.t(overTime ? "lab.update.sum" : "lab.update.start")),
      html("ol", { class: "gs-gradient-steps" }, ...items),
      check,
      result,
    );
  }

  function compare(result, total) {
    const { estimate, epsilon } = finiteDifference(state(), chosen);
    const value = withSign(estimate, chosen.sign);
    const apart = Math.abs(value - total);
    write(result, lab.t("lab.update.checked", { epsilon: number(epsilon), estimate: digits(value), gradient: digits(total), apart: apart === 0 ? "0" : apart.toExponential(1) }));
    set(result, { hidden: null, "data-value": String(value), "data-verdict": "agrees" });
  }

  // Showing

  function paint() {
    if (!element.open) return;
    const now = state();
    const ready = Boolean(now.targets) && lab.trace.cell === now.cell && !lab.checking;
    for (const part of [row, place]) part.hidden = !ready;
    if (!ready) {
      found = shown = null;
      account.hidden = status.hidden = true;
      write(loss, lab.t(lab.checking ? "lab.check.covered" : "lab.update.none"));
      return;
    }
    if (now !== shown) {
      found = gradientsOf(now);
      shown = now;
      status.hidden = status.dataset.verdict !== "refused" || status.hidden;
    }
    const finite = isFinite(found);
    write(loss, finite ? lab.t("lab.update.loss", { loss: exact(found.value) }) : lab.t("lab.update.infinite"));
    set(loss, { "data-value": String(found.value) });
    step.disabled = !finite;
    const typing = rate.getRootNode().activeElement === rate; // the document knows the stage's host alone
    if (!typing && rate.getAttribute("aria-invalid") === null) rate.value = String(now.learning_rate);
    set(way, { "aria-pressed": String(Boolean(lab.waysBack)) });
    write(way, lab.t(lab.waysBack ? "lab.update.forward" : "lab.update.backward"));
    if (stepped?.state === now) say(lab.t("lab.update.stepped", { before: exact(stepped.before), after: exact(stepped.after) }), "agrees");
    const { cell, hidden, inputs, form, readout, p } = now;
    const signature = JSON.stringify([cell, hidden, inputs, form, readout?.b.length, readout?.biased, p !== null, hasInnerBias(now), biasesOf(now), now.biases, lab.trace.header.lang, lab.trace.header.symbols]);
    if (signature !== shape) {
      shape = signature;
      build();
      if (!cells.some(isChosen)) chosen = null;
    }
    for (const { name, index, sign, button, label } of cells) {
      const value = withSign(found.sums[name][index], sign);
      write(button, digits(value));
      set(button, { "data-value": String(value), title: allDigits(value), "aria-label": `${label}: ${digits(value)}` });
    }
    paintSum();
  }

  return {
    element,
    paint,
    load() {
      const { t } = lab;
      formulas = new Formulas(lab.trace.header);
      shown = null;
      write(title, t("lab.update.title"));
      write(rateLabel, t("lab.update.rate"));
      write(step, t("lab.update.go"));
      write(hint, t("lab.update.hint"));
      paint();
    },
  };
}
