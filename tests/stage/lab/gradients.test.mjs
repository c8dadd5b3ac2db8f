// Run by `node --test tests/stage`: the way back through a cell in the lab, one step down, and what the stage is given of it.
import assert from "node:assert/strict";
import { test } from "node:test";

import { edgeName, edgeValue, partValue } from "../../../assets/stage/backward/edges.js";
import { Flow, sum } from "../../../assets/stage/backward/flow.js";
import { signalsOf } from "../../../assets/stage/engine/cells.js";
import { resolveClamps } from "../../../assets/stage/engine/clamps.js";
import { run } from "../../../assets/stage/engine/forward.js";
import { descend, finiteDifference, gradientsOf, beltOf, valueOf } from "../../../assets/stage/lab/state/gradients.js";
import { scoresBack } from "../../../assets/stage/engine/losses.js";
import { mulberry32, specOf } from "../../../assets/stage/lab/state/state.js";
import { outcomeOf } from "../../../assets/stage/lab/state/task.js";
import { Trace } from "../../../assets/stage/core/run/trace.js";
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

// The belt run backwards: of cells as they are, with each signal held for itself, and with all held here and there.

const PEEPHOLES = Float64Array.of(0.3, -0.2, 0.5, 0.1, -0.7, 0.4);
const BELTS = {
  ...CELLS,
  "LSTM, coupled": drawn("lstm", 11, { coupled: true }),
  "LSTM, coupled, with peepholes, without o": drawn("lstm", 12, { coupled: true, p: PEEPHOLES, without: ["output"] }),
  "LSTM without f": drawn("lstm", 13, { without: ["forget"] }),
  "LSTM without i, with peepholes": drawn("lstm", 14, { without: ["input"], p: PEEPHOLES }),
  "LSTM without o": drawn("lstm", 15, { without: ["output"] }),
  "LSTM without gates": drawn("lstm", 16, { without: ["forget", "input", "output"], p: PEEPHOLES }),
};

/** A state's own clamps; each signal held, of one unit, from step 2 to 3; and all together, where clamps meet too. */
function* heldWays(state) {
  yield ["as it is", state.clamps];
  const signals = signalsOf(state.cell);
  const one = (signal, k) => ({ signal, units: [k % 2], steps: [1, 2], value: 0.3 + 0.1 * k });
  for (const [k, signal] of signals.entries()) yield [`${signal} held`, [...state.clamps, one(signal, k)]];
  const scattered = signals.flatMap((signal, k) => [
    { signal, units: [(k + 1) % 2], steps: [k % 4, k % 4], value: -0.2 - 0.1 * k },
    { signal, units: null, steps: [(k + 1) % 4, (k + 1) % 4], value: 0.15 * k },
    { signal, units: [k % 2], steps: [(k + 1) % 4, (k + 2) % 4], value: 0.6 },
  ]);
  yield ["all held here and there", [...scattered, ...state.clamps]];
  yield ["a gate held throughout", [{ signal: signals[0], units: null, steps: null, value: 0 }]];
}

function beltFlow(state) {
  const found = gradientsOf(state);
  const { arrays, gradient } = beltOf(state, found, "L");
  const { cell, reset, hidden: units, inputs, steps, p, coupled, without, clamps } = state;
  const { activation, gate_activation, candidate_activation, cell_activation } = state;
  const lab = { edit: { peephole: p !== null, coupled, without, clamps } };
  const header = { cell, description: KINDS[cell], reset, activation, gate_activation, candidate_activation, cell_activation, units, inputs, steps, tokens: [], update: "keep", gradient, lab };
  const weights = { W: state.W, U: state.U, ...(p ? { peephole: p } : {}) };
  return { found, flow: new Flow(new Trace(header, { ...found.out, ...arrays, ...weights })) };
}

