// Every number of the current step as a real table: the text alternative to the pictures.
import { isGate } from "../core/colour.js";
import { html, set, write } from "../core/dom.js";
import { gate, number } from "../core/text/format.js";
import { columnName, unitName } from "../core/text/names.js";

const LATER = null; // in place of a value that is not computed yet
const WIDE = 64; // beyond this many input columns only those that are not 0 are listed

export function createTable(host) {
  const caption = html("caption", { class: "gs-hidden" });
  const table = html("table", { class: "gs-table", "data-testid": "step-values" }, caption);
  const title = html("span");
  const scroller = html("div", { class: "gs-table-scroll", tabindex: 0, role: "region" }, table);
  const element = html("details", { class: "gs-numbers" }, html("summary", {}, title), scroller);
  let trace = null;
  let shape = "";
  let inputs = null; // {head, row, cells} of x
  let corner = null;
  let unitHeads = [];
  let rows = []; // {signal, cells} of the cell's own signals

  function line(signal) {
    const row = html("tr", { "data-signal": signal });
    const symbol = html("span", { class: `gs-symbol gs-ink-${signal}` });
    const name = html("span", { class: "gs-name" });
    row.append(html("th", { scope: "row" }, symbol, name));
    return { signal, row, symbol, name, cells: [] };
  }

  function build() {
    const units = Array.from({ length: trace.units }, (_, unit) => unit);
    inputs = { ...line("x"), head: html("tr", {}, html("td")), heads: [], slopes: line("grad.x") };
    corner = html("td", { class: "gs-corner" });
    const signals = trace.signals.filter((signal) => signal !== "x");
    rows = [...signals, ...signals.map((signal) => `grad.${signal}`).filter((signal) => trace.has(signal))].map(line);
    const heads = units.map(() => html("th", { scope: "col" }));
    for (const each of rows) {
      each.cells = units.map((unit) => makeCell(unit));
      each.row.append(...each.cells.map(({ td }) => td));
    }
    table.replaceChildren(
      caption,
      html("tbody", {}, inputs.head, inputs.row, trace.has("grad.x") ? inputs.slopes.row : null),
      html("tbody", {}, html("tr", {}, corner, ...heads), ...rows.map(({ row }) => row)),
    );
    return heads;
  }

  function relabel() {
    write(corner, host.t("table.unit"));
    unitHeads.forEach((head, unit) => write(head, unitName(host, unit)));
    for (const { signal, symbol, name } of [inputs, inputs.slopes, ...rows]) {
      const plain = signal.replace(/^grad\./, "");
      write(symbol, plain === signal ? host.symbol(plain) : `∂L/∂${host.symbol(plain)}`);
      write(name, plain === signal ? host.name(plain) : host.t("gradient.of", { name: host.name(plain) }));
    }
  }

  /** Makes the row of x hold these columns, reusing cells: a one-hot input has another column each step. */
  function fit(columns) {
    const { cells, heads, head, row, slopes } = inputs;
    while (cells.length < columns.length) {
      heads.push(head.appendChild(html("th", { scope: "col" })));
      cells.push(makeCell(columns[cells.length]));
      row.append(cells.at(-1).td);
      slopes.cells.push(makeCell(columns[cells.length - 1]));
      slopes.row.append(slopes.cells.at(-1).td);
    }
    while (cells.length > columns.length) {
      heads.pop().remove();
      cells.pop().td.remove();
      slopes.cells.pop().td.remove();
    }
    columns.forEach((column, k) => {
      for (const { td } of [cells[k], slopes.cells[k]]) set(td, { "data-unit": column });
      write(heads[k], columnName(trace.header, column));
    });
  }

  // A held key repaints hundreds of cells a frame: what stays the same is not even read from the page.
  function show(cell, signal, value) {
    if (Object.is(cell.value, value)) return;
    cell.value = value;
    set(cell.td, { "data-value": value === LATER ? null : String(value), "aria-label": value === LATER ? host.t("diagram.pending") : null });
    cell.text.data = value === LATER ? "·" : isGate(signal) ? gate(value) : number(value);
  }

  return {
    element,
    load(next) {
      trace = next;
      const { cell, units, header } = trace;
      const signature = [cell, units, trace.has("grad.hidden")].join();
      if (signature !== shape) {
        shape = signature;
        unitHeads = build();
      }
      for (const each of [...inputs.heads, ...[...inputs.cells, ...inputs.slopes.cells].map(({ td }) => td)]) each.remove();
      inputs.cells = [];
      inputs.slopes.cells = [];
      inputs.heads = [];
      inputs.all = trace.inputs <= WIDE ? header.columns.map((_, column) => column) : null;
      if (inputs.all) fit(inputs.all);
      relabel();
      write(title, host.t("table.title"));
      set(scroller, { "aria-label": host.t("table.title") });
    },
    /** Takes other numbers of the same shape. */
    swap(next) {
      trace = next;
    },
    paint({ step }) {
      const columns = inputs.all ?? [...trace.row("x", step).keys()].filter((column) => trace.at("x", step, column) !== 0);
      if (!inputs.all) fit(columns);
      columns.forEach((column, k) => show(inputs.cells[k], "x", trace.at("x", step, column)));
      if (trace.has("grad.x")) columns.forEach((column, k) => show(inputs.slopes.cells[k], "grad.x", trace.at("grad.x", step, column)));
      for (const { signal, row, cells } of rows) {
        const shown = host.visible({ signal });
        set(row, { "data-later": shown ? null : true });
        cells.forEach((cell, unit) => show(cell, signal, shown ? host.shown(signal, step, unit) : LATER));
      }
      write(caption, host.t("table.caption", { step: step + 1, steps: trace.steps, token: host.token(step) }));
      set(table, { "data-step": step });
    },
  };
}

function makeCell(unit) {
  const text = document.createTextNode("");
  return { td: html("td", { "data-unit": unit }, text), text, value: undefined };
}
