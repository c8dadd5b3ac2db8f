// The player's draws and what a browser keeps, apart from any lesson.
import assert from "node:assert/strict";
import test from "node:test";
import { evaluate } from "../../assets/course/lesson/figures.js";
import { deliver, lessonsAt } from "../../assets/course/lesson/fetch-lessons.js";
import { begin, isAnswerOf, judge, mulberry32, Player, shuffled, sliderValues } from "../../assets/course/lesson/player.js";
import { withReview, withSitting } from "../../assets/course/storage/records.js";
import { current, empty, merge, NAME, nameOf, parse, Storage, withAttempt } from "../../assets/course/storage/progress.js";

const tell = (id) => ({ id, kind: "tell", variants: [{ before: null, after: "/lstm", values: {}, figures: {} }], words: {} });
const ask = (id, count = 4) => ({
  id,
  kind: "number",
  range: [0, 10],
  why: { right: "a", options: ["a", "b", "c"] },
  variants: Array.from({ length: count }, (_, k) => ({ before: `/b${k}`, after: `/a${k}`, values: { n: String(k) }, figures: { x: { number: k } }, mistakes: { far: { number: 9 } }, truth: { number: k } })),
  words: {},
});
const lesson = { id: "one", steps: [tell("t"), ask("p"), tell("u"), ask("q")] };
const RUN = { trace: null, sliders: {} };

test("what was kept of a step that asks otherwise by now is no answer to it", () => {
  const variants = [{ figures: { x: {} }, at: [1, 5] }];
  const kept = (guess, truth, more = {}) => ({ guess, truth, verdict: "off", figures: { x: 1 }, at: 2, ...more });
  const forms = { number: 0.5, lane: 0.5, draw: [1, 2, 3], levels: [1, 2], choice: "a" };
  for (const kind of Object.keys(forms)) {
    const step = { id: "p", kind, options: ["a", "b"], variants, words: {} };
    for (const [other, value] of Object.entries(forms)) {
      const same = JSON.stringify(value) === JSON.stringify(forms[kind]) || (kind === "draw" && other === "levels");
      assert.equal(isAnswerOf(step, kept(value, value)), same, `${kind} ${other}`);
      assert.equal(isAnswerOf(step, kept(null, value)), same);
    }
    assert.equal(isAnswerOf(step, kept(null, forms[kind], { figures: {} })), false, "its reason could not be told");
    const player = new Player({ id: "one", steps: [step] }, { ...begin(1, 1), answers: { p: kept(null, true), gone: kept(1, 2) } });
    assert.deepEqual([player.stage, Object.keys(player.attempt.answers)], ["ask", ["gone"]]);
  }
});

test("draws are those of the generator, whoever asks", () => {
  const random = mulberry32(1);
  assert.deepEqual([random(), random(), random()].map((value) => value.toFixed(9)), ["0.627073941", "0.002735721", "0.527447040"]);
  assert.notEqual(mulberry32(2)(), mulberry32(1)());
});

test("seeds reach every variant, and one step's draw says nothing of another's", () => {
  const pairs = new Set();
  for (let seed = 0; seed < 300; seed++) {
    const player = new Player(lesson, begin(seed, 0));
    pairs.add(`${player.variantOf(lesson.steps[1]).after} ${player.variantOf(lesson.steps[3]).after}`);
  }
  assert.equal(pairs.size, 16);
  const orders = new Set(Array.from({ length: 100 }, (_, seed) => shuffled("abcd", seed).join("")));
  assert.ok(orders.size > 20 && [...orders].every((one) => [...one].sort().join("") === "abcd"));
});

test("a guess is right within the tolerance, close within three, else off", () => {
  assert.deepEqual(judge(1.05, 1, 0.1), { verdict: "right", distance: 1.05 - 1 });
  assert.equal(judge(1.25, 1, 0.1).verdict, "close");
  assert.equal(judge(0.5, 1, 0.1).verdict, "off");
  assert.deepEqual(judge(null, 1, 0.1), { verdict: "unknown", distance: null });
});

