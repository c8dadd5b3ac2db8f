// A handle that multiplies: dragged or stepped from ×0 to ×4, it springs back to ×1 once what it did is done.
import { html, set, write } from "../../core/dom.js";

const MOST = 4;
const WAY = 110; // CSS px from ×1 to ×2
const REST = 900; // milliseconds without a key after which a run of keys is one entry

/**
 * @param {object} lab what createLab in ../lab.js gives its panels: begin, end, cancel
 * @param {{label: string, text: string, apply: (factor: number) => void, hover?: (on: boolean) => void}} about
 *   label for screen readers; apply scales what was there when the handle was taken
 */
export function createScaler(lab, { label, text, apply, hover }) {
  const word = html("span", { class: "gs-scaler-word" }, text);
  const element = html("span", { class: "gs-scaler", role: "slider", tabindex: -1, "aria-label": label, "aria-valuemin": 0, "aria-valuemax": MOST }, word, html("i"));
  let factor = 1;
  let from = null; // where the pointer took it
  let active = false;
  let timer = 0;

  function show() {
    element.style.setProperty("--gs-factor", factor / MOST);
    set(element, { "aria-valuenow": factor.toFixed(2), "aria-valuetext": `×${factor.toFixed(2)}`, "data-active": active });
    write(word, active ? `×${factor.toFixed(2)}` : text);
  }

  function scale(next) {
    if (!active) lab.begin();
    active = true;
    factor = Math.min(MOST, Math.max(0, Math.round(next * 100) / 100));
    apply(factor);
    show();
  }

  function release(keep = true) {
    clearTimeout(timer);
    from = null;
    if (!active) return;
    active = false;
    factor = 1;
    if (keep) lab.end();
    else lab.cancel();
    show();
  }

  set(element, {
    onpointerdown(event) {
      if (event.button !== 0) return;
      release();
      from = { x: event.clientX };
      element.setPointerCapture(event.pointerId);
      element.focus();
    },
    onpointermove(event) {
      if (from) scale(1 + (event.clientX - from.x) / WAY);
    },
    onpointerup: () => release(),
    onpointercancel: () => release(false),
    onblur: () => release(),
    onkeydown(event) {
      const size = event.shiftKey ? 0.5 : event.altKey ? 0.01 : 0.05;
      const next = { ArrowUp: factor + size, ArrowRight: factor + size, ArrowDown: factor - size, ArrowLeft: factor - size, Home: 0, End: MOST }[event.key];
      if (event.key === "Escape" && active) release(false);
      else if (event.key === "Enter") release();
      else if (next === undefined || event.ctrlKey || event.metaKey) return;
      else {
        scale(next);
        clearTimeout(timer);
        timer = setTimeout(release, REST);
      }
      event.preventDefault();
      event.stopPropagation();
    },
    onpointerenter: () => hover?.(true),
    onpointerleave: () => hover?.(false),
  });
  show();
  return element;
}
