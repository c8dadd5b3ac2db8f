// Recomputation without a rerun of the page, and when the page is notified.
import assert from "node:assert/strict";
import { mock, test } from "node:test";

import { Recompute } from "../../../../assets/stage/shell/recompute/recompute.js";
import { nonceWithin } from "../../../../assets/stage/widgets/visit.js";
import { Busy, Refused } from "../../../../assets/stage/shell/recompute/resolver.js";

const header = { page: "lstm", link: { whole: true, params: { preset: "locker" } }, at: { nonce: "1" }, lab: { nonce: "1/a" } };

function setting(t, get = async (body) => body) {
  mock.timers.enable({ apis: ["setTimeout"] });
  t.after(() => mock.timers.reset());
  const [asked, shown, told] = [[], [], []];
  let clock = 0;
  const runs = new Recompute({ resolver: { run: (body) => (asked.push(body), get(body)) }, now: () => clock });
  const ask = (message, about = header) => runs.ask(about, "sliders", message, (run) => shown.push(run.sliders), (each) => told.push(each));
  return { runs, ask, asked, shown, told, wait: (ms) => (clock += ms) };
}

test("a run is fetched at once, and the page told once when the hand rests", async (t) => {
  const { ask, asked, shown, told } = setting(t);
  for (let k = 0; k < 5; k++) {
    await ask({ k });
    mock.timers.tick(100);
  }
  assert.deepEqual(shown, [0, 1, 2, 3, 4].map((k) => ({ k })));
  assert.deepEqual(asked[4], { page: "lstm", params: { preset: "locker" }, nonce: "1", request: 5, lab_nonce: "1/a", sliders: { k: 4 } });
  assert.deepEqual(told, []);
  mock.timers.tick(250);
  assert.deepEqual(told, [{ k: 4, request: 5 }]);
  mock.timers.tick(5000);
  assert.equal(told.length, 1);
});

test("an answer that was overtaken is not shown", async (t) => {
  const answers = [];
  const { ask, shown } = setting(t, () => new Promise((done) => answers.push(done)));
  const both = [ask({ k: 1 }), ask({ k: 2 })];
  answers[1]({ sliders: "second" });
  answers[0]({ sliders: "first" });
  await Promise.all(both);
  assert.deepEqual(shown, ["second"]);
});

test("where the short way is closed the page is asked at once", async (t) => {
  const { ask, told } = setting(t, () => Promise.reject(new Error("422")));
  await ask({ k: 1 });
  assert.deepEqual(told, [{ k: 1, request: 1 }]);
});

const late = () => Promise.reject(new Busy("The server is busy.", 2));
const settled = async () => {
  for (let k = 0; k < 20; k++) await null;
};

test("a busy server is asked again when it said, and what was moved stays", async (t) => {
  const answers = [late, late, (body) => body];
  const { runs, asked, shown, told } = setting(t, (body) => answers.shift()(body));
  const said = [];
  const done = runs.ask(header, "sliders", { k: 1 }, (run) => shown.push(run.sliders), (each) => told.push(each), (why) => said.push(why));
  await settled();
  assert.deepEqual([asked.length, said], [1, ["The server is busy."]]);
  mock.timers.tick(1999);
  await settled();
  assert.equal(asked.length, 1, "not sooner than it said");
  for (let k = 0; k < 2; k++) {
    mock.timers.tick(4000);
    await settled();
  }
  await done;
  assert.deepEqual([asked.length, shown, told], [3, [{ k: 1 }], []]);
  assert.equal(said.at(-1), "");
  mock.timers.tick(250);
  assert.deepEqual(told, [{ k: 1, request: 1 }]);
});

test("while the server is busy only what was moved last is asked for again", async (t) => {
  const { ask, asked } = setting(t, (body) => (body.request === 1 ? late() : body));
  const first = ask({ k: 1 });
  await settled();
  await ask({ k: 2 });
  mock.timers.tick(60_000);
  await first;
  assert.deepEqual(asked.map((body) => body.request), [1, 2]);
});

test("a server that stays busy leaves it to the page", async (t) => {
  const { ask, asked, told } = setting(t, late);
  const done = ask({ k: 1 });
  for (let k = 0; k < 8; k++) {
    await settled();
    mock.timers.tick(4000);
  }
  await done;
  assert.deepEqual([asked.length, told], [6, [{ k: 1, request: 1 }]]);
});

test("a state too long for a link goes the long way", async (t) => {
  const { ask, asked, told } = setting(t);
  await ask({ k: 1 }, { ...header, link: { whole: false, params: {} } });
  assert.deepEqual([asked.length, told.length], [0, 1]);
});

test("a stage that is gone tells nothing", async (t) => {
  const { runs, ask, told } = setting(t);
  await ask({ k: 1 });
  runs.cancel();
  mock.timers.tick(1000);
  assert.equal(told.length, 0);
});