/** Every number of the belt by the names of its edges, from what the engine's backward pass gave and which entries are held. */
function edgesOf(state, { signals: d, out }) {
  const { cell, hidden: units, steps, U } = state;
  const held = resolveClamps(state.clamps, { units, steps });
  const beyond = (signal) => d[signal].map((value, n) => (held[signal]?.mask[n] ? 0 : value));
  const times = (...factors) => factors[0].map((value, n) => factors.slice(1).reduce((product, factor) => product * factor[n], value));
  const parts = KINDS[cell].parts;
  const along = (part, heard) => heard.map((_, n) => {
    let total = 0;
    for (let to = 0; to < units; to++) total += U[(parts.indexOf(part) * units + to) * units + (n % units)] * heard[n - (n % units) + to];
    return total;
  });
  const edges = Object.fromEntries(parts.flatMap((part) => [[`pre.${part}`, d[`pre.${part}`]], [`back.${part}`, along(part, d[`pre.${part}`])]]));
  const h = beyond("hidden");
  Object.assign(edges, { hidden: d.hidden, "passed.hidden": h });
  if (cell === "rnn") return { ...edges, from_h: d["pre.hidden"], from_x: d["pre.hidden"], squash: h };
  Object.assign(edges, { candidate: d.candidate });
  if (cell === "lstm") {
    const c = beyond("cell");
    const slope = out.cell.map((value) => (state.cell_activation === "identity" ? 1 : 1 - Math.tanh(value) ** 2));
    const through = times(h, out.output, slope);
    const i = beyond("input");
    const [p_i, p_f] = [0, 1].map((gate) => c.map((_, n) => state.p?.[gate * units + (n % units)] ?? 0));
    const looked = times(d["pre.input"], p_i).map((value, n) => value + d["pre.forget"][n] * p_f[n]);
    const memory = times(c, out.forget).map((value, n) => value + looked[n]);
    const ahead = memory.map((_, n) => memory[n + units] ?? 0);
    return { ...edges, memory, "memory.ahead": ahead, "back.kept": times(c, out.forget), kept: c, written: c, "passed.cell": c, through, tanh_cell: times(h, out.output), coupled: i.map((value) => 0 - value) };
  }
  const after = state.reset === "after";
  const a = d["pre.candidate"];
  const back = after ? along("candidate", times(a, out.reset)) : times(along("candidate", a), out.reset);
  const mixed = after ? a : along("candidate", a);
  return { ...edges, "back.candidate": back, "back.kept": times(h, out.update), kept: h, written: h, recurrent: after ? times(a, out.reset) : a, ...(after ? { reset_recurrent: a } : { reset_hidden: mixed }) };
}

const near = (found, expected, size, what) => assert.ok(Math.abs(found - expected) <= 1e-12 * Math.max(size, Math.abs(expected)), `${what}: ${found}, not ${expected}`);
const sizeOf = (terms) => terms.reduce((total, { value }) => total + Math.abs(value), 0);

for (const [name, plain] of Object.entries(BELTS))
  test(`${name}: on the belt run backwards each number is the engine's, and the sum or product that its account says`, () => {
    for (const [way, clamps] of heldWays(plain)) {
      const state = { ...plain, clamps };
      const { found, flow } = beltFlow(state);
      const { trace } = flow;
      const edges = edgesOf(state, found);
      const d = { ...edges, ...found.signals };
      const { d_scores } = outcomeOf(state, found.out);
      const asked = state.readout ? scoresBack(state.readout, found.out.hidden, d_scores).hidden : d_scores;
      const accounts = [...trace.signals, ...trace.parts.map((part) => `pre.${part}`), ...["kept", "written", "tanh_cell", "recurrent"].filter((each) => d[each])];
      for (const signal of accounts)
        for (let t = 0; t < state.steps; t++)
          for (let unit = 0; unit < trace.width(signal); unit++) {
            const [where, n] = [`${way}, ${signal} ${t} ${unit}`, t * trace.width(signal) + unit];
            const terms = flow.sources(signal, t, unit);
            near(sum(terms), d[signal][n], sizeOf(terms), where);
            near(flow.of(signal, t, unit), d[signal][n], sizeOf(terms), where);
            for (const { kind, value, part, step } of terms) {
              if (kind === "loss") near(value, asked[n], sizeOf(terms), `${where}, what the loss asks`);
              if (kind === "held") assert.ok(value === 0 && trace.clampedValue(part, step, unit) !== null, where);
              if (kind === "idle") assert.ok(value === 0 && (state.without.includes(part) || (state.coupled && part === "input")), where);
            }
            assert.equal(terms.some(({ kind }) => kind === "loss"), signal === "hidden" && t !== 1, where); // no target at step 2
            if (!["hidden", "cell"].includes(signal)) assert.ok(terms.length > 0, where);
            if (signal === "hidden" && t === state.steps - 1) assert.deepEqual(terms.map(({ kind }) => kind), ["loss"]);
          }
      for (const [edge, values] of Object.entries(edges)) values.forEach((value, n) => near(edgeValue(flow, edge, Math.floor(n / 2), n % 2), value, flow.scale, `${way}, ${edge} ${n}`));
      if (edges.memory) edges.memory.forEach((value, n) => near(partValue(flow, "previous_cell", Math.floor(n / 2), n % 2), value, flow.scale, `${way}, c before ${n}`));
      const initial = state.cell === "lstm" ? ["hidden", "cell"] : ["hidden"];
      for (const signal of initial) for (let unit = 0; unit < 2; unit++) near(flow.first(`previous_${signal}`, unit), found.sums[signal === "cell" ? "c0" : "h0"][unit], flow.scale, `${way}, first ${signal}`);
    }
  });

