// Which checkpoint is which run, and where it stands on the axis of training.
import assert from "node:assert/strict";
import { test } from "node:test";

import { axisOf, frameOf, heights, measure, nearest, positionText } from "../../../assets/stage/film/frames.js";
import { KINDS } from "../kinds.mjs";

const film = { steps: [0, 1, 4], total: 8, newest: 4, loss: [1.5, 0.75, null], metric: [0.25, null, 1], metric_name: "right", share: true };
const whole = () => ({
  header: { cell: "rnn", description: KINDS.rnn, steps: 2, units: 2, inputs: 1, tokens: ["a", "b"], film },
  arrays: {
    x: Float64Array.from([1, 2]),
    hidden: Float64Array.from([9, 9, 9, 9]),
    "film.hidden": Float64Array.from([0, 1, 2, 3, 10, 11, 12, 13, 20, 21, 22, 23]),
    "film.U": Float32Array.from([0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8]),
    "film.b": Float64Array.from([0, 0, 1, 2, 3, 4]),
  },
});

test("a frame is the run of its checkpoint: states, weights and what all share", () => {
  const frame = frameOf(whole(), 1);
  assert.deepEqual([0, 1].map((unit) => frame.at("hidden", 1, unit)), [12, 13]);
  assert.equal(frame.recurrentWeight(0, 1, 0), 3);
  assert.equal(frame.bias(0, 1), 2);
  assert.equal(frame.at("x", 1, 0), 2);
});

test("no number is copied", () => {
  const { arrays } = whole();
  assert.equal(frameOf({ ...whole(), arrays }, 2).arrays.hidden.buffer, arrays["film.hidden"].buffer);
});

test("the nearest checkpoint is so by doublings, and the last where nothing is asked", () => {
  assert.deepEqual([0, 1, 2, 3, 50].map((step) => nearest(film.steps, step)), [0, 1, 1, 2, 2]);
  assert.equal(nearest(film.steps, null), 2);
});

test("checkpoints stand at equal distances and records between them in proportion", () => {
  const axis = axisOf(film);
  assert.deepEqual([0, 1, 2].map(axis.at), [0, 0.5, 1]);
  assert.deepEqual([0, 1, 4].map(axis.of), [0, 0.5, 1]);
  assert.equal(axis.of(2.5), 0.75);
  assert.equal(axis.reach, 1);
  assert.deepEqual([0.5, 3].map(axis.of), [0.25, (1 + 2 / 3) / 2]);
});

test("what was recorded after the newest checkpoint lies beyond the slider's reach", () => {
  const axis = axisOf({ steps: [0, 4], newest: 6 });
  assert.equal(axis.reach, 1 / 1.5); // half an interval further
  assert.deepEqual([0, 2, 4, 5, 6, 9].map(axis.of), [0, 0.5, 1, 1.25, 1.5, 1.5].map((place) => place / 1.5));
  const far = axisOf({ steps: [0, 2, 4], newest: 90 }); // no more than one interval
  assert.deepEqual([1, 4, 90].map(far.of), [0.5 / 3, 2 / 3, 1]);
});

test("a run of one checkpoint has an axis too", () => {
  const axis = axisOf({ steps: [0], newest: 0 });
  assert.deepEqual([axis.of(0), axis.at(0), axis.reach], [0, 0, 0]);
});

test("heights lie between 0 and 1, gaps stay gaps, and a flat curve is drawn", () => {
  assert.deepEqual(heights([1, null, 10, 100], [1, 100], true), [0, null, 0.5, 1]);
  assert.deepEqual(heights([0.5], [0.5, 0.5], false), [0]);
  assert.deepEqual(heights([0, 0, 4, 9], [2, 6], false), [0, 0, 0.5, 1]);
  assert.deepEqual(heights([0, 1e-12, 1e-6, 1], [0, 1], true), [0, 0, 0.5, 1]);
});

test("a share is per cent, never 100 where it is not", () => {
  assert.equal(measure(1, true), "100%");
  assert.deepEqual([0.995, 0.9951, 0.9997, 0.99996].map((value) => measure(value, true)), ["99.5%", "99.51%", "99.97%", "99.99%"]);
  assert.equal(measure(0.25, true), "25%");
  assert.equal(measure(null, true), "–");
  assert.equal(measure(0.016, false), "0.02");
});

test("where the film stands is said with what was measured there", () => {
  const t = (key) => ({ "film.at": "{step}/{steps} {loss} {metric} {value}", "film.at.loss": "{step}/{steps} {loss}", "film.untrained": "random:" })[key];
  assert.equal(positionText({ t }, film, 0), "random: 0/8 1.50 right 25%");
  assert.equal(positionText({ t }, film, 1), "1/8 0.75");
  assert.equal(positionText({ t }, film, 2), "4/8 NaN right 100%");
  assert.equal(positionText({ t: (key) => `${key} {step}` }, { ...film, others: [] }, 2), "film.at.step 4");
});
