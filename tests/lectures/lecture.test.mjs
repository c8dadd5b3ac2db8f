import assert from "node:assert/strict";
import { test } from "node:test";
import { Prefetch } from "../../assets/lecture/slides/prefetch.js";
import { readMessage } from "../../assets/lecture/show/channel.js";
import { frontierOf } from "../../assets/lecture/slides/hiding.js";
import { commandOf } from "../../assets/lecture/windows/keys.js";
import { LectureResolver, separated } from "../../assets/lecture/slides/resolver.js";
import { placeAt } from "../../assets/lecture/editor/reorder.js";
import { newSession, guessesOf, nextAction, applyCommand, readSession, timing, awaitsReveal } from "../../assets/lecture/show/session.js";
import { LIMITS, changed, extended, fromFile, hiddenBy, linkOf, moved, projected, validShow, validState, stepOf, toFile, without } from "../../assets/lecture/show/show.js";
import { titlesOf } from "../../assets/lecture/show/titles.js";
import { Busy } from "../../assets/stage/shell/recompute/resolver.js";
import { questionTarget } from "../../assets/stage/guess/target-stage.js";
import { CurrentLecture, LECTURES, Lectures, NOTES, NOW, PRINTED, SHOWN } from "../../assets/lecture/show/storage.js";

/** A browser's storage, which all of its tabs share. */
class Shelf {
  constructor(room = Infinity) {
    Object.assign(this, { room, items: new Map() });
  }
  getItem(name) {
    return this.items.get(name) ?? null;
  }
  setItem(name, text) {
    if (text.length > this.room) throw new Error("full");
    this.items.set(name, text);
  }
}

const LINK = "/lstm?preset=latch&step=3";
const SECRET = "say it slowly";
const show = validShow({
  id: "hour",
  title: "An hour",
  states: [
    { id: "a", link: LINK, title: "Open", minutes: 3, notes: SECRET },
    { id: "b", link: "/lstm?preset=latch&step=5", minutes: 4, hide: "forget", notes: `${SECRET} twice` },
    { id: "c", link: "/gru?preset=latch&step=2", minutes: 5, question: { kind: "value", signal: "update", unit: 1, step: 3 }, walk: { by: "step", moves: 2 } },
    { id: "d", link: "/rnn", minutes: 1 },
  ],
});

const given = (orders, from = newSession(show)) => orders.reduce((session, [order, value, now]) => applyCommand(session, show, order, value, now), from);
const FORWARD = ["forward"];
const BACK = ["back"];

test("a key reveals first, then walks, then goes on, and back the same way", () => {
  const steps = [];
  let session = newSession(show);
  for (let k = 0; k < 9; k++) {
    steps.push([nextAction(session, show), session.at, session.walked]);
    session = applyCommand(session, show, "forward");
  }
  assert.deepEqual(steps, [["next", 0, 0], ["reveal", 1, 0], ["next", 1, 0], ["reveal", 2, 0], ["walk", 2, 0], ["walk", 2, 1], ["next", 2, 2], ["end", 3, 0], ["end", 3, 0]]);
  assert.equal(session.serial, 7, "at the end a key changes nothing");
  const back = given([BACK, BACK, BACK], session);
  assert.deepEqual([back.at, back.walked], [2, 0], "a state that is come back to stands where it was left");
  assert.equal(awaitsReveal(given([BACK], back), show), false, "and what was revealed stays revealed");
  assert.deepEqual(given([["go", 2], ["again"]], session).revealed, ["b"]);
  assert.equal(given([["go", 7], ["go", -1], ["go", "1"]], session), session);
});

test("black and the code come off with any key, and nothing moves meanwhile", () => {
  const dark = given([FORWARD, ["blank"]]);
  assert.deepEqual([dark.blank, dark.at], [true, 1]);
  for (const key of [FORWARD, BACK]) {
    const light = given([key], dark);
    assert.deepEqual([light.blank, light.at, light.revealed], [false, 1, []]);
  }
  const code = given([["code"]], dark);
  assert.deepEqual([code.code, code.blank], [true, false]);
  assert.equal(nextAction(code, show), "show");
});

