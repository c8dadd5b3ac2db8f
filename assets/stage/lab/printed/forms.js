// The forms in which books and frameworks print weights, and their conversion to the engine's form and back. No DOM here.
//
// A form: {layout, order, z}. layout: "columns" (a row is a unit, W x + U h + b), "rows" (a column is a unit,
// x W + h U + b), "[h,x]" and "[x,h]" (one matrix a gate, a row is a unit), "rows [h,x]" and "rows [x,h]" (a column is one).
// order: "gates" (a matrix a gate) or the framework whose order the gates are stacked in. z: whether a GRU's z
// "keep"s the old state, as the engine's, or "write"s the new one, whose weights are the negatives.
import { partsOf } from "../../engine/cells.js";

export const LAYOUTS = ["columns", "rows", "[h,x]", "[x,h]", "rows [h,x]", "rows [x,h]"];
export const ORDER_NAMES = ["gates", "pytorch", "keras", "onnx", "olah"];
export const PLAIN_FORM = { layout: "columns", order: "gates", z: "keep" };

const GRU_Z_FIRST = ["update", "reset", "candidate"];
const ORDERS = {
  lstm: {
    pytorch: ["input", "forget", "candidate", "output"],
    keras: ["input", "forget", "candidate", "output"],
    onnx: ["input", "output", "forget", "candidate"],
    olah: ["forget", "input", "candidate", "output"],
  },
  gru: { pytorch: ["reset", "update", "candidate"], keras: GRU_Z_FIRST, onnx: GRU_Z_FIRST, olah: GRU_Z_FIRST },
};

/** The parts in the order in which they are stacked; for a matrix a gate the engine's. */
export const orderOf = (cell, order) => ORDERS[cell]?.[order] ?? partsOf(cell);

export const isTransposed = ({ layout } = PLAIN_FORM) => layout.startsWith("rows");
export const joinedOf = ({ layout } = PLAIN_FORM) => (layout.includes("[h,x]") ? "hx" : layout.includes("[x,h]") ? "xh" : "");

/** By what a printed number is multiplied to be the engine's. */
export const signOfPart = ({ z } = PLAIN_FORM, part) => (part === "update" && z === "write" ? -1 : 1);

/** The matrices of a part in the order in which they are printed: "W" stands for both where they are one. */
export const printedNames = (form) => (joinedOf(form) ? ["W", "b"] : ["W", "U", "b"]);

/** How many rows and columns a printed matrix has, for one part or for `parts` stacked. */
export function shapeOf(form, name, { inputs, hidden }, parts = 1) {
  const wide = { W: joinedOf(form) ? inputs + hidden : inputs, U: hidden, V: hidden }[name] ?? 1;
  const units = hidden * parts;
  return isTransposed(form) ? [wide, units] : [units, wide];
}

/**
 * A printed matrix as the engine's arrays for its parts, row by row: [{matrix, part, values}].
 *
 * @param {object} form @param {string} name "W", "U", "b" or "b_hn"  @param {string[]} parts one, or those that are stacked
 * @param {number[][]} rows of the right shape; biases in any shape with as many numbers
 */
export function fromPrinted(form, name, { inputs: I, hidden: H }, parts, rows) {
  const flat = rows.flat();
  if (name !== "W" && name !== "U") return parts.map((part, k) => ({ matrix: name, part, values: signed(form, part, flat.slice(k * H, (k + 1) * H)) }));
  const at = (row, column) => (isTransposed(form) ? rows[column][row] : rows[row][column]); // row: a unit
  const cut = (part, block, first, width) => signed(form, part, Array.from({ length: H * width }, (_, n) => at(block * H + Math.floor(n / width), first + (n % width))));
  return parts.flatMap((part, block) => {
    const joined = name === "W" ? joinedOf(form) : "";
    if (!joined) return [{ matrix: name, part, values: cut(part, block, 0, name === "W" ? I : H) }];
    const [w, u] = joined === "hx" ? [H, 0] : [0, I];
    return [
      { matrix: "W", part, values: cut(part, block, w, I) },
      { matrix: "U", part, values: cut(part, block, u, H) },
    ];
  });
}

/** Negates without making −0 of 0. */
const signed = (form, part, values) => (signOfPart(form, part) < 0 ? values.map((value) => (value === 0 ? 0 : -value)) : values);

/** The way back: a printed matrix of some parts, from a state of the lab, as rows. */
export function toPrinted(form, name, state, parts) {
  const { inputs: I, hidden: H, cell } = state;
  const unitsRows = parts.flatMap((part) => {
    const block = partsOf(cell).indexOf(part) * H;
    const row = (matrix, width, unit) => signed(form, part, [...state[matrix].slice((block + unit) * width, (block + unit + 1) * width)]);
    return Array.from({ length: H }, (_, unit) => {
      if (name === "b") return row("b", 1, unit);
      if (name === "b_hn") return [state.b_hn[unit]];
      if (name === "U") return row("U", H, unit);
      const [w, u] = [row("W", I, unit), joinedOf(form) ? row("U", H, unit) : []];
      return joinedOf(form) === "hx" ? [...u, ...w] : [...w, ...u];
    });
  });
  return isTransposed(form) ? unitsRows[0].map((_, column) => unitsRows.map((row) => row[column])) : unitsRows;
}
