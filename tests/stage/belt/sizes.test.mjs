// How large a belt's letters are in the room there is, over all widths, on a page and before a hall.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { MIX } from "../../../assets/stage/belt/folded/gru.js";
import { beltSizes } from "../../../assets/stage/belt/sizes.js";
import { inTwo, textWidth } from "../../../assets/stage/core/text/width.js";
import { projectorScale } from "../../../assets/stage/shell/fullscreen/fullscreen.js";

const CELLS = [["lstm", true], ["gru", true], ["rnn", true], ["mgu", false]]; // prettier-ignore
const WIDTHS = Array.from({ length: 92 }, (_, k) => 100 + 20 * k);
const HALL = projectorScale(1920, 1080);
const SMALLEST = 12; // user units of the smallest letter: tests/stage/test_letters.py holds the styles to it
const drawn = (width, scale, way, [cell, lanes]) => beltSizes(cell, lanes, { width, height: 500, scale }, way);

test("before a hall no letter is below 20 px at any width, and a picture without room for lanes folds", () => {
  for (const cell of CELLS)
    for (const width of WIDTHS) {
      const { unit, narrow, units, tall } = drawn(width, HALL, { keeps: true }, cell);
      assert.ok(unit * SMALLEST >= 20, `${cell[0]} at ${width}: ${unit * SMALLEST}`);
      assert.equal(tall, 500 / unit);
      if (width >= 600) assert.ok(units * unit <= width + 1e-9, `${cell[0]} at ${width} is seen whole`);
      if (!narrow) assert.ok(units >= { lstm: 760, gru: 860, rnn: 700 }[cell[0]]);
    }
});

test("a filled screen that is no lecture shrinks lanes before it folds them, and so do smaller letters", () => {
  const lstm = CELLS[0];
  const [own, hall] = [{ shrinks: true }, { shrinks: true, keeps: true }].map((way) => drawn(1045, HALL, way, lstm));
  assert.deepEqual([own.narrow, hall.narrow], [false, true]);
  assert.ok(own.unit < HALL && hall.unit === HALL);
  assert.ok(drawn(1840, HALL, { smaller: 0.7 }, lstm).unit < HALL);
});

test("on a page lanes fold as for a phone where their letters would get too small to read", () => {
  assert.deepEqual([390, 684, 1200].map((width) => drawn(width, 1, {}, CELLS[0]).narrow), [true, false, false]);
  assert.equal(drawn(683, 1, {}, CELLS[0]).narrow, true);
  assert.equal(drawn(1200, 1, {}, CELLS[3]).units, 640, "a picture without lanes is no wider than it needs");
});

test("the words in a phone's closed box are narrower than the box, in either language", () => {
  const said = (lang) => JSON.parse(readFileSync(new URL(`../../../gates/text/strings/${lang}/belt.json`, import.meta.url), "utf8"))["belt.all"];
  const lines = ["en", "zh"].map((lang) => inTwo(said(lang), 12.5, MIX - 6));
  assert.deepEqual(lines, [["all units"], ["所有", "隐藏单元"]]);
  for (const line of lines.flat()) assert.ok(textWidth(line, 12.5) <= MIX - 6, line);
});
