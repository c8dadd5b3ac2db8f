import assert from "node:assert/strict";
import test from "node:test";

import { sentenceOf } from "../../../assets/stage/readout/sentence.js";

test("a step that is not asked is told from a sequence of one's own, of which nothing is known", () => {
  const [shown, own] = [[null, null, 3], [null, null, null]];
  const said = (asks, targets) => targets.map((target) => sentenceOf({ asks, targets }, target));
  assert.deepEqual(said("class", shown), ["readout.unasked", "readout.unasked", "readout.right"]);
  assert.deepEqual(said("class", own), Array(3).fill("readout.unknown"));
  assert.deepEqual(said("number", [null, [0.5]]), ["readout.number.unasked", "readout.number"]);
  assert.deepEqual(said("number", own), Array(3).fill("readout.number.unknown"));
  assert.deepEqual(said("next", [0, 2, null]), ["readout.next", "readout.next", "readout.end"]);
});
