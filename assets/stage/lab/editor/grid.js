// A grid of numbers that can be dragged, stepped with keys and typed over: weights, and the input sequence.
import { html, set, write } from "../../core/dom.js";
import { exponential, number, readNumber } from "../../core/text/format.js";
import { LIMIT } from "../state/state.js";

const STEP = 0.1; // of an arrow key; Shift ten times that, Alt a tenth
const TRAVEL = 3; // CSS px that a pointer may tremble before it drags
const GROUPED = /^[-+−–]?[1-9]\d{0,2},\d{3}$/; // a thousand in one country, a one in another
const OPENS = /^[-+−.,0-9０-９]$/;

/**
 * Reads a number of the lab as people type it.
 * @returns {{value: number} | {error: string}} the error is the key of a sentence
 */
export function parseNumber(text) {
  if (text.trim() === "") return { error: "lab.bad.empty" };
  const value = readNumber(text);
  if (value === null) return { error: "lab.bad.text" };
  if (GROUPED.test(text.normalize("NFKC").trim())) return { error: "lab.bad.grouped" };
  return Math.abs(value) > LIMIT ? { error: "lab.bad.large" } : { value };
}

/** A number in the room of five signs: −0.53, 12.4, 7×10⁻³, 2×10⁵. */
function short(value) {
  const size = Math.abs(value);
  if (size === 0 || (size >= 0.005 && size < 1000)) return number(value);
  return exponential(value, 0);
}

/** The space before another matrix. */
export const gap = () => html("td", { class: "gs-gap", "aria-hidden": "true" });

/** A number after `by` more, without the dust of binary fractions. */
const stepped = (value, by, digits = 4) => Number((value + by).toFixed(digits));

/** Lets a person go on in `grids` with what was held of the tables before them; a drag without its number is an edit as it stands. */
export function carryOver(lab, snapshot, grids) {
  if (snapshot && !grids.some((grid) => grid.resume(snapshot)) && snapshot.drag) queueMicrotask(lab.end);
}

/**
 * @param {object} lab what createLab in ../lab.js gives its panels: t, begin, end, cancel, colours
 * @param {object} does
 *   write(place, value), name(place) for screen readers, hover(place | null),
 *   travel() how much a pixel changes, keys(event, place) → true where it took the key,
 *   parse(text, place) as parseNumber does by default, text(value, place) for what is not written as usual
 */
