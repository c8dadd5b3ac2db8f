// The read-out: what is read from a cell's state at each step. Where it names symbols, their probabilities:
// of what comes next, or of an answer ("class"); where it answers by a number, that.
import { html, set, write } from "../core/dom.js";
import { number, percent, token } from "../core/text/format.js";
import { sentenceOf } from "./sentence.js";

const SHOWN = 8; // likeliest symbols that are listed; the real next one joins them if it is not among them

/** @param {import("../shell/shell.js").Stage} stage whose header has `readout` */
export function createReadout(stage) {
  const { host } = stage;
  const title = html("b", { class: "gs-read-title" });
  const source = html("span", { class: "gs-label" });
  const caption = html("caption", { class: "gs-hidden" });
  const heads = ["symbol", "probability", "bar"].map((name) => html("th", { scope: "col", "data-column": name }));
  const body = html("tbody");
  const table = html("table", { class: "gs-read-table", "data-testid": "readout-table" }, caption, html("thead", { class: "gs-hidden" }, html("tr", {}, ...heads)), body);
  const next = html("p", { class: "gs-read-next" });
  const note = html("p", { class: "gs-read-note" });
  const element = html("section", { class: "gs-readout-panel", "data-testid": "readout" }, html("div", { class: "gs-read-head" }, title, source, next), table, note);
  let rows = [];
  stage.score.element.before(element);

  const info = () => host.header.readout;

  /** Symbols by probability, the likeliest first, and the one that really comes next in any case. */
  function chosen(step) {
    const { symbols, targets } = info();
    const all = stage.trace.arrays.readout.subarray(step * symbols.length, (step + 1) * symbols.length);
    const order = [...all.keys()].sort((a, b) => all[b] - all[a] || a - b);
    const target = targets[step] ?? null;
    const top = order.slice(0, SHOWN);
    if (target !== null && !top.includes(target)) top.splice(-1, 1, target);
    return { all, top, target, rank: target === null ? null : order.indexOf(target) + 1, known: all.every(Number.isFinite) };
  }

  function row() {
    const symbol = html("th", { scope: "row" });
    const value = html("td", { class: "gs-read-value" });
    const fill = html("i");
    const mark = html("span", { class: "gs-read-mark" });
    const node = html("tr", {}, symbol, value, html("td", { class: "gs-read-bar" }, html("span", { class: "gs-read-track", "aria-hidden": "true" }, fill), mark));
    return { node, symbol, value, fill, mark };
  }

  function paint({ step }) {
    const { symbols } = info();
    const { all, top, target, rank, known } = chosen(step);
    while (rows.length < top.length) body.append(rows[rows.push(row()) - 1].node);
    while (rows.length > top.length) rows.pop().node.remove();
    top.forEach((index, k) => {
      const { node, symbol, value, fill, mark } = rows[k];
      const real = index === target;
      write(symbol, token(symbols[index]));
      write(value, known ? percent(all[index]) : "NaN");
      set(value, { "data-value": String(all[index]) });
      fill.style.width = known ? `${100 * all[index]}%` : "0";
      set(node, { "data-symbol": symbols[index], "data-next": real });
      write(mark, real ? host.t(info().asks === "class" ? "readout.real.class" : "readout.real") : "");
    });
    const values = { step: step + 1, symbol: target === null ? "" : token(symbols[target]), rank, count: symbols.length };
    write(next, host.t(known ? sentenceOf(info(), target) : "readout.exploded", values));
    write(caption, host.t(info().asks === "class" ? "readout.caption.class" : "readout.caption", values));
  }

  /** As long as the state that is read is not computed, nothing of what comes of it is in the document. */
  function hide() {
    for (const { node, symbol, value, fill, mark } of rows) {
      for (const cell of [symbol, value, mark]) write(cell, "");
      set(value, { "data-value": null });
      set(node, { "data-symbol": null, "data-next": null });
      fill.style.width = "0";
    }
    set(next, { "data-value": null });
    write(next, host.t("readout.pending", { hidden: host.symbol("hidden") }));
    write(caption, "");
  }

  function paintNumber({ step }) {
    const { targets } = info();
    const value = stage.trace.arrays.readout[step];
    const target = targets[step] ?? null;
    const right = target?.[0] ?? null;
    const values = { value: number(value), right: right === null ? "" : number(right) };
    set(next, { "data-value": String(value) });
    write(next, host.t(Number.isFinite(value) ? sentenceOf(info(), target) : "readout.exploded", values));
  }

  return {
    element,
    load() {
      element.hidden = !info();
      if (element.hidden) return;
      const { t } = host;
      write(title, info().title);
      write(source, t(`readout.source.${info().source}`));
      write(note, info().note ?? "");
      note.hidden = !info().note;
      table.hidden = info().asks === "number";
      set(element, { "aria-label": t(["class", "number"].includes(info().asks) ? "readout.title.answer" : "readout.title") });
      for (const head of heads) write(head, t(`readout.${head.dataset.column}`));
    },
    painted(view) {
      if (element.hidden) return;
      if (!host.visible({ signal: "hidden" })) hide();
      else if (info().asks === "number") paintNumber(view);
      else paint(view);
    },
  };
}
