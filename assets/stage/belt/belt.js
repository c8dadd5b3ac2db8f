// The belt view: chooses the picture for the cell, the number of units and the width, paints it, and
// turns hovering, clicking and the keyboard into the host's words.

import { html, scaleOf, write } from "../core/dom.js";
import { beltSizes } from "./sizes.js";
import { saysItself, tokenRoom } from "./parts/look.js";
import { LEAST_PITCH, thinLanes } from "./lanes/thin.js";
import { belts } from "./kinds.js";

const LANES = 8;

const lanesOf = (trace) => belts.get(trace.cell).lanes;

export function createBelt(host) {
  const tip = html("div", { class: "gs-belt-tip", role: "presentation", hidden: true });
  const place = html("div", { class: "gs-belt-place" });
  const element = html("div", { class: "gs-belt", role: "group" }, place, tip);
  let trace = null;
  let scene = null;
  let picture = null;
  let shape = "";
  let width = 0;
  let height = Infinity;
  let way = {};
  let colours = null;
  let hovered = null;
  let current = null;

  function room() {
    const place = { width: width || element.clientWidth || 1000, height, scale: scaleOf(element) };
    const { grouped = false, single = false, keeps = false } = way;
    return { ...beltSizes(trace.cell, lanesOf(trace), place, way), grouped, single, keeps };
  }

  function build() {
    const space = room();
    const { units, unit } = space;
    const { header } = trace;
    const next = JSON.stringify([
      trace.cell,
      trace.units,
      trace.inputs,
      header.reset,
      trace.variant.peephole,
      trace.variant.coupled,
      trace.variant.without,
      trace.variant.linear,
      header.update,
      [header.activation, header.gate_activation, header.candidate_activation, header.cell_activation],
      header.lang,
      header.symbols,
      header.unit_names,
      header.columns,
      Object.values(space).map(String),
      tokenRoom(trace),
      saysItself(trace),
    ]);
    if (next === shape && colours === host.colours) {
      scene.reload(trace);
      return;
    }
    scene?.stop();
    shape = next;
    colours = host.colours;
    scene = draw(host, trace, space);
    picture = scene.root();
    picture.setAttribute("width", Math.round(units * unit));
    picture.setAttribute("height", Math.round(scene.size.height * unit));
    picture.setAttribute("data-density", scene.size.density);
    element.setAttribute("aria-label", host.t(lanesOf(trace) ? `belt.title.${trace.cell}` : "belt.title.modern", { name: trace.description.name }));
    place.replaceChildren(picture);
    nodes = new Map(scene.parts.map((part) => [part.node, part]));
    setCurrent(controls()[0] ?? null);
    hide();
  }

  let nodes = new Map();
  const controls = () => scene.parts.filter((part) => part.node.getAttribute("role") === "button");

  function setCurrent(part) {
    current?.node.setAttribute("tabindex", -1);
    current = part;
    current?.node.setAttribute("tabindex", 0);
  }

  const partOf = (event) => {
    const node = event.target.closest?.(".gs-part");
    return node ? nodes.get(node) : undefined;
  };

  function show(part) {
    hovered = part;
    write(tip, part.exact(host));
    tip.hidden = false;
    const frame = element.getBoundingClientRect();
    const box = part.node.getBoundingClientRect();
    const half = tip.offsetWidth / 2;
    const centre = Math.min(frame.width - half - 2, Math.max(half + 2, box.left + box.width / 2 - frame.left));
    const above = box.top - frame.top - tip.offsetHeight - 6;
    tip.style.left = `${centre - half}px`;
    tip.style.top = `${above < 0 ? box.bottom - frame.top + 6 : above}px`;
  }

  function hide() {
    hovered = null;
    tip.hidden = true;
  }

  function choose(part) {
    const unit = part.unit;
    const { target } = part;
    const moves = target !== "x" && part.fixed !== null && unit !== host.view().unit;
    if (moves) host.go({ unit });
    if (!(moves && part.movesOnly)) host.select({ signal: target, unit });
  }

  element.addEventListener("pointerover", (event) => {
    const part = partOf(event);
    if (part && part !== hovered) show(part);
  });
  element.addEventListener("pointerout", (event) => {
    if (hovered && !hovered.node.contains(event.relatedTarget)) hide();
  });
  element.addEventListener("focusin", (event) => {
    const part = partOf(event);
    if (!part) return;
    setCurrent(part);
    if (part.node.matches(":focus-visible")) show(part);
  });
  element.addEventListener("focusout", hide);
  element.addEventListener("click", (event) => {
    const part = partOf(event);
    const tap = event.target.closest?.("[data-tap]");
    if (part) choose(part);
    else if (tap) host.select({ signal: tap.getAttribute("data-tap"), unit: scene.chosen });
  });
  element.addEventListener("keydown", (event) => {
    const part = partOf(event);
    if (!part || event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key === "Enter" || event.key === " ") choose(part);
    else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      const by = event.key === "ArrowDown" ? 1 : -1;
      if (!event.shiftKey) return accompany(part, by); // the shell goes to the next unit
      step(controls(), part, by);
    } else if (event.key === "Escape" && !tip.hidden) hide();
    else return;
    event.preventDefault();
    event.stopPropagation();
  });

  /** With Shift, down and up go along the equation; without, to the same place in the next unit. */
  const step = (list, part, by) => list[list.indexOf(part) + by]?.node.focus();
  const accompany = (part, by) =>
    step(
      controls().filter((other) => other.signal === part.signal && (other.fixed === null) === (part.fixed === null)),
      part,
      by,
    );

  return {
    element,
    load(next) {
      trace = next;
      build();
    },
    paint(view, motion) {
      scene.paint(view, host.reduced ? 0 : motion);
      if (hovered) write(tip, hovered.exact(host));
    },
    /**
     * Width available in CSS pixels, and the height where the picture must not scroll. `grouped` puts all units but the
     * chosen one into thin lanes, where whole ones would not fit, `single` leaves these out too; `smaller` draws the lanes at
     * that share of their size; `shrinks` lets them get smaller than the letters around them before they fold as for a phone,
     * and `keeps` lets no letter get smaller at all.
     */
    resize(next, most = Infinity, how = {}) {
      width = next;
      height = most;
      way = how;
      if (trace) build(); // whoever fits the stage paints it then, where it stands by now
    },
  };
}

const THIN = [64, 12]; // height of thin lanes: of their heading, and of each

/** Parcels for few units; for many the chosen one above thin lanes; on a phone always the chosen one. */
function draw(host, trace, { units: width, narrow, tall, grouped, single, keeps }) {
  const { lanes, folded } = belts.get(trace.cell);
  const every = Array.from({ length: trace.units }, (_, unit) => unit);
  if (!narrow && !grouped && !single && trace.units <= LANES) return lanes(host, trace, { width, tall }, every);
  const scene = narrow ? folded(host, trace, width) : lanes(host, trace, { width, tall: single ? tall : tall - THIN[0] - THIN[1] * trace.units }, [null]);
  scene.single = single;
  if (trace.units > 1 && !single)
    thinLanes(scene, { left: 0, right: width - (narrow ? 0 : 46), narrow, tall: narrow ? Infinity : tall, least: LEAST_PITCH[keeps ? "hall" : "page"] });
  return scene;
}
