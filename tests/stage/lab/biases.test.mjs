// Two biases that add up, one, or none: what is typed is kept, and what the cell runs with is their sum.
import assert from "node:assert/strict";
import { test } from "node:test";

import { biasNames, biasesOf, firstBias, setBiases, settled } from "../../../assets/stage/lab/state/biases.js";
import { descend } from "../../../assets/stage/lab/state/gradients.js";
import { convert, formOf, matricesOf, resize, scale, setWeight, shiftBias, weightAt } from "../../../assets/stage/lab/state/state.js";

const gru = (reset) => ({
  cell: "gru", reset, activation: "tanh", gate_activation: "sigmoid", candidate_activation: "tanh", cell_activation: "tanh", coupled: false, without: [], inputs: 1, hidden: 2, steps: 1,
  W: Float64Array.of(1, 2, 3, 4, 5, 6), U: new Float64Array(12), b: Float64Array.of(0.3, 0.2, 0.1, 0.4, 0.5, 0.6), b_h: null, biased: true, b_hn: reset === "after" ? Float64Array.of(0.7, 0.8) : null, p: null,
  clamps: [], x: new Float64Array(1), tokens: ["a"], columns: [], names: [], initial_hidden: new Float64Array(2), initial_cell: null, readout: null, targets: null, loss: "half_squared", learning_rate: 0.5, form: formOf(),
});
const reset = (matrix, row = 0) => ({ matrix, part: "reset", row });

test("both are kept as they are typed, and their sum is what the decimals say", () => {
  let state = setBiases(gru("before"), 2);
  assert.deepEqual(matricesOf(state, "reset"), ["W", "U", "b", "b_h"]);
  state = setWeight(setWeight(state, reset("b"), 0.1), reset("b_h"), 0.2);
  assert.equal(state.b[0], 0.3);
  assert.equal(weightAt(state, reset("b")), 0.1);
  assert.equal(weightAt(state, reset("b_h")), 0.2);
  state = setWeight(state, reset("b"), 0.7);
  assert.deepEqual([weightAt(state, reset("b_h")), state.b[0]], [0.2, 0.9]);
  assert.equal(firstBias(shiftBias(state, "reset", 1), 0), 1.7);
  const twice = scale(state, { part: "reset", row: 0 }, 2);
  assert.deepEqual([weightAt(twice, reset("b")), weightAt(twice, reset("b_h"))], [1.4, 0.4]);
  assert.equal(setBiases(state, 1).b[0], 0.9);
  assert.equal(biasesOf(setBiases(state, 1)), 1);
});

test("a candidate's second bias goes into the reset and out of it again", () => {
  let state = setWeight(setBiases(gru("before"), 2), { matrix: "b_h", part: "candidate", row: 1 }, 0.25);
  state = convert(state, { reset: "after" });
  assert.deepEqual([...state.b_hn], [0, 0.25]);
  assert.deepEqual([...state.b.slice(4)], [0.5, 0.6]);
  assert.deepEqual(matricesOf(state, "candidate"), ["W", "U", "b", "b_hn"]);
  assert.deepEqual(matricesOf(state, "update"), ["W", "U", "b", "b_h"]);
  state = convert(state, { reset: "before" });
  assert.equal(state.b[5], 0.85);
  assert.equal(weightAt(state, { matrix: "b", part: "candidate", row: 1 }), 0.6);
});

test("an update moves each of two by the gradient of their sum, what stands inside the reset by its own, and none where there is none", () => {
  const gradients = { sums: { W: new Float64Array(6), U: new Float64Array(12), b: new Float64Array(6).fill(0.2), b_hn: Float64Array.of(0.4, 0.4) } };
  const two = descend(setBiases(gru("after"), 2), gradients);
  assert.deepEqual([...two.b].map((value) => Number(value.toFixed(9))), [0.1, 0, -0.1, 0.2, 0.4, 0.5]);
  assert.deepEqual([...two.b_h], [-0.1, -0.1, -0.1, -0.1, 0, 0]);
  assert.deepEqual([...two.b_hn].map((value) => Number(value.toFixed(9))), [0.5, 0.6]);
  const none = setBiases(gru("after"), 0);
  assert.deepEqual(matricesOf(none, "candidate"), ["W", "U"]);
  const one = descend({ ...gru("after"), b_hn: new Float64Array(2) }, gradients); // printed with one bias: none inside r
  assert.deepEqual([...one.b_hn], [0, 0]);
  assert.deepEqual([...descend({ ...gru("after"), b_hn: Float64Array.of(0, 1) }, gradients).b_hn], [-0.2, 0.8]);
  const after = descend(none, gradients);
  assert.ok([...after.b, ...after.b_hn].every((value) => value === 0));
});

test("a part without a bias, or with one of two, keeps to that in an update, until one is typed there", () => {
  const gradients = { sums: { W: new Float64Array(6), U: new Float64Array(12), b: new Float64Array(6).fill(0.2), b_hn: Float64Array.of(0.4, 0.4) } };
  const bare = { ...gru("after"), b: Float64Array.of(0, 0, 0.1, 0.4, 0.5, 0.6), b_hn: new Float64Array(2), biases: { reset: [] } };
  assert.equal(settled(bare), bare);
  assert.deepEqual([biasNames(bare, "reset"), biasNames(bare, "update")], [[], ["b"]]);
  const after = descend(bare, gradients);
  assert.deepEqual([...after.b].map((value) => Number(value.toFixed(9))), [0, 0, 0, 0.3, 0.4, 0.5]);
  assert.deepEqual(settled(after).biases, { reset: [] });
  assert.deepEqual(settled(setWeight(bare, reset("b"), 1)).biases, {});
  assert.deepEqual(settled(convert(bare, { cell: "lstm" })).biases, {});
  const two = settled({ ...setBiases(bare, 2), biases: { reset: ["b"], update: ["b_h"], candidate: ["b"] } });
  assert.deepEqual(Object.keys(two.biases), ["reset", "candidate"], "the first of update's is not 0");
  const once = descend(two, gradients);
  assert.deepEqual([...once.b].map((value) => Number(value.toFixed(9))), [-0.1, -0.1, -0.1, 0.2, 0.4, 0.5]);
  assert.deepEqual([...once.b_h], [0, 0, -0.1, -0.1, 0, 0]);
  assert.deepEqual([...once.b_hn], [0, 0]);
  const inner = settled({ ...gru("after"), b_hn: new Float64Array(2), biases: { candidate: ["b", "b_h"] } });
  assert.deepEqual([...descend(inner, gradients).b_hn], [-0.2, -0.2], "printed as 0, it moves all the same");
  assert.deepEqual(settled(descend(inner, gradients)).biases, {}, "which is now usual");
  assert.deepEqual(setBiases(bare, 1).biases, {});
});

test("a bias that comes in makes a cell with biases, and a larger cell has as many second ones", () => {
  const none = setBiases(gru("before"), 0);
  assert.equal(settled(none), none);
  assert.equal(settled(shiftBias(none, "reset", 1)).biased, true);
  const large = settled(resize(setWeight(setBiases(gru("before"), 2), reset("b_h", 1), 0.2), { hidden: 3 }));
  assert.equal(weightAt(large, reset("b_h", 1)), 0.2);
  assert.equal(large.b_h.length, 9);
  assert.equal(settled(convert(large, { cell: "lstm" })).b_h.length, 12);
});
