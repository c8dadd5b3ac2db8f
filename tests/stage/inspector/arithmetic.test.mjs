// The inspector's arithmetic: its terms add up to what the run holds, for every number of it.
import assert from "node:assert/strict";
import { test } from "node:test";

import { activate } from "../../../assets/stage/core/run/squash.js";
import { LIMIT, arithmeticOf, agrees, fold, resolve, span } from "../../../assets/stage/inspector/arithmetic.js";
import { run, traceOf } from "../runs.mjs";

const CASES = [
  ["lstm", {}],
  ["lstm", { units: 1, inputs: 1, seed: 3 }],
  ["gru", { reset: "before" }],
  ["gru", { reset: "after" }],
  ["gru", { reset: "after", update: "write" }],
  ["rnn", {}],
  ["rnn", { activation: "relu", seed: 5 }],
  ["lstm", { peephole: true }],
  ["lstm", { coupled: true, peephole: true, seed: 11 }],
  ["lstm", { without: ["forget"], peephole: true, seed: 12 }],
  ["lstm", { without: ["forget", "input", "output"] }],
  ["lstm", { peephole: true, clamps: [{ signal: "cell", units: [1], steps: [1, 2], value: 0.25 }, { signal: "output", units: null, steps: [2, 4], value: 1 }] }],
  ["lstm", { coupled: true, clamps: [{ signal: "forget", units: null, steps: null, value: 0.75 }, { signal: "forget", units: [2], steps: [3, 3], value: 0 }] }],
  ["lstm", { without: ["input"], clamps: [{ signal: "input", units: [0], steps: null, value: 0.5 }, { signal: "hidden", units: [2], steps: [0, 1], value: -1 }] }],
  ["gru", { reset: "before", clamps: [{ signal: "reset", units: [1], steps: null, value: 0 }, { signal: "candidate", units: null, steps: [2, 3], value: 0.5 }] }],
  ["gru", { update: "write", clamps: [{ signal: "update", units: [0], steps: [1, 3], value: 0.125 }, { signal: "hidden", units: null, steps: [4, 4], value: 0 }] }],
  ["rnn", { clamps: [{ signal: "hidden", units: [0], steps: null, value: 0.5 }] }],
];
const EXTRA = { lstm: ["tanh_cell", "kept", "written"], gru: ["kept", "written", "recurrent"], rnn: [] };
const named = (cell, options) => `${cell} ${JSON.stringify(options)}`;

function* places(trace) {
  const extra = trace.has("reset_hidden") ? ["reset_hidden"] : [];
  for (const signal of [...trace.signals, ...EXTRA[trace.cell], ...extra])
    for (let step = 0; step < trace.steps; step++)
      for (let unit = 0; unit < trace.width(signal); unit++) yield { signal, unit, step };
}

for (const [cell, options] of CASES)
  test(`every number of a ${named(cell, options)} is accounted for`, () => {
    const trace = traceOf(run(cell, options));
    for (const place of places(trace)) {
      const made = arithmeticOf(trace, place);
      assert.ok(made.agrees, JSON.stringify(made));
      assert.equal(made.value, trace.at(place.signal, place.step, place.unit));
      assert.ok(agrees(made.computed, made.value) || made.clampedValue === made.value, JSON.stringify(made));
      if (made.kind === "given") continue;
      if (made.kind === "layer") {
        const inner = made.gate ? made.gate.value * (made.groups[1].sum + made.gate.bias) + made.groups[0].sum : made.groups.reduce((sum, each) => sum + each.sum, 0);
        assert.ok(agrees(inner + (made.bias ?? 0), made.reported));
        assert.equal(made.computed, activate(made.activation, made.total));
      } else if (made.kind === "state")
        assert.ok(agrees(made.products.reduce((sum, { factors }) => sum + factors.reduce((p, { value }) => p * value, 1), 0), made.computed));
    }
  });

test("a gate's terms are its own row of W and U, with x of now and h of the step before", () => {
  const made = run("lstm", { units: 3, inputs: 2 });
  const { W, U, b, x, hidden, initial_hidden } = made.arrays;
  const forget = arithmeticOf(traceOf(made), { signal: "forget", unit: 2, step: 3 });
  const [inputs, states] = forget.groups;
  const row = 3 + 2; // the second block of three units
  assert.deepEqual(inputs.terms.map(({ value, weight }) => [value, weight]), x[3].map((value, k) => [value, W[row][k]]));
  assert.deepEqual(states.terms.map(({ value, weight }) => [value, weight]), hidden[2].map((value, k) => [value, U[row][k]]));
  assert.deepEqual([inputs.step, states.step, forget.bias], [3, 2, b[row]]);
  const first = arithmeticOf(traceOf(made), { signal: "forget", unit: 2, step: 0 });
  assert.equal(first.groups[1].step, -1);
  assert.deepEqual(first.groups[1].terms.map(({ value }) => value), initial_hidden);
});