test("two guesses are kept, the last one anew, and none where nothing is asked", () => {
  const asked = given([["go", 2], ["guess", 0.25], ["guess", 0.25]]);
  assert.deepEqual(guessesOf(asked, show), [0.25]);
  const twice = given([["guess", 0.5], ["guess", 0.75]], asked);
  assert.deepEqual(guessesOf(twice, show), [0.25, 0.75]);
  assert.equal(given([["guess", Number.NaN], ["guess", "1"], ["guess", null]], twice), twice);
  const told = given([FORWARD], twice);
  assert.equal(given([["go", 3], ["guess", 0.1]], told).serial, told.serial + 1);
  assert.deepEqual(guessesOf(given([["again"]], told), show), []);
});

test("the clock begins with the first move on and says how far behind the plan one is", () => {
  const minute = 60_000;
  const session = given([["blank", null, 5], ["forward", null, 1000], ["forward", null, 1000 + minute]]);
  assert.equal(session.begun, 1000);
  const late = timing(given([["forward", null, 2 * minute]], session), show, 1000 + 9 * minute);
  assert.deepEqual(late, { elapsed: 9, until: 7, whole: 13, behind: 2, ahead: 0 });
  assert.equal(timing(given([["go", 3]], session), show, 1000 + 9 * minute).ahead, 3);
  assert.deepEqual(timing(newSession(show), show, 10 * minute), { elapsed: 0, until: 3, whole: 13, behind: 0, ahead: 0 });
});

test("a window takes a session only if it is one of this show", () => {
  const session = given([FORWARD, ["go", 2], ["guess", 0.5], FORWARD]);
  assert.deepEqual(readSession(JSON.parse(JSON.stringify(session)), show), session);
  const wrong = [
    null, [], "x", { ...session, show: "other" }, { ...session, at: 4 }, { ...session, at: 1.5 }, { ...session, at: -1 }, { ...session, walked: "1" },
    { ...session, revealed: [1] }, { ...session, revealed: "abc" }, { ...session, guesses: { c: [1, 2, 3] } }, { ...session, guesses: { c: ["0.5"] } },
    { ...session, blank: 1 }, { ...session, begun: Number.NaN }, { ...session, version: 2 }, { ...session, serial: undefined },
  ]; // prettier-ignore
  for (const told of wrong) assert.equal(readSession(told, show), null, JSON.stringify(told));
  assert.equal(readSession({ ...session, walked: 99 }, show).walked, 2);
  assert.deepEqual(Object.keys(readSession({ ...session, more: "<img>" }, show)), Object.keys(session));
});

test("a file comes back as it was, and what is none is told apart", () => {
  const { show: back } = fromFile(toFile(show));
  const plain = ({ states }) => states.map(({ id, ...state }) => state);
  assert.deepEqual(plain(back), plain(show));
  assert.equal(new Set(back.states.map(({ id }) => id)).size, 4);
  const file = (change) => JSON.stringify({ format: "gatescope lecture", version: 1, title: "", states: [{ link: LINK }], ...change });
  assert.equal(fromFile(file({})).show.states[0].minutes, 2);
  const wrong = [
    ["none", "no JSON"], ["none", "[]"], ["none", file({ format: "x" })], ["none", file({ states: {} })], ["none", file({ title: 3 })],
    ["newer", file({ version: 2 })], ["empty", file({ states: [] })], ["large", " ".repeat(LIMITS.bytes + 1)],
    ["states", file({ states: Array(LIMITS.states + 1).fill({ link: LINK }) })],
  ]; // prettier-ignore
  for (const [why, text] of wrong) assert.equal(fromFile(text).wrong, why, text.slice(0, 80));
  const bad = [
    { link: "javascript:alert(1)" }, { link: 5 }, { link: LINK, notes: "x".repeat(LIMITS.notes + 1) }, { link: LINK, minutes: -1 }, { link: LINK, minutes: "2" },
    { link: LINK, hide: "a b" }, { link: LINK, question: { kind: "value", signal: "forget", step: 0 } }, { link: LINK, question: { kind: "cell", signal: "forget" } }, { link: LINK, question: { kind: "value", signal: "forget", step: 1, stage: 0 } },
    { link: LINK, question: [] }, { link: LINK, walk: { by: "day", moves: 1 } }, { link: LINK, walk: { by: "step", moves: 10_000 } }, null, "x",
  ]; // prettier-ignore
  for (const state of bad) assert.deepEqual(fromFile(file({ states: [{ link: LINK }, state] })), { wrong: "state", state: 2 }, JSON.stringify(state));
});

