// Equations and drawings as data: what is written is what is computed, in every notation and form.
import assert from "node:assert/strict";
import { test } from "node:test";

import { gru } from "../../../../assets/stage/diagram/gru.js";
import { lstm } from "../../../../assets/stage/diagram/lstm.js";
import { rnn } from "../../../../assets/stage/diagram/rnn.js";
import { layOut } from "../../../../assets/stage/diagram/shape.js";
import { Formulas, plain, runs } from "../../../../assets/stage/core/text/formulas.js";
import { run, traceOf } from "../../runs.mjs";

const weights = (part, letter) => ({ [`W.${part}`]: `W_${letter}`, [`U.${part}`]: `U_${letter}`, [`b.${part}`]: `b_${letter}` });
const headerOf = (cell, options = {}) => {
  const { header } = run(cell, options);
  const symbols = { ...header.symbols, ...weights("forget", "f"), ...weights("update", "z"), ...weights("candidate", cell === "gru" ? "n" : "g") };
  return { ...header, ...options, symbols: { ...symbols, ...options.symbols } };
};

test("a gate's equation in the notations that differ in form", () => {
  assert.equal(new Formulas(headerOf("lstm")).equation("forget", "sigma"), "f = σ(W_f x + U_f h₋₁ + b_f)");
  const joined = { notation: "concatenated", symbols: { "W.forget": "W_f,x", "U.forget": "W_f,h" } };
  assert.equal(new Formulas(headerOf("lstm", joined)).equation("forget", "sigma"), "f = σ(W_f·[h₋₁, x] + b_f)");
  const rows = { notation: "row", symbols: { "W.forget": "W_xf", "U.forget": "W_hf" } };
  assert.equal(new Formulas(headerOf("lstm", rows)).equation("forget", "sigma"), "f = σ(x W_xf + h₋₁ W_hf + b_f)");
  const stacked = { notation: "z", symbols: { forget: "zᶠ", "W.forget": "Wᶠₓ", "b.forget": "bᶠ" } };
  assert.equal(new Formulas(headerOf("lstm", stacked)).equation("forget", "sigma"), "zᶠ = σ(Wᶠ[x; h₋₁] + bᶠ)");
});

test("the variants of the LSTM say what differs, in every notation", () => {
  const header = (options) => headerOf("lstm", { symbols: { ...weights("output", "o"), ...weights("input", "i") }, ...options });
  const seeing = new Formulas(header({ peephole: true }));
  assert.equal(seeing.equation("forget", "sigma"), "f = σ(W_f x + U_f h₋₁ + p_f⊙c₋₁ + b_f)");
  assert.equal(seeing.equation("output", "sigma"), "o = σ(W_o x + U_o h₋₁ + p_o⊙c + b_o)");
  assert.equal(seeing.equation("candidate", "tanh"), "g = tanh(W_g x + U_g h₋₁ + b_g)");
  assert.equal(new Formulas(header({ peephole: true, notation: "concatenated" })).equation("input", "sigma"), "i = σ(W_i·[h₋₁, x] + p_i⊙c₋₁ + b_i)");
  assert.equal(new Formulas(header({ coupled: true, peephole: true })).equation("input", "sigma"), "i = 1 − f");
  assert.equal(new Formulas(header({ without: ["output"], peephole: true })).equation("output", "sigma"), "o = 1");
});

test("the candidate of a GRU says where r acts, also where the notation would join the matrices", () => {
  const before = new Formulas(headerOf("gru", { reset: "before" })).equation("candidate", "tanh");
  assert.equal(before, "n = tanh(W_n x + U_n (r⊙h₋₁) + b_n)");
  for (const notation of ["pytorch", "concatenated"])
    assert.equal(new Formulas(headerOf("gru", { reset: "after", notation })).equation("candidate", "tanh"), "n = tanh(W_n x + b_n + r⊙(U_n h₋₁ + b_hn))");
});

test("z and 1−z change sides with the convention", () => {
  const [keeps, writes] = ["keep", "write"].map((update) => new Formulas(headerOf("gru", { update })));
  assert.equal(keeps.equation("hidden"), "h = z⊙h₋₁ + (1−z)⊙n");
  assert.equal(writes.equation("hidden"), "h = (1−z)⊙h₋₁ + z⊙n");
  assert.equal(keeps.equation("update", "sigma"), "z = σ(W_z x + U_z h₋₁ + b_z)");
  assert.equal(writes.equation("update", "sigma"), "z = σ(−(W_z x + U_z h₋₁ + b_z))");
});

test("marks become runs, also with commas and combining letters", () => {
  assert.deepEqual(runs("W_h̃,x x"), [{ text: "W" }, { text: "h̃,x", shift: "sub" }, { text: " x" }]);
  assert.equal(plain("U_n h₋₁ + b_hn"), "Un h₋₁ + bhn");
});

