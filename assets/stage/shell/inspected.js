// Which signal's arithmetic a person looked at last: it stays open through other examples, other pages and a reload.

const KEY = "gatescope.inspected";

/** Keeps a signal's name where one is given; returns the one that is kept, or null. */
export function inspected(signal) {
  try {
    if (signal) sessionStorage.setItem(KEY, signal);
    return sessionStorage.getItem(KEY);
  } catch {
    return null; // storage may be shut off: the memory is opened then
  }
}

/** Whether what the inspector was open on exists in the new run as well; `before` is the header of the old one. */
export function selectable({ selection, trace }, before) {
  if (!selection || !before) return false;
  const { cell, header, units, inputs } = trace;
  const { signal, unit } = selection;
  return before.cell === cell && before.reset === header.reset && unit < (signal === "x" ? inputs : units);
}

/** What the inspector opens on: what was inspected last, else what carries the memory, for its arithmetic is what the cell is about. */
export function firstSelection({ player: { step, unit }, trace }) {
  const kept = inspected();
  return { signal: kept && kept !== "x" && trace.has(kept) ? kept : trace.memory, unit, step };
}
