// Draws runs and does to them what test_drawn.py says, and writes what stands there then.
import { createInterface } from "node:readline";

import { found, poke, press, teller, type, unfold } from "./doing.mjs";
import { event, later, open, room } from "./document.mjs";

open();
const { mount } = await import("../../../assets/stage/mount.js");

const BRIEF = new Set(["go", "move", "key", "page"]); // of what they change each line is not written down

const DOES = {
  mode: (stage, mode) => stage.setMode(mode),
  go: (stage, step, phase, unit) => stage.host.go({ step: Number(step) - 1, ...(phase && { phase }), ...(unit && { unit: Number(unit) - 1 }) }),
  move: (stage, step, phase) => stage.host.go({ step: Number(step) - 1, ...(phase && { phase }) }),
  click: (stage, ...selector) => found(stage.element, selector).dispatchEvent(event("click")),
  over: (stage, ...selector) => found(stage.element, selector).dispatchEvent(event("pointerover")),
  key: (stage, key, ...selector) => (selector.length ? found(stage.element, selector) : stage.element).dispatchEvent(event("keydown", { key, code: key })),
  page: (_, key) => dispatchEvent(event("keydown", { key, code: key })),
  unfold: (stage) => unfold(stage.element),
  type: (stage, value, ...selector) => type(found(stage.element, selector), value),
};

for await (const line of createInterface({ input: process.stdin })) {
  const { name, runs, width, does, words } = JSON.parse(line);
  globalThis.gatescopeWords = words;
  room.width = innerWidth = width;
  const root = document.createElement("div");
  document.body.append(root);
  const memory = new Map();
  const mounted = runs.map((bytes) => {
    const place = document.createElement("div");
    root.append(place);
    return mount(place, Uint8Array.from(Buffer.from(bytes, "base64")), { memory });
  });
  const [{ stage }] = mounted;
  const say = teller(name, root);
  await say("opens");
  for (const what of does) {
    const [kind, ...rest] = what.split(" ");
    if (kind === "move") later(10_000);
    if (kind === "poke") await poke(root, rest.join(" "), say);
    else if (kind === "press") await press(root, rest.join(" "), say);
    else DOES[kind](stage, ...rest);
    await say(what, BRIEF.has(kind));
  }
  for (const { destroy } of mounted) destroy();
  root.remove();
}