const lstmOf = (options) => [lstm({ cell: "lstm", ...options }), "lstm", options];
const DRAWINGS = {
  lstm: lstmOf({}),
  "lstm with peepholes": lstmOf({ peephole: true }),
  "coupled lstm": lstmOf({ coupled: true }),
  "coupled lstm with peepholes": lstmOf({ coupled: true, peephole: true }),
  "lstm without gates": lstmOf({ without: ["forget", "input", "output"] }),
  ...Object.fromEntries(["forget", "input", "output"].map((gate) => [`lstm without ${gate}, with peepholes`, lstmOf({ peephole: true, without: [gate] })])),
  "gru before": [gru({ reset: "before", update: "keep" }), "gru", { reset: "before" }],
  "gru after": [gru({ reset: "after", update: "keep" }), "gru", { reset: "after" }],
  "gru after, z writes": [gru({ reset: "after", update: "write" }), "gru", { reset: "after", update: "write" }],
  rnn: [rnn({ activation: "tanh" }), "rnn", {}],
};

for (const [name, [drawing, cell, options]] of Object.entries(DRAWINGS)) {
  test(`the ${name} drawing: every stop exists, every phase is the cell's, every id is unique`, () => {
    const { nodes, wires } = layOut(drawing, 800, () => ({ w: 40, h: 30 }));
    for (const { d, head } of wires) assert.ok(!/NaN|undefined/.test(d + (head ?? "")), d);
    const trace = traceOf(run(cell, options));
    for (const part of [...nodes, ...wires]) assert.ok(trace.phases.includes(part.phase), `${part.id}: ${part.phase}`);
    const ids = [...nodes, ...wires].map((part) => part.id);
    assert.equal(new Set(ids).size, ids.length);
    for (const { type, signal } of nodes) if (type === "value" && signal !== "gated") assert.ok(Number.isFinite(trace.at(signal, 2, 0)), signal);
  });
}

const wired = (drawing) => drawing.wires.map(([, stops]) => [stops[0], stops.at(-1)]);
const joins = (drawing, from, to) => wired(drawing).some(([start, end]) => start === from && end === to);

test("r is on h₋₁ before the layer, or on the product after its own weights", () => {
  const [before, after] = ["before", "after"].map((reset) => gru({ reset, update: "keep" }));
  assert.ok(joins(before, "copy.reset.h", "times.reset") && joins(before, "times.reset", "join.candidate"));
  assert.ok(joins(after, "copy.reset.h", "layer.recurrent") && joins(after, "layer.recurrent", "times.reset"));
  assert.ok(joins(after, "times.reset", "plus.candidate") && joins(after, "layer.own", "plus.candidate"));
});

test("1− stands on the way to the candidate where z keeps, to the old state where z writes", () => {
  const [keeps, writes] = ["keep", "write"].map((update) => gru({ reset: "after", update }));
  assert.ok(joins(keeps, "copy.update", "times.kept") && joins(keeps, "complement", "times.written"));
  assert.ok(joins(writes, "copy.update", "times.written") && joins(writes, "complement", "times.kept"));
});

test("peepholes lead from c₋₁ into f and i, from c into o, and only into what has a layer", () => {
  const drawn = (options) => lstm({ cell: "lstm", peephole: true, ...options });
  const all = drawn({});
  assert.ok(joins(all, "peek.old", "layer.forget") && joins(all, "peek.new", "layer.output"));
  assert.ok(all.wires.some(([id, stops]) => id === "peek.input" && stops[0] === "copy.peek" && stops.at(-1).by === "layer.input"));
  const peeks = (options) => drawn(options).wires.filter(([, , { type }]) => type === "peephole").map(([id]) => id);
  assert.deepEqual(peeks({ coupled: true }), ["peek.forget", "peek.output"]);
  assert.deepEqual(peeks({ without: ["forget"] }), ["peek.input", "peek.output"]);
  assert.deepEqual(peeks({ without: ["forget", "input", "output"] }), []);
});

test("a gate left out leaves a plain wire, a coupled one hangs on the other", () => {
  const without = (gate) => lstm({ cell: "lstm", without: [gate] });
  assert.ok(joins(without("forget"), "previous_cell", "plus"));
  assert.ok(joins(without("input"), "layer.candidate", "plus"));
  assert.ok(joins(without("output"), "squash", "copy.hidden"));
  for (const gate of ["forget", "input", "output"]) {
    const ids = without(gate).nodes.map(([id]) => id);
    assert.ok(ids.includes(`absent.${gate}`) && !ids.includes(`layer.${gate}`) && !ids.includes(`times.${gate}`), gate);
  }
  const coupled = lstm({ cell: "lstm", coupled: true });
  assert.ok(joins(coupled, "copy.coupled", "complement") && joins(coupled, "complement", "times.input"));
  assert.ok(!coupled.nodes.some(([id]) => id === "layer.input"));
});
