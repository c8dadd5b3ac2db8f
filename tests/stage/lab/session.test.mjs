// Edits, undo and redo, structure, clamps, and what Python is told.
import assert from "node:assert/strict";
import { test } from "node:test";

import { run } from "../../../assets/stage/engine/forward.js";
import { parseNumber } from "../../../assets/stage/lab/editor/grid.js";
import { LabSession, baseOf, decode, encode, isLate } from "../../../assets/stage/lab/state/session.js";
import * as edit from "../../../assets/stage/lab/state/state.js";
import { KINDS } from "../kinds.mjs";
import { Trace } from "../../../assets/stage/core/run/trace.js";

const WEIGHTS = ["W", "U", "b"];
const float32 = (count, from = 1) => Float64Array.from({ length: count }, (_, k) => Math.fround((from + k) / 7));

function lstm(units = 2, inputs = 3, steps = 4) {
  return {
    cell: "lstm", reset: "after", activation: "tanh", coupled: false, without: [], inputs, hidden: units, steps,
    W: float32(4 * units * inputs, 1), U: float32(4 * units * units, 100), b: float32(4 * units, 200), b_hn: null, p: null,
    clamps: [], x: float32(steps * inputs, 300), tokens: ["a", "b", "c", "d"].slice(0, steps), columns: ["p", "q", "r"], names: ["u", "v"],
  };
}

function traceOf(state, header = {}) {
  const { coupled, without, clamps } = state;
  const about = { cell: state.cell, description: KINDS[state.cell], reset: state.reset, activation: state.activation, steps: state.steps, units: state.hidden, inputs: state.inputs };
  return new Trace({ ...about, tokens: state.tokens, columns: state.columns, unit_names: state.names, lab: { edit: { coupled, without, clamps } }, ...header }, run(edit.specOf(state)));
}

const place = { matrix: "U", part: "forget", row: 1, column: 0 };

test("a weight is set as it was typed where the engine's rows have it, and in no other place", () => {
  const before = lstm();
  const after = edit.setWeight(before, place, 0.1);
  const at = (1 * 2 + 1) * 2 + 0; // forget is the second of i, f, g, o
  assert.equal(after.U[at], 0.1);
  assert.deepEqual([...after.U].filter((value, k) => value !== before.U[k]).length, 1);
  assert.equal(after.W, before.W, "what stays the same is shared");
  assert.equal(before.U[at], lstm().U[at], "the state before is as it was");
});

test("a number that a state does not have changes none of those that it has", () => {
  const before = lstm();
  for (const missing of [{ part: "update" }, { matrix: "b_h" }, { row: 2 }, { column: 2 }, { matrix: "W", column: 3 }]) assert.equal(edit.setWeight(before, { ...place, ...missing }, 0.1), before, JSON.stringify(missing));
  assert.notEqual(edit.setWeight(before, { ...place, matrix: "W", column: 2 }, 0.1), before);
  for (const [step, column] of [[4, 0], [0, 3]]) assert.equal(edit.setInput(before, step, column, 0.1), before);
  assert.notEqual(edit.setInput(before, 3, 2, 0.1), before);
});

test("a million is the limit, to both sides", () => {
  assert.equal(edit.setWeight(lstm(), place, 1e30).U[6], 1e6);
  assert.equal(edit.setWeight(lstm(), place, -Infinity).U[6], -1e6);
});

test("scaling reaches a row, a column or a whole gate, and nothing else", () => {
  const state = lstm();
  const touched = (next) =>
    WEIGHTS.flatMap((name) => [...next[name]].flatMap((value, k) => (value !== state[name][k] ? [`${name}${k}`] : []))).join();
  assert.equal(touched(edit.scale(state, { part: "input", row: 1 }, 2)), "W3,W4,W5,U2,U3,b1");
  assert.equal(touched(edit.scale(state, { part: "forget", matrix: "W", column: 2 }, 0.5)), "W8,W11");
  assert.equal(touched(edit.scale(state, { part: "output" }, 0)).split(",").length, 6 + 4 + 2);
  assert.equal(edit.scale(state, { part: "input", row: 1 }, 2).b[1], Number((2 * state.b[1]).toPrecision(7)));
});

