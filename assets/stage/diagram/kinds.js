// The diagrams by kind of cell: each makes its drawing of a run's header.
import { Lazy } from "../core/loading/lazy.js";

const OLD = {
  lstm: async () => (await import("./lstm.js")).lstm,
  gru: async () => (await import("./gru.js")).gru,
  rnn: async () => (await import("./rnn.js")).rnn,
};

export const drawings = new Lazy(OLD, async (kind) => (await import("./modern.js")).modern[kind]);
