// From a pasted text to a state of the lab: what it names, whether it fits, and if not where and what was expected. No DOM
// here; a state is as state/state.js has it and never changed.
import { partsOf } from "../../engine/cells.js";
import { addDecimals } from "../state/biases.js";
import { LIMIT, MOST, MOST_STEPS, setSequence } from "../state/state.js";
import { fromPrinted, isTransposed, joinedOf, orderOf, printedNames, shapeOf } from "./forms.js";
import { meaningOf } from "./names.js";
import { parseMatrices } from "./parse.js";

/**
 * @param {string} text
 * @param {object} state of the lab
 * @param {object} form as forms.js has it
 * @param {{part?: string, matrix?: string}} target where it goes: {} the whole cell, {part} a gate, {part, matrix} one
 *   matrix of it, {matrix: "V"} the read-out, {matrix: "x"} the input; {matrix: "x", as: "step"|"steps"} where it is a line
 * @returns {{state: object} | {error: {key: string, values: object}} | {ask: number}} the values have `matrix`, `part`, `row`,
 *   `found`, `expected` as far as the sentence needs them; ask: a line of so many numbers, one step or several
 */
export function readPrinted(text, state, form, target = {}) {
  const { matrices, error } = parseMatrices(text);
  if (error) return { error: located(error, state, target) };
  if (matrices.length === 0) return wrong("empty", {});
  const large = tooLarge(matrices);
  if (large) return { error: located(large, state, target) };
  if (target.matrix === "x") return readInput(matrices, state, target);
  const named = assign(matrices, state, form, target);
  if (named.error) return named;
  const pieces = [];
  for (const one of named.found) {
    const fitted = fit(one, state, form);
    if (fitted.error) return fitted;
    pieces.push(...fitted.pieces);
  }
  const missing = lacking(named.found, state, form, target, matrices.some(({ label }) => label));
  if (missing) return wrong("missing", missing);
  return { state: written(state, pieces) };
}

const wrong = (what, values) => ({ error: { key: `lab.printed.bad.${what}`, values } });

/** The first number beyond what the lab keeps, and where it stands; undefined where there is none. */
function tooLarge(matrices) {
  const entries = matrices.flatMap(({ label, rows }) => rows.map((row, k) => ({ label, row: k + 1, value: row.find((value) => Math.abs(value) > LIMIT) })));
  const first = entries.find(({ value }) => value !== undefined);
  return first && { key: "lab.printed.bad.large", label: first.label, row: first.row, text: String(first.value), limit: LIMIT };
}

/** An error of the text itself, with what its label means. */
function located({ key, label, ...values }, state, target) {
  const meaning = (label && meaningOf(label, state.cell)) || {};
  return { key, values: { ...target, ...(meaning.part ? { part: meaning.part } : {}), ...(meaning.matrix ? { matrix: meaning.matrix } : {}), label, ...values } };
}

/** Says of each matrix which one it is: {found: [{matrix, parts, rows}]}, or what is wrong. */
function assign(matrices, state, form, target) {
  const { cell } = state;
  const stacked = orderOf(cell, form.order);
  if (target.matrix) {
    if (matrices.length > 1) return wrong("several", { ...target, found: matrices.length });
    return { found: [{ matrix: target.matrix, parts: target.part ? [target.part] : [], rows: matrices[0].rows }] };
  }
  if (matrices.some(({ label }) => label)) return byLabel(matrices, cell, stacked, target);
  const names = [...printedNames(form), "b2"];
  if (target.part) return inOrder(matrices, names, [target.part], state, form);
  if (form.order !== "gates") return inOrder(matrices, names, stacked, state, form);
  const each = printedNames(form).length;
  const parts = partsOf(cell);
  if (parts.length === 1) return inOrder(matrices, names, parts, state, form);
  if (matrices.length !== each * parts.length) return wrong("count", { found: matrices.length, expected: each * parts.length });
  return { found: matrices.map(({ rows }, k) => ({ matrix: names[k % each], parts: [parts[Math.floor(k / each)]], rows })) };
}

