// A gate's weights where a column is a unit: the rows of W, then those of U, then the biases, as x W + h U + b has them.
import { html } from "../../core/dom.js";

/**
 * @param {{matrices: string[], units: number, columns: (matrix: string) => number}} size
 * @param {object} make unit(k, matrix) the heading of a unit, row(matrix, k) that of a row, symbol(matrix) over its rows or
 *   null, place(matrix, row, k): the place of a number
 * @returns {{head: HTMLElement[], rows: object[], handles: ?HTMLElement[]}} of a grid's plan
 */
export function transposedPlan({ matrices, units, columns }, make) {
  const range = (count) => Array.from({ length: count }, (_, k) => k);
  const tops = range(units).map((unit) => make.unit(unit));
  const head = [html("tr", { role: "row" }, html("td"), ...tops.map(({ handle, text }) => html("th", { role: "columnheader", title: text }, handle ?? text)))];
  const rows = matrices.flatMap((matrix) =>
    range(columns(matrix)).map((k) => {
      const { handle, text } = make.row(matrix, k);
      const sign = k === 0 ? make.symbol(matrix) : null;
      const before = sign ? html("tr", { role: "row" }, html("td"), html("th", { role: "columnheader", colspan: units, class: "gs-grid-symbol" }, sign)) : null;
      const places = range(units).map((row) => make.place(matrix, row, k));
      return { before, head: html("th", { role: "rowheader", title: text }, handle ?? text), handle, places };
    }),
  );
  return { head, rows, handles: tops.map(({ handle }) => handle) };
}
