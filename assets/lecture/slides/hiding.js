// How far a state is uncovered before it is revealed. No DOM here.
import { placeBefore } from "../../stage/lecture/hiding.js";
import { stepOf } from "../show/show.js";

const WHOLE = new Set(["unit", "draw", "cell"]); // that ask for steps, of which nothing is seen before

/**
 * The place {step, phase} up to which a run is seen, the step from 1; null where nothing is held back.
 * @param {object} header of the run: `description` of its cell, `steps`, and `at`, where it is to stand  @param {object} state of a show
 */
export function frontierOf({ description, steps }, { link, hide, question }) {
  const { phases, memory } = description;
  const last = phases.at(-1);
  const step = Math.min(stepOf(link), steps);
  if (hide === "all") return { step: 0, phase: last };
  const questionFrontier = question && (WHOLE.has(question.kind) || question.from ? { step: (question.from ?? question.step) - 1, phase: last } : placeBefore(description, question.signal ?? memory, question.step));
  const hideFrontier = hide ? placeBefore(description, hide, step) : null;
  if (!questionFrontier || !hideFrontier) return questionFrontier ?? hideFrontier;
  const rank = ({ step: at, phase }) => at * phases.length + phases.indexOf(phase);
  return rank(questionFrontier) < rank(hideFrontier) ? questionFrontier : hideFrontier;
}
