// What a browser keeps of guesses for as long as its tab is open: a reload uncovers nothing.

const keyOf = (page) => `gatescope.guess.${page}`;
const VERDICTS = ["right", "close", "off", "unknown"];

/** Whether what was kept has the form that `keep` writes: storage is not this program's alone. */
function sound(found) {
  const { frontier, answers, run } = found ?? {};
  const place = Number.isInteger(frontier?.step) && frontier.step >= 0 && typeof frontier.phase === "string";
  return place && typeof run === "string" && Array.isArray(answers) && answers.every((one) => VERDICTS.includes(one?.verdict));
}

/** @returns {?{run: string, frontier: {step: number, phase: string}, answers: object[]}} */
export function recall(page) {
  try {
    const stored = JSON.parse(sessionStorage.getItem(keyOf(page)));
    return sound(stored) ? stored : null;
  } catch {
    return null; // storage may be shut off, or hold something else
  }
}

/**
 * What goes on of it: all, while somebody guesses and changes the example; where a page was just opened, what was guessed
 * of the run that it shows, for another link opened in the same tab says itself where it stands.
 */
export const resumed = (stored, run, guessing) => (stored && (guessing || stored.run === run) ? stored : null);

/** Keeps it, or forgets it if it is null. */
export function keep(page, guessing) {
  try {
    if (guessing) sessionStorage.setItem(keyOf(page), JSON.stringify(guessing));
    else sessionStorage.removeItem(keyOf(page));
  } catch {
    // it works without, until the page is loaded again
  }
}

/** A short name of a run's numbers, the same whatever language it is shown in (FNV-1a, 32 bits). */
export function runName(trace) {
  const { buffer, byteOffset, byteLength } = trace.arrays.hidden;
  let hash = 0x811c9dc5;
  for (const byte of new Uint8Array(buffer, byteOffset, byteLength)) hash = Math.imul(hash ^ byte, 0x01000193);
  return [trace.cell, trace.steps, trace.units, (hash >>> 0).toString(16)].join("-");
}
