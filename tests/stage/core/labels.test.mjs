// Names of controls begin with what is written on them, and naming many asks the browser for its layout once.
import assert from "node:assert/strict";
import { test } from "node:test";

import { nameSeen } from "../../../assets/stage/core/labels.js";

function control(log, ...pieces) {
  const attributes = {};
  const made = ([text, seen]) => ({ hidden: false, textContent: text, previousSibling: null, before() {}, checkVisibility: () => (log.push("look"), seen) });
  return {
    isConnected: true,
    attributes,
    querySelectorAll: () => pieces.map(made),
    getAttribute: (name) => attributes[name] ?? null,
    setAttribute: (name, value) => (log.push("name"), (attributes[name] = value)),
  };
}

test("all are looked at before any is named, and what is not seen is not said", () => {
  const log = [];
  const [plain, other] = [control(log, ["0.5", true]), control(log, ["f", true], ["hidden", false])];
  nameSeen([[plain, "forget gate: 0.5"], [other, "forget gate"]]);
  assert.deepEqual(log, ["look", "look", "look", "name", "name"]);
  assert.deepEqual([plain.attributes["aria-label"], other.attributes["aria-label"]], ["forget gate: 0.5", "forget gate"]);
  const sign = control(log, ["σ", true]);
  nameSeen([[sign, "output gate"]]);
  assert.equal(sign.attributes["aria-label"], "σ: output gate");
});
