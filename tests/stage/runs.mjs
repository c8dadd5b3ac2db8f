// Runs of small cells with distinct random weights, made here in plain loops, and packed as Python packs them.
import { KINDS } from "./kinds.mjs";
import { Trace } from "../../assets/stage/core/run/trace.js";

/** Numbers in (−1, 1) that are the same every time (mulberry32). */
export function random(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return (((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * 2 - 1;
  };
}

const sigmoid = (a) => 1 / (1 + Math.exp(-a));
const row = (length, value) => Array.from({ length }, (_, k) => value(k));
const dot = (a, b) => a.reduce((sum, value, k) => sum + value * b[k], 0);
export const SYMBOLS = {
  x: "x", hidden: "h", previous_hidden: "h₋₁", cell: "c", previous_cell: "c₋₁", forget: "f", input: "i", output: "o",
  reset: "r", update: "z", "p.input": "p_i", "p.forget": "p_f", "p.output": "p_o", kept: "f⊙c₋₁", written: "i⊙g", tanh_cell: "tanh c", reset_hidden: "r⊙h₋₁", recurrent: "U_n h₋₁ + b_hn",
};

const COMMON = { steps: 5, units: 3, inputs: 2, reset: "after", update: "keep", activation: "tanh", seed: 7, peephole: false, coupled: false, without: [], clamps: [] };

/** One run: {header, arrays} with nested arrays, computed step by step from the equations. */
export function run(cell, options = {}) {
  const { steps, units, inputs, reset, update, activation, seed, x, peephole, coupled, without, clamps } = { ...COMMON, ...options };
  const next = random(seed);
  const parts = KINDS[cell].parts;
  const W = row(parts.length * units, () => row(inputs, next));
  const U = row(parts.length * units, () => row(units, next));
  const b = row(parts.length * units, next);
  const after = cell === "gru" && reset === "after";
  const b_hn = row(units, () => (after ? next() : 0));
  const given = x ?? row(steps, () => row(inputs, next));
  const initial_hidden = row(units, next);
  const initial_cell = row(units, next);
  const p = row(3, () => row(units, () => (peephole ? next() : 0)));
  const arrays = { x: given, W, U, b, initial_hidden };
  const keep = (name, values) => (arrays[name] ??= []).push(values);
  let [h, c] = [initial_hidden, initial_cell];
  const rows = (part, state) => row(units, (k) => {
    const at = parts.indexOf(part) * units + k;
    return dot(W[at], given[arrays.hidden?.length ?? 0]) + (state ? dot(U[at], state) : 0) + b[at];
  });
  for (let t = 0; t < steps; t++) {
    const now = {};
    const hold = (signal, values) => values.map((value, unit) => clamps.reduce((at, clamp) => {
      const [from, to] = clamp.steps ?? [0, steps];
      const here = clamp.signal === signal && (clamp.units ?? [unit]).includes(unit) && from <= t && t <= to;
      return here ? clamp.value : at;
    }, value));
    const open = (gate, values) => (without.includes(gate) ? values.map(() => 1) : values);
    if (cell === "lstm") {
      for (const part of parts) now[part] = rows(part, h);
      now.input = now.input.map((a, k) => a + p[0][k] * c[k]);
      now.forget = now.forget.map((a, k) => a + p[1][k] * c[k]);
      const f = hold("forget", open("forget", now.forget.map(sigmoid)));
      const i = hold("input", open("input", coupled ? f.map((value) => 1 - value) : now.input.map(sigmoid)));
      const g = hold("candidate", now.candidate.map(Math.tanh));
      c = hold("cell", c.map((old, k) => f[k] * old + i[k] * g[k]));
      now.output = now.output.map((a, k) => a + p[2][k] * c[k]);
      const o = hold("output", open("output", now.output.map(sigmoid)));
      h = hold("hidden", c.map((value, k) => o[k] * Math.tanh(value)));
      for (const part of parts) keep(`pre.${part}`, now[part]);
      for (const [name, values] of Object.entries({ input: i, forget: f, candidate: g, output: o, cell: c, tanh_cell: c.map(Math.tanh) })) keep(name, values);
    } else if (cell === "gru") {
      for (const part of ["reset", "update"]) keep(`pre.${part}`, (now[part] = rows(part, h)));
      const [r, z] = ["reset", "update"].map((gate) => hold(gate, now[gate].map(sigmoid)));
      const muted = h.map((value, k) => r[k] * value);
      const heard = after ? h : muted;
      const recurrent = row(units, (k) => dot(U[2 * units + k], heard) + b_hn[k]);
      const pre = rows("candidate", null).map((value, k) => value + (after ? r[k] : 1) * recurrent[k]);
      const n = hold("candidate", pre.map(Math.tanh));
      h = hold("hidden", h.map((old, k) => z[k] * old + (1 - z[k]) * n[k]));
      for (const [name, values] of Object.entries({ reset: r, update: z, candidate: n, "pre.candidate": pre, recurrent })) keep(name, values);
      if (!after) keep("reset_hidden", muted);
    } else {
      const pre = rows("hidden", h);
      keep("pre.hidden", pre);
      h = hold("hidden", pre.map(activation === "relu" ? (a) => Math.max(a, 0) : Math.tanh));
    }
    keep("hidden", h);
  }
  if (cell === "lstm") arrays.initial_cell = initial_cell;
  if (cell === "gru") arrays.b_hn = b_hn;
  if (peephole) arrays.peephole = p;
  const symbols = { ...SYMBOLS, candidate: cell === "gru" ? "n" : "g" };
  const header = { cell, description: KINDS[cell], steps, units, inputs, reset, update, activation, peephole, coupled, without, clamps, notation: "pytorch", symbols, tokens: row(steps, String), columns: [], unit_names: [] };
  return { header, arrays };
}

/** The bytes of a run in the layout of trace.js, moved to an odd offset as bytes arrive in a browser. */
export function pack({ header, arrays }, onehot = {}) {
  const entries = [];
  const values = [];
  for (const [name, value] of Object.entries(arrays)) {
    const shape = Array.isArray(value[0]) ? [value.length, value[0].length] : [value.length];
    if (onehot[name]) entries.push({ name, shape, onehot: onehot[name] });
    else {
      entries.push({ name, shape, offset: values.length * 8 });
      values.push(...value.flat());
    }
  }
  const text = new TextEncoder().encode(JSON.stringify({ ...header, arrays: entries }));
  const start = Math.ceil((4 + text.length) / 8) * 8;
  const aligned = new Uint8Array(start + values.length * 8);
  new DataView(aligned.buffer).setUint32(0, text.length, true);
  aligned.set(text, 4);
  aligned.set(new Uint8Array(Float64Array.from(values).buffer), start);
  const shifted = new Uint8Array(aligned.length + 3).subarray(3);
  shifted.set(aligned);
  return shifted;
}

export const traceOf = (made, onehot) => Trace.unpack(pack(made, onehot));
