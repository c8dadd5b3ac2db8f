// Run by `node --test tests/stage`: the way back through a cell in the lab, one step down, and what the stage is given of it.
import assert from "node:assert/strict";
import { test } from "node:test";

import { Flow } from "../../../assets/stage/backward/flow.js";
import { run } from "../../../assets/stage/engine/forward.js";
import { descend, finiteDifference, gradientsOf, beltOf, standsStill, valueOf } from "../../../assets/stage/lab/state/gradients.js";
import { mulberry32, specOf } from "../../../assets/stage/lab/state/state.js";
import { outcomeOf } from "../../../assets/stage/lab/state/task.js";
import { Trace } from "../../../assets/stage/core/trace.js";
import { KINDS } from "../kinds.mjs";

const PARTS = { lstm: 4, gru: 3, rnn: 1 };

function drawn(cell, seed, more = {}) {
  const draw = mulberry32(seed);
  const [units, inputs, steps] = [2, 3, 4];
  const made = (count) => Float64Array.from({ length: count }, () => 2 * draw() - 1);
  const rows = PARTS[cell] * units;
  return {
    cell, reset: "after", inputs, hidden: units, steps, coupled: false, without: [], clamps: [],
    W: made(rows * inputs), U: made(rows * units), b: made(rows), b_hn: cell === "gru" && more.reset !== "before" ? made(units) : null,
    p: null, x: made(steps * inputs), initial_hidden: made(units), initial_cell: cell === "lstm" ? made(units) : null,
    readout: { V: made(2 * units), b: made(2), activation: "tanh" }, targets: Float64Array.from(made(steps * 2), (value, k) => (k === 2 || k === 3 ? NaN : value / 2)),
    loss: "mean_squared", learning_rate: 0.3, ...more,
  };
}

const CELLS = {
  LSTM: drawn("lstm", 1),
  "LSTM with peepholes": drawn("lstm", 2, { p: Float64Array.of(0.3, -0.2, 0.5, 0.1, -0.7, 0.4) }),
  "LSTM, coupled, with a clamp": drawn("lstm", 3, { coupled: true, clamps: [{ signal: "output", units: [0], steps: [1, 2], value: 0.25 }] }),
  "LSTM, linear in g and c": drawn("lstm", 4, { candidate_activation: "identity", cell_activation: "identity" }),
  GRU: drawn("gru", 5),
  "GRU, reset before": drawn("gru", 6, { reset: "before" }),
  "GRU, other activations": drawn("gru", 7, { gate_activation: "hard_sigmoid", candidate_activation: "softsign" }),
  RNN: drawn("rnn", 8),
  "RNN, sigmoid, cross-entropy of a softmax": drawn("rnn", 9, { activation: "sigmoid", loss: "cross_entropy", readout: { V: Float64Array.of(0.5, -1, 2, 0.25), b: Float64Array.of(0.1, 0), activation: "softmax" }, targets: Float64Array.of(1, 0, NaN, NaN, 0.25, 0.75, 0, 1) }),
  "RNN without a read-out": drawn("rnn", 10, { readout: null, loss: "half_squared" }),
};

for (const [name, state] of Object.entries(CELLS))
  test(`${name}: every gradient is what the loss answers, and the sum of what each step gives`, () => {
    const found = gradientsOf(state);
    assert.equal(found.value, outcomeOf(state, run(specOf(state))).value);
    let count = 0;
    for (const [array, values] of Object.entries(found.sums))
      values.forEach((gradient, index) => {
        const { estimate } = finiteDifference(state, { name: array, index });
        assert.ok(Math.abs(estimate - gradient) < 1e-8, `${array} ${index}: ${gradient}, not ${estimate}`);
        if (array === "h0" || array === "c0") return;
        const steps = Array.from({ length: state.steps }, (_, t) => found.at(t)[array][index]);
        assert.ok(Math.abs(steps.reduce((sum, value) => sum + value, 0) - gradient) < 1e-12, `${array} ${index} over time`);
        count++;
      });
    assert.equal(count, ["W", "U", "b", "b_hn", "p"].reduce((sum, each) => sum + (state[each]?.length ?? 0), 0) + (state.readout ? 6 : 0));
  });