test("a link loses the site and what the reader's settings say", () => {
  assert.equal(linkOf("https://gates.example.org/course/lstm?lang=zh&preset=locker&step=3"), "/lstm?preset=locker&step=3");
  assert.equal(linkOf("http://127.0.0.1:8501/?lang=en"), "/");
  assert.equal(linkOf("/home?step=2"), "/?step=2");
  assert.equal(linkOf("data:text/html,x"), null);
  assert.equal(linkOf(""), null, "nothing typed is not the home page");
  assert.deepEqual([stepOf(LINK), stepOf("/lstm"), stepOf("/lstm?step=x")], [3, 1, 1]);
  const given = "http://127.0.0.1:8501/lstm?preset=latch&step=3&lecture=dark,phases,hide-kept-3";
  assert.deepEqual([linkOf(given), hiddenBy(given)], [LINK, "kept"], "what a page's own lecture hides becomes the state's");
  assert.deepEqual([hiddenBy("http://a.example/lstm?lecture=light,score"), hiddenBy("http://a.example/lstm")], ["", ""]);
});

test("states are moved, changed, added and taken out", () => {
  const ids = ({ states }) => states.map(({ id }) => id).join("");
  assert.equal(ids(moved(show, "c", -2)), "cabd");
  assert.equal(moved(show, "a", -1), show);
  assert.equal(ids(moved(show, "b", 9)), "acdb");
  assert.equal(ids(without(show, "b")), "acd");
  assert.equal(changed(show, "a", { title: "Begin" }).states[0].title, "Begin");
  assert.equal(changed(show, "a", { minutes: -4 }).states[0].minutes, 3, "what makes no sense changes nothing");
  const longer = extended(show, { link: "/lab" }, "a");
  assert.deepEqual([longer.states.length, longer.states[1].link], [5, "/lab"]);
  assert.equal(extended({ ...show, states: Array(LIMITS.states).fill(show.states[0]) }, { link: "/lab" }), null);
});

test("two tabs change one list and neither undoes the other", () => {
  const shelf = new Shelf();
  const [one, other] = [new Lectures(shelf), new Lectures(shelf)];
  assert.deepEqual(one.add({ link: LINK, title: "First" }, "My lecture"), { title: "My lecture", number: 1 });
  assert.deepEqual(other.add({ link: "/gru", title: "Second" }, "My lecture"), { title: "My lecture", number: 2 });
  const [id] = Object.keys(one.read().shows);
  const [first, second] = one.read().shows[id].states;
  one.edit(id, (own) => changed(own, first.id, { notes: SECRET }));
  other.edit(id, (own) => changed(own, second.id, { minutes: 7 }));
  const { states } = one.read().shows[id];
  assert.deepEqual(states.map(({ title, notes, minutes }) => [title, notes, minutes]), [["First", SECRET, 2], ["Second", "", 7]]);
  other.edit(id, () => null);
  assert.deepEqual(one.read(), { shows: {}, current: null });
  shelf.setItem(LECTURES, '{"version":1,"shows":{"x":{"id":"x","states":[5]},"y":null},"current":4}');
  assert.deepEqual(one.read(), { shows: {}, current: null });
});

test("where the browser keeps nothing a list lasts as long as the page, and says so", () => {
  const lectures = new Lectures(new Shelf(10));
  assert.equal(lectures.add({ link: LINK }, "x").number, 1);
  assert.equal(lectures.saved, false);
  assert.equal(lectures.add({ link: LINK }, "x").number, 2);
  assert.equal(new Lectures(null).add({ link: LINK }, "x").number, 1);
});

