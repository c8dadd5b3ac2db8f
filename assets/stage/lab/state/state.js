// The state that the lab edits, and what can be done to it. Pure functions: a state is never changed, an edit
// returns a new one that shares what stayed the same, so that undo keeps every state for the price of its changes.
//
// A state: {cell, reset, activation, gate_activation, candidate_activation, cell_activation, coupled, without [gates],
// inputs, hidden, steps, W, U, b, b_h|null, biased, biases, b_hn|null, p|null, clamps, x, tokens, columns, names, sliders}, and what task.js
// has. Weights and x are Float64Arrays, row by row; p has the peepholes of input, forget and output gate; clamps are as
// engine/forward.js takes them, and so are the activations.

import { activationsOf, partsOf, signalsOf } from "../../engine/cells.js";
import { addDecimals, firstBias, setBias } from "./biases.js";
import { fitTargets, fitTask, moveTargets, taskOf } from "./task.js";

export const LIMIT = 1e6; // of a weight or an input, to either side
export const MOST = 8; // units, and input columns
export const MOST_STEPS = 60;
export const PEEPHOLES = ["input", "forget", "output"];
const WEIGHTS = ["W", "U", "b", "b_hn", "p", "b_h"];

/** A number as it is kept: as it was typed, within the limit. */
const within = (value) => Math.min(LIMIT, Math.max(-LIMIT, value));

/** What a gesture has made of a number: seven digits, without the dust of binary fractions. */
const tidy = (value, was) => (value === was ? was : Number(value.toPrecision(7)));

/** The state that a run shows. */
export function stateOf(trace) {
  const { header, arrays } = trace;
  const edit = header.lab?.edit ?? {};
  return {
    cell: trace.cell,
    reset: header.reset ?? "after",
    activation: header.activation ?? "tanh",
    gate_activation: header.gate_activation ?? "sigmoid",
    candidate_activation: header.candidate_activation ?? "tanh",
    cell_activation: header.cell_activation ?? "tanh",
    ...taskOf(trace),
    form: formOf(edit.form),
    coupled: edit.coupled ?? false,
    without: [...(edit.without ?? [])],
    inputs: trace.inputs,
    hidden: trace.units,
    steps: trace.steps,
    W: arrays.W,
    U: arrays.U,
    b: arrays.b,
    b_h: edit.b_h ? Float64Array.from(edit.b_h) : null,
    biased: edit.biased ?? true,
    biases: edit.biases ?? {},
    b_hn: trace.cell === "gru" && header.reset !== "before" ? (arrays.b_hn ?? new Float64Array(trace.units)) : null,
    p: arrays.peephole ?? null,
    clamps: edit.clamps ?? [],
    x: arrays.x,
    tokens: header.tokens,
    columns: header.columns ?? [],
    names: header.unit_names ?? [],
    sliders: header.lab?.sliders ?? {}, // of the preset, where they stood
  };
}

/** The form in which weights are shown, from [layout, order, z] of a header. */
export const formOf = ([layout, order, z] = FORM) => ({ layout, order, z });
const FORM = ["columns", "gates", "keep"]; // see printed/forms.js

/** Shows the weights in another form; they stay what they are. */
export const setForm = (state, chosen) => {
  const form = { ...state.form, ...chosen };
  return Object.keys(form).every((name) => form[name] === state.form[name]) ? state : { ...state, form };
};

/** What engine/forward.js runs. */
export function specOf(state) {
  const { hidden, ...rest } = state;
  return { ...rest, units: hidden };
}

/** Where one weight stands in its array. Rows count within the part, as the screen shows them. */
export function indexOf(state, { matrix, part, row, column = 0 }) {
  const { hidden: H, inputs: I } = state;
  if (matrix === "b_hn") return row;
  if (matrix === "p") return PEEPHOLES.indexOf(part) * H + row;
  const full = partsOf(state.cell).indexOf(part) * H + row;
  return { W: full * I + column, U: full * H + column, b: full, b_h: full }[matrix];
}

/** A weight as it is printed: of two biases that add up the first where `b` is asked for. */
export const weightAt = (state, place) => (place.matrix === "b" ? firstBias(state, indexOf(state, place)) : state[place.matrix][indexOf(state, place)]);

/** Places of all weights of a part, or of one of its rows (a unit) or columns of W or U. */
export function placesOf(state, { part, row = null, matrix = null, column = null }) {
  const { hidden: H, inputs: I } = state;
  const places = [];
  const rows = row === null ? [...Array(H).keys()] : [row];
  const wide = { W: I, U: H, b: 1, b_h: 1, b_hn: 1, p: 1 };
  for (const name of matrix ? [matrix] : matricesOf(state, part))
    for (const each of rows)
      for (const at of column === null ? Array(wide[name]).keys() : [column]) places.push({ matrix: name, part, row: each, column: at });
  return places;
}

