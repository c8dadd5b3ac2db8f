// What joins a stage: when it is loaded, in which order it is called, and that a stage without it goes on.
import assert from "node:assert/strict";
import { test } from "node:test";

import { Plugins } from "../../../assets/stage/shell/plugins.js";

function stageOf(header) {
  const calls = [];
  return { calls, get concealment() { return { run: this.trace }; }, header, trace: { header, name: "sent" }, load: () => calls.push("stage.load"), resized: () => calls.push("stage.resized") };
}

const declare = (brings, plugin, more = {}) => ({ brings, load: async () => () => plugin, ...more });

test("a plug-in is created when a run brings its data, once, and the stage is loaded anew", async () => {
  const stage = stageOf({ film: {} });
  let created = 0;
  const load = async () => (given) => {
    assert.equal(given, stage);
    created += 1;
    return { arrive: (trace) => ({ ...trace, name: `frame of ${trace.name}` }) };
  };
  const plugins = new Plugins(stage, { lab: declare("lab", {}), movie: { brings: "film", load } });
  await Promise.all([plugins.admit(), plugins.admit()]);
  await plugins.admit();
  assert.equal(created, 1);
  assert.equal(plugins.get("lab"), undefined);
  assert.equal(stage.trace.name, "frame of sent");
  assert.deepEqual(stage.calls.slice(0, 2), ["stage.load", "stage.resized"]);
  assert.equal(plugins.arrive({ header: { film: {} }, name: "next" }).name, "frame of next");
  assert.equal(plugins.arrive({ header: {}, name: "other" }).name, "other");
});

test("data that have gone while the module was on its way bring nothing", async () => {
  const stage = stageOf({ film: {} });
  const plugins = new Plugins(stage, { film: declare("film", {}) });
  const admitted = plugins.admit();
  stage.header = {};
  await admitted;
  assert.equal(plugins.get("film"), undefined);
});

test("calls go to those that have the method, in the order of the declarations", async () => {
  const stage = stageOf({ b: {} });
  const said = [];
  const plugins = new Plugins(stage, {
    first: declare("a", { painted: (view) => said.push(["first", view]), substitute: () => null }),
    silent: declare("a", {}),
    second: declare("b", { painted: (view) => said.push(["second", view]), substitute: () => "values" }),
  });
  await plugins.admit();
  assert.equal(plugins.substitute(), "values");
  stage.header = { a: {}, b: {} };
  await plugins.admit();
  plugins.call("painted", 7);
  assert.deepEqual(said, [["first", 7], ["second", 7]]);
  assert.equal(plugins.substitute(), "values");
  assert.equal(new Plugins(stage, {}).substitute(), null);
});

test("who shows the inspector itself says so before it is loaded", () => {
  const plugins = new Plugins(stageOf({}), { lab: declare("lab", {}, { ownsInspector: true }), film: declare("film", {}) });
  assert.equal(plugins.ownInspector({ lab: {}, film: {} }), true);
  assert.equal(plugins.ownInspector({ film: {} }), false);
});