test("a wire into a held signal carries what it passes on, and one from f to i what comes back through 1 − f", () => {
  for (const [state, wires] of [
    [BELTS["LSTM, coupled"], [["add", "cell", "passed.cell"], ["output", "hidden", "passed.hidden"], ["forget", "input", "coupled"], ["forget", "kept", "kept"], ["cell", "tanh", "through"]]],
    [BELTS.GRU, [["add", "hidden", "passed.hidden"], ["update", "written", "written"]]],
    [BELTS.RNN, [["squash", "hidden", "passed.hidden"], ["pre.hidden", "squash", "pre.hidden"]]],
  ]) {
    const edges = edgesOf(state, gradientsOf(state));
    for (const [from, to, name] of wires) assert.ok(edgeName(state.cell, from, to) === name && name in edges, `${from} to ${to}`);
  }
});

/** ∂L/∂ one signal at one place, by holding it a little above and below what it is. */
function answered(state, out, { signal, t, unit }) {
  const epsilon = 1e-5;
  const value = out[signal][t * state.hidden + unit];
  const [above, below] = [1, -1].map((way) => {
    const moved = { ...state, clamps: [...state.clamps, { signal, units: [unit], steps: [t, t], value: value + way * epsilon }] };
    return outcomeOf(moved, run(specOf(moved))).value;
  });
  return (above - below) / (2 * epsilon);
}

for (const [name, plain] of Object.entries(BELTS))
  test(`${name}: the belt's ∂L/∂ every signal, held or not, is what the loss answers to it`, () => {
    for (const [way, clamps] of heldWays(plain)) {
      const state = { ...plain, clamps };
      const { found, flow } = beltFlow(state);
      for (const signal of signalsOf(state.cell))
        for (let t = 0; t < state.steps; t++)
          for (let unit = 0; unit < 2; unit++) {
            const [estimate, told] = [answered(state, found.out, { signal, t, unit }), sum(flow.sources(signal, t, unit))];
            assert.ok(Math.abs(estimate - told) < 1e-8, `${way}, ${signal} ${t} ${unit}: ${told}, not ${estimate}`);
          }
    }
  });

test("a held state cuts the belt, and what stands on its part stays what the loss answers", () => {
  const state = { ...CELLS.LSTM, clamps: [{ signal: "cell", units: null, steps: [2, 2], value: 0.4 }] };
  const { flow } = beltFlow(state);
  for (const unit of [0, 1]) {
    assert.notEqual(partValue(flow, "cell", 2, unit), 0);
    for (const edge of ["kept", "written", "passed.cell", "back.kept"]) assert.equal(edgeValue(flow, edge, 2, unit), 0, edge);
    assert.equal(edgeValue(flow, "memory.ahead", 1, unit), 0);
    assert.deepEqual(flow.sources("forget", 2, unit), [{ kind: "held", part: "cell", step: 2, value: 0 }]);
    assert.deepEqual(flow.sources("cell", 1, unit)[0], { kind: "held", part: "cell", step: 2, value: 0 });
    assert.notEqual(edgeValue(flow, "kept", 1, unit), 0);
  }
  const silent = beltFlow({ ...CELLS.LSTM, clamps: [{ signal: "hidden", units: null, steps: [1, 1], value: 0.4 }] }).flow;
  assert.deepEqual(silent.shares("cell", 2, 0).map(({ part, share }) => [part, share]), [["kept", 1], ...silent.parts.map((part) => [part, 0])]);
});

test("a gate that is left out or coupled has a sum that decides nothing, and no share of what comes back", () => {
  for (const [name, idle] of [["LSTM without f", ["forget"]], ["LSTM, coupled", ["input"]], ["LSTM without gates", ["forget", "input", "output"]]]) {
    const { flow } = beltFlow(BELTS[name]);
    for (const part of idle) assert.deepEqual(flow.sources(`pre.${part}`, 2, 1), [{ kind: "idle", part, step: 2, value: 0 }]);
    assert.equal(flow.staysWhole(2, 1), idle.includes("forget"));
    assert.deepEqual(flow.shares("hidden", 2, 1).map(({ part }) => part).filter((part) => idle.includes(part)), []);
  }
  const { flow } = beltFlow({ ...BELTS["LSTM without f"], clamps: [{ signal: "forget", units: [1], steps: [2, 2], value: 0.9 }] });
  assert.deepEqual([flow.staysWhole(2, 0), flow.staysWhole(2, 1), flow.staysWhole(1, 1)], [true, false, true]);
});
