// What is said of a question, of its answer and of the reason. No DOM here.
import { isGate } from "../core/colour.js";
import { gate, number } from "../core/text/format.js";
import { moment } from "../core/text/moment.js";
import { unitTitle } from "../core/text/names.js";
import { isChoice } from "./judge.js";

/** @param {object} stage the shell: its run, player and host */
export function createWording(stage) {
  const { host, player } = stage;

  const text = (signal) => (value) => (isGate(signal) ? gate : number)(value);

  const optionsOf = ({ kind, cells }) => (kind === "cell" ? cells.map(({ name }) => name) : Array.from({ length: stage.trace.units }, (_, unit) => unitTitle(host, unit)));

  const wordsOf = ({ signal, step, of = player.unit, unit = of, steps = 1 }) => ({
    symbol: host.symbol(signal), name: host.name(signal), unit: unitTitle(host, unit), step: step + 1, count: steps, last: step + steps,
  });

  /** Why the value is what it is: a gate's sum, and what the step says of itself; of a choice, all that there was to choose from. */
  function reason(question) {
    const { trace } = stage;
    const { kind, signal, step, unit } = question;
    if (isChoice(question)) {
      const list = optionsOf(question).map((name, k) => `${name} ${text(signal)(question.values[k])}`);
      return host.t(question.of === undefined ? "guess.choice.values" : "holds.values", { step: step + 1, symbol: host.symbol(signal), list: list.reduce((first, second) => host.t("stage.moment.comma", { first, second })) });
    }
    if (kind === "draw") return moment(host, trace, { step: step + (question.worst ?? question.steps - 1), phase: trace.phases.at(-1), unit });
    if (!isGate(signal) || !trace.has(`pre.${signal}`)) return moment(host, trace, stage.view());
    const sum = trace.at(`pre.${signal}`, step, unit) * (stage.complemented(signal) ? -1 : 1);
    return host.t("guess.sum", { symbol: host.symbol(signal), sum: number(sum) });
  }

  /** What an answer was worth, with its reason. */
  function verdictText(answer) {
    const { signal, guess, truth, distance, worst = 0, step, kind, verdict } = answer;
    const options = isChoice(answer) ? optionsOf(answer) : null;
    const format = (value) => (options ? options[value] : text(signal)([value].flat()[worst]));
    const words = { symbol: host.symbol(signal), guess: guess === null ? "" : format(guess), truth: format(options && verdict === "right" ? guess : truth), distance: number(distance ?? 0), step: step + worst + 1 };
    const kindOf = options ? "guess.choice" : kind === "draw" ? "guess.draw" : "guess";
    return `${host.t(verdict === "unknown" ? `${kindOf}.unknown.told` : `${kindOf}.${verdict}`, words)} ${answer.reason}`;
  }

  return { text, optionsOf, wordsOf, reason, verdictText };
}
