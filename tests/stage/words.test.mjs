// Streamlit's own words: found whole or by their template, and left alone where they are another's.
import assert from "node:assert/strict";
import { test } from "node:test";

import { translator } from "../../assets/connection/words.js";

const say = translator({ Open: "展开", "Help for {label}": "{label}：说明", "Press {key}+Enter to apply": "按 {key}+回车", "From {least} to {most}.": "{least} 至 {most}。" });

test("a word is said where it is all of a text, never inside another", () => {
  assert.equal(say("Open"), "展开");
  assert.equal(say("Open the forget gate"), "Open the forget gate");
  assert.equal(say(""), "");
});

test("what stands in a template's place is kept, whatever it is", () => {
  assert.equal(say("Help for 种子"), "种子：说明");
  assert.equal(say("Help for $& {label}"), "$& {label}：说明");
  assert.equal(say("Press ⌘+Enter to apply"), "按 ⌘+回车");
  assert.equal(say("From 0 to 1 to 2."), "0 至 1 to 2。");
  for (const other of ["From  to 1.", "From 0 to .", "From 0 to 1", "Help for "]) assert.equal(say(other), other);
  assert.equal(say("Press Enter to apply"), "Press Enter to apply");
  assert.equal(say("Help for "), "Help for ");
  const two = translator({ "between {least} and {most}.": "{most} >= {least}" });
  assert.equal(two("between 1.5 and 20."), "20 >= 1.5");
  assert.equal(two("between 1.5 and ."), "between 1.5 and .");
  assert.equal(two("between 1.5."), "between 1.5.");
});
