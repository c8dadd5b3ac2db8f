// What is asked of a run in the lab, as part of the state that the lab edits: where it begins, a read-out, targets and a
// loss. Pure functions like those of state.js; no DOM here.
//
// Of a state: {initial_hidden (H), initial_cell (H)|null, readout {V (K, H), b (K), activation, biased}|null, targets (T, K)|null,
// loss, learning_rate}, arrays flat and row by row. Without a read-out K is H, and targets are for h. A target is NaN
// where it does not count; null where no loss is asked for.
import { loss } from "../../engine/losses.js";
import { scoresOf, show } from "../../engine/scores.js";

export const MOST_OUTPUTS = 8;
export const LARGEST_RATE = 1000;
const LIMIT = 1e6;
const PLAIN = { readout: null, targets: null, loss: "half_squared", learning_rate: 0.1 };

const within = (value) => Math.min(LIMIT, Math.max(-LIMIT, value));
const array = (values) => (values ? Float64Array.from(values, (value) => value ?? NaN) : null);

/** Read-out, targets, loss and learning rate as a header has them, with arrays for lists. */
function settingsOf(task) {
  const { readout, ...rest } = task ?? PLAIN;
  return {
    ...PLAIN,
    ...rest,
    readout: readout ? { V: array(readout.V), b: array(readout.b), activation: readout.activation, biased: readout.biased ?? true } : null,
    targets: array(rest.targets),
  };
}

/** The task's part of a state, from a run's header (`lab.edit.task`) and arrays. */
export function taskOf({ cell, units, arrays, header }) {
  return {
    initial_hidden: Float64Array.from(arrays.initial_hidden ?? new Float64Array(units)),
    initial_cell: cell === "lstm" ? Float64Array.from(arrays.initial_cell ?? new Float64Array(units)) : null,
    ...settingsOf(header.lab?.edit?.task),
  };
}

/** The same from what a preset or an exercise begins with (`lab.base`). */
export function taskAt(base, hidden) {
  const start = (values) => (values ? Float64Array.from(values) : new Float64Array(hidden));
  return {
    initial_hidden: start(base.initial_hidden),
    initial_cell: base.cell === "lstm" ? start(base.initial_cell) : null,
    ...settingsOf(base.task),
  };
}

/** The task as the header of a run has it; null where nothing is read or asked. */
export function described({ readout = null, targets = null, loss: name, learning_rate }) {
  if (plain({ readout, targets, loss: name, learning_rate })) return null;
  return {
    readout: readout && { V: [...readout.V], b: [...readout.b], activation: readout.activation, biased: readout.biased ?? true },
    targets: targets && [...targets].map((value) => (Number.isNaN(value) ? null : value)),
    loss: name ?? PLAIN.loss,
    learning_rate: learning_rate ?? PLAIN.learning_rate,
  };
}

const plain = ({ readout, targets, loss: name = PLAIN.loss, learning_rate = PLAIN.learning_rate }) =>
  !readout && !targets && name === PLAIN.loss && learning_rate === PLAIN.learning_rate;

/** Whether a state has anything beyond a cell that runs from zero with its kind's own activations. */
export const isPlain = (state, usual) =>
  plain(state) && !beginsElsewhere(state) && Object.entries(usual).every(([option, own]) => (state[option] ?? own) === own);

export const beginsElsewhere = ({ initial_hidden, initial_cell }) => [initial_hidden, initial_cell].some((values) => values?.some((value) => value !== 0));

/** How many numbers are read at each step. */
export const outputsOf = ({ readout, hidden }) => (readout ? readout.b.length : hidden);

// Edits: a number that a state does not have is left alone, for the table on the screen may still be another cell's.

export const setStart = (state, signal, unit, value) => {
  const name = `initial_${signal}`;
  if (!(unit < state[name]?.length)) return state;
  const next = state[name].slice();
  next[unit] = within(value);
  return { ...state, [name]: next };
};

/** A read-out through this function, or none for null; a new one has one output that is the mean of all units. */
export function setReadout(state, activation) {
  if (activation === (state.readout?.activation ?? null)) return state;
  if (activation === null) return withOutputs({ ...state, readout: null }, outputsOf(state));
  if (state.readout) return { ...state, readout: { ...state.readout, activation } };
  const readout = { V: new Float64Array(state.hidden).fill(1 / state.hidden), b: new Float64Array(1), activation, biased: true };
  return withOutputs({ ...state, readout }, state.hidden);
}

/** More or fewer outputs; what is there stays, what is new is 0. */
export function setOutputs(state, outputs) {
  const { V, b } = state.readout;
  const next = { ...state.readout, V: refit(V, [b.length, state.hidden], [outputs, state.hidden], 0), b: refit(b, [b.length, 1], [outputs, 1], 0) };
  return withOutputs({ ...state, readout: next }, b.length);
}

/** Fits the targets of a state to its outputs, of which there were `before`. */
function withOutputs(state, before) {
  const now = outputsOf(state);
  return state.targets && now !== before ? { ...state, targets: refit(state.targets, [state.steps, before], [state.steps, now], NaN) } : state;
}

/** A read-out with a bias, or without: then it is 0, and an update leaves it. */
export const setBiased = (state, biased) => ({ ...state, readout: { ...state.readout, biased, b: biased ? state.readout.b : new Float64Array(state.readout.b.length) } });

export const readoutAt = ({ readout, hidden }, { matrix, row, column = 0 }) => (matrix === "V" ? readout.V[row * hidden + column] : readout.b[row]);

