// Loss and measure over training, with what no memory would reach, and how decided each gate is at each checkpoint.
import { html, set, svg, write } from "../core/dom.js";
import { heights, measure } from "./frames.js";
import { number } from "../core/text/format.js";

const [WIDE, HIGH] = [1000, 100]; // of the picture's own units, stretched to the room there is
const AIR = 6;
const LEAST_SPAN = 10; // the factor that the loss axis covers at least, so that noise looks like noise

export function createCurve(host) {
  const baseline = svg("path", { class: "gs-film-baseline" });
  const loss = svg("path", { class: "gs-film-loss" });
  const metric = svg("path", { class: "gs-film-metric" });
  const others = svg("g", {}); // what runs beside it, on the same axes
  const picture = svg("svg", { class: "gs-film-picture", viewBox: `0 0 ${WIDE} ${HIGH}`, preserveAspectRatio: "none", "aria-hidden": "true" }, baseline, loss, metric, others); // dashes over a line that is the same show both
  const top = html("span", { class: "gs-film-limit" });
  const bottom = html("span", { class: "gs-film-limit" });
  const cursor = html("div", { class: "gs-film-cursor", "aria-hidden": "true" });
  const gates = html("div", { class: "gs-film-gates" });
  const plot = html("div", { class: "gs-film-plot" }, picture, gates, cursor);
  const ticks = html("div", { class: "gs-film-axis", "aria-hidden": "true" });
  const board = html("div", { class: "gs-film-board", role: "img" }, plot, ticks);
  const letters = html("div", { class: "gs-film-letters", "aria-hidden": "true" });
  const side = html("div", { class: "gs-film-side" }, html("div", { class: "gs-film-limits" }, top, bottom), letters);
  const element = html("div", { class: "gs-film-chart" }, side, board);
  const legend = html("div", { class: "gs-legend" });
  let film = null;
  let axis = null;

  const path = (steps, places) =>
    steps
      .map((step, k) => (places[k] === null ? null : `${(WIDE * axis.of(step)).toFixed(1)} ${(HIGH - AIR - (HIGH - 2 * AIR) * places[k]).toFixed(1)}`))
      .filter((point) => point !== null)
      .map((point, k) => `${k ? "L" : "M"}${point}`)
      .join("");

  const span = (values, log) => {
    const fine = values.filter((value) => value !== null && (!log || value > 0));
    return fine.length ? [Math.min(...fine), Math.max(...fine)] : [0, 1];
  };

  function key(kind, text) {
    const line = svg("svg", { class: "gs-film-sample", viewBox: "0 0 22 8", "aria-hidden": "true" }, svg("path", { class: `gs-film-${kind}`, d: "M1 4H21" }));
    return html("span", { class: "gs-key" }, line, html("span", {}, text));
  }

  function explain() {
    const { metric_name: name, share, baseline: known, others: beside = [] } = film;
    legend.replaceChildren(
      key("metric", beside.length ? film.own : name),
      ...(beside.length ? beside.map(({ title }) => key("other", title)) : [key("loss", host.t("film.loss"))]),
      key("baseline", host.t("film.baseline", { value: measure(known, share) })),
      ...(Object.keys(film.gates).length ? [html("span", { class: "gs-key", title: host.t("film.gates.help") }, host.t("film.gates"))] : []),
    );
  }

  /** A row for each gate: the deeper its colour, the more of its values are near 0 or 1. */
  function strips() {
    const names = Object.keys(film.gates);
    set(element, { "data-gates": names.length || null });
    letters.replaceChildren(...names.map((name) => html("span", { class: `gs-symbol gs-ink-${name}`, title: host.name(name) }, host.symbol(name))));
    gates.replaceChildren(
      ...names.map((name) => {
        const cells = film.gates[name].map((share, k) => {
          const left = k === 0 ? 0 : (axis.at(k) + axis.at(k - 1)) / 2;
          const right = k === film.steps.length - 1 ? Math.min(1, axis.at(k)) : (axis.at(k) + axis.at(k + 1)) / 2;
          const title = `${host.symbol(name)} · ${film.steps[k]} · ${measure(share, true)}`;
          return html("i", { title, style: `left:${100 * left}%;width:${100 * Math.max(0, right - left)}%;background:${host.colours.of(name, share)}` });
        });
        return html("div", { class: "gs-film-gate", "data-signal": name }, ...cells);
      }),
    );
  }

  /** The steps at the ends and at two places between, and in the middle what they count. */
  function scale() {
    const last = film.steps.length - 1;
    const shown = [...new Set([0, Math.round(last / 3), Math.round((2 * last) / 3), last])];
    ticks.replaceChildren(
      html("span", { class: "gs-film-axis-title" }, host.t("film.axis")),
      ...shown.map((k) => html("span", { class: "gs-film-tick", style: `left:${100 * axis.at(k)}%;--gs-from:${axis.at(k)}` }, film.steps[k])),
    );
  }

  function draw(next, along) {
    film = next;
    axis = along;
    const { curve, share, better, baseline: known, others: beside = [] } = film;
    const log = !share;
    const limits = share ? [0, 1] : span([...curve.metric, ...beside.flatMap((other) => other.metric), known], log);
    const place = heights([known], limits, log)[0];
    const y = (HIGH - AIR - (HIGH - 2 * AIR) * place).toFixed(1);
    set(baseline, { d: `M0 ${y}H${WIDE}` });
    set(metric, { d: path(curve.metric_steps, heights(curve.metric, limits, log)) });
    others.replaceChildren(...beside.map((other) => svg("path", { class: "gs-film-other", d: path(other.steps, heights(other.metric, limits, log)) })));
    const [least, most] = span(curve.loss, true);
    set(loss, { visibility: beside.length ? "hidden" : null });
    set(loss, { d: path(curve.steps, heights(curve.loss, [Math.min(least, most / LEAST_SPAN), most], true)) });
    write(top, measure(limits[1], share));
    write(bottom, measure(limits[0], share));
    const best = curve.metric.filter((value) => value !== null).reduce((one, other) => ((better === "higher") === other > one ? other : one), known);
    const values = { metric: film.metric_name, last: measure(curve.metric.findLast((value) => value !== null), share), best: measure(best, share) };
    set(board, { "aria-label": host.t("film.label", { ...values, baseline: measure(known, share), loss: number(curve.loss.at(-1) ?? NaN) }) });
    strips();
    scale();
  }

  return {
    element,
    legend,
    board,
    draw,
    load(next, along) {
      film = next;
      explain();
      draw(next, along);
    },
    mark: (at) => (cursor.style.left = `${100 * axis.at(at)}%`),
    /** The checkpoint under a pointer. */
    under(x) {
      const box = plot.getBoundingClientRect();
      const share = (x - box.left) / box.width;
      return film.steps.reduce((best, _, k) => (Math.abs(axis.at(k) - share) < Math.abs(axis.at(best) - share) ? k : best), 0);
    },
  };
}