test("what the projected window reads holds no notes, and a session outlives both windows", () => {
  const shelf = new Shelf();
  const list = new CurrentLecture(shelf);
  list.present(show);
  const [screen, presenter] = [new CurrentLecture(shelf), new CurrentLecture(shelf)];
  assert.deepEqual(screen.show, projected(show));
  assert.deepEqual(presenter.notes, { a: SECRET, b: `${SECRET} twice`, c: "", d: "" });
  for (const name of [SHOWN, NOW]) assert.ok(!shelf.getItem(name).includes(SECRET), name);
  assert.ok(shelf.getItem(NOTES).includes(SECRET));
  screen.command(screen.show, "forward", null, 70);
  presenter.command(presenter.show, "forward", null, 80);
  const again = new CurrentLecture(shelf);
  const { at, revealed, begun } = again.session(again.show);
  assert.deepEqual([at, revealed, begun], [1, ["b"], 70]);
  list.present({ ...show, title: "Better" });
  assert.deepEqual([again.show.title, again.session(again.show).at], ["Better", 1], "it goes on where it is");
  list.print({ ...show, id: "printed" });
  assert.deepEqual([again.show.id, again.printed.id], ["hour", "printed"], "printing one leaves the other where it is");
  assert.ok(!shelf.getItem(PRINTED).includes(SECRET));
  list.present({ ...show, id: "another" });
  assert.equal(again.session(again.show).at, 0);
  assert.deepEqual(new CurrentLecture(new Shelf()).show, null);
});

test("what is hidden takes with it all that comes of it, and nothing else", () => {
  const { lstm, gru } = JSON.parse(process.env.GATESCOPE_KINDS);
  const at = (link, more) => frontierOf({ description: lstm, steps: 9 }, { link, hide: "", question: null, ...more });
  assert.equal(at(LINK), null);
  assert.deepEqual(at(LINK, { hide: "forget" }), { step: 3, phase: "look", sums: false });
  assert.deepEqual(at(LINK, { hide: "hidden" }), { step: 3, phase: "write", sums: false });
  assert.deepEqual(at(LINK, { hide: "all" }), { step: 0, phase: "carry" });
  assert.deepEqual(at("/lstm?step=40", { hide: "cell" }), { step: 9, phase: "forget", sums: false });
  const ask = (kind, signal, step) => ({ question: { kind, signal, unit: 1, step, steps: 2 } });
  assert.deepEqual(at(LINK, ask("value", "output", 5)), { step: 5, phase: "write", sums: false });
  assert.deepEqual(at(LINK, ask("draw", "cell", 5)), { step: 4, phase: "carry" });
  assert.deepEqual(at(LINK, { hide: "cell", ...ask("lane", "cell", 5) }), { step: 3, phase: "forget", sums: false }, "the nearer one");
  assert.deepEqual(at(LINK, { question: { kind: "cell", unit: 1, step: 5, steps: 3 } }), { step: 4, phase: "carry" });
  assert.deepEqual(at(LINK, { question: { kind: "lane", signal: "cell", unit: 1, step: 6, from: 4 } }), { step: 3, phase: "carry" }, "an answer that earlier steps would tell");
  assert.deepEqual(frontierOf({ description: gru, steps: 9 }, { link: LINK, hide: "reset", question: null }), { step: 2, phase: "carry" });
});

test("what one of several stages is asked for is held back of all of them, in the hall and on the handout", () => {
  const kinds = JSON.parse(process.env.GATESCOPE_KINDS);
  const seen = (question) => ["rnn", "lstm", "gru"].map((kind) => frontierOf({ description: kinds[kind], steps: 9 }, { link: "/compare?step=3", hide: "", question }));
  const before = { step: 4, phase: "carry" };
  assert.deepEqual(seen({ kind: "value", signal: "forget", stage: 2, unit: 1, step: 5 }), [before, { step: 5, phase: "look", sums: false }, before], "of a cell without it the whole step");
  assert.deepEqual(seen({ kind: "cell", unit: 1, step: 5, steps: 2 }), [before, before, before]);
});

test("keys are the remote control's, and letters only where none is written", () => {
  const press = (key, modified = false) => ({ key, modified });
  assert.deepEqual(["PageDown", "PageUp", "b", "B", ".", "q"].map((key) => commandOf(press(key), false)), ["forward", "back", "blank", "blank", "blank", "code"]);
  assert.deepEqual(["PageDown", "PageUp", "b", "."].map((key) => commandOf(press(key), true)), ["forward", "back", null, null]);
  assert.deepEqual([commandOf(press("PageDown", true), false), commandOf(press("ArrowRight"), false), commandOf(press("x"), false)], [null, null, null]);
});

