// A link of ours: what a stage asks for, and the examples that it can change to by itself.
import assert from "node:assert/strict";
import { test } from "node:test";

import { requestFor, examplesOf, readLink, historyRequest } from "../../../../assets/stage/shell/address/goto.js";

test("a link is read with and without its site, and below a folder", () => {
  const latch = { page: "lstm", params: { preset: "latch", step: "3" } };
  for (const link of ["/lstm?preset=latch&step=3", "https://x.org/lstm?preset=latch&step=3", "https://x.org/deep/LSTM/?preset=latch&step=3"]) assert.deepEqual(readLink(link), latch);
  assert.deepEqual(readLink("/"), { page: "home", params: {} });
  assert.equal(readLink("http://["), null);
});

test("a link that says nothing of language, notation and z leaves them; the way back leaves them in any case", () => {
  const shown = { lang: "zh", notation: "z", preset: "locker" };
  const link = { page: "gru", params: { preset: "latch", lang: "en", z: "write" } };
  assert.deepEqual(requestFor(link, shown), { ...link, settings: { lang: "zh", notation: "z" } });
  assert.deepEqual(historyRequest(link, shown), { page: "gru", params: { preset: "latch", lang: "zh", notation: "z" } });
});

test("another example keeps the place, and loses what belonged to the one that is left", () => {
  const examples = { params: { lang: "en", reset: "after" }, titles: { latch: "A latch", locker: "A locker" }, shown: "locker" };
  const params = { lang: "en", preset: "locker", sharpness: "2", step: "4", view: "diagram" };
  const [latch, locker] = examplesOf({ page: "gru", link: {}, examples }, params);
  assert.deepEqual(latch, { title: "A latch", link: "/gru?lang=en&reset=after&preset=latch&step=4&view=diagram", shown: false });
  assert.equal(locker.shown, true);
  const each = { latch: { demo: "latch" }, locker: { cell: "rnn", gain: "8" } };
  const own = examplesOf({ page: "gradients", link: {}, examples: { ...examples, each } }, params);
  assert.deepEqual(own.map(({ link }) => link), ["/gradients?lang=en&reset=after&demo=latch&step=4&view=diagram", "/gradients?lang=en&reset=after&cell=rnn&gain=8&step=4&view=diagram"]);
  assert.deepEqual(examplesOf({ page: "gru", link: null, examples }, params), [], "a stage without a link of its own changes to nothing");
});
