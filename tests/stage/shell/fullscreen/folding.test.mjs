// What a filled screen folds, held against heights as a browser would measure them.
import assert from "node:assert/strict";
import { test } from "node:test";
import { projectorScale } from "../../../../assets/stage/shell/fullscreen/fullscreen.js";
import { foldable, ORDER, foldToFit, sizes, smallest } from "../../../../assets/stage/shell/fullscreen/folding.js";

// What each part gives up when it folds, of what a picture with four lanes, a film and sliders needs.
const GIVES = { strips: 120, watch: 60, curves: 150, shares: 90, size: 140, sliders: 50, units: 200, words: 70, lanes: 100, legend: 20, score: 60, phases: 40, answers: 10, picture: 300 };
const ALL = Object.fromEntries(ORDER.map((part) => [part, true]));
const [OWN, HALL] = [false, true].map((lecture) => ORDER.filter((part) => foldable(ALL, lecture).includes(part)));
const WHOLE = 1300;

const heightOf = (folded) => WHOLE - [...folded].reduce((sum, part) => sum + GIVES[part], 0);
const at = (height, present = OWN) => [...foldToFit(present, (folded) => heightOf(folded) <= height)];

test("with room for all nothing folds", () => assert.deepEqual(at(1300), []));

test("parts fold in their order as the screen gets lower", () => {
  assert.deepEqual(at(1240), ["watch"]);
  assert.deepEqual(at(1090), ["watch", "curves"]);
  assert.deepEqual(at(880), ["watch", "curves", "shares", "strips"]);
  assert.deepEqual(at(830), ["watch", "curves", "shares", "strips", "sliders"]);
  assert.deepEqual(at(630), ["watch", "curves", "shares", "strips", "sliders", "units"]);
  assert.deepEqual(at(560), OWN.slice(0, -1));
  assert.deepEqual(at(420), OWN, "smaller letters only where nothing else is left");
});

test("before a hall units and at last the picture fold, and no letter gets smaller", () => {
  assert.deepEqual(at(630, HALL), ["watch", "curves", "shares", "strips", "sliders", "units"]);
  assert.deepEqual(at(530, HALL), ["watch", "curves", "shares", "strips", "sliders", "units", "lanes"]);
  assert.deepEqual(at(30, HALL), ["watch", "curves", "shares", "strips", "sliders", "units", "lanes", "words", "legend", "score", "phases", "answers", "picture"]);
  assert.deepEqual([OWN.includes("lanes"), OWN.includes("picture"), HALL.includes("size")], [false, false, false]);
  assert.deepEqual(foldable({ watch: true, words: false, lanes: true, picture: true, size: true }, true), ["watch", "lanes", "picture"]);
});

test("what need not have been folded comes back, the dearest first", () => {
  assert.deepEqual(at(1150), ["curves"], "the curves alone leave room for the text");
  assert.deepEqual(at(1065), ["curves", "shares"], "and so do curves and shares");
});

test("only what there is folds", () => {
  assert.deepEqual(at(1100, ["strips", "units"]), ["units"], "whole lanes give the room that the strips alone do not");
  assert.deepEqual(at(100, ["watch"]), ["watch"], "and the picture scrolls where folding is not enough");
});

test("the last layout is the one that is reported", () => {
  let last = null;
  const folded = foldToFit(OWN, (way) => heightOf((last = new Set(way))) <= 1030);
  assert.deepEqual([...last], [...folded]);
});

test("stages that share a screen shrink in even steps to the page's letters, and only then further", () => {
  for (const largest of [1, 1.6]) {
    const [down, further] = [sizes(largest), smallest(largest)];
    assert.equal(down[0], largest);
    assert.ok(Math.abs(down.at(-1) - 1) < 1e-12);
    assert.ok(further[0] < 1 && Math.abs(further.at(-1) - 0.7) < 1e-12);
    const steps = down.slice(1).map((size, k) => down[k] - size);
    assert.ok(steps.every((step) => Math.abs(step - (largest - 1) / 4) < 1e-12));
  }
  assert.deepEqual(smallest(projectorScale(1920, 1080)), [1], "on a large screen a stage rather scrolls");
});
