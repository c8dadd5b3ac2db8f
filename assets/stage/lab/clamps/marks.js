// Marks of clamped values: a lock and a dashed outline on the picture, hatching in the score.
import { html, set, svg, write } from "../../core/dom.js";
import { addToLabel } from "../../core/labels.js";
import { holding } from "../state/state.js";

const LOCK = "M-3.4 -0.4h6.8v5.4h-6.8zM-2 -0.4v-1.7a2 2 0 0 1 4 0v1.7";
const CARRIED = { previous_cell: "cell", previous_hidden: "hidden" }; // as it left the step before

/** Why a value is not its equation's. */
export const clampedWord = (lab) => lab.t("lab.mark.held");

/** @param {object} lab what createLab in ../lab.js gives its panels */
export function createMarks(lab) {
  let marked = false; // whether anything has been marked, and may have to be cleaned

  /** What stands on the picture and may be held: each part of the belt, and of the other views what the chosen unit shows. */
  function* places({ step, unit }) {
    const all = (selector) => lab.stage.picture.querySelectorAll(selector);
    for (const node of all(".gs-part[data-signal][data-unit]")) yield [node, node.dataset.signal, Number(node.dataset.unit), step];
    for (const node of all(".gs-dia-value[data-signal]")) {
      const carried = CARRIED[node.dataset.signal];
      yield [node, carried ?? node.dataset.signal, unit, carried ? step - 1 : step];
    }
    for (const node of all(".gs-unr-parcel[data-step]")) yield [node, node.dataset.signal, unit, Number(node.dataset.step)];
  }

  function picture(view) {
    const { state } = lab.session;
    const any = state.clamps.length > 0;
    if (!any && !marked) return;
    marked = any;
    for (const [node, signal, unit, step] of places(view)) {
      const clamped = any && step >= 0 && holding(state, signal, unit, step) >= 0;
      if (clamped || node.dataset.clamped) markClamped(node, clamped);
    }
  }

  function markClamped(node, clamped) {
    set(node, { "data-clamped": clamped ? "held" : null });
    const leaf = node.querySelector("rect:not(.gs-ring, .gs-target)");
    let lock = node.querySelector(":scope > .gs-lock");
    if (clamped && !lock && leaf) {
      const [x, y] = ["x", "y"].map((name) => Number(leaf.getAttribute(name)));
      lock = svg("path", { class: "gs-lock", d: LOCK, transform: `translate(${x - 8} ${y + 3})` });
      node.append(lock);
    } else if (!clamped) lock?.remove();
    const fed = node.querySelector(":scope > .gs-fed");
    if (fed) {
      let word = node.querySelector(":scope > .gs-clamped-word");
      if (clamped && !word) node.append((word = svg("text", { class: "gs-fed gs-clamped-word", x: fed.getAttribute("x"), y: fed.getAttribute("y") })));
      if (clamped) write(word, clampedWord(lab));
      else word?.remove();
    }
    addToLabel(node, clamped ? clampedWord(lab) : null);
  }

  /** Hatches the score where the last clamp of a place holds it, as boxes in shares of the strip. */
  function score() {
    const { state } = lab.session;
    for (const strip of lab.stage.score.element.querySelectorAll(".gs-strip[data-signal]")) {
      const lane = strip.querySelector(".gs-strip-place");
      let layer = lane.querySelector(".gs-hatch");
      const clamps = state.clamps.filter(({ signal }) => signal === strip.dataset.signal);
      const signature = clamps.length ? JSON.stringify([clamps.map(({ units, steps }) => [units, steps]), state.hidden, state.steps]) : "";
      if ((layer?.dataset.shown ?? "") === signature) continue;
      if (!signature) {
        layer.remove();
        continue;
      }
      if (!layer) lane.append((layer = html("div", { class: "gs-hatch", "aria-hidden": "true" })));
      layer.dataset.shown = signature;
      layer.replaceChildren(...clamps.flatMap((clamp) => boxes(clamp, state)));
    }
  }

  function boxes({ units, steps }, { hidden, steps: count }) {
    const [from, to] = steps ?? [0, count - 1];
    const along = `left:${(100 * from) / count}%;width:${(100 * (to - from + 1)) / count}%;`;
    if (units === null) return [html("i", { style: `${along}top:0;height:100%` })];
    return units.map((unit) => html("i", { style: `${along}top:${(100 * unit) / hidden}%;height:${100 / hidden}%` }));
  }

  return { picture, score };
}
