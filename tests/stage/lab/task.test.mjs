// Run by `node --test tests/stage`: where the lab's run begins, its read-out, targets and loss, and what Python is told.
import assert from "node:assert/strict";
import { test } from "node:test";

import { squash } from "../../../assets/stage/engine/activations.js";
import { run } from "../../../assets/stage/engine/forward.js";
import { LabSession, baseOf, decode, taskReceived } from "../../../assets/stage/lab/state/session.js";
import * as edit from "../../../assets/stage/lab/state/state.js";
import * as task from "../../../assets/stage/lab/state/task.js";
import { activate, activationName, squashOf } from "../../../assets/stage/core/run/squash.js";
import { Formulas } from "../../../assets/stage/core/text/formulas.js";
import { Trace } from "../../../assets/stage/core/run/trace.js";
import { KINDS } from "../kinds.mjs";

/** HKUST MSBD5002's LSTM: weights by gate as printed, a start, and targets for h. */
const PRINTED = { input: [0.6, 0.3, 0.8, 0.2], forget: [0.1, 0.2, 0.5, 0.1], candidate: [0.4, 0.7, 0.1, 0.3], output: [0.5, 0.8, 0.9, 0.4] };

function blank(cell = "lstm", units = 1, inputs = 2, steps = 2) {
  const rows = { lstm: 4, gru: 3, rnn: 1 }[cell] * units;
  const header = { cell, description: KINDS[cell], reset: "after", activation: "tanh", steps, units, inputs, tokens: Array(steps).fill("t"), columns: [], unit_names: [], lab: { edit: {} } };
  const zeros = { cell, units, inputs, steps, W: new Float64Array(rows * inputs), U: new Float64Array(rows * units), b: new Float64Array(rows), x: new Float64Array(steps * inputs) };
  return new Trace(header, run(zeros));
}

const weight = (matrix, part, row, column) => ({ matrix, part, row, column });

function typed() {
  const session = new LabSession(edit.stateOf(blank()));
  const type = (change, ...values) => assert.ok(session.apply(change, ...values));
  for (const [part, [w1, w2, u, b]] of Object.entries(PRINTED)) {
    type(edit.setWeight, weight("W", part, 0, 0), w1);
    type(edit.setWeight, weight("W", part, 0, 1), w2);
    type(edit.setWeight, weight("U", part, 0, 0), u);
    type(edit.setWeight, weight("b", part, 0), b);
  }
  [0.5, 0.7, 0.3, 0.2].forEach((value, n) => type(edit.setInput, Math.floor(n / 2), n % 2, value));
  type(task.setStart, "hidden", 0, 0.9);
  type(task.setStart, "cell", 0, 0.7);
  type(task.setLoss, "half_squared");
  type(task.setTarget, 0, 0, 0.7);
  type(task.setTarget, 1, 0, 0.8);
  return session;
}

const six = (value) => Number(value.toFixed(6));

test("a start, a target or a weight of a read-out that a state does not have is not made up", () => {
  const plain = edit.stateOf(blank("gru", 2));
  const asked = task.setReadout(task.setLoss(plain, "half_squared"), "identity");
  const missing = [
    [plain, task.setStart, "cell", 0], [plain, task.setStart, "hidden", 2], [plain, task.setTarget, 0, 0], [plain, task.setReadoutWeight, { matrix: "V", row: 0 }],
    [asked, task.setTarget, 2, 0], [asked, task.setTarget, 0, 1], [asked, task.setReadoutWeight, { matrix: "V", row: 1 }], [asked, task.setReadoutWeight, { matrix: "V", row: 0, column: 2 }],
  ];
  for (const [state, change, ...where] of missing) assert.equal(change(state, ...where, 0.5), state, JSON.stringify(where));
  for (const [change, ...where] of [[task.setStart, "hidden", 1], [task.setTarget, 1, 0], [task.setReadoutWeight, { matrix: "V", row: 0, column: 1 }]]) assert.notEqual(change(asked, ...where, 0.5), asked);
});