test("r stands inside U's product when it resets before, outside when after", () => {
  const before = arithmeticOf(traceOf(run("gru", { reset: "before" })), { signal: "candidate", unit: 1, step: 2 });
  assert.equal(before.gate, null);
  for (const { factors, value } of before.groups[1].terms) {
    assert.deepEqual(factors.map(({ signal, step }) => [signal, step]), [["reset", 2], ["hidden", 1]]);
    assert.equal(value, factors[0].value * factors[1].value);
  }
  const made = run("gru", { reset: "after" });
  const after = arithmeticOf(traceOf(made), { signal: "candidate", unit: 1, step: 2 });
  assert.equal(after.gate.value, made.arrays.reset[2][1]);
  assert.equal(after.gate.bias, made.arrays.b_hn[1]);
  assert.deepEqual(after.groups[1].terms.map(({ value }) => value), made.arrays.hidden[1]);
});

test("i and f see the memory before, o the memory of now, each unit its own", () => {
  const made = run("lstm", { peephole: true });
  const trace = traceOf(made);
  const seen = { input: made.arrays.cell[2], forget: made.arrays.cell[2], output: made.arrays.cell[3] };
  Object.entries(seen).forEach(([gate, cell], k) => {
    const { id, step, terms } = arithmeticOf(trace, { signal: gate, unit: 1, step: 3 }).groups[2];
    assert.deepEqual([id, step], ["peephole", gate === "output" ? 3 : 2]);
    assert.deepEqual(terms.map(({ from, value, weight }) => [from, value, weight]), [[{ signal: "cell", unit: 1, step }, cell[1], made.arrays.peephole[k][1]]]);
  });
  assert.equal(arithmeticOf(trace, { signal: "candidate", unit: 1, step: 3 }).groups.length, 2);
  assert.equal(arithmeticOf(trace, { signal: "forget", unit: 2, step: 0 }).groups[2].terms[0].value, made.arrays.initial_cell[2]);
});

test("a coupled gate is one minus the other, a gate left out is 1, and neither has terms", () => {
  const place = { signal: "input", unit: 1, step: 2 };
  const coupled = run("lstm", { coupled: true });
  const one = arithmeticOf(traceOf(coupled), place);
  assert.deepEqual([one.kind, one.from.signal, one.from.value, one.value], ["complement", "forget", coupled.arrays.forget[2][1], 1 - coupled.arrays.forget[2][1]]);
  const none = arithmeticOf(traceOf(run("lstm", { without: ["input"] })), place);
  assert.deepEqual([none.kind, none.value, none.groups], ["absent", 1, undefined]);
});

test("a clamped number tells what its own equation would give, in its units and steps only", () => {
  const clamps = [{ signal: "forget", units: null, steps: null, value: 0.5 }, { signal: "forget", units: [1], steps: [2, 3], value: 0 }];
  const made = run("lstm", { clamps });
  const trace = traceOf(made);
  const at = (unit, step) => arithmeticOf(trace, { signal: "forget", unit, step });
  assert.deepEqual([at(1, 1), at(1, 2), at(1, 3), at(1, 4), at(0, 2)].map(({ value, clampedValue: held }) => [value, held]), [[0.5, 0.5], [0, 0], [0, 0], [0.5, 0.5], [0.5, 0.5]]);
  assert.equal(at(1, 2).computed, activate("sigma", made.arrays["pre.forget"][2][1]));
  assert.equal(arithmeticOf(trace, { signal: "input", unit: 1, step: 2 }).clampedValue, null);
  made.arrays.forget[2][1] = 1e-8;
  assert.equal(arithmeticOf(traceOf(made), { signal: "forget", unit: 1, step: 2 }).agrees, false);
});

test("in the lab the edit counts, which is ahead of the run that came last", () => {
  const made = run("lstm", { without: ["output"] });
  made.header.without = [];
  assert.equal(arithmeticOf(traceOf(made), { signal: "output", unit: 0, step: 1 }).agrees, false);
  made.header.lab = { edit: { without: ["output"], clamps: [] } };
  assert.equal(arithmeticOf(traceOf(made), { signal: "output", unit: 0, step: 1 }).kind, "absent");
});

