// When reviews are due, what they ask, and what is kept of them and of the gate test.
import assert from "node:assert/strict";
import test from "node:test";
import { calibration, questionFor, answered, misled, isFinished, nextItem, testStatus, outcome, place, newSitting, sittings } from "../../assets/course/gatetest/sitting.js";
import { withReview, withSitting } from "../../assets/course/storage/records.js";
import { begin, Player } from "../../assets/course/lesson/player.js";
import { empty, merge, parse, Storage, withAttempt } from "../../assets/course/storage/progress.js";
import { asLesson, compose, kept, open } from "../../assets/course/review/review.js";
import { gather, lastTraining, solvedChallenges } from "../../assets/course/summary/gather.js";
import { DAYS, dayOf, endOf, firstEnd, readDays, schedule, daysUntilDue } from "../../assets/course/review/schedule.js";

const HOUR = 3600e3;
const DAY = 24 * HOUR;
const utc = () => 0;
const shanghai = () => -480;
const newYork = (time) => (time < Date.UTC(2026, 10, 1, 6) ? 240 : 300); // until daylight saving ends
const at = (...parts) => Date.UTC(...parts);

test("a day begins at midnight where the reader is", () => {
  const evening = at(2026, 10, 29, 23, 50);
  const morning = at(2026, 10, 30, 0, 10);
  assert.equal(dayOf(morning, utc) - dayOf(evening, utc), 1);
  assert.equal(dayOf(morning, shanghai) - dayOf(evening, shanghai), 0, "in Shanghai both are of the 30th");
  assert.equal(daysUntilDue(evening, [], DAYS, morning, utc), 0);
  assert.equal(daysUntilDue(evening, [], DAYS, morning, shanghai), 1);
  const before = at(2026, 9, 31, 3, 30); // 23:30 on the 30th in New York
  const after = at(2026, 10, 2, 4, 30); // 23:30 on the 1st, a day of 25 hours later
  assert.equal(dayOf(after, newYork) - dayOf(before, newYork), 2);
});

test("due the next day, after three, after seven, and then no more", () => {
  const end = at(2026, 5, 1, 20);
  const days = (more, reviewed = []) => daysUntilDue(end, reviewed, DAYS, end + more * DAY, utc);
  assert.deepEqual([days(0), days(1), days(2)], [1, 0, -1]);
  const first = end + DAY;
  assert.equal(daysUntilDue(end, [first], DAYS, first + HOUR, utc), 2, "done today");
  assert.deepEqual([days(2, [first]), days(3, [first])], [1, 0]);
  const second = end + 3 * DAY;
  assert.deepEqual([days(6, [first, second]), days(7, [first, second])], [1, 0]);
  assert.equal(days(30, [first, second, end + 7 * DAY]), null);
});

test("who comes late isn't asked the same day again", () => {
  const end = at(2026, 5, 1, 20);
  const late = end + 10 * DAY;
  assert.equal(daysUntilDue(end, [late], DAYS, late, utc), 2);
  assert.equal(daysUntilDue(end, [late], DAYS, late + DAY, utc), 1);
  assert.equal(daysUntilDue(end, [late], DAYS, late + 2 * DAY, utc), 0);
});

test("a clock that is set back loses no review and masses none", () => {
  const end = at(2027, 5, 1); // the clock was a year ahead
  const now = at(2026, 5, 1);
  assert.equal(daysUntilDue(end, [], DAYS, now, utc), 0, "due at once, not in a year");
  assert.equal(daysUntilDue(end, [now], DAYS, now + HOUR, utc), 2, "but once a day");
  assert.equal(daysUntilDue(end, [now], DAYS, now + DAY, utc), 0);
  assert.equal(daysUntilDue(now, [], DAYS, now - HOUR, utc), 2, "an hour back, over midnight, as when one flies west");
  assert.equal(daysUntilDue(now + 12 * HOUR, [], DAYS, now + 11 * HOUR, utc), 1, "an hour back, on the same day");
  assert.equal(daysUntilDue(now, [end], DAYS, now + 5 * DAY, utc), 0, "a review that was kept with the wrong clock");
  assert.equal(daysUntilDue(now, [at(1970, 0, 2)], DAYS, now + DAY, utc), 2, "one that was kept before the clock was set");
});

test("days are whole numbers that grow", () => {
  assert.deepEqual(readDays("1, 3，7"), [1, 3, 7]);
  assert.deepEqual(readDays(" 2 5 "), [2, 5]);
  for (const text of ["", "0", "3, 3", "7 1", "1.5", "-1", "1, x", "400", "1 2 3 4 5 6 7"]) assert.equal(readDays(text), null, text);
});

