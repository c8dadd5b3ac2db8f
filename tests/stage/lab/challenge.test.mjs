// Which asked steps of the shown sequence are right.
import assert from "node:assert/strict";
import { test } from "node:test";

import { judge, readOf } from "../../../assets/stage/lab/challenge.js";

test("a band holds its edges, an open side holds all, and nothing is asked where there is none", () => {
  const bands = [null, [0.5, null], [null, -0.5], [-0.2, 0.2], [0.5, null], [-0.2, 0.2]];
  assert.deepEqual(judge([9, 0.5, -0.5, 0.2, 0.49, -0.21], bands), [null, true, true, true, false, false]);
});

test("what is counted in units of its first value needs one", () => {
  assert.deepEqual(judge([2, 4], [null, [1.9, 2.1]], true), [null, true]);
  assert.deepEqual(judge([0.04, 0.08], [null, [1.9, 2.1]], true), [null, false]);
});

test("a number that is none is never right", () => {
  assert.deepEqual(judge([NaN], [[null, null]]), [false]);
});

test("what several units say together is their sum, step by step", () => {
  const values = [1, 10, 100, 2, 20, 200];
  assert.deepEqual([...readOf(values, { units: [1, 2], hidden: 3, steps: 2 })], [110, 220]);
  assert.deepEqual([...readOf(values, { units: [0], hidden: 3, steps: 2 })], [1, 2]);
});