/** The matrices that a part has, in the order of its equation. */
export function matricesOf(state, part) {
  const names = state.biased === false ? ["W", "U"] : ["W", "U", "b"];
  if (state.biased === false) return state.p && PEEPHOLES.includes(part) ? [...names, "p"] : names;
  if (state.b_hn && part === "candidate") names.push("b_hn");
  else if (state.b_h) names.push("b_h");
  if (state.p && PEEPHOLES.includes(part)) names.push("p");
  return names;
}

/** Whether a cell has this weight: the table that is on the screen may still be another cell's. */
function hasWeight(state, { matrix, part, row, column = 0 }) {
  const { cell, hidden, inputs } = state;
  return partsOf(cell).includes(part) && matricesOf(state, part).includes(matrix) && row < hidden && column < ({ W: inputs, U: hidden }[matrix] ?? 1);
}

/** Another weight; the same state where there is no such one. */
export function setWeight(state, place, value) {
  if (!hasWeight(state, place)) return state;
  return place.matrix === "b" || place.matrix === "b_h" ? setBias(state, place.matrix, indexOf(state, place), within(value)) : changed(state, [place], () => value);
}

/** Multiplies the weights of a part, of one of its rows, or of a column of its W or U. */
export const scale = (state, target, factor) => changed(state, placesOf(state, target), (value) => tidy(value * factor, value));

/** Adds to all biases of a part. */
export const shiftBias = (state, part, by) => changed(state, placesOf(state, { part, matrix: "b" }), (value) => tidy(value + by, value));

/**
 * All weights anew, uniform in ±1/√H as PyTorch's, by mulberry32 from `seed`, in the order W, U, b, b_hn, p. What is
 * drawn is rounded to float32: its link is half as long.
 */
export function randomise(state, seed) {
  const draw = mulberry32(seed);
  const bound = state.hidden ** -0.5;
  return everywhere(state, () => Math.fround((2 * draw() - 1) * bound));
}

/** Every weight moves by up to `share` of itself, by mulberry32 from `seed`; what is 0 stays 0. */
export function perturb(state, seed, share = 0.1) {
  const draw = mulberry32(seed);
  return everywhere(state, (value) => Math.fround(value * (1 + share * (2 * draw() - 1))));
}

export const zero = (state) => everywhere(state, () => 0);

