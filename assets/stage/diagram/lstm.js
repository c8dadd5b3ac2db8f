// The LSTM cell as textbooks draw it: c along the top, h along the bottom, x from below. Peepholes, coupled gates
// and gates left out change what stands on the way; the rest keeps its place.
//
// Columns are shares of the width, rows are units of height. A node is [id, type, column, row, options];
// a wire is [id, stops, options], its stops being node ids, [column, row], {hop: [column, row]}, or
// {by: node id, shift: share of its width, row}, which without a row is the node's own edge.
// `phase` is when the part comes into play; `note` names the sentence that explains it.

import { variant } from "../core/run/trace.js";

const COLUMNS = {
  old: 0.085, join: 0.178, forget: 0.262, kept: 0.392, input: 0.392, candidate: 0.522,
  cell: 0.664, output: 0.664, show: 0.8, fork: 0.93, end: 0.995,
};
/** With room for the wires that come down from c beside the layers. */
const SEEING = {
  ...COLUMNS, peek: 0.203, forget: 0.28, kept: 0.405, input: 0.405, candidate: 0.53, cell: 0.655, output: 0.655, seen: 0.731, show: 0.822, fork: 0.937,
};
const ROWS = {
  top: 10, line: 60, tanh: 116, written: 142, squashed: 168, complement: 178, merge: 224, value: 286, layer: 350, join: 404, x: 462,
};
const LOWERED = { ...ROWS, value: 280, peephole: 320, layer: 360, join: 414, x: 472 };
const LAYERS = { forget: "σ", input: "σ", candidate: "tanh", output: "σ" };

/** The drawing for one variant of the cell. */
export function lstm(header) {
  const { peephole, coupled, without, linear } = variant(header);
  const layers = Object.keys(LAYERS).filter((part) => !without.includes(part) && !(coupled && part === "input"));
  const has = (gate) => !without.includes(gate);
  const sections = [
    carried(has("forget")),
    linear.includes("cell") ? { nodes: [], wires: [] } : squashing,
    looking(layers, linear),
    without.map(absent),
    has("forget") ? forgetting() : { nodes: [], wires: [] },
    !has("input") ? writingAll() : writing(coupled),
    has("output") ? reading(linear) : readingAll(linear),
    peephole ? peepholeParts(layers) : { nodes: [], wires: [] },
  ].flat();
  return {
    height: peephole ? 502 : 492,
    columns: peephole ? SEEING : COLUMNS,
    rows: peephole ? LOWERED : ROWS,
    body: ["join", "show", 30, peephole ? 438 : 428],
    notes: [
      ["before", "old", 98],
      ["after", "fork", peephole ? 436 : 426],
      ["read", "fork", 18],
    ],
    nodes: sections.flatMap(({ nodes }) => nodes),
    wires: sections.flatMap(({ wires }) => wires),
  };
}

/** What every LSTM has: the states, the input, the sum that makes c, and tanh c. */
function carried(valve) {
  return {
    nodes: [
      ["previous_cell", "value", "old", "line", { phase: "look", signal: "previous_cell", note: "carried" }],
      ["previous_hidden", "value", "old", "join", { phase: "look", signal: "previous_hidden", note: "carried" }],
      ["x", "value", "join", "x", { phase: "look", signal: "x", note: "x" }],
      ["join", "join", "join", "join", { phase: "look", note: "join" }],
      ["candidate", "value", "candidate", "value", { phase: "write", signal: "candidate", note: "proposal" }],
      ["plus", "plus", "candidate", "line", { phase: "write", signal: "cell", note: "add" }],
      ["cell", "value", "cell", "line", { phase: "write", signal: "cell", note: "cell" }],
      ["copy.cell", "copy", "show", "line", { phase: "read", signal: "cell", note: "copyCell" }],
      ["hidden", "value", "show", "value", { phase: "read", signal: "hidden", note: "hidden" }],
      ["copy.hidden", "copy", "fork", "join", { phase: "carry", signal: "hidden", note: "copyHidden" }],
    ],
    wires: [
      ["h.in", ["previous_hidden", "join"], { phase: "look", signal: "previous_hidden" }],
      ["x.in", ["x", "join"], { phase: "look", signal: "x" }],
      ["c.in", ["previous_cell", valve ? "times.forget" : "plus"], { phase: "forget", signal: "previous_cell" }],
      ["c.on", ["plus", "copy.cell"], { phase: "write", signal: "cell", arrow: false }],
      ["c.out", ["copy.cell", ["end", "line"]], { phase: "carry", signal: "cell", note: "out" }],
      ["h.out", ["copy.hidden", ["end", "join"]], { phase: "carry", signal: "hidden", note: "out" }],
      ["h.read", ["copy.hidden", { hop: ["fork", "line"] }, ["fork", "top"]], { phase: "carry", signal: "hidden", note: "read" }],
    ],
  };
}

/** tanh on the way out, which NOAF leaves away. */
const squashing = {
  nodes: [
    ["squash", "function", "show", "tanh", { phase: "read", text: "tanh", signal: "tanh_cell", note: "squash" }],
    ["tanh_cell", "value", "show", "squashed", { phase: "read", signal: "tanh_cell", note: "squash" }],
  ],
  wires: [["c.down", ["copy.cell", "squash"], { phase: "read", signal: "cell" }]],
};

