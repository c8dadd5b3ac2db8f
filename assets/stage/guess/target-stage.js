// Which of several stages asks a question, and what it asks there. No DOM here.
import { runTitle } from "../core/text/names.js";

/**
 * What a state's stages ask: one of them, of itself; of kind `cell` the bar, of all that it moves.
 * @param {object[]} stages a lone one; or the bar, and those that it moves in their order
 * @param {object} question as docs/stage.md has it: `stage` is which of those below a bar, from 1
 * @returns {?{stage: object, question: object}} null where there is no such stage
 */
export function questionTarget([first, ...moved], question) {
  const { stage: place = 1, ...own } = question;
  if (own.kind === "cell") return moved.length > 1 ? { stage: first, question: withCells(moved, own) } : null;
  const asks = moved.length ? moved[place - 1] : place === 1 ? first : null;
  return asks ? { stage: asks, question: own } : null;
}

/** With what each cell holds at the last of the steps that are concealed: the memory of the unit. */
function withCells(stages, { kind, step, steps = 1, unit = 1 }) {
  const cells = stages.map(({ concealment: { run } }) => ({
    name: runTitle(run.header),
    value: step + steps - 1 <= run.steps ? run.at(run.memory, step + steps - 2, Math.min(unit, run.units) - 1) : NaN,
  }));
  return { kind, step, steps, of: unit, cells };
}
