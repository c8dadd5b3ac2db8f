// How far an LSTM's memory can go in steps that are concealed, from what is not: weights and inputs. No DOM here.
import { activate, isBounded, squashOf } from "../core/run/squash.js";

const SIZES = [1, 2, 5];

/** The next of 1, 2, 5, 10, 20, … that is no smaller. */
export function roundSize(size) {
  const decade = 10 ** Math.max(0, Math.floor(Math.log10(size)));
  return decade * (SIZES.find((one) => one * decade >= size) ?? 10);
}

/**
 * The largest |c| that a unit may come to, whatever h was: its gates and candidate stay below what their sums allow where no
 * h is beyond ±1. NaN for what else a cell may have.
 * @param {import("../core/run/trace.js").Trace} trace  @param {{unit: number, from: number, to: number}} steps from 0, both concealed
 * @param {number} size of c before
 */
export function largestMemory(trace, { unit, from, to }, size) {
  const { parts, units, inputs, variant, header } = trace;
  const { clamps, without, coupled, peephole } = variant;
  const bounded = () => [...parts, "cell"].every((name) => isBounded(squashOf(header, name))); // and rising, as SiLU is not
  if (trace.cell !== "lstm" || clamps.length || without.length || coupled || peephole || !bounded()) return NaN;
  const sum = (count, value) => {
    let all = 0;
    for (let k = 0; k < count; k++) all += value(k);
    return all;
  };
  const most = (part, t) => {
    const block = parts.indexOf(part);
    const fromInput = trace.bias(block, unit) + sum(inputs, (k) => trace.inputWeight(block, unit, k) * trace.at("x", t, k));
    const fromState = sum(units, (k) => Math.abs(trace.recurrentWeight(block, unit, k) * (t === from ? trace.at("hidden", t - 1, k) : 1)));
    return Math.max(...[fromInput - fromState, fromInput + fromState].map((one) => Math.abs(activate(squashOf(header, part), one))));
  };
  for (let t = from; t <= to; t++) size = most("forget", t) * size + most("input", t) * most("candidate", t);
  return size;
}
