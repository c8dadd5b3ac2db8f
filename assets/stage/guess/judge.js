// What a guess is worth beside the truth. No DOM here.

const RIGHT = 0.05; // of the range within which the answer had to lie
const CLOSE = 0.15;

/**
 * @param {number} truth the engine's value, as the reader's convention has it
 * @param {?number} guess null for "I don't know"
 * @param {[number, number]} range within which the answer had to lie
 * @returns {{truth: number, guess: ?number, distance: ?number, verdict: "right"|"close"|"off"|"unknown"}}
 */
export function judge(truth, guess, [low, high]) {
  if (guess === null) return { truth, guess, distance: null, verdict: "unknown" };
  const distance = Math.abs(guess - truth);
  const share = distance / (high - low);
  return { truth, guess, distance, verdict: share <= RIGHT ? "right" : share <= CLOSE ? "close" : "off" };
}

/** How many answers there are of each verdict. @param {{verdict: string}[]} answers */
export function tally(answers) {
  const counts = { right: 0, close: 0, off: 0, unknown: 0 };
  for (const { verdict } of answers) counts[verdict]++;
  return counts;
}

/** What somebody typed as a number, with a comma or a point and either minus; null if it is none. */
export function parse(text) {
  const plain = text.trim().replace("−", "-").replace(",", ".");
  const value = Number(plain);
  return plain !== "" && Number.isFinite(value) ? value : null;
}
