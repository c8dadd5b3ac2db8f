// Each gate's share of what comes back to the state of the step before, as a bar with its letters and percentages.
import { html, set, write } from "../core/dom.js";
import { gradient, percent } from "../core/text/format.js";
import { unitName } from "../core/text/names.js";
import { plain } from "../core/text/formulas.js";

/** @param {object} host of a view */
export function createShares(host) {
  const title = html("h2", { class: "gs-back-heading" });
  const place = html("div", { class: "gs-back-bars" });
  const element = html("section", { class: "gs-back-shares", "data-testid": "gate-shares", hidden: true }, title, place);
  let bars = [];

  function build(states) {
    bars = states.map((state) => {
      const label = html("span", { class: "gs-back-to" });
      const bar = html("div", { class: "gs-back-bar", role: "img" });
      const list = html("ul", { class: "gs-back-list" });
      return { state, label, bar, list, row: html("div", { class: "gs-back-row", "data-state": state }, label, bar, list) };
    });
    place.replaceChildren(...bars.map(({ row }) => row));
  }

  /** A way by its letter; the straight one is the product on the belt itself, by 1 where no gate is on it. */
  function letter(part, flow, { step, unit }) {
    if (part !== "kept") return { peephole: "p", hidden: "U" }[part] ?? plain(host.symbol(part));
    return flow.staysWhole(step, unit) ? "1⊙" : `${keptSymbol(host, flow.trace.cell)}⊙`;
  }

  function paintBar({ state, label, bar, list }, flow, { step, unit }) {
    const { trace } = flow;
    const shares = flow.shares(state, step, unit);
    const total = flow.of(state, step - 1, unit);
    write(label, host.t("gradient.shares.to", { state: plain(host.symbol(`previous_${state}`)), value: gradient(total) }));
    const nothing = host.t(flow.outcome(total) === "exploded" ? "gradient.shares.exploded" : "gradient.shares.none");
    const listed = (shares ?? []).map((way) => ({ ...way, letter: letter(way.part, flow, { step, unit }), text: percent(way.share) }));
    set(bar, { "aria-label": listed.map((way) => `${way.letter} ${way.text}`).join(", ") || nothing });
    bar.replaceChildren(...listed.map(({ part, share }) => html("i", { "data-way": way(part, trace), "data-straight": part === "kept", style: `flex-grow:${share}` })));
    if (!shares) list.replaceChildren(html("li", { class: "gs-label" }, nothing));
    else
      list.replaceChildren(
        ...listed.map(({ part, letter: sign, text }) => html("li", { "data-way": way(part, trace), "data-straight": part === "kept" }, html("i", {}), html("b", {}, sign), ` ${text}`)),
      );
  }

  return {
    element,
    paint(flow, view) {
      const { states } = flow.trace;
      if (states.join() !== bars.map(({ state }) => state).join()) build(states);
      const unit = unitName(host, view.unit);
      write(title, host.t(flow.trace.cell === "rnn" ? "gradient.shares.rnn" : "gradient.shares", { unit, step: view.step + 1 }));
      for (const bar of bars) paintBar(bar, flow, view);
    },
  };
}

/** What the straight way is multiplied by: f, z, or 1−z where z is to write. */
export function keptSymbol(host, cell) {
  const sign = plain(host.symbol(cell === "lstm" ? "forget" : "update"));
  return host.complemented("update") && cell === "gru" ? `(1−${sign})` : sign;
}

/** Whose hue a way has. */
const way = (part, { cell }) => (part === "kept" ? (cell === "lstm" ? "forget" : "update") : part);
