// The score's arithmetic: shades of values, and what is seen of many values in few pixels.
import assert from "node:assert/strict";
import { test } from "node:test";

import { condense, shadeOf, stripHeight } from "../../../assets/stage/score/strips.js";

const run = (steps, width, value) => Float64Array.from({ length: steps * width }, (_, k) => value(Math.floor(k / width), k % width));

test("a gate's shade runs from 0 to 1, a signed value's over ±scale, and both are bounded", () => {
  assert.equal(shadeOf("forget", 0, 1), 0);
  assert.equal(shadeOf("forget", 1, 1), 255);
  assert.equal(shadeOf("cell", -3, 3), 0);
  assert.equal(shadeOf("cell", 3, 3), 255);
  assert.equal(shadeOf("cell", 99, 3), 255);
  assert.equal(shadeOf("cell", 1.5, 3), shadeOf("hidden", 0.5, 1));
  assert.equal(shadeOf("cell", NaN, 3), 255);
});

test("what fits is not touched", () => {
  const values = run(10, 3, (t, j) => t + j);
  assert.deepEqual(condense(values, 10, 3, 10, 3), { values, columns: 10, rows: 3 });
});

test("a gate that closes for one step in a thousand is seen, and so is one that opens", () => {
  for (const [usual, event] of [[0.99, 0.01], [0.01, 0.99]]) {
    const values = run(1000, 2, (t, j) => (t === 617 && j === 1 ? event : usual));
    const small = condense(values, 1000, 2, 100, 2);
    assert.equal(small.columns, 100);
    assert.equal(small.values[61 * 2 + 1], event);
    assert.equal(small.values.filter((value) => value === event).length, 1);
  }
});

test("a hot column among hundreds survives in fewer rows", () => {
  const values = run(5, 300, (t, j) => (j === 250 ? 1 : 0));
  const small = condense(values, 5, 300, 5, 30);
  assert.equal(small.rows, 30);
  for (let t = 0; t < 5; t++) assert.equal(small.values[t * 30 + 25], 1);
});

test("a run that blew up shows it", () => {
  const values = run(100, 1, (t) => (t === 41 ? NaN : 0));
  assert.ok(Number.isNaN(condense(values, 100, 1, 10, 1).values[4]));
});

test("strips grow with the units, within bounds", () => {
  assert.equal(stripHeight(1), 18);
  assert.equal(stripHeight(64), 96);
  assert.equal(stripHeight(500), 96);
  assert.ok(stripHeight(8) > stripHeight(2));
});

test("a row that blew up still shows what came before", () => {
  const values = Float64Array.from([1, 1, 5, 1, NaN, NaN, NaN, NaN]);
  const { values: shown } = condense(values, 8, 1, 4, 1);
  assert.deepEqual([...shown], [1, 5, NaN, NaN]);
});
