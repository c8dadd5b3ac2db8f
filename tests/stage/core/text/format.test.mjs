// How numbers read, and that what is written on a colour can be read.
import assert from "node:assert/strict";
import { test } from "node:test";

import { Colours, contrast, isGate } from "../../../../assets/stage/core/colour.js";
import { exact, fill, gate, number, readNumber } from "../../../../assets/stage/core/text/format.js";
import { random } from "../../runs.mjs";

test("a gate reads as 0 or 1 only when it is exactly that", () => {
  assert.deepEqual([0, 1, 0.5, 0.9975, 0.0025, 0.25].map(gate), ["0", "1", "0.50", "0.9975", "0.0025", "0.25"]);
  assert.equal(gate(1 - 2e-9), "1−2×10⁻⁹");
  assert.equal(gate(3e-12), "3×10⁻¹²");
  const next = random(1);
  for (let k = 0; k < 2000; k++) {
    const value = 1 / (1 + Math.exp(-40 * next()));
    const text = gate(value);
    if (value !== 0 && value !== 1) assert.ok(!/^[01]?(\.0*)?$/.test(text) && !/^1\.0*$/.test(text), `${value} reads ${text}`);
  }
});

test("signed numbers keep their sign, their size and at most eight characters", () => {
  assert.deepEqual([0, -0.53, 12.4, 123.45, -1234, 3.1e7].map(number), ["0", "−0.53", "12.40", "123.5", "−1234", "3.1×10⁷"]);
  assert.equal(number(NaN), "NaN");
  assert.equal(number(-Infinity), "−∞");
  assert.ok(number(1e-9) !== "0" && number(1e-9) !== "0.00");
});

test("a number is read with a point or a lone decimal comma, either minus and full-width digits; several numbers are none", () => {
  const typed = { "0.5": 0.5, "0,5": 0.5, "−0,25": -0.25, ",5": 0.5, " 3 ": 3, "1e-3": 1e-3, "1,5e2": 150, "－１，５": -1.5, "1e400": Infinity };
  for (const [text, value] of Object.entries(typed)) assert.equal(readNumber(text), value, text);
  for (const text of ["", "x", ",", "0.5, 0.3", "0,5 0,3", "1, 2", "1,2,3", "1.234,5", "1,234.5", "0x10", "Infinity"]) assert.equal(readNumber(text), null, text);
});

test("the arithmetic has four decimals, and what is smaller is not written as nothing", () => {
  assert.deepEqual([0, 0.12345, -2, 1e-7].map(exact), ["0.0000", "0.1235", "−2.0000", "1×10⁻⁷"]);
});

test("a template is filled by name, and an unknown name stays visible", () => {
  assert.equal(fill("{a} of {b}, {c}", { a: 1, b: "x" }), "1 of x, {c}");
});

const PALETTES = JSON.parse(process.env.GATESCOPE_PALETTES ?? "null");

test("text on every fill of both themes keeps 4.5 to 1", { skip: PALETTES ? false : "the palettes come from Python: see test_javascript.py" }, () => {
  for (const palette of PALETTES) {
    const colours = new Colours(palette);
    for (let k = -40; k <= 40; k++)
      for (const signal of ["hidden", "forget", "input", "output", "reset", "update"]) {
        const tint = colours.of(signal, isGate(signal) ? Math.abs(k) / 40 : k / 40);
        assert.ok(contrast(colours.ink(tint), tint) >= 4.5, `${signal} ${k / 40}: ${tint}`);
      }
  }
});

test("a sign has a colour, more of it is stronger, and beyond the scale it stays at the end", () => {
  const colours = new Colours({ fg: "#000000", bg: "#ffffff", zero: "#f3f4f6", positive: "#b2182b", negative: "#2166ac", forget: "#8a5a00" });
  assert.equal(colours.signed(0), "#f3f4f6");
  assert.equal(colours.signed(2, 2), "#b2182b");
  assert.equal(colours.signed(-9, 2), "#2166ac");
  assert.equal(colours.of("forget", 1), "#8a5a00");
  assert.notEqual(colours.signed(0.5), colours.signed(-0.5));
});
