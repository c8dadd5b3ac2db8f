// Cells after 2014 whose gates see x alone: minGRU and minLSTM. h₋₁ runs along the top and meets nothing but a product
// and a sum. Format as in lstm.js.

import { slstm } from "./slstm.js";

const COLUMNS = { old: 0.1, tap: 0.2, update: 0.33, forget: 0.3, kept: 0.47, input: 0.47, candidate: 0.64, hidden: 0.79, fork: 0.92, end: 0.99 };

const state = {
  nodes: [
    ["previous_hidden", "value", "old", "line", { phase: "see", signal: "previous_hidden", note: "carried" }],
    ["x", "value", "tap", "x", { phase: "see", signal: "x", note: "x" }],
    ["kept", "value", "kept", "line", { phase: "mix", signal: "kept", note: "keepOld", above: true }],
    ["times.written", "times", "candidate", "merge", { phase: "mix", signal: "written", note: "writeNew" }],
    ["written", "value", "candidate", "written", { phase: "mix", signal: "written", note: "writeNew" }],
    ["plus", "plus", "candidate", "line", { phase: "mix", signal: "hidden", note: "blend" }],
    ["hidden", "value", "hidden", "line", { phase: "mix", signal: "hidden", note: "hiddenRead" }],
    ["copy.hidden", "copy", "fork", "line", { phase: "carry", signal: "hidden", note: "copyHidden" }],
    ["layer.candidate", "linear", "candidate", "layer", { phase: "see", text: "W.candidate", bias: "b.candidate", signal: "candidate", note: "seesX" }],
    ["candidate", "value", "candidate", "value", { phase: "see", signal: "candidate", note: "proposalFree" }],
  ],
  wires: [
    ["candidate.up", ["layer.candidate", "times.written"], { phase: "mix", signal: "candidate" }],
    ["written.up", ["times.written", "plus"], { phase: "mix", signal: "written" }],
    ["kept.on", ["times.kept", "plus"], { phase: "mix", signal: "kept" }],
    ["h.made", ["plus", "copy.hidden"], { phase: "mix", signal: "hidden", arrow: false }],
    ["h.out", ["copy.hidden", ["end", "line"]], { phase: "carry", signal: "hidden", note: "out" }],
    ["h.read", ["copy.hidden", ["fork", "top"]], { phase: "carry", signal: "hidden", note: "read" }],
    ["h.in", ["previous_hidden", "times.kept"], { phase: "mix", signal: "previous_hidden" }],
  ],
};

const layer = (part) => [`layer.${part}`, "layer", part, "layer", { phase: "see", text: "σ", signal: part, note: "seesX" }];

/** x goes along under the layers and up into each of them; only the last is its end. */
const bus = (parts) => ({
  nodes: parts.map((part) => [`copy.${part}`, "copy", part, "bus", { phase: "see", signal: "x", note: "copyX" }]),
  wires: [
    ["bus", ["x", ["tap", "bus"], ["candidate", "bus"], "layer.candidate"], { phase: "see", signal: "x" }],
    ...parts.map((part) => [`bus.${part}`, [`copy.${part}`, `layer.${part}`], { phase: "see", signal: "x" }]),
  ],
});

const drawing = (rows, height, sections) => ({
  height,
  columns: COLUMNS,
  rows,
  body: ["tap", "hidden", 30, rows.bus + 24],
  notes: [
    ["before", "old", 98],
    ["after", "fork", 98],
    ["read", "fork", 18],
  ],
  nodes: sections.flatMap(({ nodes }) => nodes),
  wires: sections.flatMap(({ wires }) => wires),
});

/** z goes to both products, to that of the old state as 1−z. */
const fading = {
  nodes: [
    layer("update"),
    ["update", "value", "update", "value", { phase: "see", signal: "update", note: "gateWrites" }],
    ["copy.merge", "copy", "update", "merge", { phase: "mix", signal: "update", note: "copyUpdate" }],
    ["complement", "function", "update", "complement", { phase: "mix", text: "1−", signal: "update", note: "complementWrites" }],
    ["times.kept", "times", "update", "line", { phase: "mix", signal: "kept", note: "keepOld" }],
  ],
  wires: [
    ["update.up", ["layer.update", "complement"], { phase: "mix", signal: "update", gate: "update" }],
    ["update.keep", ["complement", "times.kept"], { phase: "mix", signal: "update", gate: "update" }],
    ["update.write", ["copy.merge", "times.written"], { phase: "mix", signal: "update", gate: "update" }],
  ],
};

/** f and i meet in one operation, and each leaves it as its share. */
const sharing = {
  nodes: [
    layer("forget"),
    layer("input"),
    ["forget", "value", "forget", "value", { phase: "see", signal: "forget", note: "gate" }],
    ["input", "value", "input", "value", { phase: "see", signal: "input", note: "gate" }],
    ["share.forget", "function", "forget", "share", { phase: "share", text: "÷Σ", signal: "forget_share", note: "sharedOut" }],
    ["share.input", "function", "input", "share", { phase: "share", text: "÷Σ", signal: "input_share", note: "sharedOut" }],
    ["forget_share", "value", "forget", "shared", { phase: "share", signal: "forget_share", note: "sharedOut" }],
    ["input_share", "value", "input", "merge", { phase: "share", signal: "input_share", note: "sharedOut" }],
    ["times.kept", "times", "forget", "line", { phase: "mix", signal: "kept", note: "keepOld" }],
  ],
  wires: [
    ["forget.up", ["layer.forget", "share.forget"], { phase: "share", signal: "forget", gate: "forget" }],
    ["input.up", ["layer.input", "share.input"], { phase: "share", signal: "input", gate: "input" }],
    ["sum", ["share.forget", "share.input"], { phase: "share", signal: "forget_share", note: "sharedOut", arrow: false }],
    ["share.keep", ["share.forget", "times.kept"], { phase: "mix", signal: "forget_share", gate: "forget" }],
    ["share.write", ["share.input", ["input", "merge"], "times.written"], { phase: "mix", signal: "input_share", gate: "input" }],
  ],
};

const mingru = () =>
  drawing({ top: 10, line: 60, complement: 132, written: 142, merge: 200, value: 262, layer: 330, bus: 384, x: 440 }, 470, [state, bus(["update"]), fading]);

const minlstm = () =>
  drawing({ top: 10, line: 60, shared: 134, written: 142, merge: 206, share: 272, value: 336, layer: 402, bus: 456, x: 512 }, 542, [state, bus(["forget", "input"]), sharing]);

/** The drawings of the cells that came after 2014, by kind. */
export const modern = { mingru, minlstm, slstm };
