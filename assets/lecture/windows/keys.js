// The keys of a lecture's windows: what a remote control sends, and a few letters. No DOM here.

const KEYS = { PageDown: "forward", PageUp: "back" };
const LETTERS = { b: "blank", ".": "blank", q: "code", p: "pen", s: "spot", f: "fill", c: "clear" };

/**
 * What a key asks of the lecture; null for a key that is left to the stage.
 * @param {{key: string, modified: boolean}} press  @param {boolean} writes whether the focus is where a letter would be written
 */
export function commandOf({ key, modified }, writes) {
  if (modified) return null;
  return KEYS[key] ?? (writes ? null : (LETTERS[key.toLowerCase()] ?? null));
}