test("a gesture leaves no dust of binary fractions, and nothing at all where it changes nothing", () => {
  const third = 1 / 3;
  const state = [0.1, third].reduce((made, value, row) => edit.setWeight(made, { matrix: "b", part: "forget", row }, value), lstm());
  const biases = (made) => [...made.b.subarray(2, 4)];
  assert.deepEqual(biases(edit.shiftBias(state, "forget", 0.2)), [0.3, 0.5333333]);
  assert.deepEqual(biases(edit.scale(state, { part: "forget" }, 3)), [0.3, 1]);
  assert.deepEqual(biases(edit.scale(state, { part: "forget" }, 1)), [0.1, third]);
  assert.deepEqual(biases(edit.shiftBias(state, "forget", 0)), [0.1, third]);
});

test("a gate's biases move together", () => {
  const next = edit.shiftBias(lstm(), "forget", 5);
  assert.deepEqual([...next.b].map((value, k) => Math.round((value - lstm().b[k]) * 1e4) / 1e4), [0, 0, 5, 5, 0, 0, 0, 0]);
});

test("a seed draws the same weights again, another seed others, all in ±1/√H and float32", () => {
  const once = edit.randomise(lstm(), 7);
  assert.deepEqual(once.W, edit.randomise(lstm(), 7).W);
  assert.notDeepEqual(once.W, edit.randomise(lstm(), 8).W);
  for (const name of WEIGHTS)
    for (const value of once[name]) assert.ok(Math.abs(value) <= Math.SQRT1_2 && value === Math.fround(value));
  assert.ok(Math.abs(edit.mulberry32(1)() - 0.6270739405881613) < 1e-15, "the published sequence of seed 1");
});

test("perturbing stays within its share and leaves zeros", () => {
  const state = edit.setWeight(lstm(), place, 0);
  const next = edit.perturb(state, 3, 0.1);
  assert.equal(next.U[6], 0);
  next.W.forEach((value, k) => assert.ok(Math.abs(value / state.W[k] - 1) <= 0.1 + 1e-7));
  assert.notDeepEqual(next.W, state.W);
});

test("a drag is one entry, and undo and redo know no limit", () => {
  const session = new LabSession(lstm());
  for (let k = 1; k <= 300; k++) session.apply(edit.setWeight, place, k);
  session.begin();
  for (let k = 0; k < 50; k++) session.apply(edit.setWeight, place, -k);
  session.end();
  assert.equal(session.past.length, 301);
  session.undo();
  assert.equal(session.state.U[6], 300);
  for (let k = 0; k < 299; k++) session.undo();
  assert.equal(session.state.U[6], 1);
  assert.ok(session.undo());
  assert.ok(!session.undo());
  assert.deepEqual(session.state, lstm());
  for (let k = 0; k < 301; k++) assert.ok(session.redo());
  assert.equal(session.state.U[6], -49);
  assert.ok(!session.redo());
});

test("a new edit ends what could be redone; a drag that is cancelled leaves nothing", () => {
  const session = new LabSession(lstm());
  session.apply(edit.setWeight, place, 1);
  session.undo();
  session.apply(edit.setWeight, place, 2);
  assert.ok(!session.canRedo);
  session.begin();
  session.apply(edit.setWeight, place, 9);
  session.cancel();
  assert.equal(session.state.U[6], 2);
  assert.equal(session.past.length, 1);
});

test("a drag that ends where it began is no entry", () => {
  const session = new LabSession(lstm());
  session.begin();
  session.end();
  assert.ok(!session.canUndo);
});

