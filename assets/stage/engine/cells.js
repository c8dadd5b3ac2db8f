// What there is to each kind of cell: its parts, its signals, and what its activations are called. No DOM here.

const PARTS = { lstm: ["input", "forget", "candidate", "output"], gru: ["reset", "update", "candidate"], rnn: ["hidden"] };
const SIGNALS = {
  lstm: ["forget", "input", "candidate", "cell", "output", "hidden"],
  gru: ["reset", "update", "candidate", "hidden"],
  rnn: ["hidden"],
};
const ACTIVATIONS = {
  lstm: { gate_activation: "sigmoid", candidate_activation: "tanh", cell_activation: "tanh" },
  gru: { gate_activation: "sigmoid", candidate_activation: "tanh" },
  rnn: { activation: "tanh" },
};

/** Names of a cell's parts in the order of its weight rows. */
export const partsOf = (cell) => PARTS[cell];

/** Names of what a cell computes and what a clamp may hold, in reading order. */
export const signalsOf = (cell) => SIGNALS[cell];

/** The options that name a cell's activations, with what each is if nothing else is chosen. */
export const activationsOf = (cell) => ACTIVATIONS[cell];
