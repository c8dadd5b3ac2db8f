// The sLSTM: two lines along the top, c and n, multiplied by the same f′ and fed through the same i′. Below them one
// operation makes f′, i′ and m of f, i and m₋₁; at the right c is divided by n. Format as in lstm.js.

const columns = {
  old: 0.075, join: 0.15, keepc: 0.21, forget: 0.24, keepn: 0.285, stable: 0.35, kept: 0.4, mid: 0.45, input: 0.46, addn: 0.53,
  candidate: 0.6, cell: 0.715, output: 0.73, below: 0.79, show: 0.855, fork: 0.94, end: 0.995,
};
const rows = {
  top: 10, c: 52, n: 114, m: 152, shared: 164, divide: 190, turn: 208, mean: 240, stable: 262, merge: 292, before: 304, value: 344,
  layer: 404, join: 456, x: 514,
};

const look = (part, text, note) => [`layer.${part}`, "layer", part, "layer", { phase: "look", text, signal: part, note }];
const layers = [
  look("forget", "σ", "seesBoth"),
  look("input", "exp", "seesBothExp"),
  look("candidate", "tanh", "seesBoth"),
  look("output", "σ", "seesBoth"),
];

const nodes = [
  ["previous_cell", "value", "old", "c", { phase: "look", signal: "previous_cell", note: "carried" }],
  ["previous_normaliser", "value", "old", "n", { phase: "look", signal: "previous_normaliser", note: "carried" }],
  ["previous_stabiliser", "value", "old", "before", { phase: "look", signal: "previous_stabiliser", note: "carried" }],
  ["previous_hidden", "value", "old", "join", { phase: "look", signal: "previous_hidden", note: "carried" }],
  ["x", "value", "join", "x", { phase: "look", signal: "x", note: "x" }],
  ["join", "join", "join", "join", { phase: "look", note: "join" }],
  ...["forget", "input", "candidate"].map((part) => [`copy.${part}`, "copy", part, "join", { phase: "look", note: "copies" }]),
  ...layers,
  ["forget", "value", "forget", "value", { phase: "look", signal: "forget", note: "gate" }],
  ["input", "value", "input", "value", { phase: "look", signal: "input", note: "gateExp" }],
  ["candidate", "value", "candidate", "value", { phase: "look", signal: "candidate", note: "proposal" }],
  ["output", "value", "output", "value", { phase: "look", signal: "output", note: "gate" }],
  ["stable", "function", "stable", "stable", { phase: "stabilise", text: "max", signal: "stabiliser", note: "stabilise" }],
  ["stable_forget", "value", "keepn", "shared", { phase: "stabilise", signal: "stable_forget", note: "stabilised" }],
  ["stable_input", "value", "input", "turn", { phase: "stabilise", signal: "stable_input", note: "stabilised" }],
  ["stabiliser", "value", "mid", "m", { phase: "stabilise", signal: "stabiliser", note: "stabilise" }],
  ["copy.keep", "copy", "keepn", "turn", { phase: "store", signal: "stable_forget", note: "stabilised" }],
  ["copy.put", "copy", "addn", "turn", { phase: "store", signal: "stable_input", note: "stabilised" }],
  ["times.c", "times", "keepc", "c", { phase: "store", signal: "kept", note: "keep" }],
  ["times.n", "times", "keepn", "n", { phase: "store", signal: "kept_normaliser", note: "keepWeight" }],
  ["times.put", "times", "candidate", "turn", { phase: "store", signal: "written", note: "write" }],
  ["kept", "value", "kept", "c", { phase: "store", signal: "kept", note: "keep" }],
  ["plus.c", "plus", "candidate", "c", { phase: "store", signal: "cell", note: "add" }],
  ["plus.n", "plus", "addn", "n", { phase: "store", signal: "normaliser", note: "addWeight" }],
  ["cell", "value", "cell", "c", { phase: "store", signal: "cell", note: "cell" }],
  ["normaliser", "value", "cell", "n", { phase: "store", signal: "normaliser", note: "addWeight" }],
  ["copy.c", "copy", "show", "c", { phase: "divide", signal: "cell", note: "copyCell" }],
  ["copy.n", "copy", "below", "n", { phase: "divide", signal: "normaliser", note: "addWeight" }],
  ["divide", "function", "show", "divide", { phase: "divide", text: "÷", signal: "mean", note: "divide" }],
  ["mean", "value", "show", "mean", { phase: "divide", signal: "mean", note: "divide" }],
  ["times.output", "times", "show", "merge", { phase: "divide", signal: "hidden", note: "showMean" }],
  ["hidden", "value", "show", "value", { phase: "divide", signal: "hidden", note: "hidden" }],
  ["copy.hidden", "copy", "fork", "join", { phase: "carry", signal: "hidden", note: "copyHidden" }],
];

