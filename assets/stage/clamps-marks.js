// What is held is seen to be held: a lock and a dashed outline on the picture, hatching in the score.
import { html, set, svg, write } from "./dom.js";
import { plain } from "./formulas.js";
import { holding } from "./lab-state.js";

const LOCK = "M-3.4 -0.4h6.8v5.4h-6.8zM-2 -0.4v-1.7a2 2 0 0 1 4 0v1.7";
const spoken = new WeakMap(); // node -> {own, full}: its label before and after our words

/**
 * Adds words to what a screen reader says of a node, and takes them away again; the node's owner may
 * rewrite its label at any time.
 */
export function addWords(node, words) {
  const label = node.getAttribute("aria-label") ?? "";
  const known = spoken.get(node);
  const own = known && known.full === label ? known.own : label;
  const full = words ? `${own}, ${words}` : own;
  spoken.set(node, { own, full });
  if (full !== label) node.setAttribute("aria-label", full);
}

/** Why a value is not its equation's, in a word or two. */
export const markWords = (bench, why) => bench.t(`lab.mark.${why}`, { other: plain(bench.symbol("forget")) });

/** @param {object} bench of lab.js */
export function createMarks(bench) {
  let marked = false; // whether anything has been marked, and may have to be cleaned

  /** Why a gate's value is not what its equation says: "held", "without", "coupled" or null. */
  function reason(state, signal, unit, step) {
    if (holding(state, signal, unit, step) >= 0) return "held";
    if (state.cell !== "lstm") return null;
    if (state.without.includes(signal)) return "without";
    return state.coupled && signal === "input" ? "coupled" : null;
  }

  function picture({ step }) {
    const { state } = bench.session;
    const any = state.clamps.length > 0 || state.without.length > 0 || state.coupled;
    if (!any && !marked) return;
    marked = any;
    for (const node of bench.stage.picture.querySelectorAll(".gs-part[data-signal][data-unit]")) {
      const { signal, unit } = node.dataset;
      const why = any ? reason(state, signal, Number(unit), step) : null;
      if ((node.dataset.held ?? null) === why && !why) continue;
      dress(node, why);
    }
  }

  function dress(node, why) {
    set(node, { "data-held": why });
    const leaf = node.querySelector("rect:not(.gs-ring, .gs-target)");
    let lock = node.querySelector(":scope > .gs-lock");
    if (why === "held" && !lock && leaf) {
      const [x, y] = ["x", "y"].map((name) => Number(leaf.getAttribute(name)));
      lock = svg("path", { class: "gs-lock", d: LOCK, transform: `translate(${x - 8} ${y + 3})` });
      node.append(lock);
    } else if (why !== "held") lock?.remove();
    const fed = node.querySelector(":scope > .gs-fed");
    if (fed) {
      let word = node.querySelector(":scope > .gs-held-word");
      if (why && !word) node.append((word = svg("text", { class: "gs-fed gs-held-word", x: fed.getAttribute("x"), y: fed.getAttribute("y") })));
      if (why) write(word, markWords(bench, why));
      else word?.remove();
    }
    addWords(node, why && markWords(bench, why));
  }

  /** Hatches the score where the last clamp of a place holds it, as boxes in shares of the strip. */
  function score() {
    const { state } = bench.session;
    for (const strip of bench.stage.score.element.querySelectorAll(".gs-strip[data-signal]")) {
      const place = strip.querySelector(".gs-strip-place");
      let layer = place.querySelector(".gs-hatch");
      const clamps = state.clamps.filter(({ signal }) => signal === strip.dataset.signal);
      const wanted = clamps.length ? JSON.stringify([clamps.map(({ units, steps }) => [units, steps]), state.hidden, state.steps]) : "";
      if ((layer?.dataset.shown ?? "") === wanted) continue;
      if (!wanted) {
        layer.remove();
        continue;
      }
      if (!layer) place.append((layer = html("div", { class: "gs-hatch", "aria-hidden": "true" })));
      layer.dataset.shown = wanted;
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
