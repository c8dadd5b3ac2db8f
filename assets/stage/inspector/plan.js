// What the inspector says about an account, as a flat list of rows. No DOM here: rows.js draws them.
//
// A row is {kind, key, …}; labels are mathematics or words, numbers stay numbers until they are drawn.

import { LIMIT, agrees, fold, span } from "./arithmetic.js";
import { exact, gate } from "../core/text/format.js";
import { isGate } from "../core/colour.js";
import { plain } from "../core/text/formulas.js";

/**
 * @param {object} made an account of arithmetic.js
 * @param {object} words {t, name, unit(n), column(n), formulas, current: the stage's step, token(step)}
 * @param {Set<string>} open keys of the lists that are unfolded
 * @param {number} reach of the signal in the whole run: the bars of a state share it, so that what is small looks small
 */
export function plan(made, language, open, reach = 0) {
  const scale = Math.max(span(made), made.kind === "state" ? reach : 0);
  const words = { ...language, at: made.step };
  const rows = { given, layer, state, squash, complement, absent, rule }[made.kind](made, words, open).map((row) => ({ scale, ...row }));
  if (made.clampedValue !== null) rows.splice(-1, 0, { kind: "words", key: "held", text: clampText(made, words) });
  if (!made.agrees) rows.unshift({ kind: "alert", key: "alert", text: disagreement(made, words) });
  return rows;
}

const SUMMED = ["captions", "group", "term", "fold", "bias", "total", "subtotal"];

/**
 * The rows of what is there before the value itself: the terms of a sum, the products of a state; then when it comes.
 * @param {object[]} rows of `plan` @param {(signal: string) => boolean} seen @param {string} text says the phase
 */
export function upTo(rows, made, seen, text) {
  const isShown = {
    layer: ({ kind }) => SUMMED.includes(kind) && seen(`pre.${made.signal}`),
    state: ({ kind, key }) => kind === "product" && made.products.length > 1 && seen(key),
  }[made.kind];
  return [...(isShown ? rows.filter(isShown) : []), { kind: "words", key: "pending", text }];
}

/** A value in the arithmetic: four decimals, but a gate never as 0 or 1 unless it is exactly that. */
export function precise(signal, value) {
  const rounds = isGate(signal) && value !== 1 && value > 1 - 5e-5;
  return rounds ? gate(value) : exact(value);
}

/** "step 4, now", "step 3, one before", "initial state": the word that keeps t and t−1 apart. */
export function when(step, { t, current }) {
  if (step < 0) return t("inspector.initial");
  const back = current - step;
  if (back === 0) return t("inspector.now", { n: step + 1 });
  if (back === 1) return t("inspector.before", { n: step + 1 });
  return t("inspector.far", { n: step + 1, count: back });
}

/** "step 3" or "initial state", where there is no room for more. */
export const stepName = (step, { t }) => (step < 0 ? t("inspector.initial") : t("inspector.step", { n: step + 1 }));

function disagreement(made, { t }) {
  const summed = agrees(made.total, made.reported ?? made.total); // then it is the value itself that differs
  const [total, reported] = summed ? [made.clampedValue ?? made.computed, made.value] : [made.total, made.reported];
  return t("inspector.disagrees", { total: String(total), reported: String(reported) });
}

/** Says that a clamp holds the value, and what it would be without. */
function clampText({ signal, mirrored, shown, computed }, { t }) {
  return t("inspector.held", { value: precise(signal, shown), own: precise(signal, mirrored ? 1 - computed : computed) });
}

function given(made, words) {
  const { t } = words;
  const key = made.signal === "x" ? "inspector.given" : "inspector.start";
  const text = t(key, { column: words.column(made.unit), token: words.token(made.step), n: made.step + 1 });
  return [{ kind: "words", key: "given", text }, result(made, words)];
}

