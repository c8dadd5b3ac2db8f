// Which lines of an exercise somebody fills in, and how far the run is uncovered by what is right. No DOM here.

export const GROUPS = ["asked", "sums", "values", "outputs", "backward", "gradient", "update"];

/** The group of a line that is chosen with others: its sum, its value, what is read out and its loss, the way back. */
export function groupOf({ group, key }) {
  if (group === "forward") return key.startsWith("signal:pre.") ? "sums" : "values";
  return group === "output" || group === "loss" ? "outputs" : group;
}

/** The groups that there are, in the order of GROUPS. */
export const groupsIn = ({ lines, asked }) => GROUPS.filter((name) => (name === "asked" ? asked.length > 0 : lines.some((line) => groupOf(line) === name)));

/** The groups that are filled in at first: what is asked, or the run without its sums. */
export const firstGroups = (judging) => (judging.asked.length ? ["asked"] : groupsIn(judging).filter((name) => name === "values" || name === "outputs"));

/** The lines of the groups that are chosen, in the order in which they are computed. */
export const linesOf = ({ lines, asked }, chosen) => lines.filter((line) => chosen.includes(groupOf(line)) || (chosen.includes("asked") && asked.includes(line.name)));

/** What is shown together: the lines of a step of the run, or of a step of the way back; gradients and new weights by themselves. */
export function sections(lines) {
  const groups = [];
  for (const line of lines) {
    const kind = { backward: "back", gradient: "gradient", update: "update" }[line.group] ?? "step";
    const last = groups.at(-1);
    if (last && last.kind === kind && last.step === line.step) last.lines.push(line);
    else groups.push({ kind, step: line.step, lines: [line] });
  }
  return groups;
}

const RUN = ["sums", "values", "outputs"];

/**
 * How far a run is uncovered: its steps in which all chosen lines are right, from the first on; all where only the way back is chosen.
 * @param {object[]} lines that are chosen  @param {(name: string) => boolean} isRight
 * @param {{steps: number, phases: string[]}} trace
 * @returns {{step: number, phase: string}} as of docs/stage.md, the step from 1, 0 for nothing
 */
export function uncovered(lines, isRight, { steps, phases }) {
  const open = lines.filter((line) => RUN.includes(groupOf(line)) && !isRight(line.name)).map(({ step }) => step || steps);
  const step = open.length ? Math.min(...open) - 1 : lines.length ? steps : 0;
  return { step, phase: phases.at(-1) };
}
