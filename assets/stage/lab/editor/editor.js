// The weight editor: W, U and b of every gate as matrices of numbers to edit.
import { html, set, write } from "../../core/dom.js";
import { Formulas, plain } from "../../core/text/formulas.js";
import { isGate } from "../../core/colour.js";
import { carryOver, createGrid, gap } from "./grid.js";
import { createScaler } from "./scaler.js";
import { slotsOf, stackedPlan } from "./stacked.js";
import { transposedPlan } from "./transposed.js";
import { createTools } from "./tools.js";
import { partsOf } from "../../engine/cells.js";
import { isTransposed, joinedOf, orderOf, signOfPart } from "../printed/forms.js";
import { biasesOf } from "../state/biases.js";
import { matricesOf, scale, setWeight, weightAt } from "../state/state.js";
import { joinSentences } from "../../core/text/sentences.js";
import { typeset } from "../../core/text/typeset.js";
import { textWidth } from "../../core/text/width.js";

const LEAST = 38; // CSS px of a column
const MOST = 62;
const TOUCH = 40; // of a column on a phone, at least
const GAP = 2; // between columns
const SIDES = 28; // what is beside the columns and the units' names
const HANDLE = 20; // the arrow by which a row is scaled, before its name
const TALL = { W: "W", U: "U", b: "b", b_h: "b′", p: "p" };
const ALL_AT_ONCE = 100; // numbers up to which all gates are shown
const FULL_DRAG = 220; // CSS px in which a drag crosses from 0 to the largest weight

/**
 * @param {object} lab  @param {object} printed the form of the weights: {says, element, load, paint}
 * @param {object} task what stands below them: {element, load, paint, at}  @param {object} update and below that
 */
