// The GRU cell: h along the top, and r where it acts: on h₋₁ before the candidate's layer, or on
// U h₋₁ + b_hn after that product. Format as in lstm.js.

const columns = {
  old: 0.085, tap: 0.178, reset: 0.29, gated: 0.398, update: 0.505, kept: 0.62,
  candidate: 0.735, hidden: 0.852, fork: 0.962, end: 0.997,
};
const rows = {
  top: 10, line: 60, linear: 116, recurrent: 164, merge: 212, written: 138, gated: 258,
  value: 302, layer: 360, join: 410, bus: 446, own: 462, x: 500, token: 548,
};

const nodes = [
  ["previous_hidden", "value", "old", "line", { phase: "look", signal: "previous_hidden", note: "carried" }],
  ["x", "value", "tap", "token", { phase: "look", signal: "x", note: "x" }],
  ["copy.tap", "copy", "tap", "line", { phase: "look", signal: "previous_hidden", note: "copyOld" }],
  ["join", "join", "tap", "bus", { phase: "look", note: "join" }],
  ["copy.reset", "copy", "reset", "bus", { phase: "look", note: "copies" }],
  ["layer.reset", "layer", "reset", "layer", { phase: "look", text: "σ", signal: "reset", note: "reset" }],
  ["reset", "value", "reset", "value", { phase: "look", signal: "reset", note: "gate" }],
  ["copy.reset.h", "copy", "reset", "line", { phase: "reset", signal: "previous_hidden", note: "copyOld" }],
  ["copy.x", "copy", "tap", "x", { phase: "propose", signal: "x", note: "copyX" }],
  ["candidate", "value", "candidate", "value", { phase: "propose", signal: "candidate", note: "proposal" }],
  ["copy.update", "copy", "update", "merge", { phase: "blend", signal: "update", note: "copyUpdate" }],
  ["times.kept", "times", "update", "line", { phase: "blend", signal: "kept", note: "keepOld" }],
  ["kept", "value", "kept", "line", { phase: "blend", signal: "kept", note: "keepOld", above: true }],
  ["times.written", "times", "candidate", "merge", { phase: "blend", signal: "written", note: "writeNew" }],
  ["written", "value", "candidate", "written", { phase: "blend", signal: "written", note: "writeNew" }],
  ["plus", "plus", "candidate", "line", { phase: "blend", signal: "hidden", note: "blend" }],
  ["hidden", "value", "hidden", "line", { phase: "blend", signal: "hidden", note: "hidden" }],
  ["copy.hidden", "copy", "fork", "line", { phase: "carry", signal: "hidden", note: "copyHidden" }],
];

const wires = [
  ["h.in", ["previous_hidden", "copy.tap"], { phase: "look", signal: "previous_hidden", arrow: false }],
  ["h.down", ["copy.tap", "join"], { phase: "look", signal: "previous_hidden" }],
  ["x.in", ["x", "join"], { phase: "look", signal: "x" }],
  ["bus", ["join", ["update", "bus"], { hop: ["update", "join"] }, "layer.update"], { phase: "look", note: "joined" }],
  ["bus.reset", ["copy.reset", "layer.reset"], { phase: "look", note: "joined" }],
  ["reset.up", ["layer.reset", "times.reset"], { phase: "reset", signal: "reset", gate: "reset" }],
  ["h.tap", ["copy.tap", "copy.reset.h"], { phase: "reset", signal: "previous_hidden", arrow: false }],
  ["candidate.up", ["layer.candidate", "times.written"], { phase: "propose", signal: "candidate" }],
  ["h.on", ["copy.reset.h", "times.kept"], { phase: "blend", signal: "previous_hidden" }],
  ["update.up", ["layer.update", "copy.update"], { phase: "blend", signal: "update", gate: "update", arrow: false }],
  ["kept.on", ["times.kept", "plus"], { phase: "blend", signal: "kept" }],
  ["written.up", ["times.written", "plus"], { phase: "blend", signal: "written" }],
  ["h.made", ["plus", "copy.hidden"], { phase: "blend", signal: "hidden", arrow: false }],
  ["h.out", ["copy.hidden", ["end", "line"]], { phase: "carry", signal: "hidden", note: "out" }],
  ["h.read", ["copy.hidden", ["fork", "top"]], { phase: "carry", signal: "hidden", note: "read" }],
];

const candidate = (note) => ["layer.candidate", "layer", "candidate", "layer", { phase: "propose", text: "tanh", signal: "candidate", note }];
const update = (note) => [
  ["layer.update", "layer", "update", "layer", { phase: "look", text: "σ", signal: "update", note }],
  ["update", "value", "update", "value", { phase: "look", signal: "update", note }],
];

