// A commitment: what is asked, what the run says of it, and what a guess is worth.
import assert from "node:assert/strict";
import { test } from "node:test";

import { beyond, carriedOver, covered, phaseOf, wholeSteps } from "../../../assets/stage/core/run/visible.js";
import { axisOf } from "../../../assets/stage/guess/axis.js";
import { roundSize } from "../../../assets/stage/guess/bound.js";
import { modesOf, nextQuestion, rangeOf, readQuestion } from "../../../assets/stage/guess/frontier.js";
import { judge, targetOf } from "../../../assets/stage/guess/judge.js";
import { run, traceOf } from "../runs.mjs";

const trace = traceOf(run("lstm"));
const shown = (signal, step, unit) => trace.at(signal, step, unit);
const last = "carry";

test("a guess .3 off is off whatever the range; far from zero the bands grow with the truth", () => {
  const verdict = (truth, guess) => judge({ kind: "value" }, truth, guess).verdict;
  assert.deepEqual([0.04, 0.06, 0.14, 0.16, 0.3].map((away) => verdict(0.2, 0.2 + away)), ["right", "close", "close", "off", "off"]);
  assert.deepEqual([0.19, 0.21, 0.59, 0.61].map((away) => verdict(-4, -4 - away)), ["right", "close", "close", "off"]);
  assert.deepEqual(judge({ kind: "lane" }, 0.5, null), { truth: 0.5, guess: null, distance: null, verdict: "unknown" });
});

test("of a drawing the point that is farthest off counts", () => {
  const question = { kind: "draw", signal: "cell", unit: 1, step: 1, steps: 3 };
  const target = targetOf(shown, question, trace.units);
  assert.deepEqual(target, [1, 2, 3].map((step) => trace.at("cell", step, 1)));
  const drawn = target.map((value, k) => value + [0.01, -0.3, 0.02][k]);
  const judged = judge(question, target, drawn);
  assert.deepEqual([judged.worst, judged.verdict, judged.truth, judged.guess], [1, "off", target, drawn]);
  assert.ok(Math.abs(judged.distance - 0.3) < 1e-12);
  assert.equal(judge(question, target, target.map((value) => value + 0.04)).verdict, "right");
  assert.equal(judge(question, target, null).verdict, "unknown");
});

test("of several the largest magnitude is meant, and a tie is right", () => {
  const question = { kind: "unit", signal: "cell", step: 2 };
  const target = targetOf(shown, question, trace.units);
  const sizes = target.map(Math.abs);
  const best = sizes.indexOf(Math.max(...sizes));
  for (let unit = 0; unit < trace.units; unit++) {
    const { truth, verdict, distance } = judge(question, target, unit);
    assert.deepEqual([truth, verdict === "right"], [best, sizes[best] - sizes[unit] <= 0.01]);
    assert.equal(distance, sizes[best] - sizes[unit]);
  }
  const of = (values, guess) => judge({ kind: "cell" }, values, guess).verdict;
  assert.deepEqual([of([0.5, -0.9], 1), of([0.5, -0.9], 0), of([0.5, -0.495], 1), of([0.5, 0.55], 0), of([0.5, 0.6], 0), of([1, 2], null)], ["right", "off", "right", "close", "close", "unknown"]);
  const cells = [{ name: "RNN", value: 0.2 }, { name: "LSTM", value: 0.9 }];
  assert.deepEqual(targetOf(shown, { kind: "cell", cells }, 1), [0.2, 0.9]);
});

test("who draws is asked for five steps at a time up to the end, and what is asked is covered until then", () => {
  let frontier = { step: 0, phase: "write" };
  const spans = [];
  for (let k = 0; k < 9; k++) {
    const { question, place } = nextQuestion(trace, "draw", frontier, { unit: 1, signal: "cell" });
    if (!place) break;
    spans.push([question.step, question.steps]);
    const seen = covered(trace, frontier);
    for (let step = question.step + 1; step < question.step + question.steps; step++) assert.ok(Number.isNaN(seen.at("cell", step, 1)));
    assert.ok(Number.isFinite(covered(trace, place).at("hidden", question.step + question.steps - 1, 1)));
    frontier = place;
  }
  assert.deepEqual(spans, [[0, 5]]);
  assert.deepEqual(nextQuestion(trace, "draw", { step: 2, phase: last }, { unit: 0, signal: "hidden" }), { question: { kind: "draw", signal: "hidden", unit: 0, step: 3, steps: 2 }, place: { step: 4, phase: last } });
  assert.deepEqual(nextQuestion(trace, "unit", { step: 2, phase: last }, { unit: 0, signal: "cell" }).question, { kind: "unit", signal: "cell", step: 3 });
  assert.deepEqual(nextQuestion(trace, "unit", { step: 4, phase: last }, { unit: 0, signal: "cell" }), { question: null, place: null });
  assert.deepEqual([modesOf(trace), modesOf(traceOf(run("rnn", { units: 1 })))], [["values", "draw", "unit"], ["values", "draw"]]);
});

