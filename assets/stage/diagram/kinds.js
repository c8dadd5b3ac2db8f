// The diagrams by kind of cell: each makes its drawing of a run's header.
import { Late } from "../core/late.js";

const OLD = {
  lstm: async () => (await import("./lstm.js")).lstm,
  gru: async () => (await import("./gru.js")).gru,
  rnn: async () => (await import("./rnn.js")).rnn,
};

export const drawings = new Late(OLD, async (kind) => (await import("./modern.js")).modern[kind]);
