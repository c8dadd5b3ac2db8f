// When a run may be swapped for another without a new picture.
import assert from "node:assert/strict";
import { test } from "node:test";

import { sameLayout } from "../../../../assets/stage/shell/recompute/same-layout.js";

const header = () => ({
  page: "lab", cell: "lstm", reset: "after", activation: "tanh", update: "keep", steps: 3, units: 2, inputs: 1, lang: "en", notation: "pytorch",
  random: false, watch: "w", tokens: ["a", "b", "c"], columns: ["x"], unit_names: [], symbols: { forget: "f" }, digest: "1",
  lab: { edit: { peephole: false, coupled: false, without: [], clamps: [] }, nonce: "n" },
});

test("other numbers, clamps and digests leave the picture as it is", () => {
  const other = header();
  other.digest = "2";
  other.lab.edit.clamps = [{ signal: "forget", units: null, steps: null, value: 0 }];
  assert.ok(sameLayout(header(), other));
});

test("another word, size, label or form of the cell does not", () => {
  const changes = [
    (h) => (h.lang = "zh"), (h) => (h.units = 3), (h) => (h.tokens = ["a", "b", "d"]), (h) => (h.symbols = { forget: "F" }),
    (h) => (h.lab.edit.coupled = true), (h) => (h.lab.edit.without = ["output"]), (h) => (h.lab.edit.peephole = true), (h) => (h.watch = null),
    (h) => (h.cell = "gru"), (h) => (h.update = "write"), (h) => (h.unit_names = ["A", "B"]),
  ];
  for (const change of changes) {
    const other = header();
    change(other);
    assert.ok(!sameLayout(header(), other), change.toString());
  }
});

test("pages without a lab are compared likewise", () => {
  const plain = () => ({ ...header(), lab: undefined });
  assert.ok(sameLayout(plain(), plain()));
  assert.ok(!sameLayout(plain(), { ...plain(), coupled: true }));
});
