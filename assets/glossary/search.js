// Finding terms: by any of their names, by pinyin, by a library's name of them, or by a word of what is said. No DOM here.

const plain = (text) => text.normalize("NFKC").toLowerCase();
/** Pinyin is typed with and without spaces. */
const close = (text) => plain(text).replaceAll(/[\s'’]/g, "");

/** How well a term fits what is searched for: 0 not at all, the more the better. */
export function relevance(term, query) {
  const text = plain(query).trim();
  if (!text) return 1;
  const names = [term.name, term.other].map(plain);
  if (names.some((name) => name.startsWith(text)) || term.pinyin.startsWith(close(query))) return 3;
  const known = [...names, ...Object.values(term.names).flat().map(plain)];
  if (known.some((name) => name.includes(text))) return 2;
  return plain(`${term.text} ${term.confusion}`).includes(text) ? 1 : 0;
}

/** The terms that fit, those named so first, else in their order. */
export function matching(terms, query) {
  const scored = terms.map((term) => ({ term, fits: relevance(term, query) })).filter(({ fits }) => fits);
  return scored.sort((one, other) => other.fits - one.fits).map(({ term }) => term);
}

/** Terms by their first letter, in their order: [[letter, terms]]. */
export function byLetter(terms) {
  const by = new Map();
  for (const term of terms) by.set(term.letter, [...(by.get(term.letter) ?? []), term]);
  return [...by];
}
