// The weights of all gates one below another, in the order of a framework, as the tall matrices W, U and b that it keeps; where a
// column is a unit, side by side.
import { html } from "../../core/dom.js";
import { gap } from "./grid.js";

/** The matrix of a gate that stands in a column of the tall ones; null where the gate has none there. */
export const matrixIn = (slot, matrices) => (slot === "b_h" ? (matrices.find((matrix) => matrix === "b_h" || matrix === "b_hn") ?? null) : matrices.includes(slot) ? slot : null);

/** The tall matrices that there are, what is read first first; `hx` where that is h. */
export function slotsOf(all, hx = false) {
  const has = (slot) => all.some((matrices) => matrixIn(slot, matrices) !== null);
  return [...(hx ? ["U", "W"] : ["W", "U"]), ...["b", "b_h", "p"].filter(has)];
}

/**
 * @param {{parts: {name: string, matrices: string[]}[], slots: string[], hidden: number, columns: (slot: string) => number, turned: boolean}} size
 * @param {object} make unit(part, row) the heading of a unit, column(slot, k) that of a column of W or U, symbol(slot) over a matrix, null
 *   over the second half of one
 * @returns {{head: HTMLElement[], rows: object[], handles: object[]}} of a grid's plan
 */
export function stackedPlan({ parts, slots, hidden, columns, transposed }, make) {
  const range = (count) => Array.from({ length: count }, (_, k) => k);
  const units = parts.flatMap((part) => range(hidden).map((row) => ({ part, row })));
  const place = ({ part, row }, slot, k, starts) => {
    const matrix = matrixIn(slot, part.matrices);
    const data = { part: part.name, matrix: matrix ?? slot, row, column: k };
    return { matrix, part: part.name, row, column: k, starts, data, ...(matrix ? {} : { empty: true, fixed: true }) };
  };
  const fresh = (slot, k) => k === 0 && slot !== slots[0] && make.symbol(slot) !== null;
  if (transposed) {
    const tops = units.map(({ part, row }) => make.unit(part.name, row));
    const head = [html("tr", { role: "row" }, html("td"), ...tops.map(({ handle }) => html("th", { role: "columnheader" }, handle)))];
    const rows = slots.flatMap((slot) =>
      range(columns(slot)).map((k) => {
        const sign = k === 0 ? make.symbol(slot) : null;
        const before = sign ? html("tr", { role: "row" }, html("td"), html("th", { role: "columnheader", colspan: units.length, class: "gs-grid-symbol" }, sign)) : null;
        return { before, head: html("th", { role: "rowheader" }, make.column(slot, k)), places: units.map((unit) => place(unit, slot, k, false)) };
      }),
    );
    return { head, rows, handles: tops.map(({ handle }) => handle) };
  }
  const groups = html("tr", { role: "row" }, html("td"));
  const heads = html("tr", { role: "row" }, html("td"));
  for (const slot of slots) {
    const sign = make.symbol(slot);
    if (slot !== slots[0] && sign) [groups, heads].forEach((line) => line.append(gap()));
    if (sign) groups.append(html("th", { role: "columnheader", colspan: make.wide(slot) }, sign));
    for (const k of range(columns(slot))) heads.append(html("th", { role: "columnheader" }, make.column(slot, k)));
  }
  const rows = units.map((unit) => {
    const { handle } = make.unit(unit.part.name, unit.row);
    const places = slots.flatMap((slot) => range(columns(slot)).map((k) => place(unit, slot, k, fresh(slot, k))));
    return { head: html("th", { role: "rowheader" }, handle), handle, places };
  });
  return { head: [groups, heads], rows, handles: [] };
}
