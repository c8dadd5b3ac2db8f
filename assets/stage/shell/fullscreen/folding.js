// What a filled screen folds where it has no room for everything, and in which order. No DOM here.

/**
 * The parts that may fold, the most dispensable first: the text about the example, a film's curves, what each gate sends
 * back, strips but the memory's, sliders, whole lanes of the units that are not chosen, in a lecture their thin lanes too, and the
 * sentence about the moment. Last comes the size of the lanes' letters, or in a lecture, which keeps it, the strips' legend, the
 * score, the phases, a trained network's answers and the picture: the back row reads fewer numbers rather than smaller ones. Whatever is not
 * named here (time) stays.
 */
export const ORDER = ["watch", "curves", "shares", "strips", "sliders", "units", "lanes", "words", "legend", "score", "phases", "answers", "picture", "size"];

/** What may fold of all that there is: in a lecture no letter gets smaller. @param {Object<string, boolean>} there */
export const foldable = ({ size, lanes, legend, score, phases, answers, picture, ...others }, lecture) =>
  Object.entries({ ...others, ...(lecture ? { lanes, legend, score, phases, answers, picture } : { size }) }).flatMap(([part, is]) => (is ? [part] : []));

const LARGE = 20 / 12; // the text scale of a screen of 1920 × 1080 (fullscreen.js)

/** At which shares of their size the lanes are tried where their size may give way, the largest first. */
export const SMALLER = [0.9, 0.8, 0.7];

/**
 * Folds part after part until all fits, then takes back what need not have been folded, the dearest first.
 * @param {string[]} present which parts there are
 * @param {(folded: Set<string>) => boolean} fits lays out with these parts folded, and says whether all of it is seen
 * @returns {Set<string>} the folded parts, as they were last laid out
 */
export function foldToFit(present, fits) {
  const order = ORDER.filter((part) => present.includes(part));
  const folded = new Set();
  let seen = fits(folded);
  while (!seen && folded.size < order.length) seen = fits(folded.add(order[folded.size]));
  if (!seen || folded.has(ORDER.at(-1))) return folded; // what would come back would cost the letters still more of their size
  for (const part of [...folded].slice(0, -1).reverse()) {
    const fewer = new Set(folded);
    fewer.delete(part);
    if (fits(fewer)) folded.delete(part);
  }
  fits(folded);
  return folded;
}

/**
 * Sizes of letters for several stages that share a screen, the largest first: down to the page's own, where the size
 * folds, and below that only where everything else is folded too, on a screen smaller than 1920 × 1080; on that one a stage
 * scrolls then.
 */
export const sizes = (largest) => steps(largest, Math.min(1, largest));
export const smallest = (largest) => (largest < LARGE ? steps(1, 0.7).slice(1) : [1]);

const steps = (from, to) => Array.from({ length: 5 }, (_, k) => from - (k * (from - to)) / 4);
