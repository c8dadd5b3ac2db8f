import assert from "node:assert/strict";
import { test } from "node:test";
import { edgeName, endpoints } from "../../../assets/stage/backward/edges.js";
import { Flow } from "../../../assets/stage/backward/flow.js";
import { exactGradient, gradient, percent } from "../../../assets/stage/core/text/format.js";
import { KINDS } from "../kinds.mjs";
import { Player } from "../../../assets/stage/core/run/player.js";
import { shadeOf } from "../../../assets/stage/score/strips.js";
import { Trace } from "../../../assets/stage/core/run/trace.js";

/** A run of one unit over three steps whose only way back is U. */
function flow(hidden, back, gradient = {}) {
  const header = { cell: "rnn", description: KINDS.rnn, steps: 3, units: 1, inputs: 1, tokens: ["", "", ""], gradient: { scale: 1, floor: 1e-12, at: 2, source: "hidden", exploded: null, ...gradient } };
  return new Flow(new Trace(header, { "grad.hidden": Float64Array.from(hidden), "back.hidden": Float64Array.from(back) }));
}

test("the scale is logarithmic from vanished to the largest", () => {
  const made = flow([0, 0, 1], [0, 0, 0]);
  const levels = [0, 1e-13, 1e-12, 1e-6, 1].map((value) => made.level(value));
  assert.deepEqual(levels, [...levels].sort((a, b) => a - b));
  assert.equal(levels[0], 0);
  assert.equal(levels[4], 1);
  assert.ok(Math.abs(made.level(1e-6) - (levels[2] + levels[4]) / 2) < 1e-12);
  assert.equal(made.level(-1e-6), made.level(1e-6));
});

test("what exploded has a level, a outcome and a text that no attribute chokes on", () => {
  const made = flow([NaN, Infinity, 1], [Infinity, 1, 0], { exploded: 1 });
  for (const value of [NaN, Infinity, -Infinity]) {
    assert.equal(made.outcome(value), "exploded");
    assert.equal(made.level(value), 1);
    assert.ok(gradient(value).length > 0);
  }
  assert.equal(made.shares("hidden", 0, 0), null);
  assert.ok(Number.isNaN(made.length("hidden", 0)));
});

test("nothing, vanished and alive are three different things", () => {
  const made = flow([0, 0, 1], [0, 0, 0]);
  assert.deepEqual([0, 1e-13, 1e-12, -0.5].map((value) => made.outcome(value)), ["none", "vanished", "alive", "alive"]);
});

test("beside an explosion, what the loss sends out has not vanished", () => {
  const made = flow([NaN, 1e300, 0.5], [1e300, 0, 0], { scale: 1e300, floor: 1e288 });
  assert.equal(made.outcome(0.5), "alive");
  assert.equal(made.outcome(1e-13), "vanished");
  assert.ok(made.level(0.5) < made.level(1e100) && made.level(1e100) < made.level(1e300));
});

test("the length of very small gradients is not lost in their squares", () => {
  assert.equal(flow([1e-200, 0, 1], [0, 0, 0]).length("hidden", 0), 1e-200);
});

test("after the step that the loss reads, nothing is asked", () => {
  const made = flow([0.5, 1, 0], [0.2, 0.5, 0], { at: 1 });
  assert.deepEqual(made.sources("hidden", 2, 0), []);
  assert.deepEqual(made.sources("hidden", 1, 0).map(({ kind, value }) => [kind, value]), [["loss", 1], ["back", 0]]);
  assert.deepEqual(made.sources("hidden", 0, 0).map(({ kind, step, value }) => [kind, step, value]), [["back", 1, 0.5]]);
});

test("gradients are short in a parcel and never lose their sign", () => {
  assert.deepEqual([0, 0.12, -0.043, -3.2e-4, 1.5e12, 9.99e-3, 1e-20].map(gradient), ["0", "0.12", "−0.043", "−3.2×10⁻⁴", "1.5×10¹²", "0.010", "1×10⁻²⁰"]);
  assert.equal(exactGradient(0), "0");
  assert.equal(exactGradient(-0.5), "−0.5000");
});

test("a share says neither nothing of what is there nor all of what has company", () => {
  assert.deepEqual([0, 1e-9, 0.5, 0.999, 1].map(percent), ["0%", "<1%", "50%", ">99%", "100%"]);
});

test("a wire's endpoints are found whatever commands draw it", () => {
  assert.deepEqual(endpoints("M100 20H60"), { start: [100, 20], end: [60, 20], heading: [-1, 0] });
  assert.deepEqual(endpoints("M10 90H40q8 0 8 -8V32"), { start: [10, 90], end: [48, 32], heading: [1, 0] });
  assert.deepEqual(endpoints("M5 5v26"), { start: [5, 5], end: [5, 31], heading: [0, 1] });
});

test("the wire from c into tanh carries another gradient than the belt that runs on", () => {
  assert.equal(edgeName("lstm", "cell", ""), "memory.ahead");
  assert.equal(edgeName("lstm", "cell", "tanh"), "through");
  assert.equal(edgeName("lstm", "", ""), null);
});

test("backward, play goes from the last step to the first and starts over there", () => {
  const player = new Player({ steps: 3, units: 1, phases: ["look", "squash", "carry"] });
  player.direction = -1;
  player.play(0);
  assert.equal(player.step, 2);
  const seen = [];
  for (let now = 0; player.playing; now += player.interval) if (player.tick(now)) seen.push(player.step);
  assert.deepEqual(seen, [1, 0]);
  assert.equal(player.playing, false);
});

test("a strip of gradients is shaded from nothing to the largest, not from minus to plus", () => {
  assert.equal(shadeOf("gradient", 0, 1), 0);
  assert.equal(shadeOf("gradient", 1, 1), 255);
  assert.equal(shadeOf("gradient", NaN, 1), 255);
});