test("undo does not lead from one beginning into another, and coming back finds what was edited there", () => {
  const session = new LabSession(lstm(), { nonce: "1" });
  session.apply(edit.setWeight, place, 4);
  session.start(lstm(1, 1), { nonce: "2" });
  assert.equal(session.message().nonce, "2");
  assert.ok(!session.canUndo && !session.canRedo && !session.undo());
  assert.deepEqual(session.state, lstm(1, 1));
  session.start(lstm(), { nonce: "1" });
  assert.deepEqual(session.state, lstm());
  session.undo();
  assert.equal(session.state.U[6], 4);
  session.undo();
  assert.deepEqual(session.state, lstm());
  assert.ok(!session.canUndo);
  session.start(lstm(1, 1), { nonce: "2" });
  assert.ok(!session.canUndo, "nothing was edited there");
});

test("a beginning that comes back as it was left is not an entry of its own", () => {
  const session = new LabSession(lstm(), { nonce: "1" });
  session.apply(edit.setWeight, place, 4);
  const left = session.state;
  session.start(lstm(1, 1), { nonce: "2" });
  session.start(left, { nonce: "1" });
  session.undo();
  assert.deepEqual(session.state, lstm());
});

test("what comes from outside can be undone, several in a row at once", () => {
  const session = new LabSession(lstm());
  session.follow(edit.setWeight(lstm(), place, 1));
  session.follow(edit.setWeight(lstm(), place, 2));
  session.undo();
  assert.deepEqual(session.state, lstm());
});

test("reset brings the preset's cell back and keeps the input", () => {
  const session = new LabSession(lstm());
  session.apply(edit.resize, { hidden: 5, inputs: 1 });
  session.apply(edit.convert, { cell: "gru" });
  session.apply(edit.setInput, 1, 0, 0.5);
  session.apply(edit.addClamp, { signal: "hidden", units: null, steps: null, value: 0 });
  assert.ok(!session.atBase);
  session.reset();
  assert.ok(session.atBase);
  assert.deepEqual([session.state.hidden, session.state.inputs, session.state.steps], [2, 3, 4]);
  assert.equal(session.state.x[3], 0.5);
  run(edit.specOf(session.state));
});

test("more units and inputs keep what was there, at its place in every gate", () => {
  const state = edit.setOption(lstm(), "peephole", true);
  state.p.set([1, 2, 3, 4, 5, 6]);
  const wide = edit.resize(state, { inputs: 4, hidden: 3 });
  for (const part of ["input", "forget", "candidate", "output"])
    for (const row of [0, 1]) {
      for (const column of [0, 1, 2]) same({ matrix: "W", part, row, column });
      for (const column of [0, 1]) same({ matrix: "U", part, row, column });
      same({ matrix: "b", part, row });
      if (part !== "candidate") same({ matrix: "p", part, row });
    }
  function same(where) {
    assert.equal(edit.weightAt(wide, where), edit.weightAt(state, where));
  }
  assert.equal(edit.weightAt(wide, { matrix: "U", part: "forget", row: 2, column: 2 }), 0);
  const back = edit.resize(wide, { inputs: 3, hidden: 2 });
  for (const name of ["W", "U", "b", "p", "x"]) assert.deepEqual(back[name], state[name]);
});

test("another kind of cell keeps the parts that have a counterpart", () => {
  const gru = edit.convert(lstm(), { cell: "gru" });
  assert.deepEqual([gru.W.length, gru.U.length, gru.b.length, gru.b_hn.length], [18, 12, 6, 2]);
  const rows = (state, part) => edit.placesOf(state, { part, matrix: "W" }).map((at) => edit.weightAt(state, at));
  assert.deepEqual(rows(gru, "update"), rows(lstm(), "forget"));
  assert.deepEqual(rows(gru, "candidate"), rows(lstm(), "candidate"));
  assert.ok(rows(gru, "reset").every((value) => value === 0));
  const rnn = edit.convert(gru, { cell: "rnn", activation: "relu" });
  assert.deepEqual(rows(rnn, "hidden"), rows(lstm(), "candidate"));
  for (const state of [gru, rnn, edit.convert(rnn, { cell: "lstm" })]) run(edit.specOf(state));
});

