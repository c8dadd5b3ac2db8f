// What is concealed is in nothing that a view is given: two runs that are the same up to the frontier give the same.
import assert from "node:assert/strict";
import { test } from "node:test";

import { countUncovered, covered, phaseOf, nearer, visible } from "../../../../assets/stage/core/run/visible.js";
import { Concealment } from "../../../../assets/stage/core/run/concealment.js";
import { run, traceOf } from "../../runs.mjs";
import { told } from "../stage_texts.mjs";

const CELLS = [
  ["lstm", {}],
  ["lstm", { peephole: true }],
  ["lstm", { coupled: true }],
  ["gru", { reset: "after" }],
  ["gru", { reset: "before" }],
  ["rnn", {}],
  ["rnn", { activation: "relu" }],
];

/** Every frontier of a run: each phase of each step. */
const frontiers = ({ steps, phases }) => Array.from({ length: steps }, (_, step) => phases.map((phase) => ({ step, phase }))).flat();

/** A run whose concealed values are all others: what a leak would show. */
function disturbed(made, trace, frontier) {
  const arrays = Object.fromEntries(
    Object.entries(made.arrays).map(([name, values]) => {
      if (!Array.isArray(values[0]) || values.length !== trace.steps || name === "x") return [name, values];
      const from = countUncovered(trace, name, frontier);
      return [name, values.map((row, t) => (t < from ? row : row.map((value, unit) => 7.5 + value * 3 + unit)))];
    }),
  );
  return traceOf({ header: made.header, arrays });
}

for (const [cell, options] of CELLS)
  test(`${cell} ${JSON.stringify(options)}: whatever lies beyond the frontier changes nothing that any view is given`, () => {
    const made = run(cell, { steps: 4, ...options });
    const trace = traceOf(made);
    for (const frontier of frontiers(trace)) {
      const [one, other] = [trace, disturbed(made, trace, frontier)].map((each) => told(covered(each, frontier), frontier));
      assert.deepEqual(one, other, JSON.stringify(frontier));
      const concealed = countUncovered(trace, "hidden", frontier) < trace.steps;
      if (concealed) assert.notDeepEqual(told(trace, frontier), told(disturbed(made, trace, frontier), frontier), "without the cover it would show");
    }
  });

test("a value is there if and only if it may be seen", () => {
  for (const [cell, options] of CELLS) {
    const trace = traceOf(run(cell, options));
    const end = { step: trace.steps - 1, phase: trace.phases.at(-1) };
    for (const frontier of frontiers(trace)) {
      const shown = covered(trace, frontier);
      for (const signal of trace.signals)
        for (let step = 0; step < trace.steps; step++) {
          const seen = visible(trace, step === end.step ? end : { step: end.step, phase: end.phase }, { signal, step }, frontier);
          assert.equal(Number.isFinite(shown.at(signal, step, 0)), seen, `${cell} ${signal} ${step} ${JSON.stringify(frontier)}`);
        }
    }
  }
});

test("what is not concealed is the run's own to the last bit, and the run itself stays whole", () => {
  const trace = traceOf(run("lstm"));
  const shown = covered(trace, { step: 2, phase: "write" });
  for (const signal of ["forget", "cell", "hidden"]) {
    const until = signal === "hidden" ? 2 : 3;
    for (let step = 0; step < until; step++) assert.equal(shown.at(signal, step, 1), trace.at(signal, step, 1));
    assert.ok(Number.isNaN(shown.at(signal, until, 1)) && Number.isFinite(trace.at(signal, until, 1)));
  }
  assert.equal(shown.at("x", 4, 0), trace.at("x", 4, 0));
  assert.equal(shown.arrays.W, trace.arrays.W);
});

test("a common scale of runs beside each other, read-outs and gradients say nothing of what is to come", () => {
  const made = run("lstm");
  made.header.scale = { cell: 9 };
  Object.assign(made.arrays, { readout: made.arrays.hidden, "grad.cell": made.arrays.cell });
  const shown = covered(traceOf(made), { step: 2, phase: "write" });
  assert.ok(shown.scale("cell") < 9);
  assert.deepEqual([1, 2].map((step) => Number.isFinite(shown.at("readout", step, 0))), [true, false]);
  assert.ok(Number.isNaN(shown.at("grad.cell", 0, 0)));
});

test("page and guesses conceal together, and the stage stays on this side", () => {
  const run1 = traceOf(run("lstm"));
  const player = { step: 4, phase: "carry", moveTo: (place) => Object.assign(player, place), pause() {} };
  const stage = { player, guessing: { frontier: null } };
  const concealment = new Concealment(stage);
  concealment.take(run1);
  assert.equal(concealment.shown, run1);
  concealment.ask({ step: 3, phase: "forget" }); // from 1, as on the screen
  assert.deepEqual([player.step, player.phase], [2, "forget"]);
  assert.ok(Number.isNaN(concealment.shown.at("cell", 2, 0)) && Number.isFinite(concealment.shown.at("forget", 2, 0)));
  stage.guessing.frontier = { step: 1, phase: "look" };
  assert.equal(concealment.cover(), true);
  assert.equal(concealment.cover(), false, "nothing new");
  assert.deepEqual(concealment.frontier, { step: 1, phase: "look" });
  stage.guessing.frontier = null;
  concealment.ask(null);
  assert.equal(concealment.shown, run1);
  run1.header.at = {};
  concealment.again({ at: { nonce: "2" }, conceal: { step: 2, phase: "look" } });
  concealment.again({ at: {} });
  assert.equal(run1.header.at.nonce, "2");
  assert.deepEqual(concealment.frontier, { step: 1, phase: "look" }, "the same run with something concealed");
  concealment.take(traceOf({ ...run("lstm"), header: { ...run("lstm").header, conceal: { step: 1, phase: "look" } } }));
  assert.ok(Number.isNaN(concealment.shown.at("forget", 0, 0)), "a run may come concealed");
  assert.deepEqual(nearer(run1, { step: 1, phase: "read" }, { step: 1, phase: "write" }), { step: 1, phase: "write" });
  assert.equal(phaseOf(run1, "cell"), "write");
});
