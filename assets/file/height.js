// How tall this page is, told to the page around it, which can give the frame that height (docs/embedding.md).
import { message } from "./envelope.js";

/** Tells the page around this one, if there is any, now and whenever it changes. */
export function tellHeight() {
  const { parent } = globalThis;
  if (parent === globalThis) return;
  let height = 0;
  new ResizeObserver(() => {
    const now = Math.ceil(document.body.getBoundingClientRect().bottom + scrollY);
    if (now !== height) parent.postMessage(message("height", { height: (height = now) }), "*"); // whoever it is may know it
  }).observe(document.body);
}