test("a published exercise is typed in and comes to the printed numbers", () => {
  const { state } = typed();
  const out = run(edit.specOf(state));
  assert.deepEqual([...out.cell].map(six), [1.11393, 1.109548]);
  assert.deepEqual([...out.hidden].map(six), [0.711114, 0.638403]);
  const { outputs, losses, value } = task.outcomeOf(state, out);
  assert.deepEqual([...outputs], [...out.hidden], "without a read-out the loss reads h");
  assert.equal(six(value), 0.013119);
  assert.equal(losses[0] + losses[1], value);
});

test("all of it can be undone, to the state that was there", () => {
  const session = typed();
  const full = session.state;
  let steps = 0;
  while (session.undo()) steps++;
  assert.equal(steps, 16 + 4 + 5);
  assert.ok(task.isPlain(session.state, { gate_activation: "sigmoid", candidate_activation: "tanh", cell_activation: "tanh" }));
  while (session.redo());
  assert.equal(session.state, full);
});

test("what Python is told says all of it, and comes back", () => {
  const session = typed();
  session.apply(edit.convert, { candidate_activation: "identity" });
  session.apply(task.setReadout, "softmax");
  session.apply(task.setOutputs, 2);
  session.apply(task.setReadoutWeight, { matrix: "V", row: 1, column: 0 }, -0.25);
  session.apply(task.setTarget, 0, 1, 0.3);
  session.apply(task.setTarget, 1, 0, NaN);
  const message = session.message();
  assert.deepEqual([...decode(message.start)], [0.9, 0.7]);
  assert.equal(message.candidate_activation, "identity");
  assert.deepEqual([...decode(message.task.readout.weights)], [1, -0.25, 0, 0]);
  const { initial_hidden, initial_cell, readout, targets, loss, learning_rate } = session.state;
  assert.deepEqual(taskReceived(message), { initial_hidden, initial_cell, readout, targets, loss, learning_rate });
  assert.deepEqual([...targets], [0.7, 0.3, NaN, NaN]);
});

test("who asks for nothing sends nothing of it", () => {
  const { start, task: said } = new LabSession(edit.stateOf(blank())).message();
  assert.deepEqual([start, said], [null, null]);
});

test("a run that arrives is the state's only with the same start, read-out and targets", () => {
  const session = typed();
  session.apply(task.setReadout, "tanh");
  const { state } = session;
  const trace = (change = {}) => {
    const next = { ...state, ...change };
    const { header } = blank();
    return new Trace({ ...header, lab: { edit: { task: task.described(next) } } }, run(edit.specOf(next)));
  };
  assert.ok(session.agrees(trace()));
  assert.ok(!session.agrees(trace({ initial_cell: Float64Array.of(0.71) })));
  assert.ok(!session.agrees(trace({ targets: Float64Array.of(0.7, NaN) })));
  assert.ok(!session.agrees(trace({ loss: "squared" })));
  assert.ok(!session.agrees(trace({ readout: { ...state.readout, b: Float64Array.of(0.1) } })));
});

test("more units, another cell and other steps keep what fits", () => {
  const wide = edit.resize(typed().state, { hidden: 2 });
  assert.deepEqual([...wide.initial_hidden], [0.9, 0]);
  assert.deepEqual([...wide.targets], [0.7, NaN, 0.8, NaN]);
  const read = task.setReadout(typed().state, "identity");
  assert.deepEqual([...edit.resize(read, { hidden: 3 }).readout.V], [1, 0, 0]);
  assert.deepEqual([...edit.resize(read, { hidden: 3 }).targets], [0.7, 0.8], "targets are for y");
  const gru = edit.convert(typed().state, { cell: "gru" });
  assert.deepEqual([[...gru.initial_hidden], gru.initial_cell], [[0.9], null]);
  assert.deepEqual([...edit.convert(gru, { cell: "lstm" }).initial_cell], [0]);
  assert.deepEqual([...edit.insertStep(typed().state, 1).targets], [0.7, NaN, 0.8]);
  assert.deepEqual([...edit.deleteStep(typed().state, 0).targets], [0.8]);
});

