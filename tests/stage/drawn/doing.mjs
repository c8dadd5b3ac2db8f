// What may be done to what is drawn in a document without layout, and how it is written down.
import { createHash } from "node:crypto";

import { event, later, written } from "./document.mjs";

/** Lets all that was begun come to its end: modules that are fetched, promises, frames. */
export async function settle() {
  for (let n = 0; n < 20; n++) await new Promise((done) => setImmediate(done));
  later();
}

/** What is done to an element by what it hears of: [what, how], each on its own. */
const POKES = {
  click: [["click"]],
  keydown: ["Enter", "ArrowRight", "ArrowUp", "Delete", "Escape"].map((key) => ["keydown", { key, code: key }]),
  pointerdown: [["pointerdown", { clientX: 700, clientY: 9 }], ["pointermove", { clientX: 500, clientY: 21 }], ["pointerup", { clientX: 500, clientY: 21 }], ["lostpointercapture"]],
  pointermove: [["pointermove", { clientX: 900, clientY: 21 }]],
  pointerover: [["pointerover"]],
  pointerout: [["pointerout"]],
  focusin: [["focusin"]],
  focus: [["focus", { bubbles: false }]],
};

const MOST = 400;
const MOST_PRESSED = 12;

/** Does to each element what it hears of, and says after each what has become of all; what is drawn anew takes the old one's turn. */
export async function poke(root, selector, say) {
  let all = root.querySelectorAll(selector);
  for (let k = 0; k < Math.min(MOST, all.length); k++) {
    const element = all[k];
    if (element.disabled || !element.checkVisibility()) continue;
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
    element.releasePointerCapture();
    await say(["poked", k, element.localName, element.className, ...errors].join(" "), true);
    all = root.querySelectorAll(selector);
  }
}

/** Does to each element what a pointer and keys do, whoever around it hears of that. */
export async function press(root, selector, say) {
  for (const [k, element] of root.querySelectorAll(selector).slice(0, MOST_PRESSED).entries())
    for (const type of ["pointerover", "pointerdown", "click", "keydown"]) {
      if (!element.isConnected) continue;
      for (const [name, more] of POKES[type]) element.dispatchEvent(event(name, { pointerId: 1, ...more }));
      element.releasePointerCapture();
      await say(["pressed", k, type, element.dataset.part].join(" "), true);
    }
}

export const unfold = (root) => {
  for (const box of root.querySelectorAll("details")) box.open = true;
};

/** Chooses or writes something else. */
function fill(element, type) {
  if (element.localName === "select") element.value = element.options.find(({ value }) => value !== element.value)?.value ?? element.value;
  else if (element.type === "checkbox" || element.type === "radio") element.checked = !element.checked;
  else if (element.type === "range") element.value = element.value === element.max ? element.min : element.max;
  else element.value = element.value === "0.5" ? "2" : "0.5";
  element.dispatchEvent(event(type));
}

export function found(root, selector) {
  const one = root.querySelector(selector.join(" "));
  if (!one) throw new Error(`nothing is ${selector.join(" ")}`);
  return one;
}

export function type(field, value) {
  field.value = value;
  for (const name of ["input", "change"]) field.dispatchEvent(event(name));
}

/** What is called after each change: writes a drawing with what all its lines come to at its head, or that alone. */
export const teller = (name, root) => async (what, brief = false) => {
  await settle();
  const text = written(root);
  const digest = createHash("sha256").update(text).digest("hex").slice(0, 12);
  console.log(`# ${name}: ${what}: ${text.split("\n").length} lines, ${digest}`);
  if (!brief) console.log(text);
};
