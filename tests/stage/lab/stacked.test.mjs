// The tall matrices of a framework: which of a gate's matrices stands in which of their columns.
import assert from "node:assert/strict";
import { test } from "node:test";

import { matrixIn, slotsOf } from "../../../assets/stage/lab/editor/stacked.js";

test("a second bias stands in one column, inside the reset or not", () => {
  const gru = [["W", "U", "b", "b_h"], ["W", "U", "b", "b_h"], ["W", "U", "b", "b_hn"]];
  assert.deepEqual(slotsOf(gru), ["W", "U", "b", "b_h"]);
  assert.deepEqual(gru.map((matrices) => matrixIn("b_h", matrices)), ["b_h", "b_h", "b_hn"]);
  const one = [["W", "U", "b"], ["W", "U", "b"], ["W", "U", "b", "b_hn"]];
  assert.deepEqual(slotsOf(one, true), ["U", "W", "b", "b_h"]);
  assert.deepEqual(one.map((matrices) => matrixIn("b_h", matrices)), [null, null, "b_hn"]);
});

test("without biases there is no column for them, and a gate without a peephole has none", () => {
  assert.deepEqual(slotsOf([["W", "U"], ["W", "U", "p"]]), ["W", "U", "p"]);
  assert.equal(matrixIn("p", ["W", "U"]), null);
});