test("what the page sent before it heard is not shown, but nothing is waited for too long", async (t) => {
  const { runs, ask, wait } = setting(t);
  assert.equal(runs.isOutdated({ nonce: "1", acknowledged: 0 }), false);
  await ask({ k: 1 });
  assert.equal(runs.isOutdated({ nonce: "1", acknowledged: 0 }), true, "it has not been told yet");
  runs.notify();
  assert.equal(runs.isOutdated({ nonce: "1", acknowledged: 0 }), true, "it has been told, and this was under way");
  wait(5000);
  assert.equal(runs.isOutdated({ nonce: "1", acknowledged: 0 }), true, "a busy server takes its time");
  assert.equal(runs.isOutdated({ nonce: "1", acknowledged: 1 }), false, "its answer");
  await ask({ k: 2 });
  assert.equal(runs.isOutdated({ nonce: "2", acknowledged: 1 }), false, "a link that was opened meanwhile");
  runs.notify();
  wait(11_000);
  assert.equal(runs.isOutdated({ nonce: "2", acknowledged: 0 }), false, "a server that was started anew");
});

test("a stage that is mounted anew counts on", async (t) => {
  const { runs, ask, asked } = setting(t);
  runs.isOutdated({ nonce: "1", acknowledged: 7 });
  await ask({ k: 1 });
  assert.equal(asked[0].request, 8);
});

test("a session that has not heard of what was done last is asked for it again, and shows nothing older", async (t) => {
  const { runs, ask, asked, shown } = setting(t);
  runs.isOutdated({ nonce: "1", acknowledged: 0, session: "a" }, header);
  await ask({ k: 1 });
  runs.notify();
  assert.equal(runs.isOutdated({ nonce: "1", acknowledged: 1, session: "a" }, header), false, "acknowledged");
  assert.equal(runs.isOutdated({ nonce: "1", acknowledged: 0, session: "b" }, header), false, "its link had all of it");
  await ask({ k: 2 });
  runs.notify();
  const resumed = { ...header, link: { whole: true, params: { preset: "latch" } } };
  assert.equal(runs.isOutdated({ nonce: "1", acknowledged: 1, session: "c" }, resumed), true);
  await Promise.resolve();
  assert.deepEqual([asked.at(-1).params, asked.at(-1).sliders], [{ preset: "latch" }, { k: 2 }]);
  await new Promise((done) => setImmediate(done));
  assert.deepEqual(shown, [{ k: 1 }, { k: 2 }, { k: 2 }]);
  assert.equal(runs.isOutdated({ nonce: "9", acknowledged: 0, session: "d" }, header), false, "another place: nothing to ask again");
});

// Links

const link = { page: "lstm", params: { preset: "latch", step: "3" }, settings: { lang: "zh" } };

function opening(t, get, holds) {
  const made = setting(t, get);
  if (holds) made.runs.isDeferred = holds;
  const at = { params: { preset: "latch", step: "3" } };
  const way = { nonce: "1/a", show: (bytes) => made.shown.push(bytes), notify: (message) => made.told.push(message), currentParams: () => at.params };
  return { ...made, at, open: (asked = link, more = {}) => made.runs.open(asked, { ...way, ...more }) };
}

const bytes = (...numbers) => Uint8Array.from(numbers);

test("a link is opened at once, and Streamlit is told after a pause where the stage stands by then", async (t) => {
  const { open, asked, shown, told, at } = opening(t, async () => bytes(7));
  assert.equal(await open(), true);
  const [{ nonce, ...request }] = asked;
  assert.deepEqual(request, { ...link, opens: true, request: 1 });
  assert.match(nonce, /^1\/g\d+$/, "a place of its own within the visit");
  assert.deepEqual([shown, told], [[bytes(7)], []]);
  at.params = { preset: "latch", step: "5" };
  mock.timers.tick(250);
  assert.deepEqual(told, [{ page: "lstm", params: at.params, nonce, request: 1 }]);
});

test("a link that is left to Streamlit is a choice within the visit, and what Streamlit makes of it is shown", () => {
  const runs = new Recompute();
  const told = [];
  runs.isOutdated({ nonce: "1/a", acknowledged: 0, session: "a" });
  const nonce = nonceWithin("1/a");
  runs.leave({ page: "compare", params: { preset: "latch" }, settings: { lang: "zh" } }, (message) => told.push(message), nonce);
  assert.match(nonce, /^1\/g\d+$/);
  assert.deepEqual(told, [{ page: "compare", params: { lang: "zh", preset: "latch" }, request: 1, nonce }]);
  assert.equal(runs.isOutdated({ nonce: "1/a", acknowledged: 0, session: "a" }), true, "the comparison that is left");
  assert.equal(runs.isOutdated({ nonce, acknowledged: 1, session: "a" }), false);
  runs.leave({ page: "lstm", params: {} }, (message) => told.push(message));
  assert.deepEqual(told[1], { page: "lstm", params: {}, request: 2 }, "another page has visits of its own");
});

