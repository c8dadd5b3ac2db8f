// Before and after: what changed most; and what the inspector says of values that the lab has put in place.
import assert from "node:assert/strict";
import { test } from "node:test";

import { arithmeticOf } from "../../../../assets/stage/inspector/arithmetic.js";
import { sameShape, changes, difference } from "../../../../assets/stage/core/run/difference.js";
import { run } from "../../../../assets/stage/engine/forward.js";
import { addClamp, mulberry32, setOption, specOf } from "../../../../assets/stage/lab/state/state.js";
import { KINDS } from "../../kinds.mjs";
import { Trace } from "../../../../assets/stage/core/run/trace.js";

function lstm(units = 2, inputs = 2, steps = 5) {
  const draw = mulberry32(3);
  const fill = (count) => Float64Array.from({ length: count }, () => 2 * draw() - 1);
  return {
    cell: "lstm", reset: "after", activation: "tanh", coupled: false, without: [], inputs, hidden: units, steps, clamps: [], b_hn: null, p: null,
    W: fill(4 * units * inputs), U: fill(4 * units * units), b: fill(4 * units), x: fill(steps * inputs),
  };
}

function traceOf(state) {
  const { cell, reset, activation, hidden: units, inputs, steps, coupled, without, clamps } = state;
  return new Trace({ cell, description: KINDS[cell], reset, activation, units, inputs, steps, tokens: [], lab: { edit: { coupled, without, clamps } } }, run(specOf(state)));
}

const clamp = { signal: "forget", units: [1], steps: [2, 2], value: 0 };

test("nothing has changed where nothing was done", () => {
  assert.deepEqual(changes(traceOf(lstm()), traceOf(lstm())), []);
});

test("what changed most is named with its place and both values", () => {
  const [before, now] = [traceOf(lstm()), traceOf(addClamp(lstm(), clamp))];
  const forget = changes(now, before).find(({ signal }) => signal === "forget");
  assert.deepEqual([forget.unit, forget.step, forget.now], [1, 2, 0]);
  assert.equal(forget.before, before.at("forget", 2, 1));
  assert.equal(forget.by, -forget.before);
  const order = changes(now, before).map(({ share }) => share);
  assert.deepEqual(order, [...order].sort((a, b) => b - a));
  assert.ok(!changes(now, before).some(({ signal }) => signal === "x"));
});

test("a number that is none anymore is the largest change of all", () => {
  const now = traceOf(lstm());
  now.arrays.output[3] = NaN;
  now.arrays.cell[0] += 0.5;
  const [first] = changes(now, traceOf(lstm()));
  assert.deepEqual([first.signal, first.unit, first.step], ["output", 1, 1]);
});

test("infinities that stay are no change", () => {
  const runs = [traceOf(lstm()), traceOf(lstm())];
  for (const each of runs) each.arrays.cell[0] = Infinity;
  assert.equal(difference(...runs, "cell")[0], 0);
});

test("runs of another shape are not compared", () => {
  assert.ok(sameShape(traceOf(lstm()), traceOf(lstm())));
  assert.ok(!sameShape(traceOf(lstm()), traceOf(lstm(3))));
  assert.ok(!sameShape(traceOf(lstm()), traceOf(lstm(2, 2, 4))));
});

test("the inspector accounts for every number of a run with clamps and surgery", () => {
  const peephole = setOption(lstm(), "peephole", true);
  peephole.p.set([0.5, -0.25, 1, 2, -1, 0.75]);
  const everywhere = ["forget", "input", "candidate", "cell", "output", "hidden"].map((signal, k) => ({ signal, units: k % 2 ? null : [0], steps: [k % 5, 4], value: 0.25 }));
  const states = [peephole, setOption(lstm(), "coupled", true), setOption(setOption(lstm(), "forget", true), "output", true), everywhere.reduce(addClamp, lstm()), everywhere.reduce(addClamp, peephole)];
  for (const state of states) {
    const trace = traceOf(state);
    for (const signal of [...trace.signals, "tanh_cell", "kept", "written"])
      for (let step = 0; step < trace.steps; step++)
        for (let unit = 0; unit < trace.width(signal); unit++) {
          const made = arithmeticOf(trace, { signal, unit, step });
          assert.ok(made.agrees, JSON.stringify(made));
          if (made.clampedValue !== null) assert.equal(made.clampedValue, made.value);
        }
  }
});

test("a value that is neither the equation's nor the clamp's is still found out", () => {
  const trace = traceOf(addClamp(lstm(), clamp));
  trace.arrays.forget[2 * 2 + 1] = 0.5;
  assert.ok(!arithmeticOf(trace, { signal: "forget", unit: 1, step: 2 }).agrees);
  assert.equal(arithmeticOf(trace, { signal: "forget", unit: 1, step: 2 }).clampedValue, 0);
  assert.equal(arithmeticOf(trace, { signal: "forget", unit: 0, step: 2 }).clampedValue, null);
});
