// The sentence about this moment: what happened in a phase of a step, with the run's own numbers. No DOM here.

import { gate as gateText, number } from "./format.js";
import { unitTitle } from "./names.js";
import { visible } from "../run/visible.js";

const OPEN = 0.9; // from here on a gate counts as open,
const SHUT = 0.1; // and down to here as shut
const NOTHING = 0.005; // what is smaller prints as a power of ten: there is next to nothing to keep or to write

/** The clauses of each phase where a cell needs more than those of its products; the last phase has those of the whole step. */
const PHASE_KEYS = {
  gru: { look: [sums], reset: [reset], propose: [candidate], blend: [blend], carry: [reset, blend] },
  rnn: { look: [sums], squash: [squash], carry: [squash] },
};

/** The clauses of a phase: of the products that are made in it, or the signals formed by a rule; sums where neither is. */
function clausesOf(trace, phase) {
  const key = PHASE_KEYS[trace.cell]?.[phase];
  if (key) return key;
  const last = phase === trace.phases.at(-1);
  const made = (signal) => trace.description.made[signal] && (last || trace.description.made[signal] === phase);
  const fades = made("kept") && factors(trace, "kept").gate[0] === factors(trace, "written").gate;
  const products = [...(fades ? [blend] : [made("kept") && keep, made("written") && writes]), made("shown") && read].filter(Boolean);
  if (products.length) return products;
  return Object.keys(trace.rules).some(made) ? [shares] : [sums];
}

/**
 * @param {object} host gives words, letters and the run's header (see shell/host.js)
 * @param {object} trace the run
 * @param {{step: number, phase: string, unit: number}} view where the stage stands
 */
export function moment(host, trace, { step, phase, unit }) {
  const at = (signal) => trace.at(signal, step, unit);
  const seen = (signal) => visible(trace, { step, phase }, { signal });
  const context = { host, trace, at, seen };
  const clauses = clausesOf(trace, phase).map((clause) => clause(context)).filter(Boolean);
  if (!clauses.length) return "";
  const sentence = host.t("stage.moment", { clauses: joined(host, "and", clauses) });
  return trace.units > 1 ? host.t("stage.moment.unit", { unit: unitTitle(host, unit), sentence }) : sentence;
}

const joined = (host, way, clauses) => clauses.reduce((first, second) => host.t(`stage.moment.${way}`, { first, second }));

const level = (value) => (value >= OPEN ? "open" : value <= SHUT ? "shut" : "part");

/** The product of this name in what carries the memory, with its gate: {gate, other}. */
function factors(trace, name) {
  const state = name === "shown" ? "hidden" : trace.memory;
  const [, gate, other] = trace.sums[state].find(([product]) => product === name);
  return { gate, other };
}

function sums({ host, trace, at, seen }) {
  const parts = trace.parts.filter((part) => seen(`pre.${part}`) && !Number.isNaN(at(`pre.${part}`)));
  const list = parts.map((part) => `${host.symbol(part)} ${number(host.complemented(part) ? -at(`pre.${part}`) : at(`pre.${part}`))}`);
  return list.length ? host.t("stage.moment.sums", { list: joined(host, "comma", list) }) : null; // none where they would tell what is asked
}

function keep({ host, trace, at }) {
  const { gate, other } = factors(trace, "kept");
  const old = at(other);
  const way = Math.abs(old) < NOTHING ? "nothing" : level(at(gate));
  const values = { gate: host.symbol(gate), value: gateText(at(gate)), kept: number(at("kept")), old: number(old) };
  return host.t(`stage.moment.keep.${way}`, { ...values, memory: host.symbol(other) });
}

function writes({ host, trace, at }) {
  const { gate, other } = factors(trace, "written");
  const fresh = at(other);
  const way = Math.abs(fresh) < NOTHING ? "nothing" : level(at(gate));
  const values = { gate: host.symbol(gate), value: gateText(at(gate)), written: number(at("written")), fresh: number(fresh) };
  const clause = host.t(`stage.moment.write.${way}`, { ...values, candidate: host.symbol(other) });
  const state = host.t("stage.moment.becomes", { memory: host.symbol(trace.memory), value: number(at(trace.memory)) });
  return joined(host, "comma", [clause, state]);
}

function read({ host, trace, at }) {
  const { gate, other } = factors(trace, "shown");
  const values = { gate: host.symbol(gate), value: gateText(at(gate)), inside: number(at(other)), shown: number(at("hidden")) };
  const names = { squashed: host.symbol(other), hidden: host.symbol("hidden") };
  return host.t(`stage.moment.read.${level(at(gate))}`, { ...values, ...names });
}

function reset({ host, trace, at }) {
  const before = trace.header.reset === "before";
  const values = {
    gate: host.symbol("reset"),
    value: gateText(at("reset")),
    old: number(before ? at("previous_hidden") : at("recurrent")),
    heard: number(before ? at("reset_hidden") : at("reset") * at("recurrent")),
    from: host.symbol(before ? "previous_hidden" : "recurrent"),
  };
  return host.t(`stage.moment.reset.${level(at("reset"))}`, values);
}

function candidate({ host, at }) {
  const [name, value] = [host.symbol("candidate"), number(at("candidate"))];
  return host.t("stage.moment.candidate", { name, value, sum: number(at("pre.candidate")) });
}

/** A fader: one number says what is kept and what is written; which of the two it is, the convention says. */
function blend({ host, trace, at }) {
  const keeps = trace.cell === "gru" && !host.complemented("update");
  const value = gateText(host.complemented("update") ? 1 - at("update") : at("update"));
  const numbers = { kept: number(at("kept")), old: number(at("previous_hidden")), written: number(at("written")) };
  const state = { fresh: number(at("candidate")), becomes: number(at("hidden")) };
  const names = { gate: host.symbol("update"), memory: host.symbol("hidden"), candidate: host.symbol("candidate") };
  return host.t(`stage.moment.blend.${keeps ? "keeps" : "writes"}`, { value, ...numbers, ...state, ...names });
}

/** Signals that a phase forms of others by a rule. */
function shares({ host, trace, at, seen }) {
  const formed = Object.keys(trace.rules).filter(seen);
  const list = formed.map((signal) => `${host.symbol(signal)} = ${number(at(signal))}`);
  return host.t("stage.moment.shares", { list: joined(host, "comma", list) });
}

function squash({ host, trace, at }) {
  const names = { memory: host.symbol("hidden"), old: number(at("previous_hidden")), activation: trace.header.activation.replaceAll("_", " ") };
  return host.t("stage.moment.squash", { ...names, sum: number(at("pre.hidden")), value: number(at("hidden")) });
}