test("a step down moves every weight against its gradient, and leaves the start", () => {
  const state = CELLS["LSTM with peepholes"];
  const found = gradientsOf(state);
  const next = descend(state, found);
  for (const name of ["W", "U", "b", "p", "V", "b_y"])
    found.sums[name].forEach((gradient, index) => assert.equal(valueOf(next, { name, index }), valueOf(state, { name, index }) - 0.3 * gradient, name));
  assert.equal(next.initial_hidden, state.initial_hidden);
  assert.ok(gradientsOf(next).value < found.value);
  assert.equal(state.W, CELLS["LSTM with peepholes"].W, "the state before is as it was");
});

test("a published exercise comes to its printed gradients and its loss after the update", () => {
  const state = {
    ...drawn("lstm", 1), inputs: 2, hidden: 1, steps: 2, readout: null, loss: "half_squared", learning_rate: 0.1,
    W: Float64Array.of(0.6, 0.3, 0.1, 0.2, 0.4, 0.7, 0.5, 0.8), U: Float64Array.of(0.8, 0.5, 0.1, 0.9), b: Float64Array.of(0.2, 0.1, 0.3, 0.4),
    x: Float64Array.of(0.5, 0.7, 0.3, 0.2), initial_hidden: Float64Array.of(0.9), initial_cell: Float64Array.of(0.7), targets: Float64Array.of(0.7, 0.8),
  };
  const found = gradientsOf(state);
  const six = (values) => [...values].map((value) => Number(value.toFixed(6)));
  assert.deepEqual(six(found.sums.W), [-0.003639, -0.004002, -0.006204, -0.006088, -0.012067, -0.011861, -0.007211, -0.005423]);
  assert.deepEqual(six(found.sums.U), [-0.007401, -0.013188, -0.025636, -0.016614]);
  assert.deepEqual([six(found.sums.h0), six(found.sums.c0)], [[-0.008653], [-0.023547]]);
  assert.deepEqual(six([found.value, gradientsOf(descend(state, found)).value]), [0.013119, 0.012759]);
});

for (const name of ["LSTM", "LSTM with peepholes", "LSTM, linear in g and c", "GRU", "GRU, reset before", "GRU, other activations", "RNN", "RNN, sigmoid, cross-entropy of a softmax"])
  test(`${name}: on the belt run backwards each number is the sum or product that its account says`, () => {
    const state = CELLS[name];
    assert.equal(standsStill(state), null);
    const found = gradientsOf(state);
    const { arrays, gradient } = beltOf(state, found, "L");
    const { cell, reset, hidden: units, inputs, steps, p } = state;
    const { activation, gate_activation, candidate_activation, cell_activation } = state;
    const header = { cell, description: KINDS[cell], reset, activation, gate_activation, candidate_activation, cell_activation, units, inputs, steps, tokens: [], update: "keep", gradient, lab: { edit: { peephole: p !== null } } };
    const trace = new Trace(header, { ...found.out, ...arrays });
    const flow = new Flow(trace);
    let terms = 0;
    for (const signal of [...trace.signals.filter((each) => each !== "x"), ...trace.parts.map((part) => `pre.${part}`)])
      for (let t = 0; t < steps; t++)
        for (let unit = 0; unit < units; unit++) {
          const sources = flow.sources(signal, t, unit);
          const asked = flow.hasUpstream(signal, t) ? 1 : 0;
          assert.ok(sources.length > asked || signal === "hidden" || signal === "cell", signal);
          const total = sources.reduce((sum, { value }) => sum + value, 0);
          if (sources.length) assert.ok(Math.abs(total - flow.of(signal, t, unit)) < 1e-12, `${signal} ${t} ${unit}: ${total}, not ${flow.of(signal, t, unit)}`);
          terms += sources.length;
          // Where the loss does not read a step, nothing but what comes back is asked of its state.
          if (signal === "hidden" && t === 1) assert.ok(!flow.hasUpstream("hidden", 1));
        }
    assert.ok(terms >= 20);
    for (let unit = 0; unit < units; unit++) assert.ok(Math.abs(flow.first("previous_hidden", unit) - found.sums.h0[unit]) < 1e-12);
  });

test("where something is held or left out the stage is not asked to run back", () => {
  assert.equal(standsStill(CELLS["LSTM, coupled, with a clamp"]), "clamps");
  assert.equal(standsStill({ ...CELLS.LSTM, without: ["forget"] }), "surgery");
});
