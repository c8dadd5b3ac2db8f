// A run whose numbers do not lie in the file: the browser's engine computes it from its weights and what it reads, and
// what is read of it. No DOM here.
import { run } from "../stage/engine/forward.js";
import { scoresOf, show } from "../stage/engine/scores.js";
import { partsOf } from "../stage/engine/cells.js";
import { Trace } from "../stage/core/run/trace.js";
import { packed } from "./packed.js";

/**
 * @param {Uint8Array} bytes a packed run with the arrays and header that gates/export/recompute.py keeps
 * @returns {Promise<Uint8Array>} the same with all arrays of a run
 */
export async function recomputed(bytes) {
  const { header, arrays } = Trace.unpack(bytes);
  const { "readout.V": V, "readout.b": b, ...inputs } = arrays;
  if (header.drawn) Object.assign(inputs, weights(header, (await import("./numpy-random.js")).NumpyRandom));
  const { peephole: p = null } = inputs;
  const out = { ...inputs, ...run({ ...header, ...inputs, p }) };
  if (V) out.readout = show(scoresOf({ V, b }, out.hidden), b.length, header.readout.asks === "number" ? "identity" : "softmax");
  return packed(header, out);
}

/** W, then U, as they were drawn. */
function weights({ cell, units, inputs, drawn }, Draws) {
  const draws = new Draws(drawn);
  const rows = partsOf(cell).length * units;
  return { W: draws.uniform(rows * inputs, drawn.bound), U: draws.uniform(rows * units, drawn.bound) };
}
