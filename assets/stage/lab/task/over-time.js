// The states, what is read of them, the targets and the loss over time: a column a step, and before the first one
// the state in which the run begins. What can be chosen is edited in place; the rest is read.
import { html, set, write } from "../../core/dom.js";
import { exact, token } from "../../core/text/format.js";
import { plain } from "../../core/text/formulas.js";
import { createGrid, gap, parseNumber } from "../editor/grid.js";
import { MOST_STEPS } from "../state/state.js";
import { outcomeOf, outputsOf, setStart, setTarget } from "../state/task.js";

const OPEN = "·";

export function createOverTime(lab) {
  const body = html("div", { class: "gs-block-body" });
  const state = () => lab.session.state;
  let built = "";
  let heads = [];
  let outcome = null;
  let top = 1;

  const grid = createGrid(lab, {
    write(where, value, { repeat = false } = {}) {
      const again = { repeat: repeat && JSON.stringify(where.data) };
      if (where.step < 0) lab.apply(setStart, [where.signal, where.unit, value], again);
      else lab.apply(setTarget, [where.step, where.unit, value], again);
    },
    name: ({ signal, unit, step }) => lab.t(step < 0 ? "lab.task.cell.start" : "lab.task.cell", { name: nameOf(signal, unit), step: step + 1 }),
    hover: (where) => lab.highlight(where && ["hidden", "cell"].includes(where.signal) ? { signal: where.step < 0 ? `previous_${where.signal}` : where.signal, unit: where.unit, from: null } : null),
    travel: () => Math.max(0.01, top / 220),
    text(value, { signal, empty, fixed }) {
      if (empty) return "";
      if (signal === "target" && Number.isNaN(value)) return OPEN;
      return fixed && Math.abs(value) < 1000 ? exact(value) : undefined;
    },
    parse: (text, { signal }) => (signal === "target" && ["", OPEN].includes(text.trim()) ? { value: NaN } : parseNumber(text)),
    keys(event, where) {
      if (where.signal !== "target" || !["Delete", "Backspace"].includes(event.key)) return false;
      lab.apply(setTarget, [where.step, where.unit, NaN]);
      return true;
    },
  });
  body.append(grid.element);

  const unitName = (unit) => state().names[unit] || String(unit + 1);
  const numbered = (word, unit, count) => (count > 1 ? `${word} ${unit + 1}` : word);

  function nameOf(signal, unit) {
    const { hidden } = state();
    if (signal === "loss") return lab.t("lab.task.loss.short");
    if (signal === "y") return numbered("y", unit, outputsOf(state()));
    if (signal === "target") return numbered(lab.t("lab.task.target"), unit, outputsOf(state()));
    return hidden > 1 ? `${plain(lab.symbol(signal))} ${unitName(unit)}` : plain(lab.symbol(signal));
  }

  /** The rows, from top to bottom: {signal, unit}. */
  function rowsOf({ cell, hidden, readout, targets }) {
    const each = (signal, count) => Array.from({ length: count }, (_, unit) => ({ signal, unit }));
    const width = outputsOf(state());
    return [
      ...(cell === "lstm" ? each("cell", hidden) : []),
      ...each("hidden", hidden),
      ...(readout ? each("y", width) : []),
      ...(targets ? [...each("target", width), ...each("loss", 1)] : []),
    ];
  }

  function build() {
    const { steps } = state();
    const range = Array.from({ length: steps }, (_, step) => step);
    heads = range.map((step) => {
      const button = html("button", { type: "button", class: "gs-step-head", tabindex: -1, onclick: () => lab.stage.host.go({ step }) });
      return { button, th: html("th", { role: "columnheader" }, button) };
    });
    const start = html("th", { role: "columnheader" }, lab.t("lab.task.start"));
    const rows = rowsOf(state()).map(({ signal, unit }) => {
      const begins = signal === "hidden" || signal === "cell";
      const data = (step) => ({ matrix: step < 0 ? `${signal}0` : signal, row: unit, column: Math.max(0, step) });
      const first = { signal, unit, step: -1, data: data(-1), fixed: !begins, empty: !begins };
      const rest = range.map((step) => ({ signal, unit, step, starts: step === 0, data: data(step), fixed: signal !== "target" }));
      return { head: html("th", { role: "rowheader" }, nameOf(signal, unit)), places: [first, ...rest] };
    });
    grid.build({ label: lab.t("lab.task.overTime"), head: [html("tr", { role: "row" }, html("td"), start, gap(), ...heads.map(({ th }) => th))], rows });
  }

  function valueOf({ signal, unit, step, empty }) {
    const { hidden, targets } = state();
    if (empty) return NaN;
    if (step < 0) return state()[`initial_${signal}`][unit];
    if (signal === "target") return targets[step * outputsOf(state()) + unit];
    if (signal === "y") return outcome.outputs[step * outputsOf(state()) + unit];
    if (signal === "loss") return outcome.losses[step];
    return lab.trace.arrays[signal][step * hidden + unit];
  }

  const signature = () => {
    const { cell, hidden, steps, readout, targets, names } = state();
    return JSON.stringify([cell, hidden, steps, readout ? readout.b.length : 0, Boolean(targets), names, lab.trace.header.lang, lab.trace.header.symbols]);
  };

  return {
    element: body,
    paint() {
      const { steps, hidden, cell, tokens } = state();
      body.hidden = steps > MOST_STEPS || lab.checking;
      const { arrays } = lab.trace;
      const arrived = lab.trace.cell === cell && arrays.hidden.length === steps * hidden;
      if (body.hidden || !arrived) return; // another cell's numbers wait for its run
      if (signature() !== built) {
        built = signature();
        build();
      }
      outcome = outcomeOf(state(), arrays);
      if (!lab.dragging) top = Math.max(1, ...[...arrays.hidden, ...(arrays.cell ?? [])].filter(Number.isFinite).map(Math.abs));
      grid.paint(valueOf, top);
      heads.forEach(({ button }, step) => {
        write(button, String(step + 1));
        set(button, { "aria-label": lab.t("lab.input.step", { step: step + 1, token: token(tokens[step]) }), title: token(tokens[step]) });
      });
      this.at(lab.stage.view());
    },
    at({ step }) {
      heads.forEach(({ th }, k) => set(th, { "data-now": k === step }));
    },
  };
}
