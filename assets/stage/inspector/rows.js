// Draws the rows of plan.js. A row that stays the same kind keeps its elements and only
// changes what differs; the list is otherwise rebuilt from that row on.

import { createCurve } from "./curve.js";
import { html, set, write } from "../core/dom.js";
import { exact } from "../core/text/format.js";
import { plain } from "../core/text/formulas.js";
import { activationName } from "../core/run/squash.js";
import { precise } from "./plan.js";
import { typeset } from "../core/text/typeset.js";

/**
 * @param {object} actions {open(target), toggle(key), colours(), t(key, values)}
 * @returns {{element: HTMLElement, paint(rows: object[]): void}}
 */
export function createRows(actions) {
  const element = html("div", { class: "gs-ins-rows", role: "list" });
  const drawn = [];
  return {
    element,
    /** Forgets everything drawn: the words or the theme have changed. */
    reset: () => drawn.splice(0).forEach((each) => each.element.remove()),
    paint(rows) {
      rows.forEach((row, k) => {
        if (drawn[k]?.kind !== row.kind) {
          const made = { kind: row.kind, ...KINDS[row.kind](actions) };
          set(made.element, { class: `gs-ins-row gs-ins-${row.kind}`, role: "listitem" });
          if (drawn[k]) drawn[k].element.replaceWith(made.element);
          else element.append(made.element);
          drawn[k] = made;
        }
        drawn[k].row = row;
        drawn[k].paint(row);
      });
      for (const extra of drawn.splice(rows.length)) extra.element.remove();
    },
  };
}

const KINDS = { alert: words, words, captions, group, term, bias: line, subtotal: line, total: line, product, fold, curve, result };

function words() {
  const element = html("div");
  return { element, paint: (row) => write(element, row.text) };
}

function captions({ t }) {
  const element = html("div", { "aria-hidden": "true" });
  element.append(
    html("span", { class: "gs-ins-detail" }, t("inspector.caption.factors")),
    html("span", { class: "gs-ins-value" }, t("inspector.caption.product")),
  );
  return { element, paint() {} };
}

function group() {
  const label = html("span", { class: "gs-math" });
  const word = html("span", { class: "gs-ins-word" });
  const tag = html("span", { class: "gs-ins-tag" });
  const value = html("span", { class: "gs-ins-value" });
  const note = html("span", { class: "gs-ins-note" });
  const origin = html("span", { class: "gs-ins-origin" }, word, tag, note);
  const element = html("div", {}, html("span", { class: "gs-ins-heading" }, label), value, origin);
  return {
    element,
    paint(row) {
      set(element, { "data-group": row.key.replace("group.", ""), "data-step": row.step });
      typeset(label, row.label);
      write(word, row.word);
      write(tag, row.tag);
      set(tag, { "data-past": row.past });
      write(value, exact(row.value));
      write(note, row.note ?? "");
      note.hidden = !row.note;
    },
  };
}

/** A name that leads to the arithmetic of what it names. */
function link(actions, className) {
  const element = html("button", { type: "button", class: className });
  let target = null;
  element.onclick = () => target && actions.open(target);
  return {
    element,
    paint(row, text) {
      target = row.target ?? null;
      typeset(element, text);
      element.disabled = !target;
      set(element, { title: row.spoken, "aria-label": row.spoken ? `${plain(text)}: ${row.spoken}` : null });
    },
  };
}

/**
 * A name and its number: a bias or a sum; or a product, with its factors.
 * @param {boolean} columns whether the two numbers stand beside the name, instead of a word in its heading
 */
function line(actions, className = "gs-ins-name", parts = null, columns = false) {
  const name = link(actions, className);
  const about = html("span", { class: columns ? "gs-ins-detail" : "gs-ins-word" });
  const value = html("span", { class: "gs-ins-value" });
  const bars = bar();
  const head = [name.element, about];
  const element = html("div", {}, ...(columns ? head : [html("span", { class: "gs-ins-heading" }, ...head)]), value, bars.element, parts?.element);
  return {
    element,
    paint(row) {
      set(element, { "data-term": row.key, "data-value": row.value, "data-wide": row.wide });
      name.paint(row, row.label);
      write(about, columns ? `${row.left} × ${row.right}` : (row.word ?? ""));
      write(value, exact(row.value));
      bars.paint(row);
      parts?.paint(row.factors);
    },
  };
}

