// The belt's pictures by kind of cell: {lanes, folded}, without lanes where the folded one serves every width.
import { Late } from "../core/late.js";

const OLD = {
  lstm: async () => (await import("./kinds/lstm.js")).belt,
  gru: async () => (await import("./kinds/gru.js")).belt,
  rnn: async () => (await import("./kinds/rnn.js")).belt,
};

export const belts = new Late(OLD, async (kind) => ({ folded: (await import("./folded/modern.js")).foldedModern[kind] }));
