// What a phase of a step lets be seen, for every kind of cell, and what the inspector makes of it.
import assert from "node:assert/strict";
import { test } from "node:test";

import { phaseOf, visible } from "../../../../assets/stage/core/run/visible.js";
import { arithmeticOf } from "../../../../assets/stage/inspector/arithmetic.js";
import { upTo } from "../../../../assets/stage/inspector/plan.js";
import { KINDS } from "../../kinds.mjs";
import { run, traceOf } from "../../runs.mjs";

const seen = (trace, phase, signals) => signals.filter((signal) => visible(trace, { step: 1, phase }, { signal }));

test("an LSTM's values come one phase after another, and all are there at the end", () => {
  const trace = traceOf(run("lstm"));
  const all = ["x", "previous_cell", "pre.output", "forget", "kept", "input", "candidate", "written", "cell", "tanh_cell", "output", "hidden"];
  const counts = trace.phases.map((phase) => seen(trace, phase, all).length);
  assert.deepEqual([trace.phases, counts], [["look", "forget", "write", "read", "carry"], [3, 5, 9, 12, 12]]);
  assert.deepEqual(seen(trace, "look", all), ["x", "previous_cell", "pre.output"]);
});

test("a GRU's candidate waits for r, and its sum with it", () => {
  const trace = traceOf(run("gru"));
  const all = ["pre.reset", "pre.update", "pre.candidate", "reset", "candidate", "hidden"];
  assert.deepEqual(seen(trace, "look", all), ["pre.reset", "pre.update", "reset"]);
  assert.deepEqual(seen(trace, "reset", all), ["pre.reset", "pre.update", "reset"]);
  assert.deepEqual(seen(trace, "propose", all), all.slice(0, -1));
  assert.deepEqual(seen(trace, "blend", all), all);
});

test("a gate that looks at the new cell has its sum no sooner", () => {
  assert.equal(phaseOf(traceOf(run("lstm", { peephole: true })), "pre.output"), "read");
  assert.equal(phaseOf(traceOf(run("lstm", { peephole: true })), "pre.forget"), "look");
});

test("other steps are complete", () => {
  const trace = traceOf(run("rnn"));
  assert.ok(!visible(trace, { step: 1, phase: "look" }, { signal: "hidden", step: 1 }));
  for (const step of [-1, 0, 2]) assert.ok(visible(trace, { step: 1, phase: "look" }, { signal: "hidden", step }));
});

test("whatever a product, a rule or a state is made of is there no later than it, in every kind", () => {
  const name = (factor) => (Array.isArray(factor) ? factor[0] : factor);
  for (const [kind, { phases, made, sums, rules }] of Object.entries(KINDS)) {
    const when = (signal) => phases.indexOf(signal.startsWith("previous_") ? phases[0] : (made[signal] ?? phases[0]));
    for (const phase of Object.values(made)) assert.ok(phases.includes(phase), `${kind}: ${phase}`);
    for (const [state, products] of Object.entries(sums))
      for (const [product, ...factors] of products) {
        assert.ok(when(product) <= when(state), `${kind}: ${product}, ${state}`);
        for (const factor of factors) assert.ok(when(name(factor)) <= when(product), `${kind}: ${name(factor)}, ${product}`);
      }
    for (const [signal, { inputs }] of Object.entries(rules)) for (const input of inputs) assert.ok(when(input) <= when(signal), `${kind}: ${input}, ${signal}`);
  }
});

test("the inspector keeps what led up to a value and leaves out the value", () => {
  const trace = traceOf(run("lstm"));
  const rows = ["captions", "group", "term", "bias", "total", "curve", "result"].map((kind) => ({ kind, key: kind }));
  const gate = arithmeticOf(trace, { signal: "forget", unit: 0, step: 1 });
  const kinds = (list) => list.map(({ key }) => key);
  const at = (phase) => (signal) => visible(trace, { step: 1, phase }, { signal });
  assert.deepEqual(kinds(upTo(rows, gate, at("look"), "pending")), ["captions", "group", "term", "bias", "total", "pending"]);
  const cell = arithmeticOf(trace, { signal: "cell", unit: 0, step: 1 });
  const products = [{ kind: "product", key: "kept" }, { kind: "product", key: "written" }, { kind: "result", key: "result" }];
  assert.deepEqual(kinds(upTo(products, cell, at("forget"), "pending")), ["kept", "pending"]);
  assert.deepEqual(kinds(upTo(products, cell, at("look"), "pending")), ["pending"]);
});
