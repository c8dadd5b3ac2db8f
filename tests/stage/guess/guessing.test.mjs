// A question waits for the module that asks it, and is not asked of what has come meanwhile.

import assert from "node:assert/strict";
import test from "node:test";
import { Guessing } from "../../../assets/stage/widgets/guessing.js";

/** A stage's guessing whose module is still being fetched, and what it has asked. */
function fetching() {
  const asked = [];
  let here;
  const fetched = new Promise((resolve) => (here = resolve));
  const asking = { ask: (question) => (asked.push(question), Promise.resolve({ guess: 1 })), arrive() {} };
  return { guessing: Object.assign(Object.create(Guessing.prototype), { asking, fetched: () => fetched }), asked, here };
}

test("a question is asked once what asks it has come", async () => {
  const { guessing, asked, here } = fetching();
  const answer = guessing.ask({ step: 2 });
  assert.deepEqual(asked, []);
  here();
  assert.deepEqual([await answer, asked], [{ guess: 1 }, [{ step: 2 }]]);
});

test("of a run that was replaced meanwhile nothing is asked, and of two questions the last", async () => {
  const { guessing, asked, here } = fetching();
  const replaced = guessing.ask({ step: 2 });
  guessing.arrive();
  const first = guessing.ask({ step: 3 });
  const last = guessing.ask({ step: 4 });
  here();
  assert.deepEqual(await Promise.all([replaced, first, last]), [null, null, { guess: 1 }]);
  assert.deepEqual(asked, [{ step: 4 }]);
});
