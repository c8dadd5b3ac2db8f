// The input tokens as one draggable track. Where they do not fit, a window of them follows the step.
import { html, set, write } from "../core/dom.js";
import { token } from "../core/text/format.js";

const NARROWEST = 28; // CSS px of a cell at scale 1: a finger still finds it, one letter has air
const WIDEST_MINIMUM = 92; // a long word is cut there rather than costing the window its overview
const GAP = 3; // CSS px between cells (as in transport.css)
const EDGE = 1; // cells kept between the current one and the window's end
const SCROLL_EVERY = 90; // milliseconds a step while a drag is held beyond the window

export function createTrack(host) {
  const cells = html("div", { class: "gs-track-cells" });
  const before = html("span", { class: "gs-track-more", "aria-hidden": "true" }, "…");
  const after = html("span", { class: "gs-track-more", "aria-hidden": "true" }, "…");
  const element = html("div", { class: "gs-track", role: "slider", tabindex: 0, "data-testid": "track", "aria-valuemin": 1 }, before, cells, after);
  let tokens = [];
  let need = NARROWEST;
  let start = 0;
  let current = -1;

  function fit() {
    const style = getComputedStyle(element);
    const em = parseFloat(style.fontSize);
    const room = element.clientWidth;
    const width = (need * em) / 14 + GAP;
    const all = tokens.length * width <= room;
    const count = all ? tokens.length : Math.min(tokens.length, Math.max(3, Math.floor((room - 3 * em) / width)));
    if (cells.childElementCount === count) return;
    cells.replaceChildren(...Array.from({ length: count }, () => html("span", { class: "gs-token" })));
    const windowed = !all;
    before.hidden = after.hidden = !windowed;
    current = -1;
  }

  /** Moves the window as little as keeps the step inside it. */
  function follow(step) {
    const count = cells.childElementCount;
    const highest = Math.max(0, tokens.length - count);
    const edge = Math.min(EDGE, Math.floor((count - 1) / 2));
    let next = start;
    if (step < start + edge) next = step - edge;
    if (step > start + count - 1 - edge) next = step - count + 1 + edge;
    next = Math.min(highest, Math.max(0, next));
    if (next === start && current >= 0) return;
    start = next;
    before.style.visibility = start > 0 ? "visible" : "hidden";
    after.style.visibility = start < highest ? "visible" : "hidden";
    [...cells.children].forEach((cell, k) => {
      write(cell, token(tokens[start + k]));
      set(cell, { title: `${start + k + 1} · ${tokens[start + k]}` });
    });
    current = -1;
  }

  function mark(step) {
    if (current === step) return;
    for (const on of cells.querySelectorAll(".gs-on")) on.classList.remove("gs-on");
    cells.children[step - start]?.classList.add("gs-on");
    current = step;
  }

  /** The step under a pointer; beyond the window's ends −1 or +1 in `beyond`. */
  function under(x) {
    const box = cells.getBoundingClientRect();
    const count = cells.childElementCount;
    const at = Math.floor(((x - box.left) / box.width) * count);
    return { step: start + Math.min(count - 1, Math.max(0, at)), beyond: at < 0 ? -1 : at >= count ? 1 : 0 };
  }

  let timer = 0;

  function drag(event) {
    const { step, beyond } = under(event.clientX);
    clearInterval(timer);
    if (beyond === 0 || tokens.length === cells.childElementCount) return host.go({ step });
    const push = () => host.go({ step: host.view().step + beyond });
    push();
    timer = setInterval(push, SCROLL_EVERY);
  }

  element.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    element.setPointerCapture(event.pointerId);
    drag(event);
  });
  element.addEventListener("pointermove", (event) => element.hasPointerCapture(event.pointerId) && drag(event));
  for (const end of ["pointerup", "pointercancel", "lostpointercapture"])
    element.addEventListener(end, () => clearInterval(timer));

  return {
    element,
    load(trace) {
      set(element, { "aria-label": host.t("stage.track"), "aria-valuemax": trace.steps });
      if (tokens.length === trace.steps && tokens.every((text, k) => text === trace.tokens[k])) return;
      tokens = trace.tokens;
      const longest = tokens.reduce((most, text) => Math.max(most, widthInLetters(token(text))), 1);
      need = Math.min(WIDEST_MINIMUM, Math.max(NARROWEST, longest * 8.4 + 12));
      current = -1;
      cells.replaceChildren();
      fit();
    },
    paint({ step }) {
      follow(step);
      mark(step);
      set(element, {
        "aria-valuenow": step + 1,
        "aria-valuetext": host.t("stage.track.value", { step: step + 1, steps: tokens.length, token: host.token(step) }),
      });
    },
    resize: fit,
    destroy: () => clearInterval(timer),
  };
}

/** Width of a text in Latin letters; CJK and the like count twice. */
export const widthInLetters = (text) => [...text].reduce((sum, sign) => sum + (sign.codePointAt(0) > 0x2e7f ? 1.8 : 1), 0);