const asks = ["p", "d", "q"];
const answer = (time, verdict = "right", more = {}) => ({ guess: 1, verdict, truth: 2, figures: {}, at: time, why: "a", explained: time + 5, ...more });
const whole = (seed, time, verdict) => ({ ...begin(seed, time), answers: { p: answer(time + 1, verdict), d: { figures: {}, at: time + 9 }, q: answer(time + 2, "right", { guess: "x", truth: "x" }) } });

test("a lesson ends with its last explanation or deed, and the first end counts", () => {
  assert.equal(endOf(asks, whole(1, 100)), 109);
  const { p, q } = whole(1, 100).answers;
  assert.equal(endOf(asks, { answers: { p, q } }), null, "something is left to do");
  assert.equal(endOf(asks, { answers: { ...whole(1, 1).answers, p: { ...p, why: undefined, explained: undefined } } }), null);
  assert.equal(endOf([], begin(1, 1)), null);
  assert.equal(firstEnd(asks, { b: whole(2, 500), a: whole(1, 100), c: begin(3, 7) }), 109);
  assert.equal(firstEnd(asks), null);
});

const tell = (id) => ({ id, kind: "tell", variants: [{ before: null, after: "/t", values: {}, figures: {} }], words: { title: id } });
const ask = (id, kind, count) => ({
  id,
  kind,
  range: [0, 9],
  right: "x",
  options: ["x", "y", "z"],
  why: { right: "a", options: ["a", "b", "c"] },
  variants: Array.from({ length: count }, (_, k) => ({ before: `/b${k}`, after: `/a${k}`, values: {}, figures: {}, mistakes: {}, truth: { number: k }, ask: { kind, signal: "hidden", unit: 1, step: 1, steps: 2 } })),
  words: { title: id },
});
const lesson = (id) => ({ id, number: 1, title: id.toUpperCase(), steps: [tell("t"), ask("p", "number", 3), { ...tell("d"), kind: "do" }, ask("q", "choice", 2), ask("s", "draw", 2), tell("end")] });
const lessons = [lesson("one"), lesson("two"), lesson("three")];
const WORDS = { title: "Review", lead: "…", end: { title: "End", text: "…" }, of: "{number} {title}" };

test("the longest overdue comes first, and what comes next is said", () => {
  const now = at(2026, 5, 10);
  let progress = withAttempt(withAttempt(empty(), "one", whole(1, now - 2 * DAY)), "two", whole(2, now - 4 * DAY));
  const plan = lessons.map(({ id }) => ({ id, asks }));
  assert.deepEqual(schedule(plan, progress, now, utc), { due: ["two", "one"], next: null, ended: 2 });
  const review = { ...compose([lessons[1]], progress, 5, now), ended: now };
  progress = withReview(progress, review);
  assert.deepEqual(schedule(plan, progress, now, utc), { due: ["one"], next: { id: "two", days: 2 }, ended: 2 });
  const slower = { ...progress, settings: { days: [5], at: 1 } };
  assert.deepEqual(schedule(plan, slower, now, utc), { due: [], next: { id: "one", days: 3 }, ended: 2 });
  assert.deepEqual(schedule(plan, empty(), now, utc), { due: [], next: null, ended: 0 });
});

test("a review asks with numbers that were not met, what went wrong first, and of all lessons that are due", () => {
  const asked = new Set();
  for (let seed = 0; seed < 200; seed++) {
    const attempt = whole(seed, 10, "off");
    const progress = withAttempt(empty(), "one", attempt);
    const review = compose(lessons.slice(0, 1), progress, seed, 99);
    assert.equal(review.asked[0].step, "p", "what was wrong");
    asked.add(review.asked.map(({ step }) => step).join());
    for (const { step, variant } of review.asked.filter((one) => one.step in attempt.answers)) {
      const own = lessons[0].steps.find(({ id }) => id === step);
      assert.notEqual(own.variants[variant], new Player(lessons[0], { ...attempt, part: 0 }).variantOf(own));
    }
    const later = compose(lessons.slice(0, 1), withReview(progress, review), seed + 1, 999);
    const pick = (from) => from.asked.find(({ step }) => step === "p").variant;
    assert.notEqual(pick(later), pick(review), "nor with those of the review before");
    assert.deepEqual(compose(lessons.slice(0, 1), progress, seed, 99), review, "the same seed asks the same");
  }
  assert.deepEqual([...asked].sort(), ["p,q", "p,s"], "one more, perhaps one that is drawn on the stage");
  const all = compose(lessons, empty(), 3, 1);
  assert.deepEqual(all.asked.map((one) => one.lesson), ["one", "two"], "of the two that have waited longest");
});