test("what is answered on the stage is called by a mistake that it is near to", () => {
  const variants = [{ figures: {}, ask: { kind: "lane", signal: "hidden", step: 1 }, mistakes: { swapped: { number: 0.5 }, doubled: { number: 2 } } }];
  const mistake = (guess) => {
    const player = new Player({ id: "one", steps: [{ id: "p", kind: "lane", variants, words: {} }] }, begin(3, 0));
    player.commit(guess, { trace: { at: () => -0.9, units: 1 }, sliders: {} }, 1);
    return player.answer.mistake;
  };
  assert.deepEqual([0.36, 0.34, 1.72, 1.68].map(mistake), ["swapped", undefined, "doubled", undefined]);
});

test("nobody gets past a question, by whatever way", () => {
  const player = new Player(lesson, begin(3, 0));
  for (const part of [3, 2, 99, NaN, "2", -4]) {
    player.go(part);
    assert.ok(player.part <= 1);
  }
  player.go(1);
  assert.equal(player.next(), false);
  assert.equal(player.explain("a", 1), false, "no why before an answer");
  player.commit(9, RUN, 1);
  assert.equal(player.next(), false);
  assert.equal(player.answer.mistake, "far");
  player.explain("b", 2);
  assert.equal(player.next(), true);
  assert.equal(player.previous(), true);
  assert.deepEqual([player.stage, player.answer.why], ["done", "b"], "an answer is still there on the way back");
  assert.deepEqual(player.progress, { done: 1, of: 2 });
});

test("a slider that is moved leaves the others where the lesson has them", () => {
  const sliders = [{ id: "sharpness", value: 0.6 }, { id: "recurrent", value: 2 }];
  assert.deepEqual(sliderValues(sliders, { recurrent: 2.5 }), { sharpness: 0.6, recurrent: 2.5 });
});

test("two tabs merge by attempt, and lose no answer", () => {
  const attempt = begin(7, 10);
  const base = withAttempt(empty(), "one", attempt);
  const answer = (at, more = {}) => ({ guess: 1, verdict: "off", truth: 2, figures: {}, at, ...more });
  const left = withAttempt(base, "one", { ...attempt, answers: { p: answer(20) }, part: 1 });
  const right = withAttempt(base, "one", { ...attempt, answers: { p: answer(30), q: answer(40) }, part: 3 });
  for (const both of [merge(left, right), merge(right, left)]) {
    const { answers } = current(both, "one");
    assert.deepEqual([answers.p.at, answers.q.at], [20, 40], "the first answer to a question counts");
  }
  const explained = withAttempt(base, "one", { ...attempt, answers: { p: answer(20, { why: "a", explained: 25 }) } });
  for (const both of [merge(left, explained), merge(explained, left)]) assert.equal(current(both, "one").answers.p.why, "a");
  const anew = withAttempt(base, "one", begin(8, 50));
  const both = merge(left, anew);
  assert.equal(Object.keys(both.lessons.one).length, 2);
  assert.equal(current(both, "one").seed, 8, "the one begun last is shown");
  assert.deepEqual(merge(both, both), both);
});