export function createGrid(lab, does) {
  const table = html("table", { class: "gs-grid", role: "grid" });
  const error = html("p", { class: "gs-cell-error", role: "alert", hidden: true });
  const scroller = html("div", { class: "gs-grid-scroll" }, table);
  const element = html("div", { class: "gs-grid-place" }, scroller, error);
  let rows = []; // of cells {place, td, value}
  let handles = { columns: [], rows: [] }; // in the headings, reached with Ctrl and the arrows
  let cells = new Map(); // td -> cell
  let current = null;
  let typing = null; // {cell, input}
  let drag = null;

  /**
   * @param {{label: string, head: HTMLElement[], rows: {head: HTMLElement, places: object[]}[]}} plan
   *   `before` of a row: a heading over it.
   *   head: whole rows of headings; a place may have `starts`, where another matrix begins; `handle` of a row and
   *   `handles` of the columns are the controls in the headings, if any
   */
  function build({ label, head, rows: lines, handles: columns = [] }) {
    const snapshot = hold();
    set(table, { "aria-label": label });
    handles = { columns, rows: lines.map(({ handle }) => handle) };
    rows = lines.map((line) => line.places.map(makeCell));
    cells = new Map(rows.flat().map((cell) => [cell.td, cell]));
    const body = lines.map((line, k) => [line.before, html("tr", { role: "row" }, line.head, ...rows[k].flatMap(spaced))]).flat().filter(Boolean);
    table.replaceChildren(html("thead", { role: "rowgroup" }, ...head), html("tbody", { role: "rowgroup" }, ...body));
    current = null;
    if (rows[0]?.[0]) makeCurrent(rows[0][0]);
    carryOver(lab, snapshot, [{ resume }]);
  }

  const keyOf = ({ place }) => JSON.stringify(place.data);

  /** What a person is about here, for a table that takes this one's place: {key, focused, typed, wrong, drag}, or null. */
  function hold() {
    const active = table.getRootNode().activeElement;
    const cell = typing?.cell ?? drag?.cell ?? [...cells.values()].find(({ td }) => td === active);
    if (!cell) return null;
    const { input } = typing ?? {};
    const snapshot = { key: keyOf(cell), focused: active === (input ?? cell.td), typed: input && [input.value, input.selectionStart, input.selectionEnd], wrong: !error.hidden, drag };
    stopTyping();
    drag = null;
    return snapshot;
  }

  /** Goes on with it, where the number stands in this table; returns whether it does. */
  function resume(snapshot) {
    const cell = [...cells.values()].find((each) => keyOf(each) === snapshot.key);
    if (!cell) return false;
    makeCurrent(cell);
    if (snapshot.drag) {
      drag = { ...snapshot.drag, cell };
      cell.td.classList.toggle("gs-dragged", drag.moved);
      if (!drag.touch || drag.chosen) cell.td.setPointerCapture(drag.id);
    }
    if (!snapshot.typed || cell.place.fixed) {
      if (snapshot.focused) cell.td.focus({ preventScroll: true });
      return true;
    }
    const [text, ...selected] = snapshot.typed;
    type(cell, text, false);
    if (snapshot.focused) typing.input.focus({ preventScroll: true });
    typing.input.setSelectionRange(...selected);
    if (snapshot.wrong) take();
    return true;
  }

  const spaced = ({ place, td }) => (place.starts ? [gap(), td] : [td]);

  function makeCell(place) {
    const data = Object.fromEntries(Object.entries(place.data).map(([name, value]) => [`data-${name}`, value]));
    const td = html("td", { role: "gridcell", tabindex: -1, ...data });
    set(td, { "aria-readonly": place.fixed ? "true" : null });
    return { place, td, value: null, fill: null };
  }

  function makeCurrent(cell) {
    if (current === cell) return;
    current?.td.setAttribute("tabindex", -1);
    current = cell;
    current.td.setAttribute("tabindex", 0);
  }

  /** Shows values; only what differs is touched. */
  function paint(valueOf, scale) {
    const { colours } = lab;
    for (const cell of cells.values()) {
      const value = valueOf(cell.place);
      const fill = colours.signed(Number.isNaN(value) ? 0 : value, scale);
      if (fill !== cell.fill) {
        cell.fill = fill;
        cell.td.style.background = fill;
        cell.td.style.color = colours.ink(fill);
      }
      if (Object.is(value, cell.value)) continue;
      cell.value = value;
      set(cell.td, { "data-value": value, "aria-label": `${does.name(cell.place)}: ${does.text?.(value, cell.place) ?? number(value)}`, title: Number.isNaN(value) ? null : String(value).replace("-", "−") });
      if (typing?.cell !== cell) write(cell.td, textOf(cell));
    }
  }

  const textOf = ({ value, place }) => does.text?.(value, place) ?? short(value);
  const cellOf = (event) => cells.get(event.target.closest?.("td"));

  // Dragging

  table.addEventListener("pointerdown", (event) => {
    const cell = cellOf(event);
    if (!cell || event.button !== 0 || typing?.cell === cell) return;
    makeCurrent(cell);
    if (cell.place.fixed) return;
    const chosen = cell.td.getRootNode().activeElement === cell.td;
    const touch = event.pointerType === "touch";
    drag = { cell, x: event.clientX, y: event.clientY, moved: false, chosen, touch, id: event.pointerId, last: event.clientX - event.clientY, at: cell.value || 0 };
    if (!touch || chosen) cell.td.setPointerCapture(event.pointerId);
  });
  table.addEventListener("pointermove", (event) => {
    if (!drag || (drag.touch && !drag.chosen)) return; // a finger scrolls until it has chosen a number by a tap
    const [dx, dy] = [event.clientX - drag.x, event.clientY - drag.y];
    if (!drag.moved && Math.hypot(dx, dy) < TRAVEL) return;
    if (!drag.moved) {
      drag.moved = true;
      drag.cell.td.classList.add("gs-dragged");
      lab.begin();
    }
    const along = event.clientX - event.clientY;
    const fine = event.shiftKey ? 0.1 : 1;
    drag.at += (along - drag.last) * does.travel() * fine;
    drag.last = along;
    does.write(drag.cell.place, stepped(drag.at, 0, event.shiftKey ? 3 : 2));
  });
  table.addEventListener("pointerup", () => finish(true));
  table.addEventListener("pointercancel", () => finish(false));

  function finish(keep) {
    const done = drag;
    drag = null;
    if (!done) return;
    done.cell.td.classList.remove("gs-dragged");
    if (done.moved) {
      if (keep) lab.end();
      else lab.cancel();
    } else if (keep && done.chosen && done.touch) type(done.cell, null);
  }

  // Keys

  table.addEventListener("focusin", (event) => {
    const cell = cellOf(event);
    if (cell) makeCurrent(cell);
    if (cell) does.hover(cell.place);
  });
  table.addEventListener("focusout", () => does.hover(null));
  table.addEventListener("pointerover", (event) => does.hover(cellOf(event)?.place ?? null));
  table.addEventListener("pointerleave", () => does.hover(null));
  table.addEventListener("dblclick", (event) => {
    const cell = cellOf(event);
    if (cell && !cell.place.fixed && typing?.cell !== cell) type(cell, null);
  });

  table.addEventListener("keydown", (event) => {
    const cell = cells.get(event.target);
    if (!(cell ? keyed(event, cell) : fromHandle(event))) return;
    event.preventDefault();
    event.stopPropagation();
  });

  function keyed(event, cell) {
    if (!drag?.moved || event.key !== "Escape") return key(event, cell);
    finish(false);
    return true;
  }

  /** From a handle in the headings back into the numbers. */
  function fromHandle({ key: name, ctrlKey, metaKey, target }) {
    if (!ctrlKey && !metaKey) return false;
    const [column, row] = [handles.columns.indexOf(target), handles.rows.indexOf(target)];
    if (name === "ArrowDown" && column >= 0) return goTo(rows[0][column]);
    if (name === "ArrowRight" && row >= 0) return goTo(rows[row][0]);
    return false;
  }

  function key(event, cell) {
    const { key: name, ctrlKey, metaKey, altKey, shiftKey } = event;
    const control = ctrlKey || metaKey;
    if (does.keys?.(event, cell.place)) return true;
    if (name === "ArrowUp" || name === "ArrowDown") {
      const way = name === "ArrowUp" ? 1 : -1;
      if (control || cell.place.fixed) return move(cell, -way, 0);
      does.write(cell.place, stepped(cell.value || 0, way * STEP * (shiftKey ? 10 : altKey ? 0.1 : 1)), { repeat: event.repeat });
      return true;
    }
    if (control && name === "ArrowLeft") return reach(handles.rows[rows.indexOf(rowWith(cell))]);
    if (control || altKey) return false;
    if (name === "ArrowLeft" || name === "ArrowRight") return move(cell, 0, name === "ArrowRight" ? 1 : -1);
    if (name === "Home" || name === "End") return goTo(rowWith(cell).at(name === "Home" ? 0 : -1));
    if (cell.place.fixed) return false;
    if (name === "Enter" || name === "F2") return type(cell, null);
    if (OPENS.test(name)) return type(cell, name);
    return false;
  }

  const rowWith = (cell) => rows.find((row) => row.includes(cell));

  function move(cell, down, right) {
    const row = rows.indexOf(rowWith(cell));
    const column = rows[row].indexOf(cell);
    const flat = rows.flat();
    if (row + down < 0) return reach(handles.columns[column]);
    goTo(down ? rows[row + down]?.[column] : flat[flat.indexOf(cell) + right]);
    return true;
  }

  function reach(handle) {
    handle?.focus();
    return true;
  }

  function goTo(cell) {
    if (cell) {
      makeCurrent(cell);
      cell.td.focus();
    }
    return true;
  }

  // Typing

  function type(cell, first, focused = true) {
    stopTyping();
    const input = html("input", { class: "gs-cell-input", type: "text", "aria-label": does.name(cell.place), autocomplete: "off", spellcheck: "false" });
    input.value = first ?? (Number.isNaN(cell.value) ? "" : String(cell.value));
    typing = { cell, input };
    cell.td.replaceChildren(input);
    if (focused) input.focus();
    if (first === null) input.select();
    set(input, {
      onkeydown(event) {
        event.stopPropagation();
        if (event.isComposing) return;
        if (event.key === "Enter" && take()) goTo(cell);
        if (event.key === "Escape") {
          stopTyping();
          goTo(cell);
        }
      },
      oninput: () => showError(null),
      onblur: () => typing?.input === input && take(),
    });
    return true;
  }

  /** Takes what was typed; bad text stays where it is, with a sentence beside it, and the old value holds. */
  function take() {
    const { cell, input } = typing;
    const { value, error: key } = (does.parse ?? parseNumber)(input.value, cell.place);
    if (key) {
      showError(key);
      return false;
    }
    stopTyping();
    does.write(cell.place, value);
    return true;
  }

  function showError(key) {
    const { cell, input } = typing;
    error.hidden = key === null;
    set(input, { "aria-invalid": key === null ? null : "true" });
    if (key === null) return;
    write(error, lab.t(key, { text: input.value.trim(), limit: "1000000" }));
    error.style.top = `${cell.td.offsetTop + cell.td.offsetHeight + 3}px`;
    const room = element.clientWidth - error.offsetWidth;
    error.style.left = `${Math.max(0, Math.min(cell.td.offsetLeft - scroller.scrollLeft, room))}px`;
  }

  function stopTyping() {
    if (!typing) return;
    const { cell } = typing;
    typing = null;
    error.hidden = true;
    cell.td.replaceChildren(textOf(cell));
  }

  return {
    element,
    build,
    paint,
    hold,
    resume,
    /** Marks the cells whose place passes. */
    light: (passes) => cells.forEach((cell) => cell.td.classList.toggle("gs-lit", passes(cell.place))),
    get dragging() {
      return drag?.moved ?? false;
    },
  };
}
