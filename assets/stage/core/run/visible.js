// What a phase of a step lets be seen. One answer for every view: nothing is printed before it is computed. No DOM here.

/**
 * @typedef {{step: number, phase: string, sums?: boolean}} Place how far a run is uncovered, where not all of it is; with
 *   `sums` false a sum of that step is uncovered with what is made of it, and not before
 */

/**
 * Whether a number may be shown where the stage stands. The steps beside the current one are complete, unless somebody
 * guesses first: then nothing beyond the frontier is there.
 * @param {object} trace the run; its description says by signal from which phase on it is there
 * @param {{step: number, phase: string}} view where the stage stands
 * @param {{signal: string, step?: number}} place of the number; the step is the current one unless given
 * @param {?Place} frontier how far the run is uncovered; null for all of it
 */
export function visible(trace, view, { signal, step = view.step }, frontier = null) {
  if (step === view.step && !reached(trace, signal, view)) return false;
  return frontier === null || uncovered(trace, signal, step, frontier);
}

function reached(trace, signal, { phase, sums = true }) {
  const what = sums ? signal : signal.replace(/^pre\./, "");
  return trace.phases.indexOf(phase) >= trace.phases.indexOf(phaseOf(trace, what));
}

/** Whether a value lies within what is uncovered; what goes in does always, a state of the step before with that step. */
function uncovered(trace, signal, step, frontier) {
  if (signal === "x") return true;
  if (signal.startsWith("previous_")) return uncovered(trace, signal.slice(9), step - 1, frontier);
  return step < frontier.step || (step === frontier.step && reached(trace, signal, frontier));
}

const rank = (trace, { step, phase }) => step * trace.phases.length + Math.max(0, trace.phases.indexOf(phase)); // of a bar perhaps another cell's phase

/** Whether a place lies beyond another. */
export const beyond = (trace, place, frontier) => rank(trace, place) > rank(trace, frontier);

/** The nearer of two frontiers; null, which is none, is the farthest. */
export const nearer = (trace, one, other) => (one && other ? (beyond(trace, one, other) ? other : one) : (one ?? other));

/** The last place at or before another at which a step is complete; the step −1 for nothing of the run. */
export function wholeSteps({ phases }, { step, phase }) {
  const last = phases.at(-1);
  return { step: phase === last ? step : step - 1, phase: last };
}

/** A run's frontier in the phases of another that keeps step with it: of a step that is not complete, nothing. */
export const carriedOver = (trace, from, frontier) => frontier && { ...wholeSteps(from, frontier), phase: trace.phases.at(-1) };

const GIVEN = new Set(["x", "W", "U", "b", "b_hn", "peephole"]);

/**
 * A run as far as it is uncovered: what lies beyond is NaN in it, in every array, and no scale knows of it. The views are
 * given this in place of the run itself, so that none of them can say more than it may.
 * @param {object} trace a Trace  @param {Place} frontier
 */
export function covered(trace, frontier) {
  const arrays = { ...trace.arrays };
  for (const [name, values] of Object.entries(arrays)) {
    if (GIVEN.has(name) || name.startsWith("initial_")) continue;
    const width = values.length / trace.steps;
    const steps = countUncovered(trace, name, frontier);
    arrays[name] = values.slice().fill(NaN, steps * width);
  }
  const { scale, ...header } = trace.header;
  return Object.assign(new trace.constructor(header, arrays), { covered: frontier });
}

/** How many steps of a signal are uncovered. What no phase makes, a read-out or a gradient, comes of more than one step shows. */
export function countUncovered(trace, signal, frontier) {
  const { made, parts, signals } = trace.description;
  const known = signal in made || parts.includes(signal) || signals.includes(signal) || signal.startsWith("pre.");
  if (signal.startsWith("grad.")) return 0; // it comes from the end
  const shown = known ? reached(trace, signal, frontier) : frontier.phase === trace.phases.at(-1);
  return signal === "x" ? trace.steps : frontier.step + (shown ? 1 : 0);
}

/** The phase from which a signal's value of a step is there; a sum is there at the first look unless it needs more. */
export function phaseOf(trace, signal) {
  const { made } = trace.description;
  const waits = signal === "pre.output" && trace.has("peephole"); // its gate looks at the new cell
  return made[waits ? "output" : signal] ?? trace.phases[0];
}
