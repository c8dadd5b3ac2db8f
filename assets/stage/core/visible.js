// What a phase of a step lets be seen. One answer for every view: nothing is printed before it is computed. No DOM here.

/**
 * Whether a number may be shown where the stage stands. The steps beside the current one are complete, unless somebody
 * guesses first: then nothing beyond the frontier is there.
 * @param {object} trace the run; its description says by signal from which phase on it is there
 * @param {{step: number, phase: string}} view where the stage stands
 * @param {{signal: string, step?: number}} place of the number; the step is the current one unless given
 * @param {?{step: number, phase: string}} frontier how far the run is uncovered; null for all of it
 */
export function visible(trace, view, { signal, step = view.step }, frontier = null) {
  const made = trace.phases.indexOf(madeIn(trace, signal));
  const reached = ({ phase }) => trace.phases.indexOf(phase) >= made;
  if (step === view.step && !reached(view)) return false;
  if (frontier === null || signal === "x" || step < frontier.step) return true;
  return step === frontier.step && reached(frontier);
}

/** The phase from which a signal's value of a step is there; a sum is there at the first look unless it needs more. */
export function madeIn(trace, signal) {
  const { made } = trace.description;
  const waits = signal === "pre.output" && trace.has("peephole"); // its gate looks at the new cell
  return made[waits ? "output" : signal] ?? trace.phases[0];
}