test("a cell's memory may move by 1 a step, and the axis has room for it", () => {
  const long = traceOf(run("lstm", { steps: 12 }));
  for (let step = 1; step < 7; step++) {
    const [low, high] = rangeOf(covered(long, { step: step - 1, phase: last }), { kind: "draw", signal: "cell", unit: 0, step, steps: 5 });
    for (let t = step; t < step + 5; t++) assert.ok(long.at("cell", t, 0) >= low && long.at("cell", t, 0) <= high);
  }
  const shut = run("lstm", { steps: 12 });
  const block = traceOf(shut).parts.indexOf("input");
  for (let unit = 0; unit < 3; unit++) shut.arrays.b[3 * block + unit] = -20;
  const asked = { kind: "draw", signal: "cell", unit: 0, step: 4, steps: 5 };
  const size = Math.abs(long.at("cell", 3, 0));
  assert.deepEqual(rangeOf(covered(traceOf(shut), { step: 3, phase: last }), asked), [-roundSize(size), roundSize(size)], "an input gate that stays shut lets nothing in");
  shut.header.candidate_activation = "silu";
  const whole = Math.ceil(size + 5);
  assert.deepEqual(rangeOf(covered(traceOf(shut), { step: 3, phase: last }), asked), [-whole, whole], "the ends of sums say nothing of what falls and rises again");
  assert.deepEqual([0, 0.3, 1, 1.01, 2.5, 7, 12, 60].map(roundSize), [1, 1, 1, 2, 5, 10, 20, 100], "the axis tells no more than its size");
});

test("what a lesson asks is read from 1, covers all that it asks for, and makes sense or is none", () => {
  const read = readQuestion(trace, { kind: "lane", signal: "cell", unit: 2, step: 3 });
  assert.deepEqual(read, { question: { kind: "lane", signal: "cell", step: 2, unit: 1 }, before: { step: 2, phase: "forget", sums: false }, place: { step: 2, phase: "write" } });
  assert.equal(phaseOf(trace, "cell"), "write");
  const all = ["forget", "input", "candidate", "cell", "output", "hidden"];
  for (const kind of ["value", "lane", "draw", "unit"])
    for (const signal of all)
      for (let step = 1; step <= trace.steps; step++) {
        const { question, before, place } = readQuestion(trace, { kind, signal, unit: 1, step });
        assert.ok(Number.isNaN(covered(trace, before).at(signal, step - 1, 0)), `${kind} ${signal} ${step} is concealed`);
        if (trace.has(`pre.${signal}`)) assert.ok(Number.isNaN(covered(trace, before).at(`pre.${signal}`, step - 1, 0)), "and the sum that it comes of");
        assert.ok(targetOf((...each) => covered(trace, place).at(...each), question, trace.units).toString().indexOf("NaN") < 0, "and its answer uncovers it");
      }
  assert.equal(readQuestion(trace, { kind: "draw", unit: 1, step: 2, steps: 3 }).question.signal, "cell", "the memory, where nothing is named");
  const cells = [{ name: "RNN", value: 0.2 }, { name: "LSTM", value: 0.9 }];
  assert.deepEqual(readQuestion(trace, { kind: "cell", step: 2, cells }).question.cells, cells);
  const later = readQuestion(trace, { kind: "cell", step: 2, steps: 3, cells });
  assert.deepEqual([later.question.step, later.before, later.place], [3, { step: 0, phase: last }, { step: 3, phase: last }], "compared at the last of the steps that are concealed");
  for (const wrong of [{ kind: "value", step: 0 }, { kind: "value", step: 6 }, { kind: "guess", step: 1 }, { kind: "value", signal: "x", step: 1 }, { kind: "value", unit: 9, step: 1 }, { kind: "draw", step: 4, steps: 3 }, { kind: "cell", step: 1 }, { kind: "cell", step: 1, cells: [{ name: "RNN" }, { name: "GRU" }] }])
    assert.equal(readQuestion(trace, wrong), null, JSON.stringify(wrong));
});

