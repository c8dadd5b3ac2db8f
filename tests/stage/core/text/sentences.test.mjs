// Sentences in a row, as each language has them.

import assert from "node:assert/strict";
import test from "node:test";
import { joinSentences } from "../../../../assets/stage/core/text/sentences.js";

test("a space stands between two sentences, but none after a full-width mark", () => {
  assert.equal(joinSentences(["It opens.", "", null, "Then it shuts."]), "It opens. Then it shuts.");
  assert.equal(joinSentences(["门打开。", false, "随后关上！", "（见下）", "LSTM"]), "门打开。随后关上！（见下）LSTM");
  assert.equal(joinSentences(["x 是输入", "h 是状态"]), "x 是输入 h 是状态");
  assert.equal(joinSentences([]), "");
});