test("a tab that has not heard of another's answer keeps it all the same", () => {
  const kept = new Map();
  const place = { getItem: (name) => kept.get(name) ?? null, setItem: (name, value) => kept.set(name, value), removeItem: (name) => kept.delete(name) };
  const [one, other] = [new Storage(place), new Storage(place)];
  const attempt = begin(7, 10);
  const answer = (at) => ({ guess: 1, verdict: "off", truth: 2, figures: {}, at });
  one.change((progress) => withAttempt(progress, "a", { ...attempt, answers: { p: answer(20) }, part: 2 }));
  other.change((progress) => withAttempt(progress, "a", { ...attempt, answers: { q: answer(30) }, part: 1 })); // as a tab that slept
  const { answers, part } = current(new Storage(place).read(), "a");
  assert.deepEqual([Object.keys(answers).sort(), part], [["p", "q"], 1]);
  const asked = [{ lesson: "a", step: "p", variant: 0 }, { lesson: "a", step: "q", variant: 0 }];
  const review = { ...begin(8, 40), asked, ended: null };
  one.change((progress) => withReview(progress, { ...review, answers: { p: answer(50) } }));
  other.change((progress) => withReview(progress, { ...review, answers: { q: answer(60) } }));
  assert.deepEqual(Object.keys(new Storage(place).read().reviews["40-8"].answers).sort(), ["p", "q"]);
  const sitting = { seed: 9, begun: 70, form: 1, skipped: false };
  one.change((progress) => withSitting(progress, { ...sitting, answers: { update: { option: "kept", sure: "guess", at: 80 } } }));
  other.change((progress) => withSitting(progress, { ...sitting, answers: { fade: { option: null, sure: null, at: 90 } } }));
  assert.deepEqual(Object.keys(new Storage(place).read().sittings["70-9"].answers).sort(), ["fade", "update"]);
});

test("what is kept by one tab is there for the other, and what makes no sense is left out", () => {
  const kept = new Map();
  const place = { getItem: (name) => kept.get(name) ?? null, setItem: (name, value) => kept.set(name, value), removeItem: (name) => kept.delete(name) };
  const [one, other] = [new Storage(place), new Storage(place)];
  one.change((progress) => withAttempt(progress, "a", begin(1, 1)));
  other.change((progress) => withAttempt(progress, "b", begin(2, 2)));
  assert.deepEqual(Object.keys(one.read().lessons).sort(), ["a", "b"]);
  assert.deepEqual(parse(kept.get(NAME)), one.progress, "what is saved is what is loaded");
  one.erase();
  assert.equal(kept.has(NAME), false);
  for (const text of ["", "null", "[]", "{}", '{"version":3,"lessons":{}}', "nonsense"]) assert.equal(parse(text), null);
  const sound = begin(5, 6);
  const mixed = { version: 1, lessons: { a: { x: { seed: "1" }, y: { ...sound, answers: { p: { at: -1 }, q: { at: 1, figures: { x: "1" } }, r: { at: 3, figures: {} } }, part: -2 } }, b: 3 }, last: 4 };
  assert.deepEqual(parse(JSON.stringify(mixed)), { ...empty(), lessons: { a: { [nameOf(sound)]: { ...sound, answers: { r: { at: 3, figures: {} } } } } } });
});

test("lines that were typed are kept as they are, and nothing else in their place", () => {
  const answer = (lines) => ({ lines, verdict: "off", figures: {}, at: 3 });
  const kept = (lines) => Object.values(parse(JSON.stringify({ ...empty(), lessons: { a: { x: { ...begin(1, 2), answers: { p: answer(lines) } } } } })).lessons.a)[0].answers;
  for (const lines of [{ h1: "0,6", c1: null }, {}]) assert.deepEqual(kept(lines).p.lines, lines);
  for (const lines of [3, ["0.6"], { h1: 0.6 }, { h1: "9".repeat(41) }, { ["h".repeat(41)]: "1" }]) assert.deepEqual(kept(lines), {});
});

test("lines that were typed and not handed in outlive a reload, until they are", () => {
  const worked = { id: "w", kind: "worked", worked: { lines: [{ name: "h1", label: "h", blank: true }], judging: {} }, variants: ask("w", 1).variants, words: {} };
  const kept = new Map();
  const place = { getItem: (name) => kept.get(name) ?? null, setItem: (name, value) => kept.set(name, value), removeItem: (name) => kept.delete(name) };
  const opened = () => {
    const storage = new Storage(place);
    return new Player({ id: "one", steps: [worked] }, current(storage.read(), "one") ?? begin(7, 10), (attempt) => storage.change((progress) => withAttempt(progress, "one", attempt)));
  };
  const player = opened();
  player.type({ h1: "0," });
  player.type({ h1: "0,6" });
  assert.deepEqual(opened().draft, { h1: "0,6" });
  player.record({ lines: { h1: "0,6" }, verdict: "off", figures: { x: 1 }, explained: 20, at: 20 });
  player.type({ h1: "9" });
  assert.deepEqual([opened().draft, opened().answer.lines], [{}, { h1: "0,6" }], "what was handed in is no draft any more");
});

