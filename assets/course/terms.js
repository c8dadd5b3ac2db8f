// Terms of the field in a lesson's paragraphs: the first use of each is a button that says what it means.
import { html } from "../stage/core/dom.js";
import { fill } from "../stage/core/format.js";
import { prose } from "../stage/core/prose.js";

const ELSEWHERE = "h2, h3, a, button, label, .gc-note, .gc-verdict, .gc-equation"; // no button fits in there, or it is no prose

const escaped = (text) => text.replaceAll(/[\\^$.*+?()[\]{}|]/g, "\\$&");
const small = (form) => form[0] >= "a" && form[0] <= "z";
const capital = (form) => form[0].toUpperCase() + form.slice(1);

/** Finds terms as gates/glossary/uses.py does: the longest form first, whole words, a capital at the beginning of a sentence. */
export function finder(forms) {
  const spelled = ([form]) => (small(form) ? `[${form[0]}${form[0].toUpperCase()}]${escaped(form.slice(1))}` : escaped(form));
  const pattern = new RegExp(`(?<![A-Za-z0-9_])(?:${forms.map(spelled).join("|")})(?![A-Za-z0-9_])`, "g");
  const ids = new Map(forms.flatMap(([form, id]) => [[capital(form), id], [form, id]]));
  return (text) => [...text.matchAll(pattern)].map(({ 0: form, index }) => ({ form, id: ids.get(form), index }));
}

const finders = new WeakMap();

function finderOf(forms) {
  if (!finders.has(forms)) finders.set(forms, finder(forms));
  return finders.get(forms);
}

/**
 * Explains terms in the paragraphs of an element, each where it first stands.
 * @param {HTMLElement} element  @param {string[]} ids of the terms  @param {{forms: string[][], terms: object, words: object}} glossary
 * @param {string} lang
 */
export function explainTerms(element, ids, glossary, lang) {
  const left = new Set(ids);
  const find = finderOf(glossary.forms);
  for (const paragraph of element.querySelectorAll("p")) {
    if (paragraph.closest(ELSEWHERE)) continue;
    for (const node of [...paragraph.childNodes]) {
      if (node.nodeType !== Node.TEXT_NODE || !left.size) continue;
      let rest = node;
      let before = 0;
      for (const { form, id, index } of find(node.data)) {
        if (!left.delete(id)) continue;
        const found = rest.splitText(index - before);
        rest = found.splitText(form.length);
        before = index + form.length;
        found.replaceWith(termButton(form, id, glossary, lang));
      }
    }
  }
}

function termButton(form, id, { terms, words }, lang) {
  const { name, text } = terms[id];
  const whole = html("span", { class: "gc-explained" });
  const open = () => {
    const card = cardOf(name, text, html("a", { class: "gc-button", href: `glossary?${new URLSearchParams({ term: id, lang })}`, target: "_blank" }, words["glossary.open"]), words);
    card.addEventListener("toggle", ({ newState }) => newState === "closed" && card.remove()); // its words are no part of the paragraph
    whole.append(card);
    card.showPopover();
  };
  whole.append(html("button", { type: "button", class: "gc-term", title: fill(words["glossary.what"], { name }), "data-term": id, "aria-haspopup": "dialog", onclick: open }, form));
  return whole;
}

function cardOf(name, text, way, words) {
  const close = html("button", { type: "button", class: "gc-button", autofocus: true, onclick: () => card.hidePopover() }, words["glossary.close"]);
  const card = html("span", { class: "gc-card", popover: "auto", role: "dialog", "aria-label": name, "data-testid": "course-term" }, html("b", {}, name), html("span", {}, ...prose(text)), html("span", { class: "gc-row" }, way, close));
  return card;
}
