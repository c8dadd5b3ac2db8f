// Tells which sentences the drawings use, for test_javascript.py to look them up in both languages.
import { gru } from "../../assets/stage/diagram/gru.js";
import { lstm } from "../../assets/stage/diagram/lstm.js";
import { modern } from "../../assets/stage/diagram/modern.js";
import { rnn } from "../../assets/stage/diagram/rnn.js";

const forms = [
  ...[{}, { peephole: true }, { peephole: true, coupled: true }, { without: ["forget", "input", "output"] }].map((options) => ({
    cell: "lstm", reset: "after", update: "keep", drawing: lstm({ cell: "lstm", ...options }),
  })),
  { cell: "rnn", reset: "after", update: "keep", drawing: rnn({ activation: "tanh" }) },
  ...Object.entries(modern).map(([cell, draw]) => ({ cell, reset: "after", update: "keep", drawing: draw({ cell }) })),
  ...["before", "after"].flatMap((reset) => ["keep", "write"].map((update) => ({ cell: "gru", reset, update, drawing: gru({ reset, update }) }))),
];
const keysOf = ({ nodes, wires }) => [
  ...nodes.flatMap(([, type, , , { note, sentence }]) => [`diagram.type.${type}`, sentence ?? `diagram.note.${note ?? "vector"}`]),
  ...wires.flatMap(([, , { type, note }]) => [`diagram.type.${type ?? "vector"}`, `diagram.note.${note ?? "vector"}`]),
];
console.log(JSON.stringify(forms.map(({ drawing, ...form }) => ({ ...form, keys: [...new Set(keysOf(drawing))] }))));
