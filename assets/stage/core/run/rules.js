// Signals that are a function of others, beyond sums of products: what the engine's numbers must come to. Which
// signals these are, and their equations, comes with the run (header.description). No DOM here.

const log1pExp = (a) => Math.max(a, 0) + Math.log1p(Math.exp(-Math.abs(a)));

/** log σ(a), also where σ(a) is 0 in float64. */
const logSigmoid = (a) => -log1pExp(-a);

const logInput = (trace, t, unit) => trace.at("pre.input", t, unit);
const logForget = (trace, t, unit) => logSigmoid(trace.at("pre.forget", t, unit));
const logSigmoidInput = (trace, t, unit) => logSigmoid(trace.at("pre.input", t, unit));

/** By kind of cell and signal: its value at step t in one unit. */
export const RULES = {
  minlstm: {
    forget_share: (trace, t, unit) => 1 / (1 + Math.exp(logSigmoidInput(trace, t, unit) - logForget(trace, t, unit))),
    input_share: (trace, t, unit) => 1 / (1 + Math.exp(logForget(trace, t, unit) - logSigmoidInput(trace, t, unit))),
  },
  slstm: {
    stabiliser: (trace, t, unit) => Math.max(logForget(trace, t, unit) + trace.at("stabiliser", t - 1, unit), logInput(trace, t, unit)),
    stable_input: (trace, t, unit) => Math.exp(logInput(trace, t, unit) - trace.at("stabiliser", t, unit)),
    stable_forget: (trace, t, unit) => Math.exp(logForget(trace, t, unit) + trace.at("stabiliser", t - 1, unit) - trace.at("stabiliser", t, unit)),
    mean: (trace, t, unit) => quotient(trace.at("cell", t, unit), trace.at("normaliser", t, unit)),
  },
};

const quotient = (c, n) => (n === 0 ? 0 : c / n); // 0 where nothing was stored, as the engine has it
