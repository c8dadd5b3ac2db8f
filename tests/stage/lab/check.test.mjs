// The check of one's own numbers: which lines are filled in, and how far what is right uncovers the run.
import assert from "node:assert/strict";
import { test } from "node:test";

import { readAnswer } from "../../../assets/stage/exercise/judge.js";
import { firstGroups, groupsIn, linesOf, sections, uncovered } from "../../../assets/stage/lab/check/lines.js";

const line = (name, group, step, key = `signal:${name}`) => ({ name, group, step, key });
const LINES = [
  line("a_h1", "forward", 1, "signal:pre.hidden:0:0"),
  line("h1", "forward", 1),
  line("y1", "output", 1),
  line("a_h2", "forward", 2, "signal:pre.hidden:1:0"),
  line("h2", "forward", 2),
  line("L2", "loss", 2, "L:1"),
  line("L", "loss", 0, "L"),
  line("dh2", "backward", 2),
  line("dh1", "backward", 1),
  line("dW_h", "gradient", 0),
  line("new W_h", "update", 0),
];
const names = (lines) => lines.map(({ name }) => name);
const TRACE = { steps: 2, phases: ["look", "squash", "carry"] };

test("what is asked is filled in, else the run without its sums", () => {
  assert.deepEqual(groupsIn({ lines: LINES, asked: [] }), ["sums", "values", "outputs", "backward", "gradient", "update"]);
  assert.deepEqual(firstGroups({ lines: LINES, asked: [] }), ["values", "outputs"]);
  assert.deepEqual(firstGroups({ lines: LINES, asked: ["h2"] }), ["asked"]);
  assert.deepEqual(names(linesOf({ lines: LINES, asked: [] }, ["values", "outputs"])), ["h1", "y1", "h2", "L2", "L"]);
  assert.deepEqual(names(linesOf({ lines: LINES, asked: ["dW_h", "h1"] }, ["asked"])), ["h1", "dW_h"]);
});

test("a number is held to the digits that were typed, six at most", () => {
  const held = (...typed) => readAnswer(...typed).tolerance;
  assert.deepEqual([held("−0,5"), held("0.123"), held("0.1234567"), held("3", 0)], [0.005, 0.0005, 0.5e-6, 0.5]);
});

test("lines stand together by step, forwards and backwards", () => {
  const found = sections(LINES).map(({ kind, step, lines }) => [kind, step, lines.length]);
  assert.deepEqual(found, [["step", 1, 3], ["step", 2, 3], ["step", 0, 1], ["back", 2, 1], ["back", 1, 1], ["gradient", 0, 1], ["update", 0, 1]]);
});

test("a step is uncovered when all that is asked of it is right, and the way back uncovers nothing of the run", () => {
  const lines = LINES.filter(({ name }) => !name.startsWith("a_"));
  const after = (...right) => uncovered(lines, (name) => right.includes(name), TRACE);
  assert.deepEqual(after(), { step: 0, phase: "carry" });
  assert.deepEqual(after("h1"), { step: 0, phase: "carry" });
  assert.deepEqual(after("h2", "L2", "L"), { step: 0, phase: "carry" });
  assert.deepEqual(after("h1", "y1"), { step: 1, phase: "carry" });
  assert.deepEqual(after("h1", "y1", "h2", "L2"), { step: 1, phase: "carry" }, "the loss of all steps is the last step's");
  assert.deepEqual(after("h1", "y1", "h2", "L2", "L"), { step: 2, phase: "carry" });
  assert.equal(uncovered([], () => false, TRACE).step, 0, "who fills in nothing sees nothing");
  assert.equal(uncovered(lines.filter(({ group }) => group === "gradient"), () => false, TRACE).step, 2);
});