test("a review is played as a lesson, ends, and is then not open any more", () => {
  const review = compose(lessons, empty(), 3, 1);
  const played = asLesson(review, lessons, WORDS);
  assert.equal(played.steps.length, 3);
  let now = review;
  const player = new Player(played, review, (attempt) => (now = kept(now, played, attempt)));
  const RUN = { trace: { at: () => 0.5, units: 1 }, sliders: {} };
  for (let time = 10; player.stage !== "tell"; time += 10) {
    assert.equal(open(withReview(empty(), now)), now, "a reload goes on with it");
    assert.equal(player.next(), false);
    player.commit(null, RUN, time);
    assert.deepEqual([player.stage, player.explain("b", time + 1)], ["done", false], "a review asks for no why");
    player.next();
  }
  assert.equal(player.finished, true);
  assert.equal(now.ended, 20);
  assert.equal(open(withReview(empty(), now)), null);
  const gone = asLesson({ ...review, asked: [{ lesson: "gone", step: "p", variant: 0 }, { lesson: "one", step: "p", variant: 9 }] }, lessons, WORDS);
  assert.deepEqual(gone.steps.map(({ id }) => id), ["one/p", "end"], "questions that are no more are left out");
});

const items = ["a", "b", "c"].map((id, k) => ({ id, right: "r", options: ["r", "w", "v"], refutes: { w: 4 + k }, variants: Array.from({ length: 2 + k }, (_, n) => ({ n: String(n) })), words: { question: "{n}?", r: { text: "r" } } }));
const full = (form, options, seed = 5, now = 10) => items.reduce((sitting, item, k) => answered(sitting, questionFor(item, sitting), options[k], options[k] ? "certain" : null, now + k), newSitting(form, seed, now));

test("the two forms ask with different numbers, and an answer stands", () => {
  for (let seed = 0; seed < 100; seed++) for (const item of items) assert.notEqual(place(item, seed, 1), place(item, seed, 2));
  const sitting = newSitting(1, 5, 10);
  const first = answered(sitting, questionFor(items[0], sitting), "w", "guess", 11);
  assert.deepEqual(first.answers, { a: { option: "w", sure: "guess", at: 11 } });
  assert.equal(answered(first, questionFor(items[0], first), "r", "guess", 12), first);
  assert.equal(answered(sitting, questionFor(items[0], sitting), "nonsense", "guess", 12), sitting);
  assert.equal(nextItem(items, first).id, "b");
  assert.equal(isFinished(items, full(1, ["r", null, "w"])), true);
});

test("what changed is counted, by item and by misconception", () => {
  const [before, after] = [full(1, ["w", "r", null]), full(2, ["r", "r", "w"], 5, 50)];
  const { rows, right, sure } = outcome(items, before, after);
  assert.deepEqual(rows.map(({ change }) => change), [1, 0, 0]);
  assert.deepEqual(right, { before: 1, after: 2 });
  assert.deepEqual(sure.certain, { of: 3, right: 2 });
  assert.deepEqual(calibration(items, before).certain, { of: 2, right: 1 });
  assert.deepEqual(misled(items, before, after), { 4: { before: true, after: false }, 5: { before: false, after: false }, 6: { before: false, after: true } });
  assert.deepEqual(outcome(items, null, after).right, { before: null, after: 2 });
});

test("the gate test is offered before the first lesson and after the last, and can be skipped", () => {
  const offered = (kept, begun, ended) => testStatus(sittings(items, kept), { begun, ended });
  assert.equal(offered({}, false, false), "before");
  assert.equal(offered({ s: { ...newSitting(1, 1, 1), skipped: true } }, false, false), "closed");
  assert.equal(offered({}, true, false), "later");
  assert.equal(offered({ s: newSitting(1, 1, 1) }, false, false), "resume");
  assert.equal(offered({ s: full(1, ["r", "r", "r"]) }, false, false), "closed", "there is nothing between the two yet");
  assert.equal(offered({ s: full(1, ["r", "r", "r"]) }, true, true), "after");
  assert.equal(offered({ s: full(1, ["r", "r", "r"]), t: full(2, ["r", "r", "r"], 5, 50) }, true, true), "result");
});

