// Sizes of a belt's picture: how wide it is drawn, and how large its letters are then. No DOM here.

const NARROW = 600; // CSS px under which the picture folds, as for a phone
const SHRUNK = { page: 0.9, screen: 0.8 }; // of the least width at which it folds too: its letters get too small to read
const NARROWEST = 352;
const WIDEST = 1320;
const WIDEST_FOLDED = 640; // of the cells that have no lanes: their folded picture serves every width

/** Below this the picture of lanes is drawn at its least width and made smaller as a whole. */
const LEAST = { lstm: 760, gru: 860, rnn: 700 };

/**
 * Room in user units, and what one of them measures on the screen.
 * @param {string} cell  @param {boolean} lanes whether its picture has lanes
 * @param {{width: number, height: number, scale: number}} place CSS px there are, and how much larger its letters are than a page's
 * @param {{smaller?: number, shrinks?: boolean, keeps?: boolean}} way as in `resize` of belt.js
 * @returns {{units: number, narrow: boolean, unit: number, tall: number}} `unit` is `scale` where the letters have their size
 */
export function beltSizes(cell, lanes, { width, height, scale: whole }, { smaller = 1, shrinks = false, keeps = false } = {}) {
  const scale = whole * smaller;
  const available = Math.max(280, width) / scale;
  const widest = lanes ? WIDEST : WIDEST_FOLDED;
  const least = LEAST[cell];
  const seen = shrinks ? available * scale : available; // a filled screen's letters are large: lanes rather shrink than fold
  const folds = keeps ? available < least : seen < Math.max(NARROW, SHRUNK[shrinks ? "screen" : "page"] * least);
  const narrow = !lanes || folds;
  const units = Math.min(widest, narrow ? Math.max(available, NARROWEST) : Math.max(available, least));
  const unit = keeps ? scale : (scale * Math.min(available, widest)) / units;
  return { units, narrow, unit, tall: height / unit };
}
