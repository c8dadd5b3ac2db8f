import assert from "node:assert/strict";
import { test } from "node:test";
import { HistoryListener } from "../../../../assets/stage/shell/address/history.js";

function visited(shown, link = {}) {
  const events = new EventTarget();
  const location = { pathname: "/gru", search: "" };
  const told = [];
  const back = new HistoryListener((params) => told.push(params), { location, events });
  let cancelled = 0;
  const position = {
    arrive(params) {
      cancelled += 1;
      return JSON.stringify(params) !== JSON.stringify(shown);
    },
  };
  back.watch({ header: { link }, position });
  const go = (pathname, search) => {
    Object.assign(location, { pathname, search });
    events.dispatchEvent(new Event("popstate"));
  };
  return { back, go, told, cancelled: () => cancelled };
}

test("another entry of the same page is reported, once", () => {
  const { go, told } = visited({ step: "1" });
  go("/gru", "?preset=latch&step=3");
  assert.deepEqual(told, [{ preset: "latch", step: "3" }]);
});

test("what the stage shows already is not", () => {
  const { go, told, cancelled } = visited({ step: "1" });
  go("/gru", "?step=1");
  assert.deepEqual(told, []);
  assert.equal(cancelled(), 1, "but a write that was under way must not land on this entry");
});

test("another page's address, a stage without a link, and one that is gone say nothing", () => {
  const { go, told, back } = visited({ step: "1" });
  go("/lstm", "?step=2");
  back.destroy();
  go("/gru", "?step=2");
  assert.deepEqual(told, []);
  const follower = visited({}, null);
  follower.go("/gru", "?step=2");
  assert.deepEqual(follower.told, []);
});
