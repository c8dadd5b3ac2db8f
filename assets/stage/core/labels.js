// What a screen reader says of a node, beyond what its owner wrote.
import { set } from "./dom.js";

/**
 * A label that begins with what is written on a control, unless it holds that anyway: who speaks to the browser says
 * what is seen (WCAG 2.5.3). Words of several pieces are parted by spaces, in the control too.
 * @param {Element} node  @param {string} label
 */
export function withSeen(node, label) {
  const shown = (piece) => !piece.hidden && (!node.isConnected || piece.checkVisibility());
  const pieces = [...node.querySelectorAll("text, span")].filter((piece) => piece.textContent.trim() && shown(piece));
  const seen = pieces.map(({ textContent }) => textContent.trim()).join(" ");
  if (label.includes(seen)) return label;
  for (const piece of pieces.slice(1)) if (piece.previousSibling?.nodeType !== Node.TEXT_NODE) piece.before(" ");
  return `${seen}: ${label}`;
}

/**
 * Names nodes by labels that begin with what is written on each. All are looked at before any is named: between two changes
 * of the document a browser that is asked what is seen works out its styles anew.
 * @param {[Element, string][]} named
 */
export function nameSeen(named) {
  const labels = named.map(([node, label]) => withSeen(node, label));
  named.forEach(([node], k) => set(node, { "aria-label": labels[k] }));
}

const spoken = new WeakMap(); // node -> {plain, full}: its label before and after our words

/**
 * Adds words to what a screen reader says of a node, and takes them away again with null; the node's owner may
 * rewrite its label at any time.
 */
export function addToLabel(node, words) {
  const label = node.getAttribute("aria-label") ?? "";
  const known = spoken.get(node);
  const text = known && known.full === label ? known.plain : label;
  const full = words ? withSeen(node, `${text}, ${words}`) : text;
  spoken.set(node, { plain: text, full });
  if (full !== label) node.setAttribute("aria-label", full);
}