function term(actions) {
  return line(actions, "gs-ins-name", chips(actions), true);
}

function product(actions) {
  return line(actions, "gs-ins-name gs-math", chips(actions));
}

/** The factors of a product as buttons: f .9933 × c₋₁ 0.9866 (step 3). */
function chips(actions) {
  const element = html("span", { class: "gs-ins-factors" });
  const drawn = [];
  const make = () => {
    const symbol = html("span", { class: "gs-math" });
    const value = html("span", { class: "gs-ins-number" });
    const tag = html("span", { class: "gs-ins-tag", "data-past": "true" });
    const button = html("button", { type: "button", class: "gs-ins-factor" }, symbol, " ", value, " ", tag);
    const chip = { button, symbol, value, tag, target: null };
    button.onclick = () => actions.open(chip.target);
    return chip;
  };
  return {
    element,
    paint(factors = []) {
      element.hidden = factors.length === 0;
      while (drawn.length < factors.length) {
        if (drawn.length) element.append(html("span", { class: "gs-ins-times" }, "×"));
        drawn.push(make());
        element.append(drawn.at(-1).button);
      }
      while (drawn.length > factors.length) {
        const { button } = drawn.pop();
        if (button.previousSibling) button.previousSibling.remove();
        button.remove();
      }
      factors.forEach((factor, k) => {
        const chip = drawn[k];
        chip.target = factor.target;
        typeset(chip.symbol, factor.label);
        write(chip.value, factor.text);
        write(chip.tag, factor.tag ?? "");
        chip.tag.hidden = !factor.tag;
        const seen = [plain(factor.label), factor.text, factor.tag].filter(Boolean).join(" ");
        set(chip.button, { "aria-label": `${seen}: ${factor.spoken}`, title: factor.spoken });
      });
    },
  };
}

function fold(actions) {
  const button = html("button", { type: "button", class: "gs-ins-more" });
  const value = html("span", { class: "gs-ins-value" });
  const element = html("div", {}, button, value);
  let key = null;
  button.onclick = () => actions.toggle(key);
  return {
    element,
    paint(row) {
      ({ key } = row);
      set(button, { "aria-expanded": String(row.open), "data-fold": row.key });
      write(button, row.open ? actions.t("inspector.fewer") : row.text);
      write(value, row.value === null ? "" : exact(row.value));
    },
  };
}

/** A bar from zero in the middle, on the scale that all rows of one account share. */
function bar() {
  const fill = html("span", { class: "gs-ins-fill" });
  const element = html("span", { class: "gs-ins-bar", "aria-hidden": "true" }, fill);
  return {
    element,
    paint({ value, scale }) {
      const share = Math.min(1, Math.abs(value) / scale) * 50 || 0;
      fill.style.width = `${share.toFixed(2)}%`;
      fill.style.left = `${(value < 0 ? 50 - share : 50).toFixed(2)}%`;
      set(fill, { "data-sign": value < 0 ? "minus" : "plus" });
    },
  };
}

function curve(actions) {
  const graph = createCurve();
  const label = html("span", { class: "gs-math" });
  const number = html("span", { class: "gs-ins-number" });
  const text = html("div", { class: "gs-ins-call" }, label, number);
  const element = html("div", {}, graph.element, text);
  return {
    element,
    paint(row) {
      const colours = actions.colours();
      graph.paint(row.activation, row.input, colours.of(row.signal, row.signal in colours.palette ? 1 : row.shown));
      typeset(label, `${activationName(row.activation)}(${row.label})`);
      write(number, `= ${activationName(row.activation)}(${exact(row.input)})`);
    },
  };
}

function result(actions) {
  const label = html("span", { class: "gs-math" });
  const number = html("span", { class: "gs-ins-outcome", "data-testid": "inspector-result" });
  const bars = bar();
  const element = html("div", {}, label, html("span", { class: "gs-ins-equals" }, "="), number, bars.element);
  return {
    element,
    paint(row) {
      const colours = actions.colours();
      const fill = colours.of(row.signal, row.shown, row.reach ?? Math.max(1, Math.abs(row.shown)));
      typeset(label, row.label);
      write(number, precise(row.signal, row.shown));
      set(number, { "data-value": row.value, "data-shown": row.shown });
      number.style.background = fill;
      number.style.color = colours.ink(fill);
      bars.element.hidden = !row.bar;
      bars.paint(row);
    },
  };
}