function layer(made, words, open) {
  const { formulas } = words;
  const candidate = made.signal === "recurrent" ? "candidate" : made.signal;
  const names = formulas.weights(candidate);
  const rows = [{ kind: "captions", key: "captions" }];
  for (const group of made.groups) {
    rows.push(heading(group, candidate, words), ...listed(group, words, open));
    if (made.gate && group.id !== "x") rows.push(...gated(made, words));
  }
  const inner = made.signal === "recurrent";
  if (made.bias !== null) rows.push(bias(inner ? "b_hn" : "bias", inner ? formulas.symbol("b_hn") : names.b, made.bias, words));
  if (inner) return [...rows, result(made, words)];
  const symbol = formulas.symbol(`pre.${made.signal}`);
  rows.push({ kind: "total", key: "total", label: symbol, word: words.t("inspector.sum"), value: made.reported });
  if (!["exp", "none"].includes(made.activation)) rows.push(curve(made, symbol));
  rows.push(...mirror(made, words), result(made, words));
  return rows;
}

function heading(group, part, words) {
  return {
    kind: "group",
    key: `group.${group.id}`,
    label: words.formulas.product(part, group.id),
    word: words.t(`inspector.from.${group.id}`),
    tag: when(group.step, words),
    step: group.step,
    past: group.step < words.at,
    note: group.id === "x" ? oneHot(group, words) : null,
    value: group.sum,
  };
}

/** For a one-hot input the one column says more than all the zeros. */
function oneHot({ terms }, words) {
  const set = terms.filter(({ value }) => value !== 0);
  if (terms.length < 2 || set.length !== 1 || set[0].value !== 1) return null;
  return words.t("inspector.onehot", { column: words.column(set[0].from.unit) });
}

function listed(group, words, open) {
  const [restKey, zeroKey] = [`${group.id}.rest`, `${group.id}.zeros`];
  const { shown, rest, zeros, restSum } = fold(group.terms, LIMIT);
  const rows = shown.map((each) => term(each, words));
  if (rest.length) {
    const isOpen = open.has(restKey);
    if (isOpen) rows.push(...rest.map((each) => term(each, words)));
    const text = words.t("inspector.rest", { count: rest.length });
    rows.push({ kind: "fold", key: restKey, open: isOpen, text, value: isOpen ? null : restSum });
  }
  if (zeros.length) {
    const isOpen = open.has(zeroKey);
    if (isOpen) rows.push(...zeros.map((each) => term(each, words)));
    const text = words.t(zeros.length === 1 ? "inspector.zero" : "inspector.zeros", { count: zeros.length });
    rows.push({ kind: "fold", key: zeroKey, open: isOpen, text, value: null });
  }
  return rows;
}

function term(each, words) {
  const { from } = each;
  const factors = each.factors?.map((one) => factor(one, words));
  return {
    kind: "term",
    key: each.id,
    label: from.signal === "x" ? words.column(from.unit) : words.unit(from.unit),
    spoken: spoken(from, words),
    target: from,
    factors,
    left: precise(from.signal, each.value),
    right: exact(each.weight),
    value: each.product,
  };
}

function bias(key, label, value, words) {
  return { kind: "bias", key, label, word: words.t("inspector.bias"), value };
}

/** r × (U h₋₁ + b_hn): the sum inside, and what the reset gate lets through of it. */
function gated(made, words) {
  const { formulas } = words;
  const inside = { signal: "recurrent", unit: made.unit, step: made.step };
  return [
    bias("b_hn", formulas.symbol("b_hn"), made.gate.bias, words),
    {
      kind: "subtotal",
      key: "recurrent",
      label: formulas.symbol("recurrent"),
      value: made.gate.reported,
      target: inside,
      spoken: spoken(inside, words),
    },
    {
      kind: "product",
      key: "gated",
      label: formulas.symbol("gated"),
      factors: [
        factor({ signal: "reset", unit: made.unit, step: made.step, value: made.gate.value }, words),
        factor({ ...inside, value: made.gate.reported, short: "(…)" }, words),
      ],
      value: made.gate.product,
    },
  ];
}