test("what Streamlit sends before it knows of the link is not shown, however late; then it counts", async (t) => {
  const { runs, open, told, wait } = opening(t, async () => bytes(7));
  runs.isOutdated({ nonce: "1", session: "a" });
  await open();
  mock.timers.tick(250);
  wait(60_000);
  assert.equal(runs.isOutdated({ nonce: "1", acknowledged: 0, session: "a" }), true);
  assert.equal(runs.isOutdated({ nonce: told[0].nonce, acknowledged: 1, session: "a" }), false);
  assert.equal(runs.isOutdated({ nonce: "2", acknowledged: 1, session: "a" }), false);
});

test("of two links in a row the answer to the first is never shown after the second", async (t) => {
  const { runs, open, told } = opening(t, async () => bytes(7));
  await open();
  mock.timers.tick(250);
  await open({ ...link, params: { preset: "locker" } });
  assert.equal(runs.isOutdated({ nonce: told[0].nonce, acknowledged: 1 }), true);
  mock.timers.tick(250);
  assert.equal(told.length, 2);
  assert.equal(runs.isOutdated({ nonce: told[1].nonce, acknowledged: 2 }), false);
});

test("a link that the resolver cannot open is left to the page, with what the reader chose for all pages", async (t) => {
  const { open, shown, told } = opening(t, async () => bytes());
  assert.equal(await open(), false);
  assert.deepEqual([shown, told], [[], [{ page: "lstm", params: { lang: "zh", preset: "latch", step: "3" }, request: 2 }]]);
});

test("on a filled screen Streamlit is told when it is left, of what was moved meanwhile too", async (t) => {
  let filled = true;
  const { runs, open, ask, told, at } = opening(t, async (body) => (body.opens ? bytes(7) : body), () => filled);
  await open();
  await ask({ k: 1 });
  mock.timers.tick(60_000);
  assert.deepEqual(told, []);
  filled = false;
  at.params = { preset: "latch", sharpness: "2" };
  runs.notify();
  assert.deepEqual(told.map(({ params, request }) => [params, request]), [[at.params, 2]]);
});

test("a choice that is refused on a filled screen says why, and Streamlit is told of what stays on it", async (t) => {
  const answers = [async () => bytes(7), async () => Promise.reject(new Refused("Lower the gain.")), async () => Promise.reject(new TypeError("cut"))];
  const { runs, open, told, at } = opening(t, (body) => answers.shift()(body), () => false);
  const said = [];
  const refuse = (sentence) => said.push(sentence);
  await open(link, { choice: "1/g8", refuse });
  for (const preset of ["locker", "counter"]) assert.equal(await open({ ...link, params: { preset } }, { refuse }), false);
  assert.deepEqual([said, told], [["Lower the gain.", undefined], []]);
  runs.notify();
  assert.deepEqual(told.map(({ params, nonce }) => [params, nonce]), [[at.params, "1/g8"]]);
});

test("a filled screen that is left while a link is on its way tells of that one alone", async (t) => {
  let filled = true;
  const answers = [];
  const { runs, open, told, at } = opening(t, () => new Promise((done) => answers.push(done)), () => filled);
  const first = open();
  answers[0](bytes(7));
  await first;
  const second = open({ ...link, params: { preset: "locker" } });
  filled = false;
  runs.notify();
  assert.deepEqual(told, [], "the first is not on the screen any more");
  answers[1](bytes(8));
  await second;
  at.params = { preset: "locker" };
  mock.timers.tick(250);
  assert.deepEqual(told.map(({ params, request }) => [params, request]), [[at.params, 2]]);
});

test("a slider of the run that a link is about to take away is not asked for", async (t) => {
  let answer;
  const { open, ask, asked, shown } = opening(t, () => new Promise((done) => (answer = done)));
  const done = open();
  await ask({ k: 1 });
  answer(bytes(7));
  await done;
  assert.deepEqual([asked.length, shown], [1, [bytes(7)]]);
});

test("a stage that is lent keeps what it was given until Streamlit sends it to another place", async (t) => {
  const { runs, open, told } = opening(t, async () => bytes(7));
  runs.isOutdated({ nonce: "1" });
  await open(link, { notify: null });
  mock.timers.tick(60_000);
  assert.deepEqual(told, []);
  assert.equal(runs.isOutdated({ nonce: "1" }), true);
  assert.equal(runs.isOutdated({ nonce: "1/2" }), false);
  assert.equal(runs.isOutdated({ nonce: "1/2" }), false);
});
