// The arithmetic behind one number of a run, as terms that add up to it. No DOM here.
//
// Everything is recomputed from the weights and values of the trace and then compared with what the
// engine reported, so the inspector can never show a sum that is not the engine's.

import { activate, squashOf } from "../core/run/squash.js";
import { factorOf } from "../core/run/trace.js";

/** Largest difference between a sum formed here and the engine's, in units of max(1, |value|). */
export const TOLERANCE = 1e-9;

/** Lists longer than this are folded: the terms that matter least are shown as one sum. */
export const LIMIT = 8;

/** Whether two numbers are the same up to the rounding of sums. */
export const agrees = (a, b) => Math.abs(a - b) <= TOLERANCE * Math.max(1, Math.abs(a), Math.abs(b));

/** The same place with previous_cell, previous_hidden and pre.* written as signal and step of their own. */
export function resolve({ signal, unit, step }) {
  if (signal.startsWith("previous_")) return { signal: signal.slice(9), unit, step: step - 1 };
  return { signal: signal.replace(/^pre\./, ""), unit, step };
}

/**
 * How one number came about.
 *
 * @param {Trace} trace the run
 * @param {{signal: string, unit: number, step: number}} place which number; a step of -1 is the initial state
 * @returns an account whose `kind` is
 *   "given": nothing is computed (the input, an initial state)
 *   "layer": {groups, bias, gate, total, reported, activation}
 *   "state": products that add up: {products, total}
 *   "squash": {from, activation, total}
 *   "complement": {from, total}, an input gate that is coupled: 1 − f
 *   "rule": {from, equation, total}, what core/run/rules.js makes of other values
 *   "absent": {total: 1}, a gate that the LSTM was made without
 *   and always {signal, unit, step, value, computed, clampedValue, shown, mirrored, agrees}. `value` is the engine's and `computed` what
 *   the equation gives; they are the same unless a clamp holds the value, at `clampedValue`, else null. `shown` is what the
 *   screen calls by the signal's name: 1 - value for an update gate where z writes (`mirrored`).
 */
export function arithmeticOf(trace, place) {
  const { signal, unit, step } = resolve(place);
  const value = trace.at(signal, step, unit);
  const given = step < 0 || signal === "x";
  const { sums = true, ...made } = given ? { kind: "given", computed: value } : compute(trace, signal, unit, step);
  const clampedValue = given ? null : trace.clampedValue(signal, step, unit);
  const mirrored = signal === "update" && trace.header.update === "write";
  const shown = mirrored ? 1 - value : value;
  return { signal, unit, step, value, clampedValue, mirrored, shown, ...made, agrees: sums && agrees(clampedValue ?? made.computed, value) };
}

/** What the equation of a signal gives, whether or not it stands: {kind, computed, sums: whether the sums on the way agree, …}. */
function compute(trace, signal, unit, step) {
  const { without, coupled } = trace.variant;
  if (without.includes(signal)) return { kind: "absent", total: 1, computed: 1 };
  if (coupled && signal === "input") return complement(trace, unit, step);
  if (trace.parts.includes(signal)) return layer(trace, signal, unit, step);
  if (trace.rules[signal]) return rule(trace, signal, unit, step);
  if (signal === "recurrent") return recurrent(trace, unit, step);
  if (signal === "tanh_cell") return squash(trace, unit, step);
  return state(trace, signal, unit, step);
}

/** A value that a rule of core/run/rules.js makes of others: a share, a maximum, a quotient. */
function rule(trace, signal, unit, step) {
  const { inputs, equation } = trace.rules[signal];
  const computed = trace.made(signal, step, unit);
  return { kind: "rule", from: inputs.map((name) => pointer(trace, name, unit, step)), equation, total: computed, computed };
}

/** A factor at its own step: previous_cell is cell, one step before. */
function pointer(trace, name, unit, step) {
  const place = resolve({ signal: name, unit, step });
  return factor(trace, place.signal, unit, place.step);
}

function complement(trace, unit, step) {
  const from = factor(trace, "forget", unit, step);
  const total = 1 - from.value;
  return { kind: "complement", from, total, computed: total };
}

/** Activation of a weighted part. */
export const activationOf = (trace, part) => squashOf(trace.header, part);

function layer(trace, part, unit, step) {
  const block = trace.parts.indexOf(part);
  const gated = trace.cell === "gru" && part === "candidate" && trace.header.reset === "after";
  const inputs = inputGroup(trace, block, unit, step);
  const states = !trace.description.recurrent ? null : stateGroup(trace, part, block, unit, step);
  const peephole = trace.has("peephole") && part !== "candidate" ? peepholeGroup(trace, part, unit, step) : null;
  const bias = trace.bias(block, unit);
  const gate = gated ? resetGate(trace, states, unit, step) : null;
  const total = inputs.sum + (gate ? gate.product : (states?.sum ?? 0)) + (peephole?.sum ?? 0) + bias;
  const reported = trace.arrays[`pre.${part}`][step * trace.units + unit];
  const activation = activationOf(trace, part);
  return {
    kind: "layer",
    groups: [inputs, states, peephole].filter(Boolean),
    bias,
    gate,
    total,
    reported,
    activation,
    computed: activate(activation, total),
    sums: agrees(total, reported) && (!gate || gate.agrees),
  };
}