function byLabel(matrices, cell, stacked, target) {
  const found = [];
  for (const { label, rows } of matrices) {
    const meaning = label === null ? null : meaningOf(label, cell);
    if (!meaning) return wrong("label", { label: label ?? "–" });
    const { matrix, part } = meaning;
    const read = matrix === "V" || matrix === "b_y";
    if (target.part && (read || (part && part !== target.part))) return wrong("other", { label, ...target });
    const parts = read ? [] : part ? [part] : target.part ? [target.part] : stacked;
    found.push({ matrix, parts, rows });
  }
  return { found };
}

/** Matrices without labels as W, U, b, or as one block that has them side by side. */
function inOrder(matrices, names, parts, state, form) {
  const few = names.slice(0, matrices.length);
  if (matrices.length === 1 && names.length > 2) {
    const { rows } = matrices[0];
    const side = isTransposed(form) ? transpose(rows) : rows; // a row: a unit
    const widths = names.slice(0, -1).map((name) => shapeOf({ ...form, layout: plainLayout(form) }, name, state)[1]);
    const whole = widths.reduce((sum, width) => sum + width, 0);
    if (side.length === parts.length * state.hidden && side[0].length === whole) {
      let at = 0;
      return {
        found: names.slice(0, -1).map((matrix, k) => {
          const block = side.map((row) => row.slice(at, at + widths[k]));
          at += widths[k];
          return { matrix, parts, rows: isTransposed(form) && matrix !== "b" ? transpose(block) : block };
        }),
      };
    }
  }
  if (matrices.length > names.length) return wrong("several", { part: parts.length === 1 ? parts[0] : null, found: matrices.length, expected: names.length });
  return { found: few.map((matrix, k) => ({ matrix, parts, rows: matrices[k].rows })) };
}

const plainLayout = (form) => form.layout.replace("rows ", "").replace("rows", "columns");
const transpose = (rows) => rows[0].map((_, column) => rows.map((row) => row[column]));

/** A matrix as pieces of the engine's arrays; where it has another shape, what was expected. */
function fit({ matrix, parts, rows }, state, form) {
  const part = parts.length === 1 ? parts[0] : null;
  const { hidden: H } = state;
  if (matrix === "V" || matrix === "b_y") return fitReadout(matrix, rows, state, form);
  if (matrix === "b" || matrix === "b2" || matrix === "b_hn") {
    const count = rows.flat().length;
    const alone = matrix === "b_hn" || parts.length === 1;
    const expected = (alone ? 1 : parts.length) * H;
    if (count !== expected) return wrong("numbers", { matrix: "b", part, found: count, expected });
    return { pieces: fromPrinted(form, matrix, state, parts, rows) };
  }
  const name = matrix;
  const [high, wide] = shapeOf(form, name, state, parts.length);
  const about = { matrix: joinedOf(form) && name === "W" ? "W" : name, part, rows: high, columns: wide };
  const lone = rows.length === 1 && (high === 1 || wide === 1) && rows[0].length === high * wide; // a vector may lie or stand
  const standing = lone && high > 1 ? rows[0].map((value) => [value]) : rows;
  if (standing.length !== high || standing[0].length !== wide) {
    const transposed = standing.length === wide && standing[0].length === high;
    if (!transposed && standing[0].length === wide) return wrong("rows", { ...about, found: standing.length });
    return wrong(transposed ? "transposed" : "shape", { ...about, found: `${standing.length} × ${standing[0].length}` });
  }
  return { pieces: fromPrinted(form, name, state, parts, standing) };
}

function fitReadout(matrix, rows, state, form) {
  const { readout, hidden: H } = state;
  if (!readout) return wrong("readout", {});
  const K = readout.b.length;
  if (matrix === "b_y") {
    if (rows.flat().length !== K) return wrong("numbers", { matrix: "b_y", part: null, found: rows.flat().length, expected: K });
    return { pieces: [{ matrix: "b_y", values: rows.flat() }] };
  }
  const lying = isTransposed(form) ? transpose(rows) : rows;
  const standing = lying.length === H && lying[0].length === 1 && K === 1 ? transpose(lying) : lying;
  if (standing.length !== K || standing[0].length !== H) {
    const [high, wide] = isTransposed(form) ? [H, K] : [K, H];
    return wrong("shape", { matrix: "V", part: null, rows: high, columns: wide, found: `${rows.length} × ${rows[0].length}` });
  }
  return { pieces: [{ matrix: "V", values: standing.flat() }] };
}

