// Two runs of one shape, value by value: what a change of weights came to. No DOM here.

/** Whether two runs can be compared: the same cell, units and steps. */
export const sameShape = (a, b) => a.cell === b.cell && a.units === b.units && a.steps === b.steps && a.inputs === b.inputs;

/**
 * By how much each value of a signal differs from before, by step then unit.
 * @param {import("./trace.js").Trace} now @param {import("./trace.js").Trace} before
 */
export function difference(now, before, signal) {
  const [a, b] = [now.arrays[signal], before.arrays[signal]];
  return a.map((value, n) => (value === b[n] ? 0 : value - b[n]));
}

/**
 * What changed most, signal by signal, the largest first. Signals are ranked by the share of their span (a cell state's
 * may be wide), so that a gate that closed is not outdone by a large memory that moved a little.
 * @returns {{signal: string, unit: number, step: number, by: number, before: number, now: number}[]} signals that changed
 */
export function changes(now, before) {
  const changed = [];
  for (const signal of now.signals) {
    const values = difference(now, before, signal);
    let at = 0;
    values.forEach((value, n) => {
      if (Math.abs(value) > Math.abs(values[at]) || Number.isNaN(value)) at = n;
    });
    if (values[at] === 0) continue;
    const width = now.width(signal);
    const span = Math.max(now.scale(signal), before.scale(signal));
    const change = { signal, unit: at % width, step: Math.floor(at / width), by: values[at] };
    changed.push({ ...change, share: Math.abs(values[at]) / span, before: before.arrays[signal][at], now: now.arrays[signal][at] });
  }
  return changed.sort((a, b) => (Number.isNaN(b.share) ? Infinity : b.share) - (Number.isNaN(a.share) ? Infinity : a.share));
}
