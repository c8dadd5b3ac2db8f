// Clamps: signals held at values, as gates/core/clamps.py has them. No DOM here.

/**
 * Clamps as a mask and values a signal, each (T, n); signals that nothing holds have none.
 *
 * @param {{signal: string, units: ?number[], steps: ?[number, number], value: number|number[]}[]} clamps units and
 *   steps from 0, `to` included, null for all; a value for each chosen unit, or one for all. The last one holds.
 * @param {{units: number, outputs?: number, steps: number}} size outputs: of the hidden state, if not that of the units
 */
export function resolveClamps(clamps, { units, outputs = units, steps }) {
  const clamped = {};
  for (const clamp of clamps) {
    const width = clamp.signal === "hidden" ? outputs : units;
    const table = (clamped[clamp.signal] ??= { mask: new Uint8Array(steps * width), values: new Float64Array(steps * width) });
    const [from, to] = clamp.steps ?? [0, steps - 1];
    const chosen = clamp.units ?? Array.from({ length: width }, (_, unit) => unit);
    for (let t = Math.max(0, from); t <= Math.min(to, steps - 1); t++)
      chosen.forEach((unit, k) => {
        table.mask[t * width + unit] = 1;
        table.values[t * width + unit] = Array.isArray(clamp.value) ? clamp.value[k] : clamp.value;
      });
  }
  return clamped;
}

/** A value, or the one at which entry `n` of its signal is held. */
export const hold = (table, n, value) => (table !== undefined && table.mask[n] === 1 ? table.values[n] : value);

/** On the way back: 0 where entry `n` was held, for nothing flows through a value that was put in from outside. */
export const maskGradient = (table, n, d) => (table !== undefined && table.mask[n] === 1 ? 0 : d);
