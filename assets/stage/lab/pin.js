// Before and after: a run is kept, and everything shows how far the present one has gone from it.
import { html, set, svg, write } from "../core/dom.js";
import { addToLabel } from "../core/labels.js";
import { clampedWord } from "./clamps/marks.js";
import { isGate } from "../core/colour.js";
import { sameShape, changes, difference } from "../core/run/difference.js";
import { gate, number } from "../core/text/format.js";
import { typeset } from "../core/text/typeset.js";
import { segment } from "../widgets/segment.js";

const FORMED = ["kept", "written", "previous_cell", "previous_hidden"]; // one product away from what a run holds
const has = (trace, signal) => trace.has(signal) || FORMED.includes(signal);
const SEEN = 0.005; // a change below this is not seen in the numbers as they are shown

export function createPin(lab) {
  const pin = html("button", { type: "button", class: "gs-lab-button", "data-lab": "pin", onclick: () => toggle() });
  const views = segment(["value", "difference"], (choice) => show(choice));
  const shown = html("span", { class: "gs-label" });
  const sentence = html("p", { class: "gs-pin-most", role: "status", "data-testid": "pin-sentence" });
  const rows = html("tbody");
  const heads = ["signal", "place", "before", "now"].map((name) => html("th", { scope: "col", "data-name": name }));
  const table = html("table", { class: "gs-pin-table" }, html("thead", {}, html("tr", {}, ...heads)), rows);
  const row = html("div", { class: "gs-lab-row" }, shown, views.element);
  const element = html("div", { class: "gs-pin", "data-testid": "pin" }, html("div", { class: "gs-lab-row" }, pin), sentence, row, table);
  let view = "value";
  let marked = false;

  const pinned = () => (lab.checking ? null : (lab.session.pinned?.trace ?? null)); // what was kept may be what is to be computed
  const comparable = () => pinned() !== null && sameShape(pinned(), lab.trace);
  const asShown = (signal, value) => (lab.complemented(signal) ? 1 - value : value);
  const text = (signal, value) => (isGate(signal) ? gate : number)(asShown(signal, value));

  function toggle() {
    if (pinned()) {
      lab.session.unpin();
      view = "value";
    } else lab.session.pin(lab.trace);
    lab.repaint();
  }

  function show(choice) {
    view = choice;
    lab.repaint();
  }

  /** What changed most, as a sentence and signal by signal. */
  function paint() {
    const has = pinned() !== null;
    write(pin, lab.t(has ? "lab.pin.off" : "lab.pin.on"));
    set(pin, { "aria-pressed": String(has) });
    row.hidden = table.hidden = !comparable();
    views.choose(view);
    if (!has) return write(sentence, lab.t("lab.pin.none"));
    if (!comparable()) return write(sentence, lab.t("lab.pin.other"));
    const differences = changes(lab.trace, pinned());
    table.hidden = differences.length === 0;
    row.hidden = differences.length === 0;
    if (!differences.length) return write(sentence, lab.t("lab.pin.same"));
    write(sentence, lab.t(differences[0].signal === "x" ? "lab.pin.most.input" : "lab.pin.most", words(differences[0])));
    rows.replaceChildren(...differences.filter(({ signal, before, now }, k) => k === 0 || text(signal, before) !== text(signal, now)).map(line));
  }

  function words({ signal, unit, step, by, before, now }) {
    const { header } = lab.trace;
    const signed = lab.complemented(signal) ? -by : by;
    const name = signal === "x" ? header.columns[unit] || unit + 1 : header.unit_names[unit] || unit + 1;
    return {
      name: lab.name(signal), unit: name, step: step + 1, token: header.tokens[step],
      by: `${signed < 0 ? "−" : "+"}${number(Math.abs(signed))}`, before: text(signal, before), now: text(signal, now),
    };
  }

  function line(change) {
    const { signal, step } = change;
    const about = words(change);
    const link = html("button", { type: "button", class: "gs-pin-place", onclick: () => go(change) }, lab.t(signal === "x" ? "lab.pin.place.input" : "lab.pin.place", about));
    const sign = typeset(html("b", { class: `gs-symbol gs-ink-${signal}` }), lab.symbol(signal));
    return html("tr", { "data-signal": signal, "data-step": step }, html("th", { scope: "row" }, sign), html("td", {}, link), html("td", {}, about.before), html("td", {}, about.now));
  }

  const go = ({ signal, unit, step }) => lab.stage.host.go(signal === "x" ? { step } : { step, unit });

  /** A tick at the pinned value of every part that has moved away from it. */
  function ghosts({ step }) {
    const before = comparable() ? pinned() : null;
    if (!before && !marked) return;
    marked = before !== null;
    for (const node of lab.stage.picture.querySelectorAll("g:is(.gs-valve, .gs-fader, .gs-parcel)")) {
      const { signal, unit } = node.dataset;
      if (!has(lab.trace, signal)) continue;
      const at = (run) => run.at(signal, step, Number(unit));
      const old = before ? at(before) : null;
      const moved = before !== null && node.dataset.state !== "pending" && Math.abs(old - at(lab.trace)) >= SEEN;
      let ghost = node.querySelector(":scope > .gs-ghost");
      if (!moved) {
        ghost?.remove();
        if (ghost) addToLabel(node, clampedNote(node));
        continue;
      }
      if (!ghost) node.append((ghost = svg("g", { class: "gs-ghost" }, svg("path"), svg("text"))));
      const [path, label] = ghost.children;
      tick(node, path, label, old, before.scale(signal), text(signal, old));
      addToLabel(node, [clampedNote(node), lab.t("lab.pin.was", { value: text(signal, old) })].filter(Boolean).join(", "));
    }
  }

  const clampedNote = (node) => (node.dataset.clamped ? clampedWord(lab) : null);

  function tick(node, path, label, value, scale, words) {
    const box = node.querySelector("rect:not(.gs-ring, .gs-target, .gs-gap, .gs-opening)");
    const [x, y, width, height] = ["x", "y", "width", "height"].map((name) => Number(box.getAttribute(name)));
    const mid = y + height / 2;
    if (node.matches(".gs-valve")) {
      const half = (Math.max(0, Math.min(1, value)) * height) / 2;
      set(path, { d: `M${x - 5} ${mid - half}h${width + 10}M${x - 5} ${mid + half}h${width + 10}` });
    } else if (node.matches(".gs-fader")) {
      set(path, { d: `M${x - 9} ${y + 6 + (1 - Math.max(0, Math.min(1, value))) * (height - 12)}h${width + 18}` });
    } else {
      const share = Math.max(-1, Math.min(1, value / scale)) || 0;
      set(path, { d: `M${x + 3} ${y - 3}h${width - 6}M${(share * (width - 6)) / 2} ${y - 6}v6` });
    }
    const parcel = node.matches(".gs-parcel") && height >= 28;
    write(label, parcel ? words : "");
    if (parcel) set(label, { x: x + width - 2, y: y - 8 });
  }

  return {
    element,
    paint,
    ghosts,
    toggle,
    /** What the score shows in place of the values: their differences, or null. */
    substitute() {
      if (view !== "difference" || !comparable()) return null;
      const before = pinned();
      const runs = new Map();
      return {
        values(signal) {
          if (!runs.has(signal)) {
            const change = difference(lab.trace, before, signal);
            runs.set(signal, lab.complemented(signal) ? change.map((value) => -value) : change);
          }
          return runs.get(signal);
        },
        scale: (signal) => Math.max(lab.trace.scale(signal), before.scale(signal)),
      };
    },
    load() {
      write(shown, lab.t("lab.pin.score"));
      views.relabel(lab.t("lab.pin.score"), (choice) => lab.t(`lab.pin.${choice}`));
      set(pin, { title: lab.t("lab.pin.title") });
      for (const each of heads) write(each, lab.t(`lab.pin.head.${each.dataset.name}`));
      paint();
    },
  };
}
