// The backward pass of a run in the lab, and one gradient step. Pure functions of a state (see state.js, task.js); no DOM here.
import { backward } from "../../engine/backward.js";
import { run } from "../../engine/forward.js";
import { scoresBack } from "../../engine/losses.js";
import { backwardPaths } from "../../engine/backward-paths.js";
import { biasesDown } from "./biases.js";
import { LIMIT, specOf } from "./state.js";
import { outcomeOf } from "./task.js";

const WEIGHTS = ["W", "U", "b", "b_hn", "p"];
const STEP = 1e-5; // of a finite difference, of a weight's size where that is more than 1: its error is of the order of its square
const OWN = { b_hn: "b_hn", p: "peephole" }; // the engine's names for what is called otherwise here

/**
 * Gradients of the loss, by the lab's names: W, U, b, b_hn, p as the state has them, V and b_y of a read-out, h0 and c0.
 *
 * @param {object} state with targets
 * @returns {{value: number, losses: Float64Array, out: object, signals: Object<string, Float64Array>, sums: Object<string, Float64Array>,
 *   at: (t: number) => Object<string, Float64Array>}} sums over time; `at(t)`: what step t adds to those of the weights
 */
export function gradientsOf(state) {
  const spec = specOf(state);
  const out = run(spec);
  const { losses, value, d_scores } = outcomeOf(state, out);
  const read = state.readout ? scoresBack(state.readout, out.hidden, d_scores) : null;
  const back = backward(spec, out, { hidden: read ? read.hidden : d_scores });
  const named = (weights) => Object.fromEntries(WEIGHTS.filter((name) => state[name]).map((name) => [name, weights[OWN[name] ?? name]]));
  const sums = { ...named(back.weights), ...(read ? { V: read.V, b_y: read.b } : {}), h0: back.state.hidden, ...(back.state.cell ? { c0: back.state.cell } : {}) };
  const at = (t) => ({ ...named(back.at(t)), ...(read ? readAt(state, out, d_scores, t) : {}) });
  return { value, losses, out, signals: back.signals, sums, at };
}

/** What one step adds to the gradients of the read-out. */
function readAt({ readout, hidden }, out, d_scores, t) {
  const K = readout.b.length;
  const back = scoresBack(readout, out.hidden.slice(t * hidden, (t + 1) * hidden), d_scores.slice(t * K, (t + 1) * K));
  return { V: back.V, b_y: back.b };
}

/** The state after one step of gradient descent: all weights, those of the read-out too; where the run begins stays. */
export function descend(state, { sums }) {
  const within = (value) => Math.min(LIMIT, Math.max(-LIMIT, value));
  const down = (values, gradient) => values.map((value, k) => within(value - state.learning_rate * gradient[k]));
  const next = { ...state };
  for (const name of ["W", "U", "p"]) if (state[name]) next[name] = down(state[name], sums[name]);
  Object.assign(next, biasesDown(state, sums, within));
  if (state.readout) next.readout = { ...state.readout, V: down(state.readout.V, sums.V), b: state.readout.biased === false ? state.readout.b : down(state.readout.b, sums.b_y) };
  return next;
}

/** Whether all gradients are numbers, so that a step can be taken. */
export const isFinite = ({ value, sums }) => [value, ...Object.values(sums).flatMap((values) => [...values])].every(Number.isFinite);

/**
 * How the loss answers to one number that is moved a little both ways: (L(w + ε) − L(w − ε)) / 2ε.
 * @param {{name: string, index: number}} place name as in `gradientsOf`
 * @returns {{estimate: number, epsilon: number}}
 */
export function finiteDifference(state, { name, index }) {
  const epsilon = STEP * Math.max(1, Math.abs(valueOf(state, { name, index })));
  const moved = (by) => {
    const next = movedAt(state, { name, index }, by);
    return outcomeOf(next, run(specOf(next))).value;
  };
  return { estimate: (moved(epsilon) - moved(-epsilon)) / (2 * epsilon), epsilon };
}

/** The array of a state that a gradient's name stands for. */
const arrayOf = (state, name) => ({ V: state.readout?.V, b_y: state.readout?.b, h0: state.initial_hidden, c0: state.initial_cell })[name] ?? state[name];

export const valueOf = (state, { name, index }) => arrayOf(state, name)[index];

function movedAt(state, { name, index }, by) {
  const next = arrayOf(state, name).slice();
  next[index] += by;
  if (name === "V" || name === "b_y") return { ...state, readout: { ...state.readout, [name === "V" ? "V" : "b"]: next } };
  return { ...state, [{ h0: "initial_hidden", c0: "initial_cell" }[name] ?? name]: next };
}

/**
 * The arrays and the header field with which the stage runs its belt backwards (backward/flow.js).
 * @param {string} text the loss in words
 */
export function beltOf(state, { out, signals }, text) {
  const arrays = {};
  for (const [name, values] of Object.entries(signals)) if (!["recurrent", "shown"].includes(name)) arrays[`grad.${name}`] = values;
  Object.assign(arrays, backwardPaths(specOf(state), out, signals));
  const tops = ["hidden", "cell"].flatMap((name) => (signals[name] ? [...signals[name]] : [])).filter(Number.isFinite).map(Math.abs);
  const scale = Math.max(0, ...tops) || 1;
  return { arrays, gradient: { loss: text, at: null, unit: null, source: "hidden", scale, floor: scale * 1e-12, exploded: null, counts: countsOf(state) } };
}

/** Which steps the loss reads. */
function countsOf({ targets, steps }) {
  const width = targets.length / steps;
  return Array.from({ length: steps }, (_, t) => targets.subarray(t * width, (t + 1) * width).some((value) => !Number.isNaN(value)));
}