export function createEditor(lab, printed, task, update) {
  const gates = html("div", { class: "gs-gates", role: "tablist" });
  const place = html("div", { class: "gs-blocks" });
  const tools = createTools(lab);
  const hint = html("p", { class: "gs-lab-hint" });
  const element = html("div", { class: "gs-editor", "data-testid": "editor" }, tools.structure, printed.says, gates, place, tools.element, hint, printed.element, task.element, update.element);
  let blocks = []; // {part, element, grids: [{grid, matrices}]}
  let shape = "";
  let built = ""; // the cell that the tables were made for
  let chosen = null; // the part shown where there is room for one
  let width = 0;
  let formulas = null;
  let top = 1; // what the colours span; it stands still under a drag

  const state = () => lab.session.state;
  const unit = (row) => state().names[row] || String(row + 1);
  const column = (matrix, k) => (matrix === "W" ? state().columns[k] || `${plain(formulas.symbol("x"))}${state().inputs > 1 ? k + 1 : ""}` : unit(k));
  const symbol = (matrix, part) => {
    if (matrix === "b_hn") return formulas.symbol("b_hn");
    if (matrix === "b_h") return formulas.symbol(`b.${part}`).replace("b", "b′");
    if (matrix === "p") return `p_${plain(formulas.symbol(part))}`;
    return formulas.symbol(`${matrix}.${part}`);
  };

  function nameOf({ matrix, part, row, column: k }) {
    if (matrix === null) return lab.t("lab.weight.none", { name: lab.name(part), unit: unit(row) });
    const key = { W: "lab.weight.input", U: "lab.weight.hidden" }[matrix] ?? "lab.weight.bias";
    return lab.t(key, { symbol: plain(symbol(matrix, part)), unit: unit(row), from: column(matrix, k) });
  }

  const does = {
    write: (where, value, { repeat = false } = {}) => lab.apply(setWeight, [where, signed(where.part, value)], { repeat: repeat && JSON.stringify(where) }),
    name: nameOf,
    hover: (where) => lab.highlight(where && entry(where)),
    travel: () => Math.max(0.01, top / FULL_DRAG),
    text: (value, { empty }) => (empty ? "" : undefined),
  };

  /** A weight as the form prints it, and back: a z that writes has the negatives. */
  const signed = (part, value) => (signOfPart(state().form, part) < 0 && value !== 0 ? -value : value);

  /** Where a weight enters the stage. */
  function entry({ matrix, part, row, column: k }) {
    const from = { W: { signal: "x", unit: k }, U: { signal: "previous_hidden", unit: k }, p: { signal: part === "output" ? "cell" : "previous_cell", unit: row } }[matrix];
    return { signal: part, unit: row, from: from ?? null };
  }

  // One gate

  function block(part) {
    const name = part === "hidden" ? lab.symbol("hidden") : lab.symbol(part);
    const sign = typeset(html("span", { class: `gs-symbol gs-ink-${part}` }), name);
    const handle = scaler({ part }, lab.t("lab.scale.gate", { name: lab.name(part) }), lab.t("lab.scale"));
    handle.setAttribute("tabindex", 0);
    const head = html("header", { class: "gs-block-head" }, sign, html("span", { class: "gs-name" }, lab.name(part)), handle);
    const grids = layout(part).map((matrices, k) => oneGrid(part, matrices, k === 0));
    const body = html("div", { class: "gs-block-body" }, ...grids.map(({ grid }) => grid.element));
    const section = html("section", { class: "gs-block", "data-part": part, "data-hue": isGate(part) ? part : null }, head, body);
    return { part, grids, element: section };
  }

  /** The matrices of a part, in one table if they fit side by side, else what meets x above what meets h. */
  function layout(part) {
    const all = inForm(matricesOf(state(), part));
    if (isTransposed(state().form)) return [all];
    if (joinedOf(state().form)) return cellWidth(all) >= least() ? [all] : [all.slice(0, 2), all.slice(2)].filter(({ length }) => length > 0);
    if (cellWidth(all) >= least()) return [all];
    const first = all.includes("b") && cellWidth(["W", "b"]) >= least() ? ["W", "b"] : ["W"];
    const rest = all.filter((matrix) => !first.includes(matrix) && matrix !== "U");
    return cellWidth(["U", ...rest]) >= least() ? [first, ["U", ...rest]] : [first, ["U"], rest].filter(({ length }) => length > 0);
  }

  /** Matrices in the order of the form: what is read first stands first. */
  const inForm = ([W, U, ...rest]) => (joinedOf(state().form) === "hx" ? [U, W, ...rest] : [W, U, ...rest]);

  /** Whether a matrix is the second half of the one before. */
  const continues = (matrix, matrices) => joinedOf(state().form) !== "" && matrix === matrices[1] && "WU".includes(matrix);

  /** The symbol over a matrix, or over the two that are one; null over the second half of one. */
  function over(matrix, matrices, part) {
    if (continues(matrix, matrices)) return null;
    const joined = joinedOf(state().form) && "WU".includes(matrix);
    const [h, x] = [formulas.symbol("previous_hidden"), formulas.symbol("x")];
    const text = joined ? `${formulas.weights(part).both} [${joinedOf(state().form) === "hx" ? `${h}, ${x}` : `${x}, ${h}`}]` : symbol(matrix, part);
    return { sign: typeset(html("span", { class: "gs-math" }), text), wide: joined ? columns("W") + columns("U") : columns(matrix) };
  }

  /** Room for the units' names. */
  const head = () => Math.min(84, Math.max(20, ...Array.from({ length: state().hidden }, (_, row) => textWidth(String(unit(row)), 12) + HANDLE)));
  const least = () => (width < 600 ? TOUCH : LEAST);

  /** What a column of these matrices side by side may measure. */
  function cellWidth(matrices) {
    const wide = matrices.reduce((sum, matrix) => sum + columns(matrix), 0);
    return Math.min(MOST, Math.floor((width - SIDES - head() - 9 * (matrices.length - 1)) / wide) - GAP);
  }

  const columns = (matrix) => ({ W: state().inputs, U: state().hidden })[matrix] ?? 1;

  function transposedGrid(part, matrices) {
    const grid = createGrid(lab, does);
    const { hidden } = state();
    const names = Math.max(head(), ...matrices.flatMap((matrix) => Array.from({ length: columns(matrix) }, (_, k) => textWidth(String(rowName(matrix, k)), 12) + HANDLE)));
    grid.element.style.setProperty("--gs-cell", `${Math.max(least(), Math.min(MOST, Math.floor((width - SIDES - names) / hidden) - GAP))}px`);
    grid.element.style.setProperty("--gs-head", `${Math.min(84, names)}px`);
    const plan = transposedPlan(
      { matrices, units: hidden, columns },
      {
        unit: (row) => ({ text: unit(row), handle: scaler({ part, row }, lab.t("lab.scale.row", { name: lab.name(part), unit: unit(row) }), unit(row)) }),
        row(matrix, k) {
          const text = rowName(matrix, k);
          const label = lab.t("lab.scale.column", { symbol: plain(symbol(matrix, part)), from: text });
          return { text, handle: "WU".includes(matrix) ? scaler({ part, matrix, column: k }, label, text) : null };
        },
        symbol: (matrix) => over(matrix, matrices, part)?.sign ?? null,
        place: (matrix, row, k) => ({ matrix, part, row, column: k, data: { part, matrix, row, column: k } }),
      },
    );
    grid.build({ label: gridLabel(matrices, part), ...plan });
    return { grid, matrices };
  }

  const rowName = (matrix, k) => ("WU".includes(matrix) ? column(matrix, k) : "");
  const gridLabel = (matrices, part) => lab.t("lab.grid", { symbols: matrices.map((matrix) => plain(symbol(matrix, part))).join(", "), name: lab.name(part) });

  function oneGrid(part, matrices, first) {
    if (isTransposed(state().form)) return transposedGrid(part, matrices);
    const grid = createGrid(lab, does);
    grid.element.style.setProperty("--gs-cell", `${Math.max(least(), cellWidth(matrices))}px`);
    grid.element.style.setProperty("--gs-head", `${head()}px`);
    const handles = [];
    const groups = html("tr", { role: "row" }, html("td"));
    const heads = html("tr", { role: "row" }, html("td"));
    for (const matrix of matrices) {
      const top = over(matrix, matrices, part);
      if (matrix !== matrices[0] && top) {
        groups.append(gap());
        heads.append(gap());
      }
      if (top) groups.append(html("th", { role: "columnheader", colspan: top.wide }, top.sign));
      for (let k = 0; k < columns(matrix); k++) {
        const scalable = matrix === "W" || matrix === "U";
        const text = scalable ? column(matrix, k) : "";
        const label = lab.t("lab.scale.column", { symbol: plain(symbol(matrix, part)), from: text });
        const handle = scalable ? scaler({ part, matrix, column: k }, label, text) : null;
        handles.push(handle);
        heads.append(html("th", { role: "columnheader", title: text }, handle));
      }
    }
    const rows = Array.from({ length: state().hidden }, (_, row) => {
      const label = lab.t("lab.scale.row", { name: lab.name(part), unit: unit(row) });
      const handle = first ? scaler({ part, row }, label, unit(row)) : null;
      const places = matrices.flatMap((matrix) =>
        Array.from({ length: columns(matrix) }, (_, k) => ({ matrix, part, row, column: k, starts: k === 0 && matrix !== matrices[0] && !continues(matrix, matrices), data: { part, matrix, row, column: k } })),
      );
      return { head: html("th", { role: "rowheader", title: unit(row) }, handle ?? unit(row)), handle, places };
    });
    grid.build({ label: gridLabel(matrices, part), head: [groups, heads], rows, handles });
    return { grid, matrices };
  }

  function scaler(target, label, text) {
    return createScaler(lab, {
      label,
      text,
      apply: (factor) => lab.applyFrom((origin) => scale(origin, target, factor)),
      hover: (on) => lab.highlight(on ? { signal: target.part, unit: target.row ?? null, from: enters(target) } : null),
    });
  }

  const enters = ({ matrix, column: k }) => (matrix ? { signal: matrix === "W" ? "x" : "previous_hidden", unit: k } : null);

  // All gates as the tall matrices of a framework

  function stacked(parts) {
    const { form, hidden } = state();
    const all = parts.map((name) => ({ name, matrices: matricesOf(state(), name) }));
    const slots = slotsOf(all.map(({ matrices }) => matrices), joinedOf(form) === "hx");
    const transposed = isTransposed(form);
    const short = (part) => plain(lab.symbol(part));
    const names = Math.max(...parts.flatMap((part) => Array.from({ length: hidden }, (_, row) => textWidth(`${short(part)} ${unit(row)}`, 12) + HANDLE)));
    const fits = (some) => Math.floor((width - SIDES - names - 9 * some.length) / (transposed ? parts.length * hidden : some.reduce((sum, slot) => sum + columns(slot), 0))) - GAP;
    const groups = transposed || joinedOf(form) || fits(slots) >= least() ? [slots] : [slots.filter((slot) => slot !== "U"), ["U"]];
    const grids = groups.map((some) => {
      const grid = createGrid(lab, does);
      grid.element.style.setProperty("--gs-cell", `${Math.max(least(), Math.min(MOST, fits(some)))}px`);
      grid.element.style.setProperty("--gs-head", `${Math.min(84, names)}px`);
      const plan = stackedPlan(
        { parts: all, slots: some, hidden, columns, transposed },
        {
          unit(part, row) {
            const text = `${short(part)} ${unit(row)}`;
            return { handle: scaler({ part, row }, lab.t("lab.scale.row", { name: lab.name(part), unit: unit(row) }), text) };
          },
          column: (slot, k) => ("WU".includes(slot) ? String(column(slot, k)) : ""),
          symbol: (slot) => tall(slot, some)?.sign ?? null,
          wide: (slot) => tall(slot, some).wide,
        },
      );
      const label = lab.t("lab.grid", { symbols: some.map((slot) => TALL[slot]).join(", "), name: lab.t(`lab.printed.order.${form.order}`) });
      grid.build({ label, ...plan });
      return { grid, matrices: some };
    });
    const head = html("header", { class: "gs-block-head" }, html("span", { class: "gs-name" }, `${lab.t(`lab.printed.order.${form.order}`)}: ${parts.map(short).join(", ")}`));
    return { part: null, grids, element: html("section", { class: "gs-block gs-stacked", "data-part": "all" }, head, html("div", { class: "gs-block-body" }, ...grids.map(({ grid }) => grid.element))) };
  }

  /** What stands over a tall matrix, as `over`. */
  function tall(slot, some) {
    const joined = joinedOf(state().form) && "WU".includes(slot);
    if (joined && slot === some[1]) return null;
    const [h, x] = [formulas.symbol("previous_hidden"), formulas.symbol("x")];
    const text = joined ? `W [${joinedOf(state().form) === "hx" ? `${h}, ${x}` : `${x}, ${h}`}]` : TALL[slot];
    return { sign: typeset(html("span", { class: "gs-math" }), text), wide: joined ? columns("W") + columns("U") : columns(slot) };
  }

  // All of them

  function build() {
    const snapshot = gridsOf(blocks).map((grid) => grid.hold()).find(Boolean);
    built = outline(state());
    const parts = partsOf(state().cell);
    const numbers = state().W.length + state().U.length + state().b.length;
    const single = numbers > ALL_AT_ONCE && parts.length > 1;
    if (!parts.includes(chosen)) chosen = parts.includes("forget") ? "forget" : parts[0];
    const tower = !single && parts.length > 1 && state().form.order !== "gates";
    blocks = tower ? [stacked(order(parts))] : (single ? [chosen] : order(parts)).map(block);
    place.replaceChildren(...blocks.map((each) => each.element));
    place.classList.toggle("gs-pairs", !single && !tower);
    gates.hidden = !single;
    gates.replaceChildren(...(single ? order(parts).map(gateTab) : []));
    set(gates, { "aria-label": lab.t("lab.gates") });
    carryOver(lab, snapshot, gridsOf(blocks));
  }

  const gridsOf = (all) => all.flatMap(({ grids }) => grids.map(({ grid }) => grid));

  /** As the step table lists them, f before i, or in the order in which they are stacked. */
  function order(parts) {
    const { form, cell } = state();
    const listed = form.order === "gates" ? lab.trace.signals : orderOf(cell, form.order);
    return listed.filter((signal) => parts.includes(signal));
  }

  function gateTab(part) {
    const tab = html("button", {
      type: "button", role: "tab", class: "gs-gate-tab", "data-part": part, "data-hue": isGate(part) ? part : null,
      "aria-selected": String(part === chosen), tabindex: part === chosen ? 0 : -1, title: lab.name(part), onclick: () => choose(part),
    });
    tab.onkeydown = (event) => {
      const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (!by) return;
      const list = [...gates.children];
      choose(list[(list.indexOf(tab) + by + list.length) % list.length].dataset.part);
      gates.querySelector("[aria-selected=true]").focus();
      event.preventDefault();
      event.stopPropagation();
    };
    tab.append(typeset(html("b", { class: `gs-symbol gs-ink-${part}` }), lab.symbol(part)), html("span", { class: "gs-name" }, lab.name(part)));
    return tab;
  }

  function choose(part) {
    chosen = part;
    build();
    paint();
  }

  const outline = ({ cell, reset, inputs, hidden, p, form, ...rest }) => [cell, reset, inputs, hidden, p !== null, form.layout, form.order, biasesOf(rest)].join();

  /** Shows the numbers; those of a cell of another shape wait for the run that brings its letters. */
  function paint() {
    if (outline(state()) !== built && !reformed()) return;
    if (!lab.dragging) top = Math.max(1, ...["W", "U", "b", "b_h", "b_hn", "p"].flatMap((name) => [largest(state()[name])]));
    for (const grid of gridsOf(blocks)) grid.paint((where) => (where.empty ? NaN : signed(where.part, weightAt(state(), where))), top);
    tools.paint();
    printed.paint();
    task.paint();
    update.paint();
  }

  /** Builds the grids anew where only the form is another, for whose letters nothing has to arrive. */
  function reformed() {
    const [before, now] = [built, outline(state())].map((each) => each.split(",").slice(0, 5).join());
    if (before !== now) return false;
    build();
    return true;
  }

  /** Lights the weights that matter for a part of the stage: {parts, unit} or {matrix, column}, null for none. */
  function light(about) {
    const passes = ({ part, row, matrix, column: k }) => {
      if (!about) return false;
      if (about.matrix) return matrix === about.matrix && k === about.column;
      return about.parts.includes(part) && (about.unit === null || row === about.unit);
    };
    for (const grid of gridsOf(blocks)) grid.light(passes);
    for (const tab of gates.children) tab.classList.toggle("gs-lit", Boolean(about?.parts?.includes(tab.dataset.part)));
  }

  return {
    element,
    /** Marks the step that the stage shows. */
    at: (view) => task.at(view),
    light,
    paint,
    load() {
      const { header } = lab.trace;
      formulas = new Formulas(header);
      const { cell, reset, inputs, hidden, names, columns: heads, p } = state();
      const signature = JSON.stringify([cell, reset, inputs, hidden, names, heads, p !== null, header.lang, header.symbols, width]);
      tools.load();
      printed.load();
      task.load();
      update.load();
      write(hint, joinSentences([lab.t("lab.hint"), matchMedia("(any-pointer: coarse)").matches && lab.t("lab.hint.touch")]));
      if (signature !== shape) {
        shape = signature;
        if (lab.trace.cell === cell) build();
      }
      paint();
    },
    resize(next) {
      if (Math.abs(next - width) < 2 || !next) return;
      width = next;
      if (formulas) this.load();
    },
    /** Brings a part up where only one is shown. */
    show: (part) => blocks.some((each) => each.part === part) || choose(part),
  };
}

const largest = (values) => (values ? values.reduce((most, value) => Math.max(most, Math.abs(value)), 0) : 0);