test("a read-out that goes leaves the targets for h, and no loss takes them away", () => {
  const read = task.setOutputs(task.setReadout(typed().state, "identity"), 3);
  assert.deepEqual([...read.targets], [0.7, NaN, NaN, 0.8, NaN, NaN]);
  assert.deepEqual([...task.setReadout(read, null).targets], [0.7, 0.8]);
  assert.equal(task.setLoss(read, null).targets, null);
  assert.equal(task.setReadout(read, "identity"), read, "what changes nothing is no edit");
});

test("targets that the loss cannot mean are named, and nothing is refused", () => {
  const { state } = typed();
  assert.equal(task.targetProblem(state), null);
  assert.equal(task.targetProblem(task.setLoss(blank2(), "squared")), "lab.task.open");
  assert.equal(task.targetProblem({ ...state, loss: "binary_cross_entropy", targets: Float64Array.of(0.7, 1.2) }), "lab.task.bad.binary");
  assert.equal(task.targetProblem({ ...state, loss: "cross_entropy" }), "lab.task.bad.distribution");
  assert.equal(task.targetProblem({ ...state, loss: "cross_entropy", targets: Float64Array.of(1, NaN) }), null);
});

const blank2 = () => edit.stateOf(blank());

test("reset goes back to all that it began with, a start and a read-out among it", () => {
  const trace = blank();
  const base = { cell: "lstm", reset: "after", activation: "tanh", coupled: false, without: [], inputs: 2, hidden: 1, W: [...Array(8).keys()], U: [0, 0, 0, 0], b: [0, 0, 0, 0], candidate_activation: "identity" };
  trace.header.lab.base = { ...base, initial_cell: [3], task: { readout: { V: [2], b: [1], activation: "tanh", biased: true }, targets: null, loss: "squared", learning_rate: 0.1 } };
  const session = new LabSession(edit.stateOf(trace), { base: baseOf(trace) });
  assert.ok(!session.atBase);
  session.reset();
  assert.ok(session.atBase);
  const { initial_cell, readout, candidate_activation, loss } = session.state;
  assert.deepEqual([[...initial_cell], [...readout.V], candidate_activation, loss], [[3], [2], "identity", "squared"]);
});

test("a run's read-out is compared with one made of its own h", () => {
  const { state } = typed();
  const out = run(edit.specOf(state));
  const arrays = { ...out, ...task.arraysOf(state, out) };
  assert.equal(task.compareOutcome(state, arrays).difference, 0);
  const wrong = { ...arrays, "task.losses": arrays["task.losses"].map((value, k) => value + k * 1e-6) };
  const { difference, signal, step } = task.compareOutcome(state, wrong);
  assert.ok(Math.abs(difference - 1e-6) < 1e-12);
  assert.deepEqual([signal, step], ["task.losses", 1]);
});

test("an activation has one name, one sign and one value everywhere", () => {
  const header = { ...blank("gru").header, gate_activation: "hard_sigmoid", candidate_activation: "identity", notation: "pytorch", symbols: {} };
  assert.equal(squashOf(header, "update"), "hard_sigmoid");
  assert.equal(squashOf(header, "candidate"), "none");
  assert.equal(activationName("hard_sigmoid"), "hard sigmoid");
  assert.equal(activate("hard_sigmoid", 0.3), squash("hard_sigmoid").value(0.3));
  assert.equal(activate("sigma", 0.3), 1 / (1 + Math.exp(-0.3)));
  const writes = new Formulas({ ...header, update: "write" });
  assert.match(writes.equation("update", "softsign"), / = 1 − softsign\(/);
  assert.match(writes.equation("update", "sigma"), / = σ\(−\(/);
});
