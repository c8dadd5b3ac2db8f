// How a lecture looks, as link and browser keep it, and how far it uncovers a run.
import assert from "node:assert/strict";
import { test } from "node:test";

import { hideable, placeBefore, uncoveredBy } from "../../../assets/stage/lecture/hiding.js";
import { CONTROLS, saveSettings, parseSettings, readSettings, formatSettings, DEFAULT_CONTROLS } from "../../../assets/stage/lecture/settings.js";

const { lstm, gru, rnn } = JSON.parse(process.env.GATESCOPE_KINDS);
const run = (description) => ({ description, steps: 9 });

/** A browser's storage that holds one text, or is denied. */
const shelf = (text = null) => ({ getItem: () => text, setItem: (_, next) => (text = next) });
const denied = { getItem: () => { throw new Error("denied"); }, setItem: () => { throw new Error("denied"); } }; // prettier-ignore

test("a link's look is read as it was written", () => {
  const looks = [
    { theme: "dark", controls: ["phases", "score"], hide: { what: "forget", from: 4 } },
    { theme: "light", controls: [], hide: null },
    { theme: "light", controls: CONTROLS, hide: { what: "all", from: 1 } },
  ];
  assert.deepEqual(looks.map(formatSettings).slice(0, 2), ["dark,phases,score,hide-forget-4", "light"]);
  for (const look of looks) assert.deepEqual(parseSettings(formatSettings(look)), look);
});

test("a browser keeps the look but not what is hidden, and where it keeps nothing the usual one holds", () => {
  const kept = shelf();
  saveSettings(kept, { theme: "dark", controls: ["views"], hide: { what: "all", from: 1 } });
  assert.deepEqual(readSettings(kept), { theme: "dark", controls: ["views"] });
  for (const storage of [denied, null, shelf("{"), shelf('{"controls":"all","theme":"pink"}')]) {
    assert.deepEqual(readSettings(storage, "dark"), { theme: "dark", controls: DEFAULT_CONTROLS });
    saveSettings(storage, { theme: "light", controls: [] });
  }
  assert.deepEqual(readSettings(shelf('{"controls":["score","nonsense","phases"]}')).controls, ["phases", "score"]);
});

test("a signal is hidden from its step on with all that comes of it; a run that ends before is whole", () => {
  assert.deepEqual(uncoveredBy(run(lstm), { what: "forget", from: 4 }), { step: 3, phase: "look", sums: false });
  assert.deepEqual(uncoveredBy(run(lstm), { what: "kept", from: 4 }), { step: 3, phase: "look", sums: false }, "a part with its phase");
  assert.deepEqual(uncoveredBy(run(lstm), { what: "output", from: 9 }), { step: 8, phase: "write", sums: false });
  assert.deepEqual(uncoveredBy(run(gru), { what: "reset", from: 1 }), { step: -1, phase: "carry" }, "made in the first phase");
  assert.deepEqual(uncoveredBy(run(rnn), { what: "forget", from: 4 }), { step: 2, phase: "carry" }, "of a cell without it, the step before");
  assert.deepEqual(uncoveredBy(run(rnn), { what: "all", from: 1 }), { step: -1, phase: "carry" });
  for (const hide of [null, { what: "forget", from: 10 }]) assert.equal(uncoveredBy(run(lstm), hide), null);
  assert.deepEqual(placeBefore(lstm, "hidden", 1), { step: 1, phase: "write", sums: false });
});

test("what may be hidden has a letter and a name, and what goes in is not hidden", () => {
  const symbols = { ...Object.fromEntries(lstm.signals.map((name) => [name, name[0]])), kept: "f⊙c₋₁", shown: "o⊙tanh c" };
  const names = hideable({ description: lstm, symbols, strings: { "signal.kept": "what was kept" } });
  assert.deepEqual(names, ["forget", "input", "candidate", "cell", "output", "hidden", "kept"]);
});
