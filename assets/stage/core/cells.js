// The cells that came after 2014, as data: what they are made of, in which phases a step is told, and what is one
// small rule away from the engine's numbers. Their letters are those of their papers. No DOM here.

const log1pExp = (a) => Math.max(a, 0) + Math.log1p(Math.exp(-Math.abs(a)));

/** log σ(a), also where σ(a) is 0 in float64. */
const logSigmoid = (a) => -log1pExp(-a);

const sLSTM = {
  logInput: (trace, t, unit) => trace.at("pre.input", t, unit),
  logForget: (trace, t, unit) => logSigmoid(trace.at("pre.forget", t, unit)),
};

/**
 * By kind of cell. `parts`: in the order of their weight rows, with their `squashes`; `signals`: of table and
 * inspector; `strips`: of the score; `recurrent`: whether the parts see h₋₁; `memory`: what carries it. `sums`: a
 * signal as products to be added, each [name, factor, factor?]. `rules`: a signal as a function of others, with its
 * equation. `spans`: signals that share one colour scale, as wide as the largest of them.
 */
export const LATER = {
  mingru: {
    parts: ["update", "candidate"],
    squashes: { update: "sigma", candidate: "none" },
    signals: ["x", "update", "candidate", "hidden"],
    phases: ["see", "mix", "carry"],
    recurrent: false,
    memory: "hidden",
    sums: { hidden: [["kept", ["update"], "previous_hidden"], ["written", "update", "candidate"]] },
    rules: {},
    spans: [["hidden", "previous_hidden", "candidate", "kept", "written"]],
  },
  minlstm: {
    parts: ["forget", "input", "candidate"],
    squashes: { forget: "sigma", input: "sigma", candidate: "none" },
    signals: ["x", "forget", "input", "candidate", "forget_share", "input_share", "hidden"],
    phases: ["see", "share", "mix", "carry"],
    recurrent: false,
    memory: "hidden",
    sums: { hidden: [["kept", "forget_share", "previous_hidden"], ["written", "input_share", "candidate"]] },
    rules: {
      forget_share: {
        from: ["forget", "input"],
        equation: "f′ = f / (f + i)",
        value: (trace, t, unit) => 1 / (1 + Math.exp(logSigmoid(trace.at("pre.input", t, unit)) - sLSTM.logForget(trace, t, unit))),
      },
      input_share: {
        from: ["input", "forget"],
        equation: "i′ = i / (f + i)",
        value: (trace, t, unit) => 1 / (1 + Math.exp(sLSTM.logForget(trace, t, unit) - logSigmoid(trace.at("pre.input", t, unit)))),
      },
    },
    spans: [["hidden", "previous_hidden", "candidate", "kept", "written"]],
  },
  slstm: {
    parts: ["candidate", "input", "forget", "output"],
    squashes: { candidate: "tanh", input: "exp", forget: "sigma", output: "sigma" },
    signals: [
      "x", "candidate", "input", "forget", "output", "stabiliser", "stable_input", "stable_forget", "cell", "normaliser", "hidden",
    ],
    strips: ["x", "candidate", "stable_forget", "stable_input", "stabiliser", "cell", "normaliser", "output", "hidden"],
    phases: ["look", "stabilise", "store", "divide", "carry"],
    recurrent: true,
    memory: "cell",
    sums: {
      cell: [["kept", "stable_forget", "previous_cell"], ["written", "stable_input", "candidate"]],
      normaliser: [["kept_normaliser", "stable_forget", "previous_normaliser"], ["stable_input", "stable_input"]],
      hidden: [["shown", "output", "mean"]],
    },
    rules: {
      stabiliser: {
        from: ["forget", "previous_stabiliser", "input"],
        equation: "m = max(log f + m₋₁, log i)",
        value: (trace, t, unit) => Math.max(sLSTM.logForget(trace, t, unit) + trace.at("stabiliser", t - 1, unit), sLSTM.logInput(trace, t, unit)),
      },
      stable_input: {
        from: ["input", "stabiliser"],
        equation: "i′ = exp(log i − m)",
        value: (trace, t, unit) => Math.exp(sLSTM.logInput(trace, t, unit) - trace.at("stabiliser", t, unit)),
      },
      stable_forget: {
        from: ["forget", "previous_stabiliser", "stabiliser"],
        equation: "f′ = exp(log f + m₋₁ − m)",
        value: (trace, t, unit) => Math.exp(sLSTM.logForget(trace, t, unit) + trace.at("stabiliser", t - 1, unit) - trace.at("stabiliser", t, unit)),
      },
      mean: {
        from: ["cell", "normaliser"],
        equation: "c/n",
        value: (trace, t, unit) => quotient(trace.at("cell", t, unit), trace.at("normaliser", t, unit)),
      },
    },
    spans: [
      ["cell", "previous_cell", "kept", "written"],
      ["normaliser", "previous_normaliser", "kept_normaliser"],
      ["stabiliser", "previous_stabiliser"],
    ],
  },
};

const quotient = (c, n) => (n === 0 ? 0 : c / n); // 0 where nothing was stored, as the engine has it

/** The products that a signal is the sum of, of whichever sum they are part; null for any other signal. */
export const productOf = (cell, name) =>
  Object.values(LATER[cell]?.sums ?? {})
    .flat()
    .find(([own, , second]) => own === name && second) ?? null;

/** A cell as its paper writes it. */
export const cellName = (cell) => ({ mingru: "minGRU", minlstm: "minLSTM", slstm: "sLSTM" })[cell] ?? cell.toUpperCase();

/** A factor of a product: a signal, or [signal] for what it leaves of 1. */
export const factorOf = (factor) => (Array.isArray(factor) ? { signal: factor[0], rest: true } : { signal: factor, rest: false });
