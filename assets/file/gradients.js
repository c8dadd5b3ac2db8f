// The backward pass of a run in a file: the run and what the loss asks of it are NumPy's, the gradients the browser's engine
// computes from them. No DOM here.
import { backward } from "../stage/engine/backward.js";
import { backwardPaths } from "../stage/engine/backward-paths.js";
import { Trace } from "../stage/core/run/trace.js";
import { packed } from "./packed.js";

/**
 * @param {Uint8Array} bytes a packed run whose header says with `asks` which state the loss reads, and whose array `asked`,
 *   (T, H), is the loss's gradient by what it reads
 * @returns {Uint8Array} the same with the gradients of every signal
 */
export function withGradients(bytes) {
  const { header, arrays } = Trace.unpack(bytes);
  const { asked, ...out } = arrays;
  const { x, W, U, b, b_hn, peephole: p = null } = arrays;
  const spec = { ...header, x, W, U, b, b_hn, p }; // the cell and its options, and what it reads
  const { signals } = backward(spec, out, { [header.asks]: asked });
  const gradients = Object.fromEntries(Object.entries(signals).map(([name, values]) => [`grad.${name}`, values]));
  return packed(header, { ...out, ...gradients, ...backwardPaths(spec, out, signals) });
}
