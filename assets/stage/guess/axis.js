// Where the columns of a plotted guess stand. No DOM here.

const [NARROWEST, WIDEST] = [260, 560]; // CSS px of a plot that stands for itself
const [LEFT, RIGHT] = [44, 14]; // of it beside its columns, for the axis
const BEFORE = 6; // steps before the question that are drawn in it as they were
const TOUCH = 24; // CSS px of a column that a finger meets

/**
 * @param {{first: number, steps: number, total: number}} about the first step that is guessed, how many are, and how many the run has
 * @param {{room: number}|{left: number, wide: number}} place the room of a plot that stands for itself; of one among the score's
 *   strips, where these have their columns
 * @param {boolean} onScore which of the two
 * @returns {{width: number, left: number, wide: number, from: number, columns: number}} the whole width and its columns, one unit
 *   one CSS px, so that letters can be read on a phone; and the first step that has one. Among the strips these are the score's
 *   own, unless the run is so long that its steps could not be met: then as many steps up to the last guess as can be
 */
export function axisOf({ first, steps, total }, place, onScore) {
  if (!onScore) {
    const width = Math.max(NARROWEST, Math.min(WIDEST, place.room || WIDEST));
    const from = Math.max(0, first - BEFORE);
    return { width, left: LEFT, wide: width - LEFT - RIGHT, from, columns: first + steps - from };
  }
  const { left, wide } = place;
  const width = left + wide;
  if (wide / total >= TOUCH) return { width, left, wide, from: 0, columns: total };
  const columns = Math.max(steps, Math.min(first + steps, Math.floor(wide / TOUCH)));
  return { width, left, wide, from: first + steps - columns, columns };
}
