// The whole run at a glance: a strip a signal, units down, time across, and where the stage stands.
import { isGate } from "../core/colour.js";
import { html, set, write } from "../core/dom.js";
import { gate, number } from "../core/text/format.js";
import { drawStrip, stripHeight } from "./strips.js";
import { countUncovered } from "../core/run/visible.js";
import { columnName, unitName } from "../core/text/names.js";

const INPUT_HEIGHT = 44; // of x, whose columns are often many and mostly 0
const THINNEST_CURSOR = 7;
const LEAST_SQUEEZE = 0.25;
const MOST_GROWTH = 2.5; // times their height: bars as high as they are wide say no more
const AIR = 12; // CSS px below them on the screen

export function createScore(host) {
  const rows = html("div", { class: "gs-strips" });
  const cursor = html("div", { class: "gs-cursor", "aria-hidden": "true" });
  const over = html("div", { class: "gs-score-over", "aria-hidden": "true" }, cursor);
  const tip = html("div", { class: "gs-tip", role: "presentation", hidden: true });
  const legend = html("div", { class: "gs-legend" });
  const title = html("span", { class: "gs-label" });
  const note = html("span", { class: "gs-label gs-folded", "data-testid": "folded", hidden: true });
  const board = html("div", { class: "gs-board", role: "img", "data-testid": "score" }, rows, over);
  const element = html("section", { class: "gs-score" }, html("div", { class: "gs-score-head" }, title, note, legend), html("div", { class: "gs-board-place" }, board, tip));
  let trace = null;
  let strips = [];
  let drawn = ""; // what the canvases show: nothing is drawn twice
  let box = { left: 0, wide: 0 };
  let generation = 0;
  let room = null; // heights of the strips as they were measured
  let shape = "";
  let attached = null; // {signal, element, fit, there}: what stands below a strip, for it is asked of its signal
  let substitute = null; // what is shown in place of the values: differences, gradients; null for the values themselves

  function build() {
    strips = trace.strips.map((signal) => {
      const canvas = html("canvas", { class: "gs-canvas" });
      const mark = html("i", { class: "gs-unit-mark" });
      const symbol = html("span", { class: `gs-symbol gs-ink-${signal}` }, sign(signal));
      const label = html("div", { class: "gs-strip-label", title: host.name(signal) }, symbol, html("span", { class: "gs-name" }, host.name(signal)));
      const pending = html("i", { class: "gs-pending", "aria-hidden": "true", hidden: true });
      const ahead = html("i", { class: "gs-pending", "aria-hidden": "true", hidden: true });
      const place = html("div", { class: "gs-strip-place" }, canvas, mark, pending, ahead);
      const high = signal === "x" ? Math.min(INPUT_HEIGHT, stripHeight(trace.inputs)) : stripHeight(trace.units);
      place.style.setProperty("--gs-high", high);
      const memory = signal === (trace.has("cell") ? "cell" : "hidden");
      const row = html("div", { class: memory ? "gs-strip gs-memory" : "gs-strip", "data-signal": signal }, label, place);
      return { signal, canvas, mark, pending, ahead, place, row, width: trace.width(signal) };
    });
    rows.replaceChildren(...strips.map(({ row }) => row));
    settle();
  }

  /** Puts what is asked below its strip; whether there is one. What a person is to reach does not stand in an image. */
  function settle() {
    const strip = attached && strips.find(({ signal }) => signal === attached.signal);
    set(board, { role: strip ? "group" : "img" });
    if (!strip) return false;
    strip.row.after(attached.element);
    return (attached.there = true);
  }

  const inAttached = (event) => attached?.element.contains(event.target);

  /** Values as shown, by step then unit: the engine's own array wherever nothing is turned over for display. */
  function values(signal) {
    if (substitute) return substitute.values(signal);
    const computed = trace.arrays[signal];
    return host.complemented(signal) ? computed.map((value) => 1 - value) : computed;
  }

  const scale = (signal) => (substitute ?? trace).scale(signal);
  const sign = (signal) => substitute?.symbol?.(signal) ?? host.symbol(signal);
  const isOpening = (signal) => isGate(signal) && !substitute;

  const shown = () => strips.filter(({ row }) => row.offsetHeight > 0);

  function measure() {
    const [first] = shown();
    if (!first) return; // the stage is out of sight, or being taken down
    const outer = board.getBoundingClientRect();
    const inner = first.place.getBoundingClientRect();
    box = { left: inner.left - outer.left, wide: inner.width };
    over.style.left = `${box.left}px`;
    over.style.width = `${box.wide}px`;
    if (attached?.there) attached.fit(box);
  }

  /** Draws what differs; a swap of numbers leaves the sizes, and measuring them would cost a layout. */
  function draw(resized = true) {
    const ratio = window.devicePixelRatio || 1;
    if (resized) room = { key: [box.wide, ratio, rows.clientHeight].join(), highs: strips.map(({ place }) => place.clientHeight) };
    const signature = [generation, room.key].join();
    if (signature === drawn || box.wide < 1) return;
    drawn = signature;
    strips.forEach((strip, k) => {
      const { signal, canvas, width } = strip;
      const until = substitute || !trace.covered ? trace.steps : countUncovered(trace, signal, trace.covered);
      const look = { room: room.key, colours: host.colours, substitute: substitute !== null, until, scale: scale(signal), values: substitute?.levels?.(signal) ?? values(signal) };
      if (room.highs[k] === 0 || !changed(strip, look)) return;
      const size = { wide: box.wide, high: room.highs[k], ratio };
      drawStrip(canvas, { signal: substitute ? (substitute.kind ?? "difference") : signal, values: look.values, steps: trace.steps, until, width, scale: look.scale }, size, host.colours);
    });
  }

  /** Whether a strip looks other than it was drawn: a drag changes some signals and leaves the others. */
  function changed(strip, next) {
    const last = strip.drawn;
    strip.drawn = next;
    if (!last || ["room", "colours", "substitute", "until", "scale"].some((name) => last[name] !== next[name])) return true;
    return last.values !== next.values && !(last.values.length === next.values.length && last.values.every((value, n) => Object.is(value, next.values[n])));
  }

  function place({ step }) {
    const cell = box.wide / trace.steps;
    const wide = Math.max(THINNEST_CURSOR, cell + 1);
    cursor.style.width = `${wide}px`;
    cursor.style.transform = `translateX(${(step + 0.5) * cell - wide / 2 - 0.5}px)`;
  }

  /** What is not computed yet is an empty outline over its column; what stands in place of the values is of whole steps. */
  function hide(view) {
    for (const { signal, pending, ahead } of strips) {
      cover(pending, view.step, substitute || host.visible({ signal }) ? view.step : view.step + 1);
      let from = trace.steps; // what nobody has guessed yet reaches to the end
      while (!substitute && from > 0 && !host.visible({ signal, step: from - 1 })) from--;
      cover(ahead, from, trace.steps);
    }
  }

  /** Puts an outline over the steps from one to before another; over none it is hidden. */
  function cover(outline, from, to) {
    outline.hidden = from >= to;
    if (!outline.hidden) set(outline, { style: `left:${(from / trace.steps) * 100}%;width:${((to - from) / trace.steps) * 100}%` });
  }

  function markUnits({ unit }) {
    const selected = host.selected();
    for (const { signal, mark, row, width } of strips) {
      const chosen = selected?.signal === signal;
      row.classList.toggle("gs-on", chosen);
      mark.hidden = signal === "x" || width === 1;
      mark.style.top = `${((unit + 0.5) / width) * 100}%`;
    }
  }

  function at(event) {
    const outer = over.getBoundingClientRect();
    const share = (event.clientX - outer.left) / outer.width;
    const step = Math.min(trace.steps - 1, Math.max(0, Math.floor(share * trace.steps)));
    const strip = shown().find(({ row }) => event.clientY < row.getBoundingClientRect().bottom) ?? shown().at(-1);
    const { top, height } = strip.place.getBoundingClientRect();
    const row = Math.min(strip.width - 1, Math.max(0, Math.floor(((event.clientY - top) / height) * strip.width)));
    return { step, signal: strip.signal, row, inside: share >= 0 && share <= 1 };
  }

  function hover(event) {
    const { step, signal, row, inside } = at(event);
    tip.hidden = !inside;
    if (!inside) return;
    const value = substitute ? substitute.values(signal)[step * trace.width(signal) + row] : host.shown(signal, step, row);
    const [which, key] = signal === "x" ? [columnName(trace.header, row), "score.tip.input"] : [unitName(host, row), "score.tip"];
    const text = { symbol: sign(signal), name: host.name(signal), unit: which, step: step + 1, token: host.token(step) };
    if (substitute || host.visible({ signal, step })) {
      const shown = html("b", {}, isOpening(signal) ? gate(value) : number(value));
      tip.replaceChildren(html("span", {}, host.t(key, text)), shown, html("small", {}, String(value)));
    } else tip.replaceChildren(html("span", {}, host.t(key, text)), html("small", {}, host.t("diagram.pending")));
    const around = board.getBoundingClientRect();
    const [x, y] = [event.clientX - around.left, event.clientY - around.top];
    const flip = x > around.width / 2;
    set(tip, { style: `top:${y + 14}px;${flip ? `right:${around.width - x + 10}px` : `left:${x + 10}px`}` });
  }

  board.addEventListener("pointermove", (event) => {
    if (inAttached(event)) return (tip.hidden = true);
    if (board.hasPointerCapture(event.pointerId)) host.go({ step: at(event).step });
    hover(event);
  });
  board.addEventListener("pointerleave", () => (tip.hidden = true));
  board.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 || inAttached(event)) return;
    const { step, signal, row, inside } = at(event);
    if (inside) board.setPointerCapture(event.pointerId);
    const unit = signal === "x" ? host.view().unit : row;
    host.go(inside ? { step, unit } : { unit });
    if (host.inspecting()) host.select({ signal, unit: row });
  });

  function explain() {
    if (substitute?.legend) return legend.replaceChildren(...substitute.legend());
    const gates = trace.strips.filter(isOpening);
    const signed = trace.strips.filter((signal) => !isOpening(signal));
    const bySize = new Map();
    for (const signal of signed) {
      const size = scale(signal);
      bySize.set(size, [...(bySize.get(size) ?? []), signal]);
    }
    const entries = [...bySize].map(([size, signals]) => ramp(signals, size));
    if (gates.length) entries.unshift(opening(gates));
    legend.replaceChildren(...entries);
  }

  function opening(gates) {
    const bars = gates.map((signal) => html("i", { style: `background:linear-gradient(90deg,var(--gs-zero),var(--gs-${signal}))` }));
    return key(gates, "0", html("span", { class: "gs-bars" }, ...bars), "1");
  }

  function ramp(signals, size) {
    const beyond = signals.some((signal) => values(signal).some((value) => Math.abs(value) > size));
    const bar = html("span", { class: "gs-bars" }, html("i", { class: "gs-ramp" }));
    const end = number(size);
    return key(signals, beyond ? `≤ −${end}` : `−${end}`, bar, beyond ? `≥ ${end}` : `+${end}`);
  }

  function key(signals, low, bar, high) {
    const symbols = signals.map((signal) => html("b", { class: `gs-symbol gs-ink-${signal}` }, host.symbol(signal)));
    return html("span", { class: "gs-key" }, ...symbols, html("span", {}, low), bar, html("span", {}, high));
  }

  return {
    element,
    load(next) {
      trace = next;
      generation += 1;
      substitute = host.substitute();
      write(title, host.t("score.title"));
      set(board, { "aria-label": host.t("score.label", { signals: trace.strips.map(host.symbol).join(", "), steps: trace.steps, units: trace.units }) });
      const { cell, units, inputs, header } = trace;
      const signature = JSON.stringify([cell, units, inputs, header.lang, header.symbols, substitute?.kind]);
      if (signature !== shape) {
        build();
        measure();
      }
      shape = signature;
      explain();
      draw();
    },
    /** Takes other numbers of the same shape. */
    swap(next) {
      trace = next;
      generation += 1;
      substitute = host.substitute();
      explain();
      draw(false);
    },
    paint(view) {
      place(view);
      hide(view);
      markUnits(view);
    },
    /** Leaves the strip of what carries the memory alone, or shows all of them. */
    brief: (on) => rows.classList.toggle("gs-brief", on),
    /**
     * Puts what is asked of a signal below its strip, until another or none is named.
     * @param {?string} signal  @param {HTMLElement} [part]  @param {(columns: {left: number, wide: number}) => void} [fit] is called
     *   whenever the columns of all steps stand elsewhere: CSS px from the strips' left edge, and how wide they are together
     * @returns {boolean} whether it stands there
     */
    ask(signal, part, fit) {
      attached = signal && { signal, element: part, fit };
      if (!settle()) return false;
      fit(box);
      return true;
    },
    /** A line beside the title; empty for none. */
    note(text) {
      write(note, text);
      note.hidden = !text;
    },
    /** Gives up height, as far as rows stay rows, so that a lecture hall's screen shows all at once. */
    squeeze(excess) {
      const height = strips.reduce((sum, { place }) => sum + place.clientHeight, 0);
      const share = excess > 0 && height > 0 ? Math.max(LEAST_SQUEEZE, (height - excess) / height) : 1;
      rows.style.setProperty("--gs-squeeze", share);
    },
    /** Takes the height that what stands beside picture and score leaves below it, as far as a screen shows it. */
    grow() {
      const height = strips.reduce((sum, { place }) => sum + place.clientHeight, 0);
      const bottoms = [...element.children].map((part) => part.getBoundingClientRect().bottom);
      const spare = Math.floor(element.getBoundingClientRect().bottom - Math.max(...bottoms)) - 1;
      const seen = innerHeight - board.getBoundingClientRect().bottom - scrolled(board) - AIR;
      const more = Math.min(spare, seen);
      if (height > 0 && more > 0) rows.style.setProperty("--gs-squeeze", Math.min(MOST_GROWTH, (height + more) / height));
    },
    resize() {
      measure();
      draw();
    },
  };
}

/** How far everything around an element is scrolled down. */
function scrolled(element) {
  let down = scrollY;
  for (let node = element; node; node = node.parentNode ?? node.host) down += node.scrollTop ?? 0;
  return down - (document.scrollingElement?.scrollTop ?? 0);
}
