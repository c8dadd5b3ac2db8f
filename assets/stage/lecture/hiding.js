// How far a run is uncovered before what is hidden of it is revealed. No DOM here.

/**
 * The last place {step, phase, sums} at which a signal's value of a step is not there yet, the step from 1: whoever sees a
 * gate's sum sees what it will be, so that sums come with what is made of them. With the signal goes all
 * that comes of it: what its phase and the phases after it make, and the steps after this one.
 * @param {{phases: string[], made: Object<string, string>}} description of the run's cell
 */
export function placeBefore({ phases, made }, signal, step) {
  const place = Math.max(0, phases.indexOf(made[signal] ?? phases[0]));
  return place > 0 ? { step, phase: phases[place - 1], sums: false } : { step: step - 1, phase: phases.at(-1) };
}

/** What may be hidden of a run: its signals but for what goes in, then the parts that they are made of. @param {object} header */
export function hideable({ description: { signals, made }, symbols, strings }) {
  const parts = Object.keys(made).filter((name) => !signals.includes(name) && name in symbols && `signal.${name}` in strings);
  return [...signals.filter((name) => name !== "x"), ...parts];
}

/**
 * How far a run is uncovered by what is hidden from a step on, as core/run/concealment.js counts; null for all of it.
 * @param {object} run its `description` and `steps`  @param {?{what: string, from: number}} hide "all", or a signal from a step on, from 1
 */
export function uncoveredBy({ description, steps }, hide) {
  if (!hide || hide.from > steps) return null;
  const last = description.phases.at(-1);
  if (hide.what === "all") return { step: -1, phase: last };
  const known = description.signals.includes(hide.what) || hide.what in description.made;
  const { step, ...place } = known ? placeBefore(description, hide.what, hide.from) : { step: hide.from - 1, phase: last };
  return { step: step - 1, ...place };
}
