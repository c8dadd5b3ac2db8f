// The inspector: one selected number and the arithmetic that made it, with the values of the step.

import { arithmeticOf, activationOf, resolve } from "./arithmetic.js";
import { html, set, write } from "../core/dom.js";
import { unitTitle } from "../core/text/names.js";
import { Formulas, plain } from "../core/text/formulas.js";
import { createRows } from "./rows.js";
import { plan, stepName, upTo, when } from "./plan.js";
import { typeset } from "../core/text/typeset.js";
import { phaseOf } from "../core/run/visible.js";

const TRAIL = 5; // places remembered for the way back

export function createInspector(host) {
  const open = new Set(); // keys of unfolded lists
  let trace = null;
  let formulas = null;
  let trail = []; // {signal, unit, offset}: offset in steps from the stage's own step, so that it follows
  let seen = null; // the selection last taken over from the host
  let requested = null; // the offset of a selection made here
  let view = null;

  const parts = build();
  const rows = createRows({ open: drill, toggle, colours: () => host.colours, t: host.t });
  parts.body.append(rows.element);

  function build() {
    const back = html("button", { type: "button", class: "gs-ins-back", onclick: goBack }, "‹");
    const crumbs = html("ol", { class: "gs-ins-crumbs" });
    const way = html("nav", { class: "gs-ins-trail" }, back, crumbs);
    const title = html("h2", { class: "gs-ins-title" });
    const place = html("p", { class: "gs-ins-place" });
    const equation = html("p", { class: "gs-ins-equation gs-math" });
    const empty = html("p", { class: "gs-ins-empty" });
    const picks = html("div", { class: "gs-ins-picks", role: "group" });
    const head = html("header", { class: "gs-ins-head" }, way, title, place, equation);
    const body = html("div", { class: "gs-ins-body" });
    const element = html("section", { class: "gs-inspector", "data-testid": "inspector" }, picks, empty, head, body);
    return { element, back, crumbs, way, title, place, equation, empty, picks, head, body };
  }

  /** Selects another number from within: it goes onto the trail. */
  function drill(target) {
    requested = { ...resolve(target), push: true };
    host.select({ ...target });
    paint(host.view());
  }

  function goBack() {
    if (trail.length > 1) jump(trail.length - 2);
  }

  function jump(index) {
    const { signal, unit, offset } = trail[index];
    trail = trail.slice(0, index + 1);
    const step = host.view().step + offset;
    requested = { signal, unit, step, push: false };
    host.select({ signal, unit, step });
    paint(host.view());
  }

  function toggle(key) {
    if (!open.delete(key)) open.add(key);
    paint(host.view());
  }

  /** Takes over the host's selection where it changed; one made elsewhere starts a new trail. */
  function follow() {
    const chosen = host.selected();
    if (chosen === seen && !requested) return;
    seen = chosen;
    if (!chosen) return void (trail = []);
    const mine = requested !== null;
    const step = chosen.step ?? (mine ? requested.step : view.step);
    const place = resolve({ ...chosen, step });
    const entry = { signal: place.signal, unit: place.unit, offset: place.step - view.step };
    if (!mine) trail = same(trail.at(-1), entry) ? trail : [entry];
    else if (requested.push && !same(trail.at(-1), entry)) trail = [...trail.slice(1 - TRAIL), entry];
    requested = null;
  }

  function paint(next) {
    view = { ...next };
    follow();
    const top = trail.at(-1);
    const shown = top && valid(top) ? top : null;
    parts.empty.hidden = Boolean(shown);
    parts.head.hidden = parts.body.hidden = !shown;
    paintPicks(shown);
    if (!shown) {
      set(parts.element, { "data-signal": null, "data-unit": null, "data-step": null });
      return;
    }
    const step = Math.max(-1, view.step + shown.offset);
    const made = arithmeticOf(trace, { signal: shown.signal, unit: shown.unit, step });
    set(parts.element, { "data-signal": made.signal, "data-unit": made.unit, "data-step": made.step });
    paintHead(made);
    const list = plan(made, words(), open, trace.scale(made.signal));
    list.at(-1).reach = trace.scale(made.signal);
    const seen = (signal) => host.visible({ signal, step: made.step });
    set(parts.element, { "data-pending": !seen(made.signal) });
    rows.paint(seen(made.signal) ? list : upTo(list, made, seen, host.t("inspector.pending", { phase: host.phase(phaseOf(trace, made.signal)) })));
  }

  /** Whether a remembered place exists in this run: another preset may have fewer units. */
  function valid({ signal, unit }) {
    return trace.knows(signal) && unit < trace.width(signal);
  }

  function words() {
    const { header } = trace;
    return {
      t: host.t,
      name: host.name,
      formulas,
      current: view.step,
      unit: (n) => unitTitle(host, n),
      column: (n) => header.columns[n] || host.t("inspector.column", { n: n + 1 }),
      token: (step) => host.token?.(step) ?? header.tokens[step] ?? "",
    };
  }

  function paintHead(made) {
    const names = words();
    const which = made.signal === "x" ? names.column(made.unit) : names.unit(made.unit);
    write(parts.title, host.name(made.signal));
    const token = made.step >= 0 && names.token(made.step) ? host.t("inspector.token", { token: names.token(made.step) }) : null;
    write(parts.place, [which, when(made.step, names), token].filter(Boolean).join(" · "));
    const activation = trace.parts.includes(made.signal) ? activationOf(trace, made.signal) : null;
    const equation = made.step < 0 ? null : formulas.equation(made.signal, activation);
    parts.equation.hidden = !equation;
    if (equation) typeset(parts.equation, equation);
    paintTrail(names);
    set(parts.element, { "aria-label": `${host.t("inspector.title")}: ${host.name(made.signal)}, ${which}` });
  }

  function paintTrail(names) {
    parts.way.hidden = trail.length < 2;
    if (trail.length < 2) return;
    const label = ({ signal, unit, offset }) => {
      const previous = offset === -1 && trace.has(`initial_${signal}`);
      const symbol = formulas.symbol(previous ? `previous_${signal}` : signal);
      const place = signal === "x" ? names.column(unit) : names.unit(unit);
      const step = offset === 0 || previous ? null : stepName(Math.max(-1, view.step + offset), names);
      return [`${symbol} ${place}`, step].filter(Boolean).join(", ");
    };
    const texts = trail.map(label);
    if (parts.crumbs.dataset.texts === texts.join("›")) return;
    parts.crumbs.dataset.texts = texts.join("›");
    parts.crumbs.replaceChildren(
      ...texts.map((text, k) => {
        const last = k === texts.length - 1;
        const state = { disabled: last, "aria-current": last ? "true" : null };
        const crumb = html("button", { type: "button", class: "gs-math", ...state, onclick: () => jump(k) });
        return html("li", {}, typeset(crumb, text));
      }),
    );
  }

  /** One button a signal of the unit in question: always a way in, and to the neighbours. */
  function paintPicks(shown) {
    const unit = shown && shown.signal !== "x" ? shown.unit : Math.min(view.unit, trace.units - 1);
    for (const button of parts.picks.children) {
      const { signal } = button.dataset;
      const chosen = shown?.signal === signal && shown.offset === 0;
      set(button, { "aria-pressed": String(chosen), "aria-label": `${plain(formulas.symbol(signal))}: ${host.name(signal)}, ${words().unit(unit)}` });
      button.onclick = () => host.select({ signal, unit });
    }
  }

  return {
    element: parts.element,
    load(next) {
      trace = next;
      formulas = new Formulas(trace.header);
      set(parts.element, { "aria-label": host.t("inspector.title") });
      set(parts.picks, { "aria-label": host.t("inspector.picks") });
      set(parts.back, { "aria-label": host.t("inspector.back"), title: host.t("inspector.back") });
      set(parts.way, { "aria-label": host.t("inspector.trail") });
      write(parts.empty, host.t("inspector.empty"));
      delete parts.crumbs.dataset.texts;
      rows.reset();
      parts.picks.replaceChildren(
        ...trace.signals.filter((signal) => signal !== "x").map((signal) => {
          const button = html("button", { type: "button", class: "gs-ins-pick gs-math", "data-signal": signal, title: host.name(signal) });
          return typeset(button, formulas.symbol(signal));
        }),
      );
    },
    /** Takes other numbers of the same shape. */
    swap(next) {
      trace = next;
    },
    paint,
    resize() {},
  };
}

const same = (a, b) => Boolean(a && b) && a.signal === b.signal && a.unit === b.unit && a.offset === b.offset;
