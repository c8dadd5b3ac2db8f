// What a screen reader says of a node, beyond what its owner wrote.

const spoken = new WeakMap(); // node -> {own, full}: its label before and after our words

/**
 * Adds words to what a screen reader says of a node, and takes them away again with null; the node's owner may
 * rewrite its label at any time.
 */
export function addToLabel(node, words) {
  const label = node.getAttribute("aria-label") ?? "";
  const known = spoken.get(node);
  const own = known && known.full === label ? known.own : label;
  const full = words ? `${own}, ${words}` : own;
  spoken.set(node, { own, full });
  if (full !== label) node.setAttribute("aria-label", full);
}