test("what was placed on the stage and not handed in outlives a reload, field by field", () => {
  let kept = begin(7, 10);
  const opened = () => new Player({ id: "one", steps: [ask("a", 1)] }, kept, (attempt) => (kept = attempt));
  opened().begun.keep(["0.3", "", "−1"]);
  assert.deepEqual(opened().begun.draft, ["0.3", "", "−1"]);
  opened().begun.keep(["2"]);
  assert.deepEqual(opened().begun.draft, ["2"], "a choice is its place");
});

/** Somebody who does anything at any time in one of two tabs, and loads them anew now and then. */
function wander(seed) {
  const random = mulberry32(seed);
  const any = (list) => list[Math.floor(random() * list.length)];
  const kept = new Map();
  const place = { getItem: (name) => kept.get(name) ?? null, setItem: (name, value) => kept.set(name, value), removeItem: (name) => kept.delete(name) };
  const given = {}; // by attempt and step, what was answered first
  let now = 10;
  const open = () => {
    const storage = new Storage(place);
    const attempt = current(storage.read(), "one") ?? begin(3, now);
    storage.change((progress) => withAttempt(progress, "one", attempt));
    return { storage, player: new Player(lesson, attempt, (next) => storage.change((progress) => withAttempt(progress, "one", next))) };
  };
  const tabs = [open(), open()];
  for (let k = 0; k < 60; k++) {
    now += 1;
    const which = Math.floor(random() * 2);
    const { player } = tabs[which];
    const { part, attempt, step } = player;
    const did = any(["go", "next", "previous", "commit", "commit", "explain", "explain", "reload", "hear"]);
    if (did === "go") player.go(any([0, 1, 2, 3, 9, -1]));
    if (did === "next" || did === "previous") player[did]();
    if (did === "commit" && player.commit(any([0, 2, 9, null]), RUN, now)) given[`${attempt.begun} ${step.id}`] ??= { guess: player.answer.guess, at: now };
    if (did === "explain") player.explain(any(["a", "b", "c", "d"]), now);
    if (did === "reload") tabs[which] = open();
    if (did === "hear") player.attempt = { ...current(tabs[which].storage.read(), "one"), part }; // of the other tab's answers
    assert.ok(tabs[which].player.part <= tabs[which].player.reach, "nobody stands beyond what is answered");
    const { answers } = current(new Storage(place).read(), "one");
    for (const [name, { guess, at }] of Object.entries(given)) {
      const own = answers[name.split(" ")[1]];
      assert.deepEqual([own?.guess, own?.at], [guess, at], `seed ${seed}, ${did}: an answer is lost, or another one`);
    }
  }
  return Object.keys(given).length;
}

test("whatever is clicked in whatever order in two tabs, and however often they are loaded anew, no answer is lost", () => {
  const answers = Array.from({ length: 200 }, (_, seed) => wander(seed + 1));
  assert.ok(Math.max(...answers) === 2 && Math.min(...answers) >= 0 && answers.filter((count) => count > 0).length > 150);
});

test("what a file brings stands before an attempt in which nothing was answered", () => {
  const done = { ...begin(3, 10), answers: { p: { guess: 1, verdict: "off", truth: 2, figures: {}, at: 20 } } };
  const storage = new Storage(null);
  storage.change((progress) => withAttempt(withAttempt(progress, "one", begin(4, 99)), "two", begin(5, 99)));
  storage.load(withAttempt(empty(), "one", done));
  assert.deepEqual(current(storage.read(), "one"), done);
  assert.equal(current(storage.read(), "two"), null);
});

