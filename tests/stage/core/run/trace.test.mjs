// From bytes to numbers: what a trace says is what was packed.
import assert from "node:assert/strict";
import { test } from "node:test";

import { pack, run, traceOf } from "../../runs.mjs";

test("every array arrives at its place, from bytes at an odd offset", () => {
  const made = run("lstm", { steps: 6, units: 4, inputs: 3 });
  assert.notEqual(pack(made).byteOffset % 8, 0);
  const trace = traceOf(made);
  for (const [name, rows] of Object.entries(made.arrays)) {
    if (/^(W|U|b|initial)/.test(name)) assert.deepEqual([...trace.arrays[name]], rows.flat(), name);
    else rows.forEach((values, t) => assert.deepEqual([...trace.row(name, t)], values, `${name} ${t}`));
  }
});

test("a weight is found by block, unit and column", () => {
  const made = run("gru", { units: 3, inputs: 2 });
  const trace = traceOf(made);
  assert.equal(trace.inputWeight(2, 1, 1), made.arrays.W[7][1]);
  assert.equal(trace.recurrentWeight(1, 2, 0), made.arrays.U[5][0]);
  assert.equal(trace.bias(0, 2), made.arrays.b[2]);
});

test("before the first step there is the initial state, and previous_* is one step back", () => {
  const made = run("lstm");
  const trace = traceOf(made);
  assert.equal(trace.at("cell", -1, 1), made.arrays.initial_cell[1]);
  assert.equal(trace.at("previous_hidden", 0, 2), made.arrays.initial_hidden[2]);
  assert.equal(trace.at("previous_cell", 3, 0), made.arrays.cell[2][0]);
});

test("kept and written are formed as in the engine, in both cells", () => {
  const lstm = run("lstm");
  const gru = run("gru");
  const [a, b] = [lstm.arrays, gru.arrays];
  assert.equal(traceOf(lstm).at("kept", 2, 1), a.forget[2][1] * a.cell[1][1]);
  assert.equal(traceOf(lstm).at("written", 2, 1), a.input[2][1] * a.candidate[2][1]);
  assert.equal(traceOf(gru).at("kept", 2, 1), b.update[2][1] * b.hidden[1][1]);
  assert.equal(traceOf(gru).at("written", 2, 1), (1 - b.update[2][1]) * b.candidate[2][1]);
});

test("a one-hot input that travels as indices is spread out again", () => {
  const x = [[0, 1, 0], [0, 0, 1], [1, 0, 0]];
  const trace = traceOf(run("rnn", { steps: 3, inputs: 3, x }), { x: [1, 2, 0] });
  x.forEach((values, t) => assert.deepEqual([...trace.row("x", t)], values));
});

test("the ramp of the cell state spans its largest magnitude, all else ±1", () => {
  const made = run("lstm");
  const trace = traceOf(made);
  assert.equal(trace.scale("cell"), Math.max(...made.arrays.cell.flat().map(Math.abs)));
  assert.equal(trace.scale("hidden"), 1);
});
