// Draws the views that fill a page, and does to them what test_pages.py says; what they fetch is asked of it, a line a question.
import { createInterface } from "node:readline";

import { found, poke, press, settle, teller, type, unfold } from "./doing.mjs";
import { event, later, open, room } from "./document.mjs";

open();
const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const next = async () => JSON.parse((await lines.next()).value ?? "null");
let asked = Promise.resolve();

/** What the server would answer: one question at a time. */
globalThis.fetch = (address, { body = "null" } = {}) => {
  asked = asked.then(async () => {
    const question = JSON.stringify([address, JSON.parse(body)]);
    console.log(`asks ${question}\n? ${question}`);
    const { status, text = "", bytes = "" } = await next();
    const whole = bytes ? Buffer.from(bytes, "base64") : Buffer.from(text);
    return { ok: status === 200, status, headers: new Map(), text: async () => text, json: async () => JSON.parse(text), arrayBuffer: async () => Uint8Array.from(whole).buffer, blob: async () => whole };
  });
  return asked;
};
Date.now = () => 1_700_000_000_000;
globalThis.open = () => {};
globalThis.BroadcastChannel = class { postMessage() {} close() {} addEventListener() {} };

for (let job = await next(); job; job = await next()) {
  const { name, module, data, width, does, stored } = job;
  room.width = innerWidth = width;
  if (!job.keeps) localStorage.clear();
  for (const [key, value] of Object.entries(stored)) localStorage.setItem(key, JSON.stringify(value));
  const root = document.createElement("div");
  document.body.append(root);
  const { default: show } = await import(new URL(module, import.meta.url));
  const end = show({ parentElement: root, data: new TextEncoder().encode(JSON.stringify(data)) });
  const rest = async () => {
    for (let n = 0; n < 4; n++) {
      await settle();
      await asked;
    }
  };
  const tell = teller(name, root);
  const say = async (...what) => {
    await rest();
    await tell(...what);
  };
  await say("opens");
  for (const what of does) {
    const [kind, ...more] = what.split(" ");
    if (kind === "unfold") unfold(root);
    else if (kind === "press") await press(root, more.join(" "), say);
    else if (kind === "poke") await poke(root, more.join(" "), say);
    else if (kind === "click") found(root, more).dispatchEvent(event("click"));
    else if (kind === "key") dispatchEvent(event("keydown", { key: more[0], target: document.body }));
    else if (kind === "type") type(found(root, more.slice(1)), more[0]);
    later();
    await say(what);
  }
  root.remove();
  end();
  console.log("!");
}