const left = { by: "stable", shift: -0.35 };
const right = { by: "stable", shift: 0.35 };
const wires = [
  ["h.in", ["previous_hidden", "join"], { phase: "look", signal: "previous_hidden" }],
  ["x.in", ["x", "join"], { phase: "look", signal: "x" }],
  ["bus", ["join", ["output", "join"], "layer.output"], { phase: "look", note: "joined" }],
  ...["forget", "input", "candidate"].map((part) => [`bus.${part}`, [`copy.${part}`, `layer.${part}`], { phase: "look", note: "joined" }]),
  ["f.up", ["layer.forget", { hop: ["forget", "before"] }, ["forget", "stable"], "stable"], { phase: "stabilise", signal: "forget", gate: "forget" }],
  ["i.up", ["layer.input", ["input", "stable"], "stable"], { phase: "stabilise", signal: "input", gate: "input" }],
  ["m.in", ["previous_stabiliser", ["stable", "before"], "stable"], { phase: "stabilise", signal: "previous_stabiliser" }],
  ["m.out", ["stable", ["stable", "m"], { hop: ["addn", "m"] }, { hop: ["candidate", "m"] }, { hop: ["below", "m"] }, { hop: ["show", "m"] }, ["end", "m"]], { phase: "stabilise", signal: "stabiliser", note: "out" }],
  ["keep.n", [left, { ...left, row: "turn" }, ["keepn", "turn"], "times.n"], { phase: "store", signal: "stable_forget", gate: "forget" }],
  ["keep.c", ["copy.keep", ["keepc", "turn"], { hop: ["keepc", "n"] }, "times.c"], { phase: "store", signal: "stable_forget", gate: "forget" }],
  ["put", [right, { ...right, row: "turn" }, "times.put"], { phase: "store", signal: "stable_input", gate: "input" }],
  ["put.n", ["copy.put", "plus.n"], { phase: "store", signal: "stable_input", gate: "input" }],
  ["z.up", ["layer.candidate", "times.put"], { phase: "store", signal: "candidate" }],
  ["written.up", ["times.put", { hop: ["candidate", "n"] }, "plus.c"], { phase: "store", signal: "written" }],
  ["c.in", ["previous_cell", "times.c"], { phase: "store", signal: "previous_cell" }],
  ["c.kept", ["times.c", "plus.c"], { phase: "store", signal: "kept" }],
  ["c.out", ["plus.c", ["end", "c"]], { phase: "store", signal: "cell", note: "out" }],
  ["n.in", ["previous_normaliser", "times.n"], { phase: "store", signal: "previous_normaliser" }],
  ["n.kept", ["times.n", "plus.n"], { phase: "store", signal: "kept_normaliser" }],
  ["n.out", ["plus.n", ["end", "n"]], { phase: "store", signal: "normaliser", note: "out" }],
  ["c.down", ["copy.c", { hop: ["show", "n"] }, "divide"], { phase: "divide", signal: "cell" }],
  ["n.down", ["copy.n", ["below", "divide"], "divide"], { phase: "divide", signal: "normaliser" }],
  ["mean.down", ["divide", "times.output"], { phase: "divide", signal: "mean" }],
  ["o.up", ["layer.output", ["output", "merge"], "times.output"], { phase: "divide", signal: "output", gate: "output" }],
  ["h.down", ["times.output", ["show", "join"], "copy.hidden"], { phase: "divide", signal: "hidden", arrow: false }],
  ["h.out", ["copy.hidden", ["end", "join"]], { phase: "carry", signal: "hidden", note: "out" }],
  ["h.read", ["copy.hidden", { hop: ["fork", "m"] }, { hop: ["fork", "n"] }, { hop: ["fork", "c"] }, ["fork", "top"]], { phase: "carry", signal: "hidden", note: "read" }],
];

export const slstm = () => ({
  height: 546,
  columns,
  rows,
  body: ["join", "show", 24, 482],
  notes: [
    ["before", "old", 150],
    ["after", "fork", 478],
    ["read", "fork", 18],
  ],
  nodes,
  wires,
});