/** The layers, and the line that brings [h, x] to each: it forks on the way and ends in the last. */
function looking(layers, linear) {
  const forks = layers.slice(0, -1);
  const last = layers.at(-1);
  return {
    nodes: [
      ...forks.map((part) => [`copy.${part}`, "copy", part, "join", { phase: "look", note: "copies" }]),
      ...layers.map((part) => {
        const squash = linear.includes(part) ? ["linear", "pre.candidate"] : ["layer", LAYERS[part]];
        return [`layer.${part}`, squash[0], part, "layer", { phase: "look", text: squash[1], signal: part, note: part }];
      }),
    ],
    wires: [
      ["bus", ["join", [last, "join"], `layer.${last}`], { phase: "look", note: "joined" }],
      ...forks.map((part) => [`bus.${part}`, [`copy.${part}`, `layer.${part}`], { phase: "look", note: "joined" }]),
    ],
  };
}

/** Where a gate was left out: no layer and no product, only the words for it. */
const absent = (gate) => ({
  nodes: [[`absent.${gate}`, "absent", gate, "layer", { phase: "look", signal: gate, sentence: `inspector.absent.${gate}` }]],
  wires: [],
});

const forgetting = () => ({
  nodes: [
    ["forget", "value", "forget", "value", { phase: "forget", signal: "forget", note: "gate" }],
    ["times.forget", "times", "forget", "line", { phase: "forget", signal: "kept", note: "keep" }],
    ["kept", "value", "kept", "line", { phase: "forget", signal: "kept", note: "keep" }],
  ],
  wires: [
    ["forget.up", ["layer.forget", "times.forget"], { phase: "forget", signal: "forget", gate: "forget" }],
    ["kept.on", ["times.forget", "plus"], { phase: "forget", signal: "kept" }],
  ],
});

/** The product that writes; a coupled gate comes as 1− from the wire of the other. */
function writing(coupled) {
  const { nodes, wires } = coupled ? fromForget : fromLayer;
  return {
    nodes: [
      ...nodes,
      ["times.input", "times", "candidate", "merge", { phase: "write", signal: "written", note: "write" }],
      ["written", "value", "candidate", "written", { phase: "write", signal: "written", note: "write" }],
    ],
    wires: [
      ...wires,
      ["candidate.up", ["layer.candidate", "times.input"], { phase: "write", signal: "candidate" }],
      ["written.up", ["times.input", "plus"], { phase: "write", signal: "written" }],
    ],
  };
}

const fromLayer = {
  nodes: [["input", "value", "input", "value", { phase: "write", signal: "input", note: "gate" }]],
  wires: [["input.up", ["layer.input", ["input", "merge"], "times.input"], { phase: "write", signal: "input", gate: "input" }]],
};

const fromForget = {
  nodes: [
    ["copy.coupled", "copy", "forget", "written", { phase: "write", signal: "forget", note: "copyForget" }],
    ["complement", "function", "input", "complement", { phase: "write", text: "1−", signal: "input", note: "coupled" }],
    ["input", "value", "input", "merge", { phase: "write", signal: "input", note: "coupled" }],
  ],
  wires: [
    ["forget.over", ["copy.coupled", ["input", "written"], "complement"], { phase: "write", signal: "forget", gate: "forget" }],
    ["input.over", ["complement", ["input", "merge"], "times.input"], { phase: "write", signal: "input", gate: "input" }],
  ],
};

const writingAll = () => ({
  nodes: [],
  wires: [["candidate.up", ["layer.candidate", "plus"], { phase: "write", signal: "candidate" }]],
});

const reading = (linear) => ({
  nodes: [
    ["output", "value", "output", "value", { phase: "read", signal: "output", note: "gate" }],
    ["times.output", "times", "show", "merge", { phase: "read", signal: "hidden", note: "show" }],
  ],
  wires: [
    linear.includes("cell")
      ? ["c.down", ["copy.cell", "times.output"], { phase: "read", signal: "cell" }]
      : ["squashed.down", ["squash", "times.output"], { phase: "read", signal: "tanh_cell" }],
    ["output.up", ["layer.output", ["output", "merge"], "times.output"], { phase: "read", signal: "output", gate: "output" }],
    ["h.down", ["times.output", ["show", "join"], "copy.hidden"], { phase: "read", signal: "hidden", arrow: false }],
  ],
});

const readingAll = (linear) => ({
  nodes: [],
  wires: [["squashed.down", [linear.includes("cell") ? "copy.cell" : "squash", ["show", "join"], "copy.hidden"], { phase: "read", signal: "hidden", arrow: false }]],
});

/** Peepholes: c₋₁ looks into the layers of f and i, c of now into that of o. */
function peepholeParts(layers) {
  const [forget, input, output] = ["forget", "input", "output"].map((gate) => layers.includes(gate));
  const nodes = [];
  const wires = [];
  const add = (gate, phase, stops) => wires.push([`peek.${gate}`, stops, { type: "peephole", phase, signal: gate, note: "peek" }]);
  if (forget || input) nodes.push(["peek.old", "peephole", "peek", "line", { phase: "look", signal: "previous_cell", note: "peekOld" }]);
  if (forget) add("forget", "look", ["peek.old", ["peek", "layer"], "layer.forget"]);
  if (forget && input) nodes.push(["copy.peek", "copy", "peek", "peephole", { phase: "look", signal: "previous_cell", note: "peekOld" }]);
  if (input) {
    const over = forget ? ["copy.peek", { hop: ["forget", "peephole"] }] : ["peek.old", ["peek", "peephole"]];
    add("input", "look", [...over, { by: "layer.input", shift: -0.3, row: "peephole" }, { by: "layer.input", shift: -0.3 }]);
  }
  if (output) {
    nodes.push(["peek.new", "peephole", "seen", "line", { phase: "read", signal: "cell", note: "peekNew" }]);
    add("output", "read", ["peek.new", { hop: ["seen", "merge"] }, ["seen", "layer"], "layer.output"]);
  }
  return { nodes, wires };
}
