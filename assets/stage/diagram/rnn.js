// The plain RNN: every path from h₋₁ to h leads through the weights and the squash. Format as in lstm.js.

/** @param {{activation: string}} header */
export const rnn = ({ activation }) => ({
  height: 252,
  columns: { old: 0.1, join: 0.28, layer: 0.45, hidden: 0.64, fork: 0.82, end: 0.99 },
  rows: { top: 12, line: 110, x: 200 },
  body: ["join", "hidden", 52, 158],
  notes: [
    ["before", "old", 148],
    ["after", "fork", 148],
    ["read", "fork", 20],
  ],
  nodes: [
    ["previous_hidden", "value", "old", "line", { phase: "look", signal: "previous_hidden", note: "carried" }],
    ["x", "value", "join", "x", { phase: "look", signal: "x", note: "x" }],
    ["join", "join", "join", "line", { phase: "look", note: "join" }],
    ["layer.hidden", "layer", "layer", "line", { phase: "look", text: activation === "relu" ? "ReLU" : "tanh", signal: "hidden", note: "rnn" }],
    ["hidden", "value", "hidden", "line", { phase: "squash", signal: "hidden", note: "hidden" }],
    ["copy.hidden", "copy", "fork", "line", { phase: "carry", signal: "hidden", note: "copyHidden" }],
  ],
  wires: [
    ["h.in", ["previous_hidden", "join"], { phase: "look", signal: "previous_hidden" }],
    ["x.in", ["x", "join"], { phase: "look", signal: "x" }],
    ["bus", ["join", "layer.hidden"], { phase: "look", note: "joined" }],
    ["h.made", ["layer.hidden", "copy.hidden"], { phase: "squash", signal: "hidden", arrow: false }],
    ["h.out", ["copy.hidden", ["end", "line"]], { phase: "carry", signal: "hidden", note: "out" }],
    ["h.read", ["copy.hidden", ["fork", "top"]], { phase: "carry", signal: "hidden", note: "read" }],
  ],
});
