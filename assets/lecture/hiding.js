// How far a state is uncovered before it is revealed. No DOM here.
import { stepOf } from "./show.js";

/**
 * The place {step, phase} up to which a run is seen, the step from 1; null where nothing is held back. A signal takes with it all
 * that comes of it: what its phase and the phases after it make, and the steps after this one.
 * @param {object} header of the run: `description` of its cell, `steps`, and `at`, where it is to stand  @param {object} state of a show
 */
export function frontierOf({ description, steps }, { link, hide, question }) {
  const { phases, made, memory } = description;
  const last = phases.at(-1);
  const before = (signal, step) => {
    const place = Math.max(0, phases.indexOf(made[signal] ?? phases[0]));
    return place > 0 ? { step, phase: phases[place - 1] } : { step: step - 1, phase: last };
  };
  const step = Math.min(stepOf(link), steps);
  if (hide === "all") return { step: 0, phase: last };
  const asked = question && (question.kind === "unit" || question.kind === "draw" ? { step: question.step - 1, phase: last } : before(question.signal ?? memory, question.step));
  const hidden = hide ? before(hide, step) : null;
  if (!asked || !hidden) return asked ?? hidden;
  const rank = ({ step: at, phase }) => at * phases.length + phases.indexOf(phase);
  return rank(asked) < rank(hidden) ? asked : hidden;
}
