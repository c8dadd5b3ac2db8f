// Streamlit's own words in the reader's language: it has them in English only, as text and in attributes.

const ATTRIBUTES = ["aria-label", "title", "placeholder", "data-title"];
const NOT_OURS = "[data-testid=stMarkdownContainer], .js-plotly-plot svg"; // there a reader's own words may stand

let table; // of the language that is shown, as JSON
let translate = null;
let observer = null;
const changed = new WeakMap(); // node -> {text or attribute: [Streamlit's words, ours]}

/**
 * What says a text in another language, or leaves it as it is.
 * @param {Object<string, string>} words templates with {places} in English, and what they are called
 */
export function translator(words) {
  const exact = new Map();
  const templates = [];
  for (const [english, translated] of Object.entries(words)) {
    const pieces = english.split(/\{(\w+)\}/);
    if (pieces.length === 1) exact.set(english, translated);
    else templates.push([pieces, translated]);
  }
  return (text) => {
    if (exact.has(text)) return exact.get(text);
    for (const [pieces, translated] of templates) {
      const places = placesIn(text, pieces);
      if (places) return translated.replace(/\{(\w+)\}/g, (whole, place) => places[place] ?? whole);
    }
    return text;
  };
}

/** What stands in a template's places, by name; null where the text is not made from it. Words and names take turns in `pieces`. */
function placesIn(text, pieces) {
  if (!text.startsWith(pieces[0]) || !text.endsWith(pieces.at(-1))) return null;
  const places = {};
  let begin = pieces[0].length;
  for (let k = 1; k < pieces.length; k += 2) {
    const last = k + 2 === pieces.length;
    const end = last ? text.length - pieces[k + 1].length : text.indexOf(pieces[k + 1], begin + 1);
    if (end <= begin) return null;
    places[pieces[k]] = text.slice(begin, end);
    begin = end + pieces[k + 1].length;
  }
  return places;
}

/** Says all of Streamlit's words by these from now on; by none, as Streamlit does. */
export function translatePage(words) {
  const next = JSON.stringify(words);
  if (next === table) return;
  table = next;
  observer?.disconnect();
  observer = null;
  restore();
  if (Object.keys(words).length === 0) return;
  translate = translator(words);
  observer = new MutationObserver((changes) => changes.forEach(onChange));
  observer.observe(document.body, { subtree: true, childList: true, characterData: true, attributeFilter: ATTRIBUTES });
  visit(document.body);
}

function onChange({ type, target, attributeName, addedNodes }) {
  if (type === "attributes") attribute(target, attributeName);
  else if (type === "characterData") words(target);
  else addedNodes.forEach(visit);
}

function visit(node) {
  if (node.nodeType === Node.TEXT_NODE) words(node);
  if (node.nodeType !== Node.ELEMENT_NODE) return;
  for (const name of ATTRIBUTES) if (node.hasAttribute(name)) attribute(node, name);
  node.childNodes.forEach(visit);
}

function attribute(element, name) {
  const text = element.getAttribute(name) ?? "";
  put(element, name, text, (translated) => element.setAttribute(name, translated));
}

function words(node) {
  if (!node.parentElement?.closest(NOT_OURS)) put(node, "text", node.data, (translated) => (node.data = translated));
}

function put(node, place, text, write) {
  const translated = translate(text);
  if (translated === text) return;
  if (!changed.has(node)) changed.set(node, {});
  changed.get(node)[place] = [text, translated];
  write(translated);
}

/** Gives back what stands there still as it was put; React does not look at what it has not changed. */
function restore(node = document.body) {
  for (const [place, [text, translated]] of Object.entries(changed.get(node) ?? {})) {
    if (place === "text" && node.data === translated) node.data = text;
    if (place !== "text" && node.getAttribute(place) === translated) node.setAttribute(place, text);
  }
  changed.delete(node);
  for (const child of node.childNodes) restore(child);
}
