// The browser's engine on examples from courses and lessons, against what these print.
import assert from "node:assert/strict";
import { test } from "node:test";

import { backward } from "../../../assets/stage/engine/backward.js";
import { run } from "../../../assets/stage/engine/forward.js";
import { loss, scoresBack } from "../../../assets/stage/engine/losses.js";
import { scoresOf } from "../../../assets/stage/engine/scores.js";

/** Compares with what is printed: each number to its last digit. */
function close(found, printed, digits = 6) {
  assert.equal(found.length, printed.length);
  printed.forEach((value, n) => assert.ok(Math.abs(found[n] - value) <= 0.5000001 * 10 ** -digits, `${found[n]} is not ${value} (${n})`));
}

/** Parts {W, U, b} one below another. */
const stacked = (...parts) => Object.fromEntries(["W", "U", "b"].map((name) => [name, Float64Array.from(parts.flatMap((part) => part[name]))]));

test("[1, 2, 3] → 4: an LSTM of one unit", () => {
  const parts = [[0.6, 0.2], [0.5, 0.1], [0.7, 0.3], [0.8, 0.4]].map(([W, U]) => ({ W: [W], U: [U], b: [0] }));
  const { hidden } = run({ cell: "lstm", units: 1, inputs: 1, steps: 3, x: [1, 2, 3], ...stacked(...parts) });
  close(hidden, [0.256356, 0.63979, 0.870678]);
  close(scoresOf({ V: [4], b: [0] }, hidden).subarray(2), [3.482711]);
});

test("HKUST MSBD5002: an LSTM that begins in a state, its gradients and a step down", () => {
  const parts = [
    { W: [0.6, 0.3], U: [0.8], b: [0.2] },
    { W: [0.1, 0.2], U: [0.5], b: [0.1] },
    { W: [0.4, 0.7], U: [0.1], b: [0.3] },
    { W: [0.5, 0.8], U: [0.9], b: [0.4] },
  ];
  const spec = { cell: "lstm", units: 1, inputs: 2, steps: 2, x: [0.5, 0.7, 0.3, 0.2], initial_hidden: [0.9], initial_cell: [0.7], ...stacked(...parts) };
  const out = run(spec);
  close(out.cell, [1.11393, 1.109548]);
  close(out.hidden, [0.711114, 0.638403]);
  const about = { width: 1 };
  const { value, d_scores } = loss("half_squared", out.hidden, [0.7, 0.8], about);
  close([value], [0.013119]);
  const { weights, state } = backward(spec, out, { hidden: d_scores });
  close(weights.W, [-0.003639, -0.004002, -0.006204, -0.006088, -0.012067, -0.011861, -0.007211, -0.005423]);
  close(weights.U, [-0.007401, -0.013188, -0.025636, -0.016614]);
  close(weights.b, [-0.009266, -0.017132, -0.033285, -0.022918]);
  close(state.hidden, [-0.008653]);
  close(state.cell, [-0.023547]);
  const lower = Object.fromEntries(["W", "U", "b"].map((name) => [name, spec[name].map((weight, n) => weight - 0.1 * weights[name][n])]));
  close([loss("half_squared", run({ ...spec, ...lower }).hidden, [0.7, 0.8], about).value], [0.012759]);
});

test("a GRU in small integers: where r acts shows at the second step", () => {
  const parts = [
    { W: [1, 0], U: [0, 1, 1, 0], b: [0, 0] },
    { W: [0, 1], U: [1, 0, 0, 0], b: [0, 0] },
    { W: [1, 0], U: [1, -1, 2, 1], b: [0, 0] },
  ];
  const spec = { cell: "gru", units: 2, inputs: 1, steps: 2, x: [1, -1], initial_hidden: [0.5, -0.5], ...stacked(...parts) };
  close(run({ ...spec, reset: "before" }).hidden, [0.660447, -0.284429, 0.236368, -0.004482]);
  close(run({ ...spec, reset: "after" }).hidden, [0.660447, -0.284429, 0.210202, 0.357556]);
});

test("Lee's LSTM, whose candidate and cell are linear, and his RNN", () => {
  const none = [0];
  const parts = [
    { W: [0, 100, 0], U: none, b: [-10] },
    { W: [0, 100, 0], U: none, b: [10] },
    { W: [1, 0, 0], U: none, b: [0] },
    { W: [0, 0, 100], U: none, b: [-10] },
  ];
  const x = [3, 1, 0, 4, 1, 0, 2, 0, 0, 1, 0, 1, 3, -1, 0];
  const { cell, hidden } = run({ cell: "lstm", units: 1, inputs: 3, steps: 5, x, candidate_activation: "identity", cell_activation: "identity", ...stacked(...parts) });
  close(cell, [3, 7, 6.999773, 6.999501, 0], 3);
  close(hidden.subarray(3, 4), [6.999501]);
  const rnn = run({ cell: "rnn", units: 2, inputs: 2, steps: 3, x: [1, 1, 1, 1, 2, 2], W: [1, 1, 1, 1], U: [1, 1, 1, 1], b: [0, 0], activation: "identity" });
  assert.deepEqual([...rnn.hidden], [2, 2, 6, 6, 16, 16]);
  assert.deepEqual([...scoresOf({ V: [1, 1], b: [0] }, rnn.hidden)], [4, 12, 32]);
});

test("an RNN by hand, with ReLU and a read-out of two units", () => {
  const { hidden } = run({ cell: "rnn", units: 2, inputs: 1, steps: 4, x: [3, 4, 5, 6], W: [1, 2], U: [1, -1, 1, 1], b: [0, 0], activation: "relu" });
  assert.deepEqual([...hidden], [3, 6, 1, 17, 0, 28, 0, 40]);
  assert.deepEqual([...scoresOf({ V: [-1, 1], b: [0] }, hidden)], [3, 16, 28, 40]);
});

test("backpropagation through time, walked through: an RNN of one unit with a read-out", () => {
  const spec = { cell: "rnn", units: 1, inputs: 1, steps: 2, x: [1, 2], W: [0.5], U: [0.1], b: [0] };
  const readout = { V: [2], b: [0] };
  const out = run(spec);
  close(out.hidden, [0.462117, 0.780329]);
  const { value, d_scores } = loss("half_squared", scoresOf(readout, out.hidden), [1, 2], { width: 1 });
  close([value], [0.099381]);
  const back = scoresBack(readout, out.hidden, d_scores);
  const { weights, at } = backward(spec, out, { hidden: back.hidden });
  close([...weights.W, ...weights.U, ...weights.b, ...back.V], [-0.833479, -0.158802, -0.489838, -0.377844]);
  assert.equal(at(0).U[0], 0, "the first step has seen no state");
});
