// The arithmetic of steps and phases and the play clock.
import assert from "node:assert/strict";
import { test } from "node:test";

import { Player, SPEEDS } from "../../../../assets/stage/core/run/player.js";

const PHASES = ["look", "forget", "write", "read", "carry"];
const player = (steps = 9, units = 3) => new Player({ steps, units, phases: PHASES });
const where = ({ step, phase, unit }) => [step, phase, unit];

test("opens on the first step, complete", () => {
  assert.deepEqual(where(player()), [0, "carry", 0]);
});

test("twenty moves in one turn lose none", () => {
  const p = player(60);
  for (let k = 0; k < 20; k++) p.moveStep(1);
  assert.equal(p.step, 20);
});

test("steps stop at both ends and say that nothing changed", () => {
  const p = player(3);
  assert.equal(p.moveStep(-1), false);
  assert.equal(p.moveStep(10), true);
  assert.equal(p.step, 2);
  assert.equal(p.moveStep(1), false);
});

test("another step is shown complete, whatever phase was on", () => {
  const p = player();
  p.moveTo({ phase: "forget" });
  p.moveTo({ step: 4 });
  assert.deepEqual(where(p), [4, "carry", 0]);
  p.moveTo({ phase: "write" });
  p.moveStep(1);
  assert.deepEqual(where(p), [5, "carry", 0]);
});

test("the unit and the same step leave the phase alone", () => {
  const p = player();
  p.moveTo({ phase: "forget" });
  p.moveTo({ unit: 2 });
  p.moveTo({ step: 0 });
  assert.deepEqual(where(p), [0, "forget", 2]);
});

test("phases run over the borders of steps in both directions", () => {
  const p = player();
  p.movePhase(1);
  assert.deepEqual(where(p), [1, "look", 0]);
  p.movePhase(3);
  assert.deepEqual(where(p), [1, "read", 0]);
  p.movePhase(-4);
  assert.deepEqual(where(p), [0, "carry", 0]);
  for (let k = 0; k < 99; k++) p.movePhase(-1);
  assert.deepEqual(where(p), [0, "look", 0]);
  for (let k = 0; k < 99; k++) p.movePhase(1);
  assert.deepEqual(where(p), [8, "carry", 0]);
});

test("walking by phases visits every phase of every step once", () => {
  const p = player(4);
  p.moveTo({ phase: "look" });
  const seen = [where(p).slice(0, 2).join()];
  while (p.movePhase(1)) seen.push(where(p).slice(0, 2).join());
  const all = [0, 1, 2, 3].flatMap((step) => PHASES.map((phase) => `${step},${phase}`));
  assert.deepEqual(seen, all);
});

test("back through time there are whole steps only", () => {
  const p = player(4);
  p.moveTo({ step: 3 });
  p.direction = -1;
  p.movePhase(-2);
  assert.deepEqual(where(p), [1, "carry", 0]);
});

test("places out of range or broken come into range", () => {
  const p = player(9, 3);
  p.moveTo({ step: 400, phase: "blend", unit: -2 });
  assert.deepEqual(where(p), [8, "carry", 0]);
  p.moveTo({ step: NaN, unit: Infinity });
  assert.deepEqual(where(p), [8, "carry", 0]);
});

test("another run keeps the place as far as it has it", () => {
  const p = player(60, 8);
  p.moveTo({ step: 40, unit: 7, phase: "write" });
  p.reshape({ steps: 60, units: 8, phases: PHASES });
  assert.deepEqual(where(p), [40, "write", 7]);
  p.reshape({ steps: 10, units: 2, phases: ["look", "squash", "carry"] });
  assert.deepEqual(where(p), [9, "carry", 1]);
});

test("the clock moves once an interval and stops at the end", () => {
  const p = player(4);
  p.play(1000);
  assert.equal(p.tick(1000 + p.interval - 1), false);
  assert.equal(p.tick(1000 + p.interval), true);
  assert.equal(p.step, 1);
  assert.equal(p.tick(1000 + p.interval + 1), false);
  for (let now = 3000; now < 20000; now += 16) p.tick(now);
  assert.equal(p.step, 3);
  assert.equal(p.playing, false);
});

test("a stalled page skips no step when it wakes up", () => {
  const p = player(60);
  p.play(0);
  p.tick(60_000);
  assert.equal(p.step, 1);
  assert.equal(p.tick(60_001), false);
});

test("speed scales the interval at once, and motion ends before the next move", () => {
  const p = player(60);
  p.play(0);
  for (const speed of SPEEDS) {
    p.setSpeed(speed, 0);
    assert.ok(p.due <= p.interval);
    assert.ok(p.motion < p.interval);
  }
  const fast = p.interval;
  p.setSpeed(3, 0);
  assert.equal(p.interval, fast, "a speed that is not offered is ignored");
  p.setSpeed(0.5, 0);
  assert.equal(p.interval, 16 * fast);
});

test("played from the end it starts over", () => {
  const p = player(5);
  p.moveStep(99);
  p.play(0);
  assert.equal(p.step, 0);
  p.pause();
  p.moveStep(99);
  p.by = "phase";
  p.play(0);
  assert.deepEqual(where(p), [0, "look", 0]);
});

test("by phase the clock and the buttons move by phases", () => {
  const p = player(5);
  p.by = "phase";
  p.move(1);
  assert.deepEqual(where(p), [1, "look", 0]);
  p.play(0);
  p.tick(p.interval);
  assert.deepEqual(where(p), [1, "forget", 0]);
});

test("a sequence of one step is at both ends", () => {
  const p = player(1);
  assert.ok(p.atStart && p.atEnd);
  p.by = "phase";
  assert.ok(!p.atStart && p.atEnd);
});

test("a bar may be put at a phase of what it moves, and goes by its own", () => {
  const p = new Player({ steps: 3, units: 1, phases: ["look", "squash", "carry"], all: ["look", "squash", "carry", "propose"] });
  p.moveTo({ step: 1, phase: "propose" });
  assert.deepEqual(where(p), [1, "propose", 0]);
  p.reshape(p.shape);
  assert.deepEqual(where(p), [1, "propose", 0]);
  p.movePhase(1);
  assert.deepEqual(where(p), [2, "look", 0]);
  p.moveTo({ step: 1, phase: "propose" });
  p.movePhase(-1);
  assert.deepEqual(where(p), [1, "squash", 0]);
  p.moveTo({ phase: "dream" });
  assert.equal(p.phase, "carry");
});