test("a message is one of ours or none", () => {
  const ours = { app: "gatescope.lecture", version: 1, what: "session" };
  assert.equal(readMessage(ours), "session");
  for (const data of [null, "session", {}, { ...ours, app: "x" }, { ...ours, version: 2 }, { ...ours, what: "notes" }]) assert.equal(readMessage(data), null);
});

test("a run that was fetched ahead is not fetched again, and one that failed is", async () => {
  const asked = [];
  let fails = true;
  const ahead = new Prefetch({
    run: async (body) => {
      asked.push(body.params.step);
      if (body.params.step === "2" && fails) throw new Error("away");
      return new Uint8Array([Number(body.params.step)]);
    },
  });
  const link = (step) => ({ page: "lstm", params: { step }, settings: {} });
  assert.deepEqual([...(await ahead.prepare(link("1")))], [1]);
  assert.equal(await ahead.prepare(link("2")), null);
  fails = false;
  const open = (step) => ahead.run({ ...link(step), opens: true, nonce: `n${step}`, request: 7 });
  assert.deepEqual([...(await open("1"))], [1]);
  assert.equal(ahead.nonce, "n1");
  assert.deepEqual([...(await open("2"))], [2]);
  await ahead.run({ ...link("1"), sliders: {} });
  assert.deepEqual(asked, ["1", "2", "2", "1"], "what was moved is always asked for");
  for (const step of ["3", "4", "5", "6", "7", "8"]) await ahead.prepare(link(step));
  await open("1");
  assert.equal(asked.at(-1), "1", "only a few are kept");
});

test("the runs of several stages come in one answer, those of a lone one as on its page", async () => {
  const answer = Uint8Array.from([2, 0, 0, 0, 7, 8, 0, 0, 0, 0, 1, 0, 0, 0, 9]);
  assert.deepEqual(separated(answer).map((run) => [...run]), [[7, 8], [], [9]]);
  assert.deepEqual(separated(new Uint8Array()), []);
  const resolver = new LectureResolver({ run: async ({ page }) => page });
  assert.equal(await resolver.run({ page: "compare", params: {} }), "compare", "as long as nobody has said who gives several");
  resolver.route = { address: "/several", pages: ["compare"] };
  assert.equal(await resolver.run({ page: "lstm", params: {} }), "lstm");
  const before = globalThis.fetch;
  const asked = [];
  globalThis.fetch = async (address, { body }) => (asked.push([address, JSON.parse(body).page]), { ok: true, arrayBuffer: async () => answer.buffer });
  assert.equal((await resolver.run({ page: "compare", params: {} })).length, 3);
  globalThis.fetch = before;
  assert.deepEqual(asked, [["/several", "compare"]]);
});

test("a state that is dragged goes before as many as end above the pointer", () => {
  assert.deepEqual([0, 60, 150, 999].map((y) => placeAt([50, 100, 200], y)), [0, 1, 2, 3]);
});

test("why a link was refused is known until it is opened", async () => {
  const answers = [{ ok: false, status: 422, text: async () => "gone" }, { ok: false, status: 500 }, { ok: false, status: 422, text: async () => "gone" }, { ok: true, status: 200, arrayBuffer: async () => new ArrayBuffer(0) }];
  const before = globalThis.fetch;
  globalThis.fetch = async () => answers.shift();
  const resolver = new LectureResolver();
  resolver.route = { address: "/x", pages: ["train"] };
  const asked = { page: "train", params: { run: "a" } };
  const said = [];
  for (let k = 0; k < 4; k++) {
    await resolver.run(asked).catch(() => {});
    said.push(resolver.problemOf(asked));
  }
  answers.push({ ok: false, status: 429, text: async () => "many ask", headers: new Map([["retry-after", "3"]]) });
  await assert.rejects(resolver.run(asked), (error) => error instanceof Busy && error.seconds === 3, "a busy server is asked again when it says");
  globalThis.fetch = before;
  assert.deepEqual(said, ["gone", null, "gone", null]);
  assert.equal(resolver.problemOf({ page: "train", params: {} }), null);
});

