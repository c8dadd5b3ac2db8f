// The sentence about a moment says the run's own numbers, and what they mean, in either language.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { fill } from "../../../../assets/stage/core/text/format.js";
import { moment } from "../../../../assets/stage/core/text/moment.js";
import { KINDS } from "../../kinds.mjs";
import { SYMBOLS, run, traceOf } from "../../runs.mjs";

const words = (lang) => JSON.parse(readFileSync(new URL(`../../../../gates/text/strings/${lang}/moment.json`, import.meta.url), "utf-8"));

function hostOf(trace, lang = "en", update = "keep") {
  const strings = words(lang);
  const own = { candidate: trace.cell === "gru" ? "n" : "g" };
  return {
    t: (key, values) => {
      if (key === "inspector.unit") return `unit ${values.n}`;
      assert.ok(key in strings, key);
      const filled = fill(strings[key], values);
      assert.ok(!/[{}]|undefined|NaN/.test(filled), `${key}: ${filled}`);
      return filled;
    },
    symbol: (signal) => ({ ...SYMBOLS, ...own })[signal] ?? signal,
    complemented: (signal) => signal === "update" && update === "write",
    header: trace.header,
  };
}

/** A run of one unit in which these signals are put to these values at the first step. */
function with_(cell, values, options = {}) {
  const trace = traceOf(run(cell, { units: 1, inputs: 1, steps: 2, ...options }));
  for (const [signal, value] of Object.entries(values)) trace.arrays[signal][0] = value;
  return trace;
}

const said = (trace, phase, ...host) => moment(hostOf(trace, ...host), trace, { step: 0, phase, unit: 0 });

test("an LSTM's gates are told as open, half open, shut, or with nothing to do", () => {
  const open = with_("lstm", { initial_cell: 0.99, forget: 0.99, input: 0.01, candidate: 0.8, cell: 0.9881, output: 0.5, tanh_cell: 0.7566, hidden: 0.3783 });
  assert.equal(said(open, "forget"), "f = 0.99 keeps 0.98 of 0.99.");
  assert.equal(said(open, "write"), "i = 0.01: almost nothing of g = 0.80 is written, so c = 0.99.");
  assert.equal(said(open, "read"), "o = 0.50 shows a part of tanh c = 0.76: h = 0.38.");
  assert.equal(said(open, "carry"), "f = 0.99 keeps 0.98 of 0.99; i = 0.01: almost nothing of g = 0.80 is written, so c = 0.99; o = 0.50 shows a part of tanh c = 0.76: h = 0.38.");
  const shut = with_("lstm", { initial_cell: 2, forget: 0.05, input: 0.95, candidate: -1, cell: -0.85, output: 0.02, tanh_cell: -0.69, hidden: -0.0138 });
  assert.equal(said(shut, "forget"), "f = 0.05 forgets: of 2.00, only 0.10 is left.");
  assert.equal(said(shut, "write"), "i = 0.95 writes −0.95 of g = −1.00, so c = −0.85.");
  assert.equal(said(shut, "read"), "o = 0.02 hides tanh c = −0.69: h is only −0.01.");
  const empty = with_("lstm", { initial_cell: 0, forget: 0.99, candidate: 0.001, input: 0.99 });
  assert.equal(said(empty, "forget"), "f = 0.99 has nothing to keep, for c₋₁ = 0.");
  assert.match(said(empty, "write"), /^i = 0\.99 has nothing to write, for g = 1\.0×10⁻³, so c = |^i = 0\.99 has nothing to write, for g = 1×10⁻³, so c = /);
});

test("of sums that are concealed nothing is told, and the others are", () => {
  const trace = with_("lstm", { "pre.forget": NaN, "pre.input": 1, "pre.candidate": NaN, "pre.output": -2 });
  assert.equal(said(trace, "look"), "the sums are i 1.00, o −2.00.");
  assert.equal(said(with_("lstm", { "pre.forget": NaN, "pre.input": NaN, "pre.candidate": NaN, "pre.output": NaN }), "look"), "");
});

test("a GRU's z is told as its convention has it, and r where it acts", () => {
  const trace = with_("gru", { initial_hidden: 0.5, update: 0.9, candidate: -1, hidden: 0.35, reset: 0.25, recurrent: 2 });
  assert.equal(said(trace, "blend"), "z = 0.90 is what is kept: 0.45 of 0.50 stays, −0.10 of n = −1.00 comes in, so h = 0.35.");
  assert.equal(said(trace, "blend", "en", "write"), "z = 0.10 is what is written: −0.10 of n = −1.00 comes in, 0.45 of 0.50 stays, so h = 0.35.");
  assert.equal(said(trace, "reset"), "r = 0.25: of U_n h₋₁ + b_hn = 2.00 the candidate hears 0.50.");
  const before = with_("gru", { initial_hidden: 0.5, reset: 0.02, reset_hidden: 0.01 }, { reset: "before" });
  assert.equal(said(before, "reset"), "r = 0.02: of h₋₁ = 0.50 the candidate hears next to nothing, 0.01.");
});

test("several units are told apart, and what is fed to z turns its sign with the convention", () => {
  const trace = traceOf(run("gru", { units: 2 }));
  const told = moment(hostOf(trace), trace, { step: 1, phase: "look", unit: 1 });
  assert.match(told, /^unit 2: the sums are r /);
  const sum = (text) => Number(/z ([−\d.]+)/.exec(text)[1].replace("−", "-"));
  const turned = moment(hostOf(trace, "en", "write"), trace, { step: 1, phase: "look", unit: 1 });
  assert.equal(sum(turned), -sum(told));
});

test("every phase of every kind has its sentence in both languages", () => {
  for (const [cell, kind] of Object.entries(KINDS)) {
    const trace = { cell, ...kind, description: kind, has: () => false, units: 1, header: { reset: "after", activation: "tanh" }, at: () => 0.3 };
    for (const lang of ["en", "zh"])
      for (const phase of kind.phases) assert.match(said(trace, phase, lang), lang === "zh" ? /\d.*。$/ : /\d.*\.$/);
  }
});