/** In a GRU whose reset acts after the product, r multiplies the whole sum U_n h + b_hn. */
function resetGate(trace, states, unit, step) {
  const inner = states.sum + trace.arrays.b_hn[unit];
  const reported = trace.at("recurrent", step, unit);
  const value = trace.at("reset", step, unit);
  return { bias: trace.arrays.b_hn[unit], inner, reported, value, product: value * inner, agrees: agrees(inner, reported) };
}

function recurrent(trace, unit, step) {
  const after = trace.header.reset === "after";
  const states = stateGroup(trace, "candidate", trace.parts.indexOf("candidate"), unit, step);
  const bias = after ? trace.arrays.b_hn[unit] : null;
  const total = states.sum + (bias ?? 0);
  return {
    kind: "layer",
    groups: [states],
    bias,
    gate: null,
    total,
    reported: total,
    activation: "none",
    computed: total,
  };
}

function squash(trace, unit, step) {
  const from = factor(trace, "cell", unit, step);
  const activation = squashOf(trace.header, "cell");
  return { kind: "squash", from, activation, total: from.value, computed: activate(activation, from.value) };
}

function inputGroup(trace, block, unit, step) {
  const terms = Array.from(trace.row("x", step), (value, column) =>
    term({ signal: "x", unit: column, step }, value, trace.inputWeight(block, unit, column)),
  );
  return group("x", step, terms);
}

/** The terms of U·h: h of the step before, or r⊙h where a GRU resets before the product. */
function stateGroup(trace, part, block, unit, step) {
  const reset = trace.cell === "gru" && part === "candidate" && trace.header.reset === "before";
  const previous = trace.row("hidden", step - 1);
  const terms = Array.from(previous, (value, from) => {
    const weight = trace.recurrentWeight(block, unit, from);
    if (!reset) return term({ signal: "hidden", unit: from, step: step - 1 }, value, weight);
    const gate = trace.at("reset", step, from);
    const made = term({ signal: "reset_hidden", unit: from, step }, gate * value, weight);
    return { ...made, factors: [factor(trace, "reset", from, step), factor(trace, "hidden", from, step - 1)] };
  });
  return group(reset ? "reset_hidden" : "hidden", reset ? step : step - 1, terms);
}

/** p⊙c: each unit's gate sees that unit's own memory, the output gate the new one, the others the old one. */
function peepholeGroup(trace, gate, unit, step) {
  const seen = gate === "output" ? step : step - 1;
  return group("peephole", seen, [term({ signal: "cell", unit, step: seen }, trace.at("cell", seen, unit), trace.peephole(gate, unit))]);
}

function term(from, value, weight) {
  return { id: `${from.signal}.${from.unit}`, from, value, weight, product: value * weight };
}

/** Sums in the order of the columns; only the display is sorted by size. */
function group(id, step, terms) {
  return { id, step, terms, sum: terms.reduce((sum, { product }) => sum + product, 0) };
}

function factor(trace, signal, unit, step) {
  return { signal, unit, step, value: trace.at(signal, step, unit), complement: false };
}

function state(trace, signal, unit, step) {
  const products = productsOf(trace, signal, unit, step).map(([id, ...factors]) => ({
    id,
    factors,
    value: factors.reduce((product, each) => product * each.value, 1),
  }));
  const total = products.reduce((sum, each) => sum + each.value, 0);
  return { kind: "state", products, total, computed: total };
}

/**
 * A signal as products, [name, its factors]: the sum that it is, or the one product that has its name.
 *
 * In the engine z keeps; under the convention that z writes, the very same number is called 1−z. The number
 * multiplied is the engine's in both.
 */
function productsOf(trace, signal, unit, step) {
  const products = trace.sums[signal] ?? [trace.product(signal)];
  return products.map(([name, ...factors]) => [
    name,
    ...factors.map((one) => {
      const { signal: factorSignal, rest } = factorOf(one);
      const made = pointer(trace, factorSignal, unit, step);
      const complement = rest !== (factorSignal === "update" && trace.header.update === "write");
      return { ...made, value: rest ? 1 - made.value : made.value, complement };
    }),
  ]);
}

/**
 * A list of terms as it is read: the largest first, the rest as one sum, the zeros as a count.
 *
 * @returns {{shown: object[], rest: object[], zeros: object[], restSum: number}}
 */
export function fold(terms, limit = LIMIT) {
  const zeros = terms.filter(({ product }) => product === 0);
  const ranked = terms.filter(({ product }) => product !== 0);
  ranked.sort((a, b) => Math.abs(b.product) - Math.abs(a.product) || a.from.unit - b.from.unit);
  const cut = ranked.length > limit + 1 ? limit : ranked.length; // folding a single term would save nothing
  const rest = ranked.slice(cut);
  return { shown: ranked.slice(0, cut), rest, zeros, restSum: rest.reduce((sum, { product }) => sum + product, 0) };
}

/** Largest magnitude among everything that an account draws as a bar; 1 where all is 0. */
export function span(made) {
  const values = made.kind === "state" ? [made.value, ...made.products.map(({ value }) => value)] : [made.value];
  if (made.kind === "layer") {
    values[0] = made.total;
    for (const { terms } of made.groups) values.push(...terms.map(({ product }) => product));
    values.push(made.bias ?? 0, made.gate?.bias ?? 0, made.gate?.inner ?? 0);
  }
  return values.reduce((top, value) => Math.max(top, Math.abs(value)), 0) || 1;
}