/** r multiplies h₋₁, and the candidate's layer takes the product together with x. */
const before = {
  nodes: [
    candidate("candidateBefore"),
    ["times.reset", "times", "reset", "merge", { phase: "reset", signal: "reset_hidden", note: "resetBefore" }],
    ["gated", "value", "gated", "gated", { phase: "reset", signal: "reset_hidden", note: "resetBefore" }],
    ["join.candidate", "join", "candidate", "join", { phase: "propose", note: "joinReset" }],
  ],
  wires: [
    ["h.reset", ["copy.reset.h", "times.reset"], { phase: "reset", signal: "previous_hidden" }],
    ["gated.on", ["times.reset", ["gated", "merge"], ["gated", "join"], "join.candidate"], { phase: "propose", signal: "reset_hidden" }],
    ["x.on", ["copy.x", ["candidate", "x"], "join.candidate"], { phase: "propose", signal: "x" }],
    ["propose", ["join.candidate", "layer.candidate"], { phase: "propose", note: "joinReset" }],
  ],
};

/** r multiplies U h₋₁ + b_hn; what it lets through is added to W x + b under the tanh. */
const after = {
  nodes: [
    candidate("candidateAfter"),
    ["layer.recurrent", "linear", "reset", "linear", { phase: "reset", text: "U.candidate", signal: "recurrent", note: "linearU", bias: "b_hn" }],
    ["recurrent", "value", "reset", "recurrent", { phase: "reset", signal: "recurrent", note: "linearU", bare: true }],
    ["times.reset", "times", "reset", "merge", { phase: "reset", signal: "candidate", note: "resetAfter" }],
    ["gated", "value", "gated", "gated", { phase: "reset", signal: "gated", note: "resetAfter" }],
    ["plus.candidate", "plus", "candidate", "join", { phase: "propose", signal: "candidate", note: "addReset" }],
    ["layer.own", "linear", "candidate", "own", { phase: "propose", text: "W.candidate", signal: "candidate", note: "linearW", bias: "b.candidate" }],
  ],
  wires: [
    ["h.reset", ["copy.reset.h", "layer.recurrent"], { phase: "reset", signal: "previous_hidden" }],
    ["recurrent.down", ["layer.recurrent", "times.reset"], { phase: "reset", signal: "recurrent" }],
    ["gated.on", ["times.reset", ["gated", "merge"], ["gated", "join"], "plus.candidate"], { phase: "propose", signal: "candidate" }],
    ["x.on", ["copy.x", ["candidate", "x"], "layer.own"], { phase: "propose", signal: "x" }],
    ["own.up", ["layer.own", "plus.candidate"], { phase: "propose", signal: "candidate" }],
    ["propose", ["plus.candidate", "layer.candidate"], { phase: "propose", signal: "candidate" }],
  ],
};

/** The circle 1− stands on the way to the candidate where z keeps, on the way to h₋₁ where z writes. */
const keeps = {
  nodes: [
    ...update("updateKeeps"),
    ["complement", "function", "kept", "merge", { phase: "blend", text: "1−", signal: "update", note: "complementKeeps" }],
  ],
  wires: [
    ["update.keep", ["copy.update", "times.kept"], { phase: "blend", signal: "update", gate: "update" }],
    ["update.write", ["copy.update", "complement"], { phase: "blend", signal: "update", gate: "update" }],
    ["update.other", ["complement", "times.written"], { phase: "blend", signal: "update", gate: "update" }],
  ],
};
const writes = {
  nodes: [
    ...update("updateWrites"),
    ["complement", "function", "update", "written", { phase: "blend", text: "1−", signal: "update", note: "complementWrites" }],
  ],
  wires: [
    ["update.keep", ["copy.update", "complement"], { phase: "blend", signal: "update", gate: "update" }],
    ["update.other", ["complement", "times.kept"], { phase: "blend", signal: "update", gate: "update" }],
    ["update.write", ["copy.update", "times.written"], { phase: "blend", signal: "update", gate: "update" }],
  ],
};

/** The drawing for one form of the reset and one convention of z. */
export function gru(header) {
  const forms = [header.reset === "before" ? before : after, header.update === "write" ? writes : keeps];
  return {
    height: 576,
    columns,
    rows,
    body: ["tap", "hidden", 26, 518],
    notes: [
      ["before", "old", 98],
      ["after", "fork", 98],
      ["read", "fork", 18],
    ],
    nodes: [...nodes, ...forms.flatMap((form) => form.nodes)],
    wires: [...wires, ...forms.flatMap((form) => form.wires)],
  };
}
