// Terms of the field in a lesson's paragraphs: the first use of each is a button that says what it means.
import { html } from "../../stage/core/dom.js";
import { fill } from "../../stage/core/text/format.js";
import { prose } from "./prose.js";

const ELSEWHERE = "h2, h3, a, button, label, .gc-note, .gc-verdict, .gc-equation"; // no button fits in there, or it is no prose

const LETTER = /[A-Za-z0-9_]/;
const OPENING = /[(“‘（《「]+$/; // what stays on the line of the word after it, though that is a button
const CLOSING = /^[,.;:!?)”’，。；：！？、）》」]+/; // and of the word before it
const spellings = (form) => (form[0] >= "a" && form[0] <= "z" ? [form, form[0].toUpperCase() + form.slice(1)] : [form]);

/** Finds terms as gates/glossary/uses.py does: the longest form first, whole words, a capital at the beginning of a sentence. */
export function finder(forms) {
  const by = new Map(); // first letter -> forms, the longest first as they come
  for (const [form, id] of forms) for (const spelled of spellings(form)) by.set(spelled[0], [...(by.get(spelled[0]) ?? []), [spelled, id]]);
  const here = (text, at) => {
    if (at && LETTER.test(text[at - 1])) return null;
    return by.get(text[at])?.find(([form]) => text.startsWith(form, at) && !LETTER.test(text[at + form.length] ?? ""));
  };
  return (text) => {
    const found = [];
    for (let at = 0; at < text.length; ) {
      const [form, id] = here(text, at) ?? [];
      if (form) found.push({ form, id, index: at });
      at += form?.length ?? 1;
    }
    return found;
  };
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
      const { data } = node;
      let rest = node;
      let before = 0;
      for (const { form, id, index } of find(data)) {
        if (!left.delete(id)) continue;
        const start = index - (OPENING.exec(data.slice(before, index))?.[0].length ?? 0);
        const end = index + form.length;
        const close = CLOSING.exec(data.slice(end))?.[0] ?? "";
        const found = rest.splitText(start - before);
        rest = found.splitText(end + close.length - start);
        before = end + close.length;
        found.replaceWith(termButton(form, id, glossary, lang, [found.data.slice(0, index - start), close]));
      }
    }
  }
}

function termButton(form, id, { terms, words }, lang, [opening, closing]) {
  const { name, text } = terms[id];
  const whole = html("span", { class: "gc-explained" });
  const open = () => {
    const card = cardOf(name, text, html("a", { class: "gc-button", href: `glossary?${new URLSearchParams({ term: id, lang })}`, target: "_blank" }, words["glossary.open"]), words);
    card.addEventListener("toggle", ({ newState }) => newState === "closed" && closed(card));
    whole.append(card);
    card.showPopover();
  };
  const button = html("button", { type: "button", class: "gc-term", title: fill(words["glossary.what"], { name }), "data-term": id, "aria-haspopup": "dialog", onclick: open }, form);
  const closed = (card) => {
    card.remove(); // its words are no part of the paragraph
    if (!button.getRootNode().activeElement) button.focus({ preventScroll: true }); // nothing else was chosen
  };
  whole.append(opening, button, closing);
  return whole;
}

function cardOf(name, text, way, words) {
  const close = html("button", { type: "button", class: "gc-button", autofocus: true, onclick: () => card.hidePopover() }, words["glossary.close"]);
  const card = html("span", { class: "gc-card", popover: "auto", role: "dialog", "aria-label": name, "data-testid": "course-term" }, html("b", {}, name), html("span", {}, ...prose(text)), html("span", { class: "gc-row" }, way, close));
  return card;
}
