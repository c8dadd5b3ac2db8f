// How far a run is uncovered for somebody who guesses first, and what is asked before it goes on. No DOM here.
import { isGate } from "../core/colour.js";

/** The place one phase after another, or null at the end of the run. */
export function following(trace, place) {
  const next = place.step * trace.phases.length + trace.phases.indexOf(place.phase) + 1;
  const { length } = trace.phases;
  return next < trace.steps * length ? { step: Math.floor(next / length), phase: trace.phases[next % length] } : null;
}

/** The signal that is asked before a phase shows it: the memory, else h, else the first gate of the phase, else its candidate; null for none. */
export function askedIn(trace, phase) {
  const { made } = trace.description;
  const asked = [trace.memory, "hidden", ...trace.parts.filter(isGate), ...trace.parts];
  return asked.find((signal) => made[signal] === phase && trace.has(signal)) ?? null;
}

/**
 * Between which values an answer lies, said from what is seen already: a gate between 0 and 1, c no farther than 1 from
 * where it was, h between −1 and 1 unless nothing squashes it.
 * @returns {[number, number]}
 */
export function rangeOf(trace, { signal, step, unit }) {
  if (isGate(signal)) return [0, 1];
  const size = (name, at) => (trace.knows(name) ? Math.abs(trace.at(name, at, unit)) : 0);
  const before = size(trace.memory, step - 1);
  const unbounded = trace.variant.linear.includes("cell") ? size("cell", step) : trace.cell === "rnn" ? size("pre.hidden", step) : 0;
  const top = signal === "cell" ? before + 1 : Math.max(1, trace.memory === "hidden" ? before : 0, unbounded);
  const whole = Number.isFinite(top) ? Math.ceil(top) : 1;
  return [-whole, whole];
}
