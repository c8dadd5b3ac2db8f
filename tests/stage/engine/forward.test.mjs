// What the forward pass says of itself; test_forward.py holds it to the engine.
import assert from "node:assert/strict";
import { test } from "node:test";

import { sigmoid } from "../../../assets/stage/engine/activations.js";
import { resolveClamps } from "../../../assets/stage/engine/clamps.js";
import { compare } from "../../../assets/stage/engine/compare.js";
import { run } from "../../../assets/stage/engine/forward.js";
import { KINDS } from "../kinds.mjs";
import { mulberry32 } from "../../../assets/stage/lab/state/state.js";
import { Trace } from "../../../assets/stage/core/run/trace.js";

function lstm({ units = 3, inputs = 2, steps = 7, size = 1, ...options } = {}) {
  const draw = mulberry32(11);
  const fill = (count) => Float64Array.from({ length: count }, () => (2 * draw() - 1) * size);
  const weights = { W: fill(4 * units * inputs), U: fill(4 * units * units), b: fill(4 * units) };
  return { cell: "lstm", units, inputs, steps, x: fill(steps * inputs), ...weights, ...options };
}

function traceOf(spec) {
  const { cell, units, inputs, steps } = spec;
  return new Trace({ cell, description: KINDS[cell], units, inputs, steps, reset: "after", activation: "tanh", tokens: [] }, run(spec));
}

test("one unit, one step, by hand", () => {
  const spec = { cell: "lstm", units: 1, inputs: 1, steps: 1, x: [2], W: [0.5, -1, 0.25, 1], U: [0, 0, 0, 0], b: [0.1, 0.2, 0.3, -1] };
  const { input, forget, candidate, cell, output, hidden } = run({ ...spec, initial_cell: [0.5] });
  assert.equal(input[0], sigmoid(0.5 * 2 + 0.1));
  assert.equal(forget[0], sigmoid(-2 + 0.2));
  assert.equal(candidate[0], Math.tanh(0.25 * 2 + 0.3));
  assert.equal(cell[0], forget[0] * 0.5 + input[0] * candidate[0]);
  assert.equal(output[0], sigmoid(2 - 1));
  assert.equal(hidden[0], output[0] * Math.tanh(cell[0]));
});

test("a run agrees with itself, and with no other", () => {
  const trace = traceOf(lstm());
  assert.equal(compare(trace).difference, 0);
  trace.arrays.forget[4 * 3 + 1] += 1e-6;
  const { difference, signal, unit, step } = compare(trace);
  assert.deepEqual([signal, unit, step], ["forget", 1, 4]);
  assert.ok(Math.abs(difference - 1e-6) < 1e-9);
});

test("a state that is wrong at one step is named there; the steps that follow from it are not blamed", () => {
  const trace = traceOf(lstm());
  trace.arrays.cell[3 * 3 + 2] += 0.5;
  const found = compare(trace);
  assert.ok(found.difference > 0.1);
  assert.ok(found.step === 3 || (found.step === 4 && found.signal !== "forget"));
});

test("a number that is none never passes for agreement", () => {
  const trace = traceOf(lstm());
  trace.arrays.hidden[5] = NaN;
  assert.equal(compare(trace).difference, Infinity);
});

test("the rounding of sums of millions is not taken for a disagreement", () => {
  const trace = traceOf(lstm({ size: 1e6, units: 8, inputs: 8 }));
  trace.arrays["pre.forget"] = trace.arrays["pre.forget"].map((value) => value * (1 + 1e-15));
  assert.ok(compare(trace).difference < 1e-9);
});

test("a clamped gate enters the state; its sum is still told", () => {
  const free = run(lstm());
  const held = run(lstm({ clamps: [{ signal: "forget", units: [1], steps: [2, 3], value: 0 }] }));
  assert.equal(held["pre.forget"][2 * 3 + 1], free["pre.forget"][2 * 3 + 1]);
  assert.equal(held.forget[2 * 3 + 1], 0);
  assert.equal(held.cell[2 * 3 + 1], held.input[2 * 3 + 1] * held.candidate[2 * 3 + 1]);
  assert.equal(held.forget[2 * 3], free.forget[2 * 3]);
  assert.equal(held.forget[1 * 3 + 1], free.forget[1 * 3 + 1]);
});

test("where clamps meet the last one holds, and steps beyond the run are none", () => {
  const clamps = [
    { signal: "input", units: null, steps: null, value: 1 },
    { signal: "input", units: [1], steps: [2, 99], value: 0.25 },
  ];
  const { mask, values } = resolveClamps(clamps, { units: 2, steps: 4 }).input;
  assert.deepEqual([...mask], [1, 1, 1, 1, 1, 1, 1, 1]);
  assert.deepEqual([...values], [1, 1, 1, 1, 1, 0.25, 1, 0.25]);
});

test("the gates do not overflow and keep their low tail", () => {
  assert.equal(sigmoid(-800), 0);
  assert.equal(sigmoid(800), 1);
  assert.ok(Math.abs(sigmoid(-40) / Math.exp(-40) - 1) < 1e-12);
});
