// What a phase of a step lets be seen. One answer for every view: nothing is printed before it is computed. No DOM here.

/**
 * Whether a number exists yet where the stage stands. The steps beside the current one are complete.
 * @param {object} trace the run; its description says by signal from which phase on it is there
 * @param {{step: number, phase: string}} view where the stage stands
 * @param {{signal: string, step?: number}} place of the number; the step is the current one unless given
 */
export function visible(trace, view, { signal, step = view.step }) {
  return step !== view.step || trace.phases.indexOf(view.phase) >= trace.phases.indexOf(madeIn(trace, signal));
}

/** The phase from which a signal's value of a step is there; a sum is there at the first look unless it needs more. */
export function madeIn(trace, signal) {
  const { made } = trace.description;
  const waits = signal === "pre.output" && trace.has("peephole"); // its gate looks at the new cell
  return made[waits ? "output" : signal] ?? trace.phases[0];
}
