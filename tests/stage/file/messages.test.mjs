// What an embedded stage and the page around it say to each other: read strictly, and told without a person's text.
import assert from "node:assert/strict";
import test from "node:test";
import { message } from "../../../assets/file/envelope.js";
import { challengeAnswer, guessAnswer, read } from "../../../assets/file/messages.js";

const shown = { steps: 8, units: 2, phases: ["look", "forget", "carry"], languages: ["en", "zh"] };
const order = (fields) => read({ gatescope: 1, ...fields }, shown);

test("an order of ours is read", () => {
  assert.deepEqual(order({ type: "goto", step: 8 }), { type: "goto", step: 8 });
  assert.deepEqual(order({ type: "goto", step: 1, phase: "forget", unit: 2 }), { type: "goto", step: 1, phase: "forget", unit: 2 });
  assert.deepEqual(order({ type: "play", playing: false }), { type: "play", playing: false });
  assert.deepEqual(order({ type: "theme", theme: "dark" }), { type: "theme", theme: "dark" });
  assert.deepEqual(order({ type: "language", language: "zh" }), { type: "language", language: "zh" });
});

test("what is not exactly an order does nothing", () => {
  for (const step of [0, 9, -1, 1.5, "2", null, NaN, Infinity, [2], {}, undefined]) assert.equal(order({ type: "goto", step }), null, String(step));
  for (const phase of ["read", "", null, 1, ["look"]]) assert.equal(order({ type: "goto", step: 2, phase }), null);
  for (const unit of [0, 3, "1", null]) assert.equal(order({ type: "goto", step: 2, unit }), null);
  for (const playing of [1, "true", null, undefined]) assert.equal(order({ type: "play", playing }), null);
  for (const theme of ["blue", "", ["dark"], undefined]) assert.equal(order({ type: "theme", theme }), null);
  for (const language of ["fr", ["en"], "toString"]) assert.equal(order({ type: "language", language }), null);
  for (const type of ["leave", "toString", "__proto__", "constructor", undefined, null, 3]) assert.equal(order({ type, step: 2 }), null);
  assert.equal(order({ type: "goto", step: 2, text: "x" }), null);
  for (const data of [null, undefined, "goto", 1, [], { type: "goto", step: 2 }, { gatescope: "1", type: "goto", step: 2 }, { gatescope: 2, type: "goto", step: 2 }]) assert.equal(read(data, shown), null);
});

test("answers tell numbers and names of ours, nothing else", () => {
  const challenge = { id: "hold", solved: true, near: 1, title: "Hold", sentences: { shown: "…" }, shown: { right: 3, of: 4, near: 0.9 }, hidden: { right: 24, of: 24, near: 1 } };
  assert.deepEqual(challengeAnswer(challenge), message("answer", { to: "challenge", challenge: "hold", solved: true, near: 1, shown: { right: 3, of: 4 }, hidden: { right: 24, of: 24 } }));
  assert.deepEqual(challengeAnswer({ ...challenge, solved: 0, shown: null }).shown, null);
  const judged = { kind: "value", signal: "forget", step: 2, unit: 0, guess: 0.5, truth: 0.9, distance: 0.4, verdict: "off", range: [0, 1], reason: "text" };
  assert.deepEqual(guessAnswer(judged), { gatescope: 1, type: "answer", to: "guess", kind: "value", signal: "forget", step: 3, unit: 1, guess: 0.5, truth: 0.9, distance: 0.4, verdict: "off" });
  const unit = guessAnswer({ kind: "unit", signal: "cell", step: 2, guess: 0, truth: 1, values: [0, 1], distance: 1, verdict: "off" });
  assert.deepEqual([unit.unit, unit.guess, unit.truth], [null, 1, 2], "units from 1");
});