test("where storage is denied the course goes on", () => {
  const denied = () => {
    throw new Error("denied");
  };
  for (const place of [null, { getItem: denied, setItem: denied, removeItem: denied }]) {
    const storage = new Storage(place);
    storage.change((progress) => withAttempt(progress, "a", begin(1, 1)));
    assert.equal(current(storage.read(), "a").seed, 1);
    storage.erase();
    assert.equal(current(storage.read(), "a"), null);
  }
});

test("a figure of no known form is refused", () => {
  assert.throws(() => evaluate({ hope: 1 }, RUN), /no figure/);
});

test("lessons are asked for once, and again where they could not be had", async () => {
  const asked = [];
  const answers = [() => Promise.reject(new Error("offline")), () => ({ ok: false, status: 404 }), () => ({ ok: true, json: async () => ({ lessons: [1] }) })];
  const ask = async (address) => (asked.push(address), answers[asked.length - 1]());
  await assert.rejects(lessonsAt("/a", ask), /offline/);
  await assert.rejects(lessonsAt("/a", ask), /404/);
  const [one, other] = [lessonsAt("/a", ask), lessonsAt("/a", ask)];
  assert.equal(one, other, "two who wait get the same");
  assert.deepEqual(await one, { lessons: [1] });
  assert.deepEqual(lessonsAt("/a", ask), { lessons: [1] }, "what has come is there at once");
  assert.equal(asked.length, 3);
});

/** A view that notes what it is told, and has a step on the screen when `appear` is called. */
function noting(needed) {
  const view = { told: [], needs: () => needed, wait: () => view.told.push("wait"), showFailure: (_, again) => ((view.again = again), view.told.push("missed")) };
  view.shown = new Promise((resolve) => (view.appear = resolve));
  view.update = ({ lessons }) => (view.told.push(lessons), new Promise(() => {})); // as long as its question is not answered
  return view;
}

const soon = () => new Promise((resolve) => setImmediate(resolve));

test("who comes early gets the lesson that is needed, and the others once it is on the screen", async () => {
  const asked = [];
  const ask = async (address) => (asked.push(address), { ok: true, json: async () => ({ lessons: address.endsWith("/b.json") ? ["b"] : ["a", "b"] }) });
  const view = noting("b");
  deliver(view, { source: "/early/en.json", made: false }, () => true, ask);
  await soon();
  assert.deepEqual([view.told, asked], [["wait", ["b"]], ["/early/en/b.json"]], "the others would be in its way");
  view.appear();
  await soon();
  assert.deepEqual(view.told.at(-1), ["a", "b"]);
  assert.deepEqual(asked, ["/early/en/b.json", "/early/en.json"]);
  deliver(view, { source: "/early/en.json", made: false }, () => true, ask);
  assert.deepEqual([view.told.length, asked.length], [4, 2], "what is here is shown at once");
});

test("where all lessons are made, or more than one is needed, all come at once", async () => {
  for (const [source, made, needed] of [["/made/en.json", true, "b"], ["/review/en.json", false, null]]) {
    const asked = [];
    const view = noting(needed);
    deliver(view, { source, made }, () => true, async (address) => (asked.push(address), { ok: true, json: async () => ({ lessons: ["a", "b"] }) }));
    await soon();
    assert.deepEqual([view.told, asked], [["wait", ["a", "b"]], [source]]);
  }
});

test("a lesson that cannot be had is asked for again, and one that nobody waits for any more is not shown", async () => {
  const view = noting("b");
  let fails = true;
  const ask = async () => ({ ok: !fails, status: 503, json: async () => ({ lessons: ["b"] }) });
  let latest = true;
  deliver(view, { source: "/gone/en.json", made: false }, () => latest, ask);
  await soon();
  assert.deepEqual(view.told, ["wait", "missed"]);
  fails = latest = false;
  view.again();
  await soon();
  assert.deepEqual(view.told, ["wait", "missed", "wait"]);
});
