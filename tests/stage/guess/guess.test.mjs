// Guess first: what is asked when, how far the run is uncovered, and what a guess is worth.
import assert from "node:assert/strict";
import { test } from "node:test";

import { beyond, visible } from "../../../assets/stage/core/run/visible.js";
import { askedIn, nextPlace, rangeOf } from "../../../assets/stage/guess/frontier.js";
import { firstInvalid, judge, parse, tally } from "../../../assets/stage/guess/judge.js";
import { keep, recall, resumed, runName } from "../../../assets/stage/core/guess-storage.js";
import { moment } from "../../../assets/stage/core/text/moment.js";
import { createWording } from "../../../assets/stage/guess/wording.js";
import { run, traceOf } from "../runs.mjs";

const asked = (trace) => trace.phases.map((phase) => askedIn(trace, phase));

test("each phase that computes the memory, h or a gate asks for it", () => {
  assert.deepEqual(asked(traceOf(run("lstm"))), [null, "forget", "cell", "hidden", null]);
  assert.deepEqual(asked(traceOf(run("gru"))), [null, null, "candidate", "hidden", null]);
  assert.deepEqual(asked(traceOf(run("rnn"))), [null, "hidden", null]);
});

test("the way goes phase by phase over the borders of steps and ends with the run", () => {
  const trace = traceOf(run("rnn"));
  let place = { step: 0, phase: "look" };
  const passed = [];
  while (place) {
    passed.push(`${place.step} ${place.phase}`);
    const next = nextPlace(trace, place);
    if (next) assert.ok(beyond(trace, next, place) && !beyond(trace, place, next) && !beyond(trace, place, place));
    place = next;
  }
  assert.equal(passed.length, trace.steps * 3);
  assert.deepEqual(passed.slice(1, 4), ["0 squash", "0 carry", "1 look"]);
  assert.equal(passed.at(-1), `${trace.steps - 1} carry`);
});

test("nothing beyond the frontier is visible but what goes in", () => {
  const trace = traceOf(run("lstm"));
  const frontier = { step: 1, phase: "forget" };
  const seen = (view, place) => visible(trace, view, place, frontier);
  assert.ok(seen(frontier, { signal: "forget" }) && !seen(frontier, { signal: "cell" }));
  for (const signal of ["forget", "pre.forget", "hidden"]) assert.ok(!seen(frontier, { signal, step: 2 }), signal);
  assert.ok(seen(frontier, { signal: "x", step: 2 }));
  const before = { step: 0, phase: "carry" };
  assert.ok(seen(before, { signal: "hidden" }) && seen(before, { signal: "kept", step: 1 }));
  assert.ok(!seen(before, { signal: "hidden", step: 1 }) && !seen(before, { signal: "hidden", step: 2 }));
  assert.ok(!seen({ step: 0, phase: "look" }, { signal: "hidden" }));
});

test("every truth lies in the range that is offered", () => {
  for (const kind of ["lstm", "gru", "rnn"]) {
    const trace = traceOf(run(kind));
    for (let step = 0; step < trace.steps; step++)
      for (const signal of asked(trace).filter(Boolean)) {
        const [low, high] = rangeOf(trace, { signal, step, unit: 1 });
        const truth = trace.at(signal, step, 1);
        assert.ok(low <= truth && truth <= high, `${kind} ${signal} ${step}: ${truth} not in ${low}, ${high}`);
      }
  }
});

test("answers are counted by what they are worth", () => {
  assert.deepEqual(tally([{ verdict: "off" }, { verdict: "right" }, { verdict: "off" }]), { right: 1, close: 0, off: 2, unknown: 0 });
});

test("a number may have a comma and either minus; anything else is none", () => {
  assert.deepEqual(["0,5", " −1.25 ", "-2", "0"].map(parse), [0.5, -1.25, -2, 0]);
  for (const text of ["", " ", "x", "1,2,3", "Infinity"]) assert.equal(parse(text), null, text);
});