test("sittings, reviews and their days merge by id, and an older file opens", () => {
  const half = answered(newSitting(1, 5, 10), questionFor(items[0], { seed: 5, form: 1 }), "w", "guess", 20);
  const other = answered(answered(newSitting(1, 5, 10), questionFor(items[0], { seed: 5, form: 1 }), "r", "guess", 30), questionFor(items[1], { seed: 5, form: 1 }), "r", "rather", 31);
  const review = { ...compose(lessons, empty(), 3, 1), part: 1 };
  const key = `${review.asked[0].lesson}/${review.asked[0].step}`;
  const answeredReview = { ...review, answers: { [key]: answer(40) }, part: 2, ended: 45 };
  const left = { ...withReview(withSitting(empty(), half), review), settings: { days: [2, 4], at: 7 } };
  const right = { ...withReview(withSitting(empty(), other), answeredReview), settings: { days: [1], at: 3 } };
  for (const both of [merge(left, right), merge(right, left)]) {
    assert.deepEqual(both.sittings["10-5"].answers, { a: half.answers.a, b: other.answers.b }, "the first answer counts");
    const found = both.reviews["1-3"];
    assert.deepEqual([Object.keys(found.answers), found.part, found.ended], [[key], 2, 45]);
    assert.deepEqual(both.settings.days, [2, 4], "what was set last");
    assert.deepEqual(parse(JSON.stringify(both)), both, "what is saved is what is loaded");
  }
  const old = { version: 1, lessons: { one: { "1-1": begin(1, 1) } }, last: null };
  assert.deepEqual(parse(JSON.stringify(old)), { ...empty(), lessons: old.lessons });
  const wild = { ...empty(), sittings: { x: 3, y: { ...newSitting(1, 1, 1), form: 3 }, z: { ...half, answers: { a: { option: 7, at: 1 }, b: { option: null, at: 2 } } } }, reviews: { r: { ...review, asked: "no" }, s: { ...review, asked: [{ lesson: "one", step: "p", variant: -1 }] } }, settings: { days: [3, 1], at: 1 } };
  const sound = parse(JSON.stringify(wild));
  assert.deepEqual(sound.sittings, { "10-5": { ...half, answers: { b: { option: null, sure: null, at: 2 } } } });
  assert.deepEqual([sound.reviews, sound.settings], [{}, empty().settings]);
});

test("erasing leaves nothing of it", () => {
  const values = new Map();
  const storage = new Storage({ getItem: (name) => values.get(name) ?? null, setItem: (name, value) => values.set(name, value), removeItem: (name) => values.delete(name) });
  storage.change((progress) => withSitting(progress, newSitting(1, 1, 1)));
  assert.equal(Object.keys(storage.read().sittings).length, 1);
  storage.erase();
  assert.deepEqual([storage.read(), values.size], [empty(), 0]);
});

test("the summary has what was predicted, what was made, and a link to each", () => {
  const attempt = whole(1, 10, "off");
  attempt.moved = { d: { recurrent: 1.5 } };
  const after = "/rnn?input=text&through=latch&recurrent=2";
  const own = { ...lesson("one"), steps: lesson("one").steps.map((step) => (step.kind === "do" ? { ...step, words: { title: "Hold" }, variants: [{ ...step.variants[0], after }] } : step)) };
  const progress = withReview(withAttempt(empty(), "one", attempt), { ...compose([own], empty(), 1, 5), answers: { "one/p": answer(6) }, ended: 9 });
  const found = gather([own, lessons[1]], progress, items);
  assert.deepEqual(found.counts, { well: 1, badly: 1, unknown: 0 });
  assert.deepEqual(found.lessons.map((one) => [one.lesson.id, one.answers.map(({ title, group }) => [title, group])]), [["one", [["p", "badly"], ["q", "well"]]]]);
  assert.deepEqual(found.made.map(({ title, link }) => [title, link]), [["Hold", "/rnn?input=text&through=latch&recurrent=1.5"]]);
  assert.deepEqual([found.reviews, found.test], [{ count: 1, right: 1, of: 1 }, null]);
  assert.deepEqual(gather([own], withAttempt(progress, "one", begin(9, 999)), items).counts, found.counts, "also where it was begun anew");
  const tested = [full(1, ["w", "r", null]), full(2, ["r", "r", "w"], 5, 50)].reduce(withSitting, progress);
  assert.deepEqual([gather([], tested, items).test.before, gather([], tested, items).test.after], [1, 2]);
  assert.deepEqual(gather([own], empty(), items).lessons, []);
});

test("it names the last training and the solved challenges, if this browser knows them", () => {
  const place = (values) => ({ getItem: (name) => values[name] ?? null });
  const known = place({ "gatescope.train": '{"words":[],"link":{"run":"abc","task":"recall","lang":"zh"}}', "gatescope.challenge.hold": "1", "gatescope.challenge.ask": "0.4" });
  assert.equal(lastTraining(known), "/train?run=abc&task=recall");
  assert.deepEqual(solvedChallenges(known, ["hold", "ask", "delay"]), ["hold"]);
  for (const text of ["nonsense", "3", "null", '{"link":null}', '{"link":{"run":3}}', '{"link":{"task":"recall"}}']) assert.equal(lastTraining(place({ "gatescope.train": text })), null);
  const denied = { getItem: () => assert.fail("denied") };
  assert.deepEqual([lastTraining(denied), solvedChallenges(denied, ["hold"])], [null, []]);
});
