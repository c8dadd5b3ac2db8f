// A drawing of a textbook cell whose activations are others: the layers bear their names, and say so. No DOM here.
import { activationName, squashOf } from "../core/run/squash.js";

/** A drawing as lstm.js describes them, with what the header says that its parts go through. */
export function withSquashes(drawing, header) {
  if (!["lstm", "gru", "rnn"].includes(header.cell)) return drawing;
  return { ...drawing, nodes: drawing.nodes.map((node) => renamed(node, header)) };
}

function renamed(node, header) {
  const [id, type, column, row, about] = node;
  if (!["layer", "function"].includes(type) || !about.signal || !about.text) return node;
  const part = about.signal === "tanh_cell" ? "cell" : about.signal;
  const chosen = squashOf(header, part);
  const usual = header.description?.squashes[part] ?? "tanh";
  if (chosen === usual) return node;
  const note = part === "cell" ? "otherFunction" : "otherLayer";
  if (chosen === "none") return [id, "linear", column, row, { ...about, text: `pre.${part}`, note }];
  return [id, type, column, row, { ...about, text: activationName(chosen), note }];
}