/** A stage as far as a question looks at it: its run holds `memory` in two units at each of three steps. */
const standing = (header, memory) => ({ concealment: { run: { header, memory: "cell", steps: 3, units: 2, at: (signal, step, unit) => memory[step][unit] } } });

test("of several stages that one asks which a question is about, and the bar which cell holds most", () => {
  const bar = { concealment: {} };
  const rnn = standing({ called: "RNN", heading: "RNN · cannot" }, [[1, 2], [3, 4], [5, 6]]); // prettier-ignore
  const lstm = standing({ film: { title: "LSTM, trained" }, heading: "" }, [[7, 8], [9, 10], [11, 12]]); // prettier-ignore
  const value = { kind: "value", signal: "forget", unit: 1, step: 2 };
  assert.deepEqual(questionTarget([bar, rnn, lstm], { ...value, stage: 2 }), { stage: lstm, question: value });
  assert.equal(questionTarget([bar, rnn, lstm], value).stage, rnn);
  assert.equal(questionTarget([bar, rnn, lstm], { ...value, stage: 3 }), null);
  assert.deepEqual(questionTarget([lstm], value), { stage: lstm, question: value });
  assert.equal(questionTarget([lstm], { ...value, stage: 2 }), null);
  const which = { kind: "cell", unit: 2, step: 2, steps: 2 };
  const { stage, question } = questionTarget([bar, rnn, lstm], which);
  assert.equal(stage, bar);
  assert.deepEqual(question, { kind: "cell", step: 2, steps: 2, of: 2, cells: [{ name: "RNN", value: 6 }, { name: "LSTM, trained", value: 12 }] });
  assert.ok(Number.isNaN(questionTarget([bar, rnn, lstm], { ...which, steps: 3 }).question.cells[0].value), "a run that ends before holds nothing");
  assert.equal(questionTarget([lstm], which), null);
});

test("a question is kept with what it needs and no more", () => {
  const kept = (question) => validState({ link: "/compare", question }).question;
  assert.deepEqual(kept({ kind: "cell", signal: "forget", stage: 2, unit: 3, step: 2, steps: 4 }), { kind: "cell", unit: 3, step: 2, steps: 4 });
  assert.deepEqual(kept({ kind: "lane", signal: "cell", stage: 2, step: 2, steps: 4 }), { kind: "lane", signal: "cell", stage: 2, unit: 1, step: 2 });
  assert.deepEqual(kept({ kind: "unit", signal: "cell", step: 2 }), { kind: "unit", signal: "cell", step: 2 });
  const from = (more) => kept({ kind: "value", signal: "cell", step: 5, ...more }).from;
  assert.deepEqual([from({ from: 3 }), from({ from: 5 }), from({ from: 6 }), from({ kind: "draw", from: 3 }), from({ kind: "lane", from: 4 })], [3, undefined, undefined, undefined, 4], "an earlier step of one value");
  assert.equal(validState({ link: "/compare", question: { kind: "value", signal: "cell", step: 5, from: 0 } }), null);
});

test("states that show the same are called by what tells them apart", () => {
  const t = (key, values = {}) => [key, ...Object.values(values)].join(" ");
  const info = { "/a?1": { title: "A", step: 2, phase: "look", unit: 0, signals: [["forget", "f", ""]] }, "/a?2": { title: "A", step: 3, phase: "look", unit: 0, signals: [["forget", "f", ""]] }, "/b": { title: "B", step: 1, phase: "look", unit: 2 } };
  const state = (id, link, more = {}) => ({ id, link, hide: "", question: null, ...more });
  const called = (...states) => [...titlesOf(states, (link) => info[link], t).values()];
  assert.deepEqual(called(state("1", "/a?1"), state("2", "/b"), state("3", "/c")), ["A", "B", ""], "what stands alone needs no more");
  assert.deepEqual(called(state("1", "/a?1"), state("2", "/a?2")), ["A · state.step 2", "A · state.step 3"], "of one phase both");
  const value = { kind: "value", signal: "forget", unit: 1, step: 3 };
  const three = [state("1", "/a?1"), state("2", "/a?1", { hide: "forget" }), state("3", "/a?1", { question: value })];
  assert.deepEqual(called(...three), ["A", "A · state.hides f", "A · state.asks f 3 "]);
});
