// Which stage goes to where which other one stands.
import assert from "node:assert/strict";
import { test } from "node:test";

import { register, syncPeers, syncTo, unregister, peersOf } from "../../../../assets/stage/shell/stages/peers.js";
import { Player } from "../../../../assets/stage/core/run/player.js";

function stage({ follow, nonce, unit, units = 3, connected = true, leads = false, mirrored = false, steps = 4 }) {
  const player = new Player({ steps, units, phases: ["carry"] });
  player.moveTo({ unit });
  const header = { page: "compare", follow, bar: !follow && !leads, leads, mirrored, steps };
  const nothing = () => {};
  const made = { header, trace: { header }, player, position: { nonce }, concealment: { hold() {} }, element: { isConnected: connected }, transport: { state: nothing }, changed: nothing, paintSoon: nothing };
  register(made);
  return made;
}

function together(t, ...descriptions) {
  const stages = descriptions.map(stage);
  t.after(() => stages.forEach(unregister));
  return stages;
}

test("a stage that arrives goes to where its bar stands", (t) => {
  const [, first, second] = together(t, { nonce: "s.2", unit: 0 }, { follow: true, nonce: "s.2", unit: 1 }, { follow: true, nonce: "s.2", unit: 2 });
  syncPeers(second);
  assert.deepEqual([first.player.unit, second.player.unit], [1, 0]);
});

test("a bar of the visit before, or one taken off the page, leads nobody", (t) => {
  const [, , bar, arriving] = together(
    t,
    { nonce: "s.1", unit: 2 },
    { nonce: "s.2", unit: 1, connected: false },
    { nonce: "s.2/3", unit: 0 },
    { follow: true, nonce: "s.2", unit: 2 },
  );
  syncPeers(arriving);
  assert.equal(arriving.player.unit, bar.player.unit);
});

test("a stage that arrives before its bar stays, and the bar then takes it along", (t) => {
  const [bar, arriving] = together(t, { nonce: "s.1", unit: 2 }, { follow: true, nonce: "s.2", unit: 0 });
  syncPeers(arriving);
  assert.equal(arriving.player.unit, 0);
  bar.position.nonce = "s.2";
  bar.player.moveTo({ unit: 1 });
  syncPeers(bar);
  assert.equal(arriving.player.unit, 1);
});

test("a bar that has opened a link of its own leads nobody and follows nobody", (t) => {
  const [bar, arriving] = together(t, { nonce: "s.2", unit: 0 }, { follow: true, nonce: "s.2", unit: 1 });
  bar.header.bar = undefined;
  syncPeers(arriving);
  syncPeers(bar);
  assert.deepEqual([bar.player.unit, arriving.player.unit], [0, 1]);
});

test("a stage that leads takes along the one beside it; of two that read from either end, both stand where the same is read", (t) => {
  const [alone, own, beside] = together(t, { follow: true, nonce: "s.9", unit: 0, leads: true }, { leads: true, nonce: "s.1", unit: 0 }, { follow: true, mirrored: true, nonce: "s.1", unit: 0 });
  unregister(alone);
  assert.deepEqual(peersOf(own), [beside]);
  for (const step of [0, 1, 3]) {
    own.player.moveTo({ step });
    syncPeers(own);
    assert.equal(beside.player.step, 3 - step);
  }
  beside.player.moveTo({ step: 2 });
  syncTo(own, beside, 0);
  assert.equal(own.player.step, 1, "either way");
});
