// What leaves the stage: links and slider values.
import assert from "node:assert/strict";
import { mock, test } from "node:test";

import { linkOf, LinkWriter } from "../../../assets/stage/shell/address/link.js";
import { LatestFirst } from "../../../assets/stage/core/loading/latest-first.js";

const header = { lang: "zh", link: { params: { preset: "locker", sharpness: "0.4" } } };
const usual = { phase: "carry", mode: "belt" };

test("a link counts from 1 and leaves out what goes without saying", () => {
  assert.deepEqual(linkOf(header, { step: 3, phase: "carry", unit: 0, mode: "belt" }, usual), {
    preset: "locker",
    sharpness: "0.4",
    lang: "zh",
    step: "4",
  });
});

test("a link names phase, unit and picture where they are not the usual ones", () => {
  const { phase, unit, view } = linkOf(header, { step: 0, phase: "write", unit: 2, mode: "diagram" }, usual);
  assert.deepEqual([phase, unit, view], ["write", "3", "diagram"]);
});

test("only the last of many changes is written, 250 ms after it", (t) => {
  mock.timers.enable({ apis: ["setTimeout"] });
  globalThis.location ??= { pathname: "/lstm" };
  const written = [];
  const writer = new LinkWriter((params, owned) => written.push([params.step, owned]));
  for (let step = 1; step <= 20; step++) {
    writer.schedule({ step: String(step), own: "x" }, ["data"]);
    mock.timers.tick(100);
  }
  assert.equal(written.length, 0);
  mock.timers.tick(150);
  assert.equal(written.length, 1);
  assert.equal(written[0][0], "20");
  assert.ok(["step", "phase", "unit", "view", "own", "data"].every((name) => written[0][1].includes(name)));
  writer.schedule({ step: "21" });
  writer.cancel();
  mock.timers.tick(1000);
  assert.equal(written.length, 1);
  t.after(() => mock.timers.reset());
});

test("where another page is asked for, what waits is written at once, and once", (t) => {
  mock.timers.enable({ apis: ["setTimeout"] });
  const events = new EventTarget();
  for (const name of ["addEventListener", "removeEventListener"]) globalThis[name] = events[name].bind(events);
  t.after(() => {
    mock.timers.reset();
    for (const name of ["addEventListener", "removeEventListener"]) delete globalThis[name];
  });
  const written = [];
  const writer = new LinkWriter(({ step }) => written.push(step));
  const leave = () => events.dispatchEvent(new Event("gatescope-leave"));
  writer.schedule({ step: "7" });
  leave();
  assert.deepEqual(written, ["7"]);
  leave();
  mock.timers.tick(250);
  writer.schedule({ step: "8" });
  writer.cancel();
  leave();
  assert.deepEqual(written, ["7"]);
});

test("a choice is an entry of its own at once, and the entry that is left keeps its last step", (t) => {
  mock.timers.enable({ apis: ["setTimeout"] });
  t.after(() => mock.timers.reset());
  const written = [];
  const writer = new LinkWriter(({ preset, step }, _, entry) => written.push([preset, step, entry]));
  const show = (preset, step) => writer.schedule({ preset, step, lang: "en" }, [], ["preset"]);
  show("locker", "4");
  mock.timers.tick(250);
  show("locker", "5");
  show("latch", "1");
  assert.deepEqual(written.splice(0), [["locker", "4", false], ["locker", "5", false], ["latch", "1", true]]);
  show("latch", "2");
  mock.timers.tick(250);
  assert.deepEqual(written.splice(0), [["latch", "2", false]]);
});

test("where a link is opened whatever else it shows is an entry too, but not another step", (t) => {
  mock.timers.enable({ apis: ["setTimeout"] });
  t.after(() => mock.timers.reset());
  const written = [];
  const writer = new LinkWriter(({ run }, _, entry) => written.push([run, entry]));
  const show = (run, opened) => writer.schedule({ task: "parity", run, step: String(written.length) }, [], ["task"], opened);
  for (const [run, opened] of [["a", true], ["b", false], ["c", true], ["c", true]]) {
    show(run, opened);
    mock.timers.tick(250);
  }
  assert.deepEqual(written.filter(([, entry]) => entry), [["c", true]]);
  assert.equal(written.length, 4);
});

test("on the way back nothing is written before the screen has caught up, and then the entry is kept", (t) => {
  mock.timers.enable({ apis: ["setTimeout"] });
  t.after(() => mock.timers.reset());
  const written = [];
  const writer = new LinkWriter(({ preset, step }, _, entry) => written.push([preset, step, entry]));
  const show = (preset, step) => writer.schedule({ preset, step }, [], ["preset"]);
  show("latch", "1");
  mock.timers.tick(250);
  written.length = 0;
  show("latch", "2");
  writer.hold(); // back to another example; the stage goes on playing meanwhile
  show("latch", "3");
  mock.timers.tick(1000);
  assert.deepEqual(written, []);
  writer.release();
  show("locker", "4");
  mock.timers.tick(250);
  assert.deepEqual(written, [["locker", "4", false]]);
});

test("one question at a time, and the latest value wins", (t) => {
  mock.timers.enable({ apis: ["setTimeout"] });
  t.after(() => mock.timers.reset());
  const asked = [];
  const queue = new LatestFirst((what) => asked.push(what), 1000);
  for (let k = 0; k < 30; k++) queue.ask(k);
  assert.deepEqual(asked, [0]);
  assert.equal(queue.idle, false);
  queue.answered();
  assert.deepEqual(asked, [0, 29]);
  queue.answered();
  assert.deepEqual(asked, [0, 29]);
  assert.equal(queue.idle, true);
});

test("an answer that never comes holds up nothing for longer than the patience", (t) => {
  mock.timers.enable({ apis: ["setTimeout"] });
  t.after(() => mock.timers.reset());
  const asked = [];
  const queue = new LatestFirst((what) => asked.push(what), 1000);
  queue.ask("a");
  queue.ask("b");
  mock.timers.tick(999);
  assert.deepEqual(asked, ["a"]);
  mock.timers.tick(1);
  assert.deepEqual(asked, ["a", "b"]);
  queue.ask("c");
  queue.drop();
  mock.timers.tick(5000);
  assert.deepEqual(asked, ["a", "b"]);
  assert.equal(queue.idle, true);
});