test("a value may be asked some steps on: all from there is covered, and the axis knows nothing of it", () => {
  const asked = { kind: "lane", signal: "cell", unit: 1, step: 4, from: 2 };
  const { question, before, place } = readQuestion(trace, asked);
  assert.deepEqual([question, before, place], [{ kind: "lane", signal: "cell", step: 3, unit: 0, from: 1 }, { step: 0, phase: last }, { step: 3, phase: last }]);
  const shown = covered(trace, before);
  for (const signal of ["forget", "cell", "hidden"]) for (const t of [1, 2, 3]) assert.ok(Number.isNaN(shown.at(signal, t, 0)));
  const [low, high] = rangeOf(shown, question);
  assert.ok(high <= Math.ceil(Math.abs(trace.at("cell", 0, 0)) + 3) && low === -high, "at most 1 a step from where it was seen last");
  assert.deepEqual(rangeOf(trace, readQuestion(trace, { ...asked, from: undefined, range: [0, 50] }).question), [0, 50], "a lesson may say the axis");
  for (const wrong of [{ from: 5 }, { from: 0 }, { kind: "draw", from: 2 }, { range: [1, 1] }, { range: [0] }, { range: "wide" }, { kind: "unit", range: [0, 1] }]) assert.equal(readQuestion(trace, { ...asked, ...wrong }), null, JSON.stringify(wrong));
});

test("where cells keep step, which of them holds it is asked some steps on, and all of them are covered until then", () => {
  const [lstm, rnn] = [trace, traceOf(run("rnn"))];
  assert.deepEqual(modesOf(lstm, true), ["cell"]);
  const cells = (step) => [lstm, rnn].map((own) => ({ name: own.cell, value: own.at(own.memory, step, 1) }));
  const whole = wholeSteps(lstm, { step: 1, phase: "write" });
  assert.deepEqual([whole, wholeSteps(lstm, { step: 0, phase: "look" })], [{ step: 0, phase: last }, { step: -1, phase: last }]);
  const { question, place } = nextQuestion(lstm, "cell", whole, { unit: 1, signal: "cell", cells });
  const end = Math.min(5, lstm.steps - 1);
  assert.deepEqual([question.kind, question.step, question.of, place], ["cell", end, 1, { step: end, phase: last }]);
  assert.deepEqual(targetOf(shown, question, 3), [lstm.at("cell", end, 1), rnn.at("hidden", end, 1)]);
  const seen = covered(rnn, carriedOver(rnn, lstm, whole));
  assert.ok(Number.isFinite(seen.at("hidden", 0, 1)) && Number.isNaN(seen.at("hidden", 1, 1)));
  const midway = covered(rnn, carriedOver(rnn, lstm, { step: 2, phase: "forget" }));
  assert.ok(Number.isFinite(midway.at("hidden", 1, 1)) && Number.isNaN(midway.at("hidden", 2, 1)));
  assert.equal(carriedOver(rnn, lstm, null), null);
  assert.equal(nextQuestion(lstm, "cell", whole, { unit: 1, signal: "cell", cells: () => cells(1).slice(1) }).question, null);
  assert.equal(nextQuestion(lstm, "cell", place, { unit: 1, signal: "cell", cells }).place?.step ?? null, end < lstm.steps - 1 ? lstm.steps - 1 : null);
  assert.ok(beyond(lstm, { step: 1, phase: "reset" }, whole), "a phase that only another cell has lies beyond too");
});

test("a drawing on the score has the score's columns; of a long run as many steps as a finger can meet", () => {
  const own = axisOf({ first: 4, steps: 5, total: 9 }, { left: 40, wide: 300 }, true);
  assert.deepEqual(own, { width: 340, left: 40, wide: 300, from: 0, columns: 9 });
  const long = axisOf({ first: 400, steps: 5, total: 1000 }, { left: 40, wide: 300 }, true);
  assert.deepEqual([long.columns, long.from], [12, 393]);
  const early = axisOf({ first: 2, steps: 5, total: 1000 }, { left: 40, wide: 300 }, true);
  assert.deepEqual([early.columns, early.from], [7, 0]);
  const alone = axisOf({ first: 9, steps: 1, total: 20 }, { room: 390 }, false);
  assert.deepEqual([alone.width, alone.from, alone.columns], [390, 3, 7]);
});