test("the bias inside the reset goes to the candidate where there is no place for it", () => {
  const after = edit.convert(lstm(), { cell: "gru" });
  const biased = edit.setWeight(after, { matrix: "b_hn", part: "candidate", row: 1 }, 3);
  const before = edit.convert(biased, { reset: "before" });
  assert.equal(before.b_hn, null);
  assert.equal(before.b[5], Number((after.b[5] + 3).toPrecision(7)));
});

test("coupled gates and a gate left out exclude each other", () => {
  const coupled = edit.setOption(edit.setOption(lstm(), "forget", true), "coupled", true);
  assert.deepEqual([coupled.coupled, coupled.without], [true, []]);
  const without = edit.setOption(coupled, "input", true);
  assert.deepEqual([without.coupled, without.without], [false, ["input"]]);
  const both = edit.setOption(edit.setOption(lstm(), "output", true), "coupled", true);
  assert.deepEqual([both.coupled, both.without], [true, ["output"]]);
});

test("the clamp that holds is the last that meets a place", () => {
  const some = [
    { signal: "forget", units: null, steps: null, value: 0 },
    { signal: "forget", units: [1], steps: [1, 2], value: 1 },
  ];
  const state = some.reduce(edit.addClamp, lstm());
  const at = (unit, step) => edit.holding(state, "forget", unit, step);
  assert.deepEqual([at(0, 1), at(1, 0), at(1, 1), at(1, 2), at(1, 3)], [0, 0, 1, 1, 0]);
  assert.equal(edit.holding(state, "input", 1, 1), -1);
  assert.equal(edit.holding(edit.releaseClamp(state, 1), "forget", 1, 1), 0);
  assert.equal(edit.holding(edit.releaseAll(state), "forget", 0, 0), -1);
});

test("clamps follow the steps they hold, and go where nothing is left to hold", () => {
  const state = [[0, 0], [1, 2], null].reduce((made, steps) => edit.addClamp(made, { signal: "cell", units: [1], steps, value: 1 }), lstm());
  const spans = (made) => made.clamps.map(({ steps }) => steps);
  assert.deepEqual(spans(edit.insertStep(state, 1)), [[0, 0], [2, 3], null]);
  assert.deepEqual(spans(edit.insertStep(state, 2)), [[0, 0], [1, 3], null]);
  assert.deepEqual(spans(edit.deleteStep(state, 0)), [[0, 1], null]);
  assert.deepEqual(spans(edit.deleteStep(state, 2)), [[0, 0], [1, 1], null]);
  assert.equal(edit.resize(state, { hidden: 1 }).clamps.length, 0);
  assert.equal(edit.convert(state, { cell: "gru" }).clamps.length, 0);
});

test("the input is edited in place; labels follow what a step now holds", () => {
  const x = Float64Array.from([1, 0, 0, 1, 0, 0, 1, 0]);
  const state = { ...lstm(2, 2), x, tokens: ["S", "R", "-", "S"], W: float32(16), steps: 4 };
  assert.equal(edit.setInput(state, 1, 0, 1).tokens[1], "✎");
  assert.equal(edit.setInput(state, 3, 0, 0).tokens[3], "-");
  const longer = edit.insertStep(state, 2);
  assert.deepEqual([...longer.x], [1, 0, 0, 1, 0, 0, 0, 0, 1, 0]);
  assert.deepEqual(longer.tokens, ["S", "R", "-", "-", "S"]);
  const shorter = edit.deleteStep(longer, 0);
  assert.deepEqual([...shorter.x], [0, 1, 0, 0, 0, 0, 1, 0]);
  assert.equal(shorter.steps, 4);
  let full = state;
  for (let k = 0; k < 80; k++) full = edit.insertStep(full, full.steps);
  assert.equal(full.steps, edit.MOST_STEPS);
  for (let k = 0; k < 80; k++) full = edit.deleteStep(full, 0);
  assert.equal(full.steps, 1);
});