/**
 * What a block lacks, {matrix, part}, or null: a gate of the cell without a matrix that the others have; a U beside a lone
 * W without a name; a bias that a second one could be added to.
 */
function lacking(found, state, form, target, labelled) {
  if (target.matrix) return null;
  const has = (part, matrix) => found.some((one) => one.matrix === matrix && one.parts.includes(part));
  const there = partsOf(state.cell).filter((part) => found.some(({ parts }) => parts.includes(part)));
  const inside = (part) => state.b_hn && part === "candidate";
  const unpaired = there.find((part) => has(part, "b2") && !has(part, "b") && !inside(part));
  if (unpaired) return { matrix: "b", part: unpaired };
  if (target.part) return !labelled && !joinedOf(form) && !has(target.part, "U") ? { matrix: "U", part: target.part } : null;
  if (there.length === 0) return null;
  const idle = (part) => state.without.includes(part) || (state.coupled && part === "input");
  const names = printedNames(form).filter((name) => found.some(({ matrix }) => matrix === name));
  for (const part of partsOf(state.cell)) for (const matrix of names) if (!has(part, matrix) && !idle(part)) return { matrix, part };
  return null;
}

function written(state, pieces) {
  const next = { ...state };
  const fresh = (name) => (next[name] === state[name] ? (next[name] = state[name].slice()) : next[name]);
  const summed = pieces.filter(({ matrix }) => matrix !== "b2").concat(pieces.filter(({ matrix }) => matrix === "b2"));
  const lone = (part) => !summed.some((piece) => piece.matrix === "b2" && piece.part === part);
  for (const { matrix, part, values } of summed) {
    if (matrix === "V" || matrix === "b_y") {
      next.readout = { ...next.readout, ...(matrix === "V" ? { V: Float64Array.from(values) } : { b: Float64Array.from(values), biased: true }) };
      continue;
    }
    const inside = matrix === "b2" && state.b_hn && part === "candidate";
    const name = matrix === "b2" ? (inside ? "b_hn" : "b") : matrix;
    const width = { W: state.inputs, U: state.hidden }[name] ?? 1;
    const at = name === "b_hn" ? 0 : partsOf(state.cell).indexOf(part) * state.hidden * width;
    const array = fresh(name);
    if (matrix === "b2" && !inside) {
      const second = (next.b_h = next.b_h === state.b_h ? (state.b_h?.slice() ?? new Float64Array(next.b.length)) : next.b_h);
      values.forEach((value, k) => ([array[at + k], second[at + k]] = [addDecimals(array[at + k], value), value]));
    } else if (matrix === "b" && state.b_h && lone(part)) values.forEach((value, k) => (array[at + k] = addDecimals(value, state.b_h[at + k])));
    else values.forEach((value, k) => (array[at + k] = value));
    if (name === "b" || name === "b_hn") {
      next.biased = true;
      if (part in (next.biases ?? {})) next.biases = Object.fromEntries(Object.entries(next.biases).filter(([named]) => named !== part)); // it was printed
    }
  }
  return next;
}

// The input

function readInput(matrices, state, { as }) {
  if (matrices.length > 1) return wrong("several", { matrix: "x", found: matrices.length });
  const { rows } = matrices[0];
  const line = rows.length === 1 && rows[0].length > 1;
  if (line && !as) return { ask: rows[0].length };
  const x = line && as === "steps" ? transpose(rows) : rows;
  if (x.length > MOST_STEPS) return wrong("steps", { found: x.length, limit: MOST_STEPS });
  if (x[0].length > MOST) return wrong("inputs", { found: x[0].length, limit: MOST });
  return { state: setSequence(state, x) };
}