function factor(each, words) {
  const { signal, unit, step, value } = each;
  const past = step < words.at;
  const symbol = words.formulas.symbol(past ? `previous_${signal}` : signal);
  return {
    label: each.short ?? (each.complement ? `1−${symbol}` : symbol),
    text: precise(signal, value),
    tag: past ? stepName(step, words) : null,
    target: { signal, unit, step },
    spoken: spoken({ signal, unit, step }, words),
  };
}

function spoken({ signal, unit, step }, words) {
  const place = signal === "x" ? words.column(unit) : words.unit(unit);
  return [words.name(signal), place, when(step, words)].join(", ");
}

function curve(made, symbol) {
  const input = made.mirrored ? -made.total : made.total;
  const label = made.mirrored ? `−${symbol}` : symbol;
  const shown = made.mirrored ? 1 - made.computed : made.computed;
  return { kind: "curve", key: "curve", activation: made.activation, input, signal: made.signal, shown, label };
}

/** Says that this convention's z is one minus the engine's, wherever z's own arithmetic is shown. */
function mirror(made, words) {
  if (!made.mirrored) return [];
  const values = { keep: precise("update", made.computed), write: precise("update", 1 - made.computed) };
  return [{ kind: "words", key: "mirror", text: words.t("inspector.mirrored", values) }];
}

function state(made, words) {
  const { formulas } = words;
  const rows = made.products.map((each) => ({
    kind: "product",
    key: each.id,
    label: formulas.symbol(each.id),
    word: ["kept", "written"].includes(each.id) ? words.t(`inspector.${each.id}`) : null,
    target: made.products.length > 1 ? { signal: each.id, unit: made.unit, step: made.step } : null,
    spoken: spoken({ signal: each.id, unit: made.unit, step: made.step }, words),
    factors: each.factors.map((one) => factor(one, words)),
    value: each.value,
    wide: true,
  }));
  const z = made.products.flatMap(({ factors }) => factors).find(({ signal }) => signal === "update");
  if (z && words.formulas.header.update === "write") rows.push({ kind: "words", key: "mirror", text: words.t("inspector.writes") });
  return [...rows, { ...result(made, words), bar: made.products.length > 1 }];
}

function squash(made, words) {
  const label = words.formulas.symbol("cell");
  const from = { kind: "product", key: "cell", label, factors: [factor(made.from, words)], value: made.total, spoken: plain(label) };
  return [from, ...(made.activation === "none" ? [] : [curve(made, label)]), result(made, words)];
}

/** A coupled input gate: what is not kept is written. */
function complement(made, words) {
  const { formulas, t } = words;
  const values = { symbol: formulas.symbol("input"), other: formulas.symbol("forget") };
  const from = factor(made.from, words);
  return [
    { kind: "product", key: "complement", label: `1 − ${values.other}`, factors: [from], value: made.total, spoken: from.spoken },
    { kind: "words", key: "coupled", text: t("inspector.coupled", values) },
    result(made, words),
  ];
}

/** A value made of others by a rule: each of them with its number, and the rule as the equation above says it. */
function rule(made, words) {
  const parts = made.from.map((each) => {
    const written = factor(each, words);
    return { kind: "product", key: `${each.signal}.${each.step}`, label: written.label, factors: [written], value: each.value, spoken: written.spoken };
  });
  return [...parts, result(made, words)];
}

function absent(made, words) {
  const symbols = words.formulas.header.symbols;
  return [{ kind: "words", key: "absent", text: words.t(`inspector.absent.${made.signal}`, symbols) }, result(made, words)];
}

function result(made, words) {
  const { signal, value, shown } = made;
  return { kind: "result", key: "result", label: words.formulas.symbol(signal), signal, value, shown };
}
