// How a cell stands in a challenge, as gates/examples/challenges/model.py judges it: by what it does, on the sequence
// shown and on hidden ones, always without clamps. No DOM here.
import { activationsOf } from "../stage/engine/cells.js";
import { run } from "../stage/engine/forward.js";
import { judge as right, readOf } from "../stage/lab/challenge.js";
import { specOf } from "../stage/lab/state/state.js";

const SMALLEST = 0.05; // a first value below this is no unit to count in

/**
 * @param {object} task of the file: {cell, inputs, reads: {signal, units, relative}, scale, limit, tokens, x, bands}
 * @param {object} state of the lab  @param {object} start the state that the challenge begins with
 * @param {?([?number, ?number]|null)[]} wanted on the sequence shown; null where that is not known, since it was edited
 * @returns {{shown, hidden, near, solved, changes, note, miss}} as the Python class Result
 */
export function judge(task, state, start, wanted) {
  const { reads } = task;
  const none = { right: 0, of: 0, near: 0 };
  const unfit = state.cell !== task.cell ? "kind" : state.inputs !== task.inputs ? "inputs" : null;
  if (unfit) return { shown: none, hidden: { ...none, of: task.x.length }, near: 0, solved: false, changes: null, note: unfit, miss: null };
  const shown = wanted && score(valuesOf(state, reads, state), wanted, reads, task.scale);
  const runs = task.x.map((x, k) => ({ values: valuesOf(state, reads, { x: Float64Array.from(x), steps: task.tokens[k].length }), bands: task.bands[k] }));
  const marks = runs.map(({ values, bands }) => right(values, bands, reads.relative));
  const whole = marks.map((each) => each.every((mark) => mark !== false));
  const near = nearness(runs.flatMap(({ values, bands }) => closenesses(values, bands, reads, task.scale)));
  const changes = changed(start, state);
  const within = task.limit === null || changes <= task.limit;
  return {
    shown: shown && { right: shown.right, of: shown.of, near: shown.near },
    hidden: { right: whole.filter(Boolean).length, of: whole.length, near },
    near: within ? near : (near * (task.limit ?? 0)) / changes,
    solved: whole.every(Boolean) && within,
    changes,
    note: !within ? "limit" : state.clamps.length ? "clamps" : null,
    miss: missed(task, runs, marks, whole, reads),
  };
}

function valuesOf(state, reads, { x, steps }) {
  const { hidden } = state;
  if (Math.max(...reads.units) >= hidden) return new Float64Array(steps).fill(NaN);
  const out = run(specOf({ ...state, x, steps, clamps: [], initial_hidden: null, initial_cell: null }));
  return readOf(out[reads.signal], { units: reads.units, hidden, steps });
}

function score(values, bands, reads, scale) {
  const marks = right(values, bands, reads.relative).filter((mark) => mark !== null);
  return { right: marks.filter(Boolean).length, of: marks.length, near: nearness(closenesses(values, bands, reads, scale)) };
}

/** [what should be positive, negative or neither, how close] for every asked step. */
function closenesses(values, bands, { relative }, scale) {
  const unit = relative ? (Math.abs(values[0]) < SMALLEST ? NaN : values[0]) : 1;
  return bands.flatMap((band, step) => {
    if (!band) return [];
    const [low, high] = [band[0] ?? -Infinity, band[1] ?? Infinity];
    const value = values[step] / unit;
    const away = Math.max(low - value, value - high, 0);
    const close = value >= low && value <= high ? 1 : 0.5 * Math.min(1, Math.max(0, 1 - (Number.isNaN(away) ? Infinity : away) / scale));
    return [[low > 0 ? 1 : high < 0 ? -1 : 0, close]];
  });
}

/** The worst of the kinds of steps, each the mean of its own: a cell that always says the same is not half right. */
function nearness(all) {
  const means = [-1, 0, 1].map((side) => all.filter(([its]) => its === side).map(([, close]) => close)).filter((kind) => kind.length);
  return means.length ? Math.min(...means.map((kind) => kind.reduce((sum, close) => sum + close, 0) / kind.length)) : 0;
}

/** How many weights differ from the start's; surgery counts as one. */
function changed(start, state) {
  let total = 0;
  for (const name of ["W", "U", "b", "b_hn", "p"]) {
    const both = [start[name], state[name]].filter(Boolean);
    if (both.length === 1) total += both[0].filter((value) => value !== 0).length;
    else if (both.length === 2) total += both[0].length === both[1].length ? both[0].filter((value, k) => value !== both[1][k]).length : Math.max(both[0].length, both[1].length);
  }
  const { cell } = start;
  const ofKind = { lstm: (state) => [state.coupled, [...state.without].sort()], gru: (state) => [state.reset], rnn: () => [] }[cell];
  const options = (state) => [...ofKind(state), ...Object.entries(activationsOf(cell)).map(([name, usual]) => state[name] ?? usual)];
  return total + Number(JSON.stringify(options(start)) !== JSON.stringify(options(state)));
}

function missed({ tokens }, runs, marks, whole, { relative }) {
  const which = whole.indexOf(false);
  if (which < 0) return null;
  const step = marks[which].indexOf(false);
  const { values, bands } = runs[which];
  const unit = relative ? (Math.abs(values[0]) < SMALLEST ? NaN : values[0]) : 1;
  const [low, high] = bands[step];
  return { tokens: tokens[which], step, value: values[step] / unit, band: [low ?? -Infinity, high ?? Infinity] };
}