test("numbers of one column label themselves", () => {
  const state = { ...lstm(1, 1, 2), x: Float64Array.from([0.5, 2]), tokens: ["0.5", "2"] };
  assert.deepEqual(edit.setInput(state, 0, 0, -1.25).tokens, ["-1.25", "2"]);
});

test("base64url of float64 goes there and back", () => {
  const values = [0, -0.5, 1e6, 0.1, -1e-20];
  const text = encode(values.slice(0, 2), values.slice(2));
  assert.match(text, /^[\w-]+$/);
  assert.deepEqual([...decode(text)], values);
});

test("a message carries the whole cell, and the input only where it is not the page's", () => {
  const session = new LabSession(lstm(), { nonce: "n" });
  const first = session.message();
  assert.equal(first.x, null);
  assert.deepEqual([...decode(first.weights)], [...lstm().W, ...lstm().U, ...lstm().b]);
  session.apply(edit.setOption, "peephole", true);
  session.apply(edit.setInput, 0, 0, 3);
  const second = session.message();
  assert.equal(decode(second.weights).length, decode(first.weights).length + 6);
  assert.equal(decode(second.x)[0], 3);
  assert.equal(second.tokens.length, 4);
  assert.ok(second.serial > first.serial);
  JSON.parse(JSON.stringify(second));
});

test("a run is recognised as the answer to this state and to no other", () => {
  const session = new LabSession(lstm());
  assert.ok(session.agrees(traceOf(session.state)));
  const changes = [
    [edit.setWeight, place, 5],
    [edit.setOption, "coupled", true],
    [edit.setOption, "output", true],
    [edit.setOption, "peephole", true],
    [edit.addClamp, { signal: "cell", units: [0], steps: [0, 0], value: 0 }],
    [edit.setInput, 0, 0, 0.25],
    [edit.insertStep, 0],
    [edit.convert, { cell: "gru" }],
  ];
  for (const [change, ...values] of changes) {
    const other = traceOf(session.state);
    session.apply(change, ...values);
    assert.ok(!session.agrees(other), change.name);
    assert.ok(session.agrees(traceOf(session.state)), change.name);
    session.undo();
  }
});

test("a run of another last digit is no answer to this state", () => {
  const session = new LabSession(edit.setWeight(lstm(), place, 0.1));
  assert.ok(!session.agrees(traceOf(edit.setWeight(lstm(), place, Math.fround(0.1)))));
  assert.ok(session.agrees(traceOf(edit.setWeight(lstm(), place, 0.1))));
});

test("the preset's weights come with the header, at their own size", () => {
  const own = edit.resize(lstm(), { hidden: 1 });
  const { W, U, b } = lstm();
  const base = { W: [...W], U: [...U], b: [...b], b_hn: null, peephole: null };
  const found = baseOf(traceOf(own, { lab: { edit: {}, base } }));
  assert.deepEqual([found.hidden, found.inputs], [2, 3]);
  assert.deepEqual(found.W, W);
  assert.equal(baseOf(traceOf(own)).hidden, 1);
});

test("an answer that was overtaken takes nothing back; what was made elsewhere, and the last answer, are taken", () => {
  assert.ok(isLate(3, 4));
  for (const [reply, asked] of [[4, 4], [null, 4], [null, null], [4, null]]) assert.ok(!isLate(reply, asked), `${reply} of ${asked}`);
});

test("a comma is a decimal one, but for digits in a group of three, which read two ways", () => {
  const typed = { "0,5": 0.5, "0,125": 0.125, "12,5": 12.5, "1.125": 1.125, "1000": 1000 };
  for (const [text, value] of Object.entries(typed)) assert.deepEqual(parseNumber(text), { value }, text);
  for (const text of ["1,000", "−12,500", " 1，250 "]) assert.deepEqual(parseNumber(text), { error: "lab.bad.grouped" }, text);
});