test("what was kept comes back, and what is not of its form does not", () => {
  const kept = new Map();
  globalThis.sessionStorage = { getItem: (key) => kept.get(key) ?? null, setItem: (key, value) => kept.set(key, value), removeItem: (key) => kept.delete(key) };
  const guessing = { run: "lstm-3-2-ab", frontier: { step: 1, phase: "look" }, answers: [{ verdict: "off" }] };
  keep("lstm", guessing);
  assert.deepEqual(recall("lstm"), guessing);
  assert.equal(recall("gru"), null);
  for (const damaged of ["", "{", "3", '{"run":"a","frontier":{"step":-1,"phase":"look"},"answers":[]}', '{"run":"a","frontier":{"step":1,"phase":"look"},"answers":[{"verdict":"<b>"}]}']) {
    kept.set("gatescope.guess.lstm", damaged);
    assert.equal(recall("lstm"), null, damaged);
  }
  keep("lstm", null);
  assert.equal(kept.size, 0);
  delete globalThis.sessionStorage;
  assert.equal(recall("lstm"), null);
});

test("a guess goes on after a reload and over a change of the example, but not into another link opened in the same tab", () => {
  const kept = { run: "lstm-9-1-1f", frontier: { step: 3, phase: "look" }, answers: [] };
  assert.equal(resumed(kept, "lstm-9-1-1f", false), kept);
  assert.equal(resumed(kept, "lstm-9-1-2e", true), kept);
  assert.equal(resumed(kept, "lstm-9-1-2e", false), null);
  assert.equal(resumed(null, "lstm-9-1-1f", true), null);
});

test("a run is known by its numbers", () => {
  const one = traceOf(run("lstm"));
  assert.equal(runName(one), runName(traceOf(run("lstm"))));
  one.arrays.hidden[1] += 1e-9;
  assert.notEqual(runName(one), runName(traceOf(run("lstm"))));
});

test("of several typed values a reader is led to the one that is no answer, else to the first that is missing", () => {
  const range = [-1, 1];
  assert.equal(firstInvalid(["0.5", "7", ""], range), 1, "beyond the axis");
  assert.equal(firstInvalid(["", "-0,5", "x"], range), 2, "not a number, though one before it is missing");
  assert.equal(firstInvalid(["−1", "1", " "], range), 2, "the ends are answers; blanks are not there");
  assert.equal(firstInvalid(["0", "0"], range), 0);
});

test("why a drawing goes as it goes is said of the step that is farthest off, without a guess of the last one", () => {
  const trace = traceOf(run("rnn"));
  const host = { header: {}, t: (key, values) => JSON.stringify([key, values]), symbol: (name) => name, complemented: () => false };
  const { reason } = createWording({ host, trace, player: { unit: 0 } });
  const question = { kind: "draw", signal: "hidden", unit: 1, step: 1, steps: 3 };
  const at = (step) => moment(host, trace, { step, phase: "carry", unit: 1 });
  assert.deepEqual([reason({ ...question, worst: 0 }), reason({ ...question, worst: 1 }), reason(question)], [at(1), at(2), at(3)]);
  assert.equal(new Set([at(1), at(2), at(3)]).size, 3);
});

test("a guess is worth how near it is; of those that are drawn the worst counts, and one alone may be left to draw", () => {
  const told = (kind, target, guess) => {
    const { distance, verdict, worst } = judge({ kind }, target, guess);
    return [distance, verdict, worst];
  };
  assert.deepEqual(told("value", 2, 2.25), [0.25, "close", undefined]);
  assert.deepEqual(told("draw", [0.5, 3, 1], [0.5, 1, 1]), [2, "off", 1]);
  assert.deepEqual(told("draw", [0.5], 0.75), [0.25, "off", 0]);
  assert.deepEqual(told("draw", [0.5], null), [null, "unknown", undefined]);
  assert.deepEqual(told("unit", [0.5, -2, 1], 2), [1, "off", undefined]);
});