export function setReadoutWeight(state, { matrix, row, column = 0 }, value) {
  if (!(row < state.readout?.b.length && column < state.hidden)) return state;
  const [name, at] = matrix === "V" ? ["V", row * state.hidden + column] : ["b", row];
  const next = state.readout[name].slice();
  next[at] = within(value);
  const biased = state.readout.biased || (name === "b" && value !== 0);
  return { ...state, readout: { ...state.readout, [name]: next, biased } };
}

/** Another loss, or none for null; where there was none, no place has a target yet. */
export function setLoss(state, name) {
  if (name === null) return state.targets ? { ...state, targets: null } : state;
  const targets = state.targets ?? new Float64Array(state.steps * outputsOf(state)).fill(NaN);
  return name === state.loss && targets === state.targets ? state : { ...state, loss: name, targets };
}

/** A target, or NaN for none. */
export function setTarget(state, step, output, value) {
  if (!state.targets || step >= state.steps || output >= outputsOf(state)) return state;
  const targets = state.targets.slice();
  targets[step * outputsOf(state) + output] = within(value);
  return { ...state, targets };
}

export const setRate = (state, rate) => (rate === state.learning_rate ? state : { ...state, learning_rate: rate });

// What other edits do to it

/** The task of a state that another number of units has, or another kind of cell. */
export function fitTask(state, { cell = state.cell, hidden = state.hidden }) {
  const { readout = null, targets = null, steps } = state;
  const units = state.hidden;
  const start = (values) => refit(values ?? new Float64Array(units), [1, units], [1, hidden], 0);
  return {
    initial_hidden: start(state.initial_hidden),
    initial_cell: cell === "lstm" ? start(state.initial_cell) : null,
    readout: readout && { ...readout, V: refit(readout.V, [readout.b.length, units], [readout.b.length, hidden], 0) },
    targets: targets && !readout ? refit(targets, [steps, units], [steps, hidden], NaN) : targets,
  };
}

/** The targets of a sequence of so many steps. */
export const fitTargets = (state, steps) => state.targets && refit(state.targets, [state.steps, outputsOf(state)], [steps, outputsOf(state)], NaN);

/** The targets after a step was put in before step `at`, or taken out there. */
export function moveTargets(state, at, inserted) {
  if (!state.targets) return state.targets;
  const width = outputsOf(state);
  const row = inserted ? new Array(width).fill(NaN) : [];
  return Float64Array.from([...state.targets.subarray(0, at * width), ...row, ...state.targets.subarray((at + (inserted ? 0 : 1)) * width)]);
}

function refit(values, [rows, wide], [newRows, newWide], fresh) {
  if (rows === newRows && wide === newWide) return values;
  return Float64Array.from({ length: newRows * newWide }, (_, n) => {
    const [row, k] = [Math.floor(n / newWide), n % newWide];
    return row < rows && k < wide ? values[row * wide + k] : fresh;
  });
}

// What a run comes to

/**
 * What is shown of a run, and how far that is from its targets.
 * @param {object} state @param {{hidden: ArrayLike<number>}} out a run of it, or a Trace's arrays
 * @returns {{outputs: Float64Array, losses: ?Float64Array, value: ?number, d_scores: ?Float64Array}} outputs (T, K)
 */
export function outcomeOf(state, out) {
  const { readout = null, targets = null } = state;
  const scores = readout ? scoresOf(readout, out.hidden) : Float64Array.from(out.hidden);
  const about = { width: outputsOf(state), activation: readout?.activation ?? "identity" };
  if (!targets) return { outputs: show(scores, about.width, about.activation), losses: null, value: null, d_scores: null };
  const result = loss(state.loss, scores, targets, about);
  return { outputs: result.outputs, losses: result.steps, value: result.value, d_scores: result.d_scores };
}

/** The arrays that a run in the lab has besides those of a Trace, by their names there. */
export function arraysOf(state, out) {
  if (!state.readout && !state.targets) return {};
  const { outputs, losses } = outcomeOf(state, out);
  return { "task.outputs": outputs, ...(losses ? { "task.losses": losses } : {}) };
}

/** How far a run's read-out and loss that have arrived are from those formed here of its own h, as engine/compare.js says it. */
export function compareOutcome(state, arrays) {
  const worst = { difference: 0, signal: null, unit: 0, step: 0 };
  const computed = arraysOf(state, arrays);
  for (const [name, made] of Object.entries(computed)) {
    const width = made.length / state.steps;
    const arrived = arrays[name];
    made.forEach((value, n) => {
      const reported = arrived?.[n];
      const same = value === reported || (Number.isNaN(value) && Number.isNaN(reported));
      const difference = same ? 0 : Math.abs(value - reported) / Math.max(1, Math.abs(reported));
      if (difference > worst.difference || Number.isNaN(difference))
        Object.assign(worst, { difference: Number.isNaN(difference) ? Infinity : difference, signal: name, unit: n % width, step: Math.floor(n / width) });
    });
  }
  return worst;
}

/** What a target should be for the loss to mean anything: the key of a sentence, or null. */
export function targetProblem(state) {
  const { targets, loss: name } = state;
  if (!targets) return null;
  const counted = [...targets].filter((value) => !Number.isNaN(value));
  if (counted.length === 0) return "lab.task.open";
  if (name === "binary_cross_entropy" && counted.some((value) => value < 0 || value > 1)) return "lab.task.bad.binary";
  if (name !== "cross_entropy") return null;
  const width = outputsOf(state);
  const rows = Array.from({ length: state.steps }, (_, t) => [...targets.subarray(t * width, (t + 1) * width)]);
  const rowsWithTargets = rows.filter((row) => row.some((value) => !Number.isNaN(value)));
  const right = (row) => row.every((value) => value >= 0) && Math.abs(row.reduce((sum, value) => sum + value, 0) - 1) < 1e-6;
  return rowsWithTargets.every(right) ? null : "lab.task.bad.distribution";
}