test("where z writes, its label turns and the numbers multiplied stay", () => {
  const [keeps, writes] = ["keep", "write"].map((update) => traceOf(run("gru", { update })));
  const place = { signal: "hidden", unit: 0, step: 2 };
  const factors = (trace) => arithmeticOf(trace, place).products.map((each) => each.factors[0]);
  assert.deepEqual(factors(keeps).map(({ value }) => value), factors(writes).map(({ value }) => value));
  assert.deepEqual(factors(keeps).map(({ complement }) => complement), [false, true]);
  assert.deepEqual(factors(writes).map(({ complement }) => complement), [true, false]);
  const z = arithmeticOf(writes, { signal: "update", unit: 0, step: 2 });
  assert.ok(z.mirrored);
  assert.equal(z.shown, 1 - z.value);
  assert.equal(arithmeticOf(keeps, { signal: "update", unit: 0, step: 2 }).shown, z.value);
});

test("a sum that is not the engine's is found out, small as it may be", () => {
  for (const name of ["pre.forget", "forget"]) {
    const made = run("lstm");
    made.arrays[name][2][1] += 1e-8;
    assert.equal(arithmeticOf(traceOf(made), { signal: "forget", unit: 1, step: 2 }).agrees, false, name);
  }
  for (const [cell, name, signal] of [["lstm", "cell", "cell"], ["lstm", "tanh_cell", "tanh_cell"], ["gru", "hidden", "hidden"], ["gru", "recurrent", "candidate"], ["rnn", "hidden", "hidden"]]) {
    const made = run(cell);
    made.arrays[name][2][1] += 1e-8;
    assert.equal(arithmeticOf(traceOf(made), { signal, unit: 1, step: 2 }).agrees, false, `${cell} ${name}`);
  }
});

test("a previous state is the state of the step before, and the first one's is given", () => {
  assert.deepEqual(resolve({ signal: "previous_cell", unit: 1, step: 4 }), { signal: "cell", unit: 1, step: 3 });
  assert.deepEqual(resolve({ signal: "pre.forget", unit: 1, step: 4 }), { signal: "forget", unit: 1, step: 4 });
  const made = run("lstm");
  const first = arithmeticOf(traceOf(made), { signal: "previous_cell", unit: 1, step: 0 });
  assert.deepEqual([first.kind, first.step, first.value], ["given", -1, made.arrays.initial_cell[1]]);
});

test("a long list shows the terms that matter, the rest as a sum, the zeros as a count", () => {
  const terms = Array.from({ length: 30 }, (_, unit) => ({ from: { unit }, product: unit % 5 === 0 ? 0 : (unit % 2 ? 1 : -1) * unit }));
  const folded = fold(terms);
  assert.deepEqual(folded.shown.map(({ product }) => product), [29, -28, 27, -26, -24, 23, -22, 21]);
  assert.equal(folded.shown.length, LIMIT);
  assert.equal(folded.zeros.length, 6);
  assert.equal(folded.rest.length, 30 - 6 - LIMIT);
  const total = terms.reduce((sum, { product }) => sum + product, 0);
  assert.equal(folded.shown.reduce((sum, { product }) => sum + product, 0) + folded.restSum, total);
});

test("no fold for the sake of a single term, and equal terms keep the order of the units", () => {
  const terms = Array.from({ length: LIMIT + 1 }, (_, unit) => ({ from: { unit }, product: 0.5 }));
  const folded = fold(terms);
  assert.equal(folded.rest.length, 0);
  assert.deepEqual(folded.shown.map(({ from }) => from.unit), terms.map(({ from }) => from.unit));
});

test("the scale of the bars covers every bar, and an account of nothing but zeros has one", () => {
  const trace = traceOf(run("gru", { reset: "after" }));
  for (const place of places(trace)) {
    const made = arithmeticOf(trace, place);
    const drawn = [...(made.groups ?? []).flatMap(({ terms }) => terms.map(({ product }) => product)), ...(made.products ?? []).map(({ value }) => value), made.bias ?? 0, made.total ?? 0];
    assert.ok(drawn.every((value) => Math.abs(value) <= span(made)));
  }
  assert.equal(span({ kind: "state", value: 0, products: [{ value: 0 }] }), 1);
});
