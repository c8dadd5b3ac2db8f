// Modules that are fetched when they are wanted, and runs that wait for them: the latest one is shown, none twice.
import assert from "node:assert/strict";
import test from "node:test";
import { WaitingRuns, lazyView } from "../../../../assets/stage/core/loading/waiting.js";
import { Lazy, whenAll } from "../../../../assets/stage/core/loading/lazy.js";

const held = () => {
  let open;
  const promise = new Promise((resolve, reject) => (open = { resolve, reject }));
  return { promise, ...open };
};

test("what is here is not waited for, and what is coming is fetched once", async () => {
  const gate = held();
  let fetched = 0;
  const late = new Lazy({ lstm: () => ((fetched += 1), gate.promise) });
  const first = late.missing("lstm");
  const second = late.missing("lstm");
  gate.resolve({ lanes: 1 });
  await Promise.all([first, second]);
  assert.equal(fetched, 1);
  assert.equal(late.missing("lstm"), null);
  assert.deepEqual(late.get("lstm"), { lanes: 1 });
});

test("what could not be fetched is asked for again", async () => {
  let tries = 0;
  const late = new Lazy({ gru: async () => (tries++ ? "gru" : Promise.reject(new Error("cut"))) });
  await assert.rejects(late.missing("gru"), /cut/);
  await late.missing("gru");
  assert.equal(late.get("gru"), "gru");
});

test("several are waited for together, and nothing where all are here", async () => {
  assert.equal(whenAll([null, null]), null);
  const gate = held();
  const wait = whenAll([null, gate.promise]);
  gate.resolve();
  await wait;
});

/** A stage of which only what waiting runs touch is there; runs are shown in the picture they name. */
function stage() {
  const gates = { lstm: held(), gru: held() };
  const late = new Lazy({ lstm: () => gates.lstm.promise, gru: () => gates.gru.promise });
  const shown = [];
  const made = {
    shown,
    gates,
    trace: null,
    pictures: { belt: lazyView({ create: () => shown.push("made"), missing: (kind) => late.missing(kind) }, null) },
    plugins: { prepare() {}, kinds: ({ cell }) => [cell] },
    guessing: { missing: ({ guesses }) => (guesses ? late.missing(guesses) : null) },
    lecturing: { missing: ({ lecture }) => (lecture ? late.missing(lecture) : null) },
    position: { modeOf: () => "belt" },
    take(run) {
      this.trace = run;
      shown.push(run.cell);
    },
    applyMode: (mode) => shown.push(mode),
  };
  made.waiting = new WaitingRuns(made);
  return made;
}

const run = (cell, header = {}) => ({ cell, header });

test("a run whose cell is not here yet waits, and a later one of another cell takes its place", async () => {
  const one = stage();
  const first = one.waiting.show(run("lstm"));
  const second = one.waiting.show(run("gru"));
  one.gates.gru.resolve();
  await second;
  one.gates.lstm.resolve();
  await first;
  assert.deepEqual(one.shown, ["gru"]);
  assert.equal(one.waiting.show(run("lstm")), null, "all is here: at once");
  assert.deepEqual(one.shown, ["gru", "lstm"]);
});

test("a run that is concealed from the first moment on waits for what conceals it, a bar's too", async () => {
  for (const conceals of ["guesses", "lecture"]) {
    const one = stage();
    const wait = one.waiting.show(run("gru", { bar: true, [conceals]: "lstm" }));
    assert.deepEqual(one.shown, []);
    one.gates.lstm.resolve();
    await wait;
    assert.deepEqual(one.shown, ["gru"]);
  }
});

test("a run whose drawing cannot be fetched is not waited for any longer, and whoever sent it hears of it", async () => {
  const one = stage();
  const said = [];
  one.element = { toggleAttribute: (name, on) => said.push(on) };
  const wait = one.waiting.show(run("gru"));
  one.gates.gru.reject(new Error("gone"));
  await assert.rejects(wait, /gone/);
  assert.deepEqual([one.shown, said], [[], [true, false]]);
});

test("nothing is shown on a stage that has gone meanwhile, and a bar has no picture to wait for", async () => {
  const one = stage();
  const wait = one.waiting.show(run("lstm"));
  one.waiting.cancel();
  one.gates.lstm.resolve();
  await wait;
  assert.deepEqual(one.shown, []);
  one.waiting.show(run("gru", { bar: true }));
  assert.deepEqual(one.shown, ["gru"]);
});

test("a picture that is chosen is shown once what draws it has come", async () => {
  const one = stage();
  one.trace = run("lstm");
  one.waiting.turn("belt");
  assert.deepEqual(one.shown, []);
  one.gates.lstm.resolve();
  await new Promise((done) => setTimeout(done));
  assert.deepEqual(one.shown, ["belt"]);
});

test("who turns back to the picture that is shown gets no other one later, and the stage says while it fetches", async () => {
  const one = stage();
  const said = [];
  one.element = { toggleAttribute: (name, on) => name === "data-fetches" && said.push(on) };
  one.trace = run("lstm");
  one.mode = "diagram";
  one.waiting.turn("belt");
  assert.equal(said.at(-1), true);
  one.waiting.turn("diagram");
  assert.equal(said.at(-1), false);
  one.gates.lstm.resolve();
  await new Promise((done) => setTimeout(done));
  assert.deepEqual(one.shown, []);
});