/** mulberry32: a generator of 32 bits of state, the same numbers from the same seed everywhere, in [0, 1). */
export function mulberry32(seed) {
  let a = seed >>> 0;
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** All that another state (the preset's) is but what it reads; input and place of the run stay. */
export function restore(state, base) {
  const { x, tokens, columns, steps } = resize(state, { inputs: base.inputs });
  const restored = { ...state, ...base, x, tokens, columns, steps, form: state.form, clamps: [] };
  return { ...restored, targets: base.targets && base.targets.length === targetsWanted(restored) ? base.targets : null };
}

const targetsWanted = ({ steps, hidden, readout }) => steps * (readout ? readout.b.length : hidden);

/** Switches the LSTM's options: coupled gates, or a gate left out ("input", "forget", "output"). */
export function setOption(state, name, on) {
  if (name === "peephole") return { ...state, p: on ? new Float64Array(3 * state.hidden) : null };
  if (name === "coupled")
    return { ...state, coupled: on, without: on ? state.without.filter((gate) => gate === "output") : state.without };
  const without = PEEPHOLES.filter((gate) => (gate === name ? on : state.without.includes(gate)));
  const conflict = on && name !== "output";
  return { ...state, without, coupled: state.coupled && !conflict };
}

/**
 * Another kind of cell, or the same with another reset or activation. Parts with a counterpart keep their weights
 * (candidate; forget and update, which both keep the old), the rest starts at 0.
 */
export function convert(state, { cell = state.cell, reset = state.reset, ...chosen }) {
  const activations = Object.fromEntries(Object.keys(activationsOf(cell)).flatMap((name) => (name in chosen ? [[name, chosen[name]]] : [])));
  if (cell === state.cell) return withReset({ ...state, ...activations }, reset);
  const { hidden: H } = state;
  const take = (name, wide) => {
    const blocks = partsOf(cell).map((part) => {
      const from = partsOf(state.cell).indexOf(counterpart(part, state.cell));
      return from < 0 ? new Float64Array(H * wide) : state[name].subarray(from * H * wide, (from + 1) * H * wide);
    });
    return concatenated(blocks);
  };
  const next = {
    ...state,
    ...activations,
    ...fitTask(state, { cell }),
    cell,
    reset,
    W: take("W", state.inputs),
    U: take("U", H),
    b: take("b", 1),
    b_h: state.b_h && take("b_h", 1),
    biases: {},
    b_hn: cell === "gru" && reset === "after" ? new Float64Array(H) : null,
    p: null,
    coupled: false,
    without: [],
  };
  return { ...next, clamps: fitClamps(state.clamps, next) };
}

/** Before the product there is no bias inside the reset: it goes to the candidate's own. */
function withReset(state, reset) {
  if (state.cell !== "gru" || reset === state.reset) return state;
  if (reset === "after") return { ...state, reset, ...inside(state) };
  const b = state.b.slice();
  state.b_hn.forEach((value, unit) => (b[2 * state.hidden + unit] = within(tidy(b[2 * state.hidden + unit] + value, b[2 * state.hidden + unit]))));
  const b_h = state.b_h && state.b_h.slice();
  b_h?.set(state.b_hn, 2 * state.hidden);
  return { ...state, reset, b, b_h, b_hn: null };
}

/** A candidate's second bias goes inside the reset where there are two; else there is a new one, 0. */
function inside({ b, b_h, hidden }) {
  if (!b_h) return { b_hn: new Float64Array(hidden) };
  const from = 2 * hidden;
  const first = b.map((value, at) => (at < from ? value : addDecimals(value, -b_h[at])));
  return { b: first, b_h: b_h.map((value, at) => (at < from ? value : 0)), b_hn: b_h.slice(from) };
}

function counterpart(part, cell) {
  const related = { candidate: ["candidate", "hidden"], hidden: ["candidate"], forget: ["forget", "update"], update: ["update", "forget"] };
  return (related[part] ?? [part]).find((name) => partsOf(cell).includes(name));
}

/** More or fewer units or input columns; what is there already stays, what is new is 0. */
export function resize(state, { inputs: I = state.inputs, hidden: H = state.hidden }) {
  if (I === state.inputs && H === state.hidden) return state;
  const { inputs, hidden, steps } = state;
  const G = partsOf(state.cell).length;
  const next = {
    ...state,
    ...fitTask(state, { hidden: H }),
    inputs: I,
    hidden: H,
    W: refit(state.W, G, [hidden, inputs], [H, I]),
    U: refit(state.U, G, [hidden, hidden], [H, H]),
    b: refit(state.b, G, [hidden, 1], [H, 1]),
    b_h: state.b_h && refit(state.b_h, G, [hidden, 1], [H, 1]),
    b_hn: state.b_hn && refit(state.b_hn, 1, [hidden, 1], [H, 1]),
    p: state.p && refit(state.p, 3, [hidden, 1], [H, 1]),
    x: refit(state.x, 1, [steps, inputs], [steps, I]),
    columns: state.columns.slice(0, I),
    names: state.names.slice(0, H),
  };
  return { ...next, clamps: fitClamps(state.clamps, next) };
}

function refit(values, blocks, [rows, wide], [newRows, newWide]) {
  const next = new Float64Array(blocks * newRows * newWide);
  for (let block = 0; block < blocks; block++)
    for (let row = 0; row < Math.min(rows, newRows); row++)
      for (let k = 0; k < Math.min(wide, newWide); k++)
        next[(block * newRows + row) * newWide + k] = values[(block * rows + row) * wide + k];
  return next;
}

// Clamps

export const addClamp = (state, clamp) => ({ ...state, clamps: [...state.clamps, clamp] });

export const changeClamp = (state, index, change) => ({
  ...state,
  clamps: state.clamps.map((clamp, k) => (k === index ? { ...clamp, ...change } : clamp)),
});

export const releaseClamp = (state, index) => ({ ...state, clamps: state.clamps.filter((_, k) => k !== index) });

export const releaseAll = (state) => ({ ...state, clamps: [] });

/** Holds one place at a value: through the clamp that holds it already, else through a new one of the given scope. */
export function holdAt(state, { signal, unit, step }, value, scope) {
  const index = holding(state, signal, unit, step);
  if (index >= 0) return changeClamp(state, index, { value });
  return addClamp(state, { signal, units: scope.units === "all" ? null : [unit], steps: scope.steps === "all" ? null : [step, step], value });
}

/** Index of the clamp that holds a signal at a place: the last that meets it; -1 where it is free. */
export function holding(state, signal, unit, step) {
  return state.clamps.findLastIndex(
    (clamp) =>
      clamp.signal === signal &&
      (clamp.units === null || clamp.units.includes(unit)) &&
      (clamp.steps === null || (clamp.steps[0] <= step && step <= clamp.steps[1])),
  );
}

/** Clamps on what the cell still has; the others are let go. */
function fitClamps(clamps, { cell, hidden, steps }) {
  return clamps
    .filter(({ signal }) => signalsOf(cell).includes(signal))
    .map((clamp) => ({
      ...clamp,
      units: clamp.units && clamp.units.filter((unit) => unit < hidden),
      steps: clamp.steps && [clamp.steps[0], Math.min(clamp.steps[1], steps - 1)],
    }))
    .filter(({ units, steps: span }) => (units === null || units.length > 0) && (span === null || span[0] <= span[1]));
}

// The input sequence

/** Changes one number of the input; the step's label follows what it now holds. */
export function setInput(state, step, column, value) {
  if (step >= state.steps || column >= state.inputs) return state;
  const x = state.x.slice();
  x[step * state.inputs + column] = within(value);
  const next = { ...state, x };
  return { ...next, tokens: state.tokens.map((token, t) => (t === step ? labelOf(state, rowOf(next, step)) : token)) };
}

/** Another sequence, a row a step; the cell gets as many inputs as it has, and targets keep to their steps. */
export function setSequence(state, rows) {
  const fitted = resize(state, { inputs: rows[0].length });
  const x = Float64Array.from(rows.flat(), within);
  const next = { ...fitted, x, steps: rows.length };
  const tokens = rows.map((_, step) => (step < state.steps && sameRow(rowOf(fitted, step), rowOf(next, step)) ? state.tokens[step] : written(rowOf(next, step))));
  const clamped = { ...next, tokens, targets: fitTargets(fitted, rows.length) };
  return { ...clamped, clamps: fitClamps(state.clamps, clamped) };
}

const sameRow = (one, other) => one.every((value, k) => value === other[k]);

/** Puts a step of zeros before step `at`; clamps keep to the steps that they held. */
export function insertStep(state, at) {
  const { inputs: I, steps } = state;
  if (steps >= MOST_STEPS) return state;
  const x = new Float64Array((steps + 1) * I);
  x.set(state.x.subarray(0, at * I));
  x.set(state.x.subarray(at * I), (at + 1) * I);
  const tokens = [...state.tokens.slice(0, at), labelOf(state, new Float64Array(I)), ...state.tokens.slice(at)];
  const clamps = state.clamps.map(({ steps: span, ...clamp }) => ({
    ...clamp,
    steps: span && [span[0] + (span[0] >= at), span[1] + (span[1] >= at)],
  }));
  return { ...state, x, tokens, steps: steps + 1, clamps, targets: moveTargets(state, at, true) };
}

export function deleteStep(state, at) {
  const { inputs: I, steps } = state;
  if (steps <= 1) return state;
  const x = new Float64Array((steps - 1) * I);
  x.set(state.x.subarray(0, at * I));
  x.set(state.x.subarray((at + 1) * I), at * I);
  const clamps = state.clamps
    .map(({ steps: span, ...clamp }) => ({ ...clamp, steps: span && [span[0] - (span[0] > at), span[1] - (span[1] >= at)] }))
    .filter(({ steps: span }) => span === null || span[0] <= span[1]);
  return { ...state, x, tokens: state.tokens.filter((_, t) => t !== at), steps: steps - 1, clamps, targets: moveTargets(state, at, false) };
}

const rowOf = (state, step) => state.x.subarray(step * state.inputs, (step + 1) * state.inputs);

/** The label of another step that holds the same numbers; else the number itself, or a mark where there are several. */
function labelOf(state, row) {
  for (let t = 0; t < state.steps; t++) if (rowOf(state, t).every((value, k) => value === row[k])) return state.tokens[t];
  return written(row);
}

/** A label made of the numbers themselves, or a mark where there are several. */
const written = (row) => (row.length === 1 ? String(Number(row[0].toPrecision(3))) : "✎");

function changed(state, places, change) {
  const next = { ...state };
  for (const place of places) {
    const { matrix } = place;
    if (next[matrix] === state[matrix]) next[matrix] = state[matrix].slice();
    const at = indexOf(state, place);
    next[matrix][at] = within(change(state[matrix][at]));
  }
  return next;
}

function everywhere(state, change) {
  const made = WEIGHTS.filter((name) => state[name]).map((name) => [name, state[name].map((value) => within(change(value)))]);
  return { ...state, ...Object.fromEntries(made) };
}

/** Arrays of numbers in one. */
export function concatenated(blocks) {
  const all = new Float64Array(blocks.reduce((sum, block) => sum + block.length, 0));
  let at = 0;
  for (const block of blocks) {
    all.set(block, at);
    at += block.length;
  }
  return all;
}
