// Which wire of the belt's picture carries which gradient. A wire is known by the parts at its two ends, so the
// same table serves lanes, the folded picture of a phone, and any number of units. No DOM here.
import { commandsOf } from "../core/path.js";
import { sum } from "./flow.js";

const STRAIGHT = "back.kept";

/** By cell: "from>to" in the direction of the forward pass (a part's data-part; "" where the wire ends freely). */
const EDGES = {
  lstm: {
    ">previous_cell": "memory",
    "previous_cell>forget": STRAIGHT,
    "previous_cell>kept": STRAIGHT,
    "forget>kept": "kept",
    "kept>add": "kept",
    "written>add": "written",
    "add>cell": "passed.cell",
    "cell>": "memory.ahead",
    "cell>previous_cell": "memory.ahead",
    "pre.candidate>candidate": "pre.candidate",
    "candidate>input": "candidate",
    "candidate>written": "candidate",
    "input>written": "written",
    "forget>input": "coupled",
    "cell>tanh": "through",
    "tanh>tanh_cell": "tanh_cell",
    "tanh_cell>output": "tanh_cell",
    "tanh_cell>hidden": "tanh_cell",
    "output>hidden": "passed.hidden",
    "hidden>": "hidden",
  },
  gru: {
    "previous_hidden>": "back.candidate",
    "previous_hidden>reset": "back.candidate",
    "reset>reset_hidden": "reset_hidden",
    "reset_hidden>": "reset_hidden",
    ">recurrent": "recurrent",
    "recurrent>reset": "recurrent",
    "recurrent>from_x": "recurrent",
    "reset>reset_recurrent": "reset_recurrent",
    "reset>from_x": "reset_recurrent",
    "reset_recurrent>from_x": "reset_recurrent",
    "from_x>pre.candidate": "pre.candidate",
    "pre.candidate>candidate": "pre.candidate",
    "previous_hidden>update": STRAIGHT,
    "candidate>update": "candidate",
    "update>kept": "kept",
    "update>written": "written",
    "kept>add": "kept",
    "written>add": "written",
    "add>hidden": "passed.hidden",
    "hidden>": "hidden",
    "hidden>previous_hidden": "ahead",
  },
  rnn: {
    "previous_hidden>": "back.hidden",
    ">from_h": "from_h",
    ">from_x": "from_x",
    "from_h>add": "from_h",
    "from_x>add": "from_x",
    "add>pre.hidden": "pre.hidden",
    "pre.hidden>squash": "pre.hidden",
    "squash>hidden": "passed.hidden",
    "hidden>": "hidden",
  },
};

/** Name of the gradient on a wire between two parts, or null for a wire that carries none. */
export const edgeName = (cell, from, to) => EDGES[cell][`${from}>${to}`] ?? null;

/** The number on an edge at step t in one unit. */
export function edgeValue(flow, name, t, unit) {
  if (name.startsWith("back.")) return flow.read(name, t, unit);
  if (name.startsWith("look.")) return flow.read(`back.${name.slice(5)}`, t, unit);
  if (name === "memory") return returned(flow, "cell", t, unit); // through peepholes too, which look at c₋₁ itself
  if (name === "memory.ahead") return returned(flow, "cell", t + 1, unit); // what the loss itself asks of c does not come this way
  if (name === "ahead") return flow.read("back.kept", t + 1, unit);
  if (name === "through") return flow.passed("hidden", t, unit) * flow.slope(t, unit);
  if (name === "coupled") return flow.coupled(t, unit);
  if (name.startsWith("passed.")) return flow.passed(name.slice(7), t, unit);
  return flow.of(name, t, unit);
}

/** All that a step sends back to a state of the step before. */
const returned = (flow, state, t, unit) => sum(flow.returned(state, t, unit));

/** The number on a part: ∂L/∂ of it; on the state of the step before, what this step sends back to it. */
export function partValue(flow, part, t, unit) {
  if (part === "previous_cell" || part === "previous_hidden") return returned(flow, part.slice(9), t, unit);
  const value = flow.of(part, t, unit);
  return part === "update" && flow.complemented ? -value : value; // ∂L/∂(1 − z)
}

/**
 * The first and last point of a path, and the direction in which it begins.
 * @param {string} d as commandsOf in core/path.js takes it
 */
export function endpoints(d) {
  const [first, ...rest] = commandsOf(d);
  return { start: first.to, end: (rest.at(-1) ?? first).to, heading: rest[0]?.heading ?? null };
}
