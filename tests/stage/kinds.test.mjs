// What the stage computes with on its own, against what gates says of each kind of cell.
import assert from "node:assert/strict";
import { test } from "node:test";

import { partsOf, signalsOf } from "../../assets/stage/engine/cells.js";
import { RULES } from "../../assets/stage/core/run/rules.js";
import { foldedModern } from "../../assets/stage/belt/folded/modern.js";
import { modern } from "../../assets/stage/diagram/modern.js";
import { KINDS } from "./kinds.mjs";

test("the browser's own engine has the parts and signals of gates, in its order", () => {
  for (const cell of ["lstm", "gru", "rnn"]) {
    assert.deepEqual(partsOf(cell), KINDS[cell].parts, cell);
    assert.deepEqual(["x", ...signalsOf(cell)], KINDS[cell].signals, cell);
  }
});

test("each rule that a description names can be computed, and no other", () => {
  for (const [cell, { rules }] of Object.entries(KINDS)) assert.deepEqual(Object.keys(RULES[cell] ?? {}).sort(), Object.keys(rules).sort(), cell);
});

test("what a description names it has: parts with a squash, phases, factors that are signals or made of them", () => {
  for (const [cell, { parts, squashes, signals, strips, phases, made, memory, sums, rules, spans }] of Object.entries(KINDS)) {
    assert.deepEqual(Object.keys(squashes).sort(), [...parts].sort(), cell);
    const products = Object.values(sums).flat().map(([name]) => name);
    const known = new Set([...signals, ...products, ...Object.keys(rules), "tanh_cell", "recurrent"]);
    const named = [...strips, memory, ...Object.keys(made), ...Object.values(sums).flat(3), ...Object.values(rules).flatMap(({ inputs }) => inputs), ...spans.flat()];
    for (const name of named) assert.ok(known.has(name.replace(/^(previous_|pre\.)/, "")), `${cell}: ${name}`);
    for (const phase of Object.values(made)) assert.ok(phases.includes(phase), `${cell}: ${phase}`);
    assert.equal(phases.at(-1), "carry");
  }
});

test("each kind of its paper's letters has its step on the belt, its row and its diagram, and no other", () => {
  const kinds = Object.keys(KINDS).filter((cell) => KINDS[cell].paper);
  for (const table of [foldedModern, modern]) assert.deepEqual(Object.keys(table).sort(), kinds.sort());
  for (const [cell, { paper, row, signals }] of Object.entries(KINDS)) {
    const named = row.filter((item) => /\w/.test(item));
    assert.equal(named.length > 1, paper, cell);
    assert.deepEqual(named.filter((item) => !signals.includes(item)), [], cell);
  }
});
