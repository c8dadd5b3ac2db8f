// What a stage tells of a run, as far as it is made without a document.
import { moment } from "../../../assets/stage/core/text/moment.js";
import { arithmeticOf } from "../../../assets/stage/inspector/arithmetic.js";
import { shadeOf } from "../../../assets/stage/score/strips.js";

const HOST = {
  t: (key, values) => `${key} ${JSON.stringify(values)}`,
  symbol: (signal) => signal,
  name: (signal) => signal,
  complemented: () => false,
};

/** All that views make of a run without a document: values, scales, shades, the sentence, the arithmetic, at every place up to the frontier. */
export function told(trace, frontier) {
  const host = { ...HOST, header: { ...trace.header, unit_names: [], strings: {} } };
  const derived = ["kept", "written", "tanh_cell", "recurrent", "reset_hidden", "previous_cell", "previous_hidden", ...trace.parts.map((part) => `pre.${part}`)];
  const signals = [...new Set([...trace.signals, ...derived, trace.memory])].filter((signal) => trace.knows(signal.replace("previous_", "")));
  const lines = [];
  for (const signal of signals) {
    lines.push([signal, "scale", trace.scale(signal)]);
    for (let step = 0; step < trace.steps; step++)
      for (let unit = 0; unit < trace.width(signal); unit++) {
        const value = trace.at(signal, step, unit);
        lines.push([signal, step, unit, String(value), shadeOf(signal, value, trace.scale(signal))]);
      }
  }
  for (let step = 0; step <= frontier.step; step++)
    for (const phase of trace.phases) {
      if (step === frontier.step && trace.phases.indexOf(phase) > trace.phases.indexOf(frontier.phase)) break;
      lines.push(["moment", step, phase, moment(host, trace, { step, phase, unit: trace.units - 1 })]);
    }
  for (const signal of signals.filter((name) => trace.has(name))) for (let step = 0; step < trace.steps; step++) lines.push(["account", signal, step, JSON.stringify(arithmeticOf(trace, { signal, unit: 0, step }), (_, value) => (typeof value === "number" ? String(value) : value))]);
  return lines;
}
