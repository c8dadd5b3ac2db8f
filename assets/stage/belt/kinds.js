// The belt's pictures by kind of cell: {lanes, folded}, without lanes where the folded one serves every width.
import { Lazy } from "../core/loading/lazy.js";

const OLD = {
  lstm: async () => (await import("./kinds/lstm.js")).belt,
  gru: async () => (await import("./kinds/gru.js")).belt,
  rnn: async () => (await import("./kinds/rnn.js")).belt,
};

export const belts = new Lazy(OLD, async (kind) => ({ folded: (await import("./folded/modern.js")).foldedModern[kind] }));
