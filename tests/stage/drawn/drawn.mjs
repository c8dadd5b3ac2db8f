// Draws runs and does to them what test_drawn.py says, and writes what stands there then.
import { createHash } from "node:crypto";
import { createInterface } from "node:readline";

import { event, later, open, room } from "./document.mjs";

open();
const { mount } = await import("../../../assets/stage/mount.js");

/** Lets all that was begun come to its end: modules that are fetched, promises, frames. */
async function settle() {
  for (let n = 0; n < 20; n++) await new Promise((done) => setImmediate(done));
  later();
}

const DOES = {
  mode: (stage, mode) => stage.setMode(mode),
  go: (stage, step, phase, unit) => stage.host.go({ step: Number(step) - 1, ...(phase && { phase }), ...(unit && { unit: Number(unit) - 1 }) }),
  move: (stage, step, phase) => stage.host.go({ step: Number(step) - 1, ...(phase && { phase }) }),
  click: (stage, ...selector) => found(stage, selector).dispatchEvent(event("click")),
  over: (stage, ...selector) => found(stage, selector).dispatchEvent(event("pointerover")),
  key: (stage, key, ...selector) => (selector.length ? found(stage, selector) : stage.element).dispatchEvent(event("keydown", { key, code: key })),
  type: (stage, value, ...selector) => type(found(stage, selector), value),
};

/** What is done to an element by what it hears of: [what, how], each on its own. */
const POKES = {
  click: [["click"]],
  keydown: ["Enter", "ArrowRight", "ArrowUp", "Delete", "Escape"].map((key) => ["keydown", { key, code: key }]),
  pointerdown: [["pointerdown", { clientX: 700, clientY: 9 }], ["pointermove", { clientX: 500, clientY: 21 }], ["pointerup", { clientX: 500, clientY: 21 }]],
  pointermove: [["pointermove", { clientX: 900, clientY: 21 }]],
  pointerover: [["pointerover"]],
  pointerout: [["pointerout"]],
  focusin: [["focusin"]],
  focus: [["focus", { bubbles: false }]],
};

/** Does to each element what it hears of, and says after each what has become of the stage. */
async function poke(stage, selector, say) {
  const all = stage.element.querySelectorAll(selector);
  for (const [k, element] of all.entries()) {
    if (!element.isConnected || element.disabled || !element.checkVisibility()) continue;
    const hears = element.hears();
    if (!hears.length) continue;
    const errors = [];
    const attempt = (happen) => {
      try {
        happen();
      } catch (error) {
        errors.push(error.message);
      }
    };
    for (const type of hears)
      if (type === "input" || type === "change") attempt(() => fill(element, type));
      else for (const [name, more] of POKES[type] ?? []) attempt(() => element.dispatchEvent(event(name, { pointerId: 1, ...more })));
    await say(["poked", k, element.localName, element.className, ...errors].join(" "), true);
  }
}

/** Chooses or writes something else. */
function fill(element, type) {
  if (element.localName === "select") element.value = element.options.find(({ value }) => value !== element.value)?.value ?? element.value;
  else if (element.type === "checkbox" || element.type === "radio") element.checked = !element.checked;
  else if (element.type === "range") element.value = element.value === element.max ? element.min : element.max;
  else element.value = element.value === "0.5" ? "2" : "0.5";
  element.dispatchEvent(event(type));
}

function found(stage, selector) {
  const one = stage.element.querySelector(selector.join(" "));
  if (!one) throw new Error(`nothing is ${selector.join(" ")}`);
  return one;
}

function type(field, value) {
  field.value = value;
  for (const name of ["input", "change"]) field.dispatchEvent(event(name));
}

for await (const line of createInterface({ input: process.stdin })) {
  const { name, bytes, width, does, words } = JSON.parse(line);
  globalThis.gatescopeWords = words;
  room.width = innerWidth = width;
  const root = document.createElement("div");
  document.body.append(root);
  const { stage, destroy } = mount(root, Uint8Array.from(Buffer.from(bytes, "base64")), { memory: new Map() });
  const say = async (what, brief = false) => {
    await settle();
    const lines = stage.element.lines();
    const digest = createHash("sha256").update(lines.join("\n")).digest("hex").slice(0, 12);
    console.log(`# ${name}: ${what}: ${lines.length} lines, ${digest}`);
    if (!brief) console.log(lines.join("\n"));
  };
  await say("opens");
  for (const what of does) {
    const [kind, ...rest] = what.split(" ");
    if (kind === "move") later(10_000);
    if (kind === "poke") await poke(stage, rest.join(" "), say);
    else DOES[kind](stage, ...rest);
    await say(what);
  }
  destroy();
  root.remove();
}
