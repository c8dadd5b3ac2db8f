// One run of a cell as the engine computed it. No DOM here: bytes in, numbers out.
//
// Layout (packed by gates/scenes/payload.py): uint32 header length, JSON header, zero padding to a multiple
// of 8, float64 arrays, or float32 where the header says "single". All little-endian, as every browser's typed
// arrays are.

import { RULES } from "./rules.js";
import { isBounded, squashOf } from "./squash.js";

/**
 * What an LSTM has beyond or short of the common one, and what the run was held at. In the lab the edit says so,
 * which is ahead of the run that came last.
 */
export function variant(header) {
  const { peephole = false, coupled = false, without = [], clamps = [] } = header.lab?.edit ?? header;
  const { candidate_activation: candidate, cell_activation: shown } = header;
  const linear = [...(candidate === "identity" ? ["candidate"] : []), ...(shown === "identity" ? ["cell"] : [])];
  if (header.cell !== "lstm") return { peephole: false, coupled: false, without: [], linear: [], clamps };
  return { peephole, coupled, without, linear, clamps };
}

/**
 * What a trace has of its kind's description. parts: names in the order of their weight rows. signals: of the step table and the
 * score, in reading order. strips: the signals of the score, all but those that have no bounds and are on it in another form.
 * memory: what carries it from step to step. phases: of one step. sums: by signal, the products that add up to it. rules: signals
 * that are another function of others, {inputs, equation}.
 */
const DESCRIBED = ["parts", "signals", "strips", "memory", "phases", "sums", "rules"];

export class Trace {
  /** @param {Uint8Array} bytes the whole value, which may start unaligned in its buffer */
  static unpack(bytes) {
    const aligned = bytes.slice(); // float64 views need an offset divisible by 8
    const length = new DataView(aligned.buffer).getUint32(0, true);
    const header = JSON.parse(new TextDecoder().decode(aligned.subarray(4, 4 + length)));
    const start = Math.ceil((4 + length) / 8) * 8;
    const arrays = {};
    for (const { name, shape, offset, onehot, single } of header.arrays) {
      const size = shape.reduce((product, extent) => product * extent, 1);
      const Numbers = single ? Float32Array : Float64Array;
      arrays[name] = onehot ? expandOneHot(shape, onehot) : new Numbers(aligned.buffer, start + offset, size);
    }
    return new Trace(header, arrays);
  }

  constructor(header, arrays) {
    this.header = header;
    this.arrays = arrays;
    this.cell = header.cell;
    this.steps = header.steps;
    this.units = header.units;
    this.inputs = header.inputs;
    this.tokens = header.tokens;
    this.variant = variant(header);
    this.description = header.description; // of the kind of cell, as gates describes it
    for (const name of DESCRIBED) this[name] = this.description[name];
    this.peaks = this.findPeaks();
  }

  has(signal) {
    return signal in this.arrays;
  }

  /** Number of columns of a signal: inputs for x, units for the rest. */
  width(signal) {
    return signal === "x" || signal === "grad.x" ? this.inputs : this.units;
  }

  /**
   * Value of a signal at step t (from 0) in one unit; before the first step the initial state.
   * What is one product away is formed here, in the same float64 operations as NumPy's.
   */
  at(signal, t, unit) {
    if (signal.startsWith("previous_")) return this.at(signal.slice(9), t - 1, unit);
    if (t < 0) return this.arrays[`initial_${signal}`][unit];
    if (!(signal in this.arrays)) return this.made(signal, t, unit);
    return this.arrays[signal][t * this.width(signal) + unit];
  }

  /** What is one rule or one product away. */
  made(signal, t, unit) {
    if (this.rules[signal]) return RULES[this.cell][signal](this, t, unit);
    const [, ...factors] = this.product(signal);
    return factors.map(factorOf).reduce((product, { signal: name, rest }) => {
      const value = this.at(name, t, unit);
      return product * (rest ? 1 - value : value);
    }, 1);
  }

  /** The product of this name, [name, factor, factor], of whichever sum it is part; null for any other signal. */
  product(signal) {
    return Object.values(this.sums)
      .flat()
      .find(([name, , second]) => name === signal && second) ?? null;
  }

  /** Whether a number of this name can be shown: the engine's own, or one made of those. A sum is always the engine's. */
  knows(signal) {
    if (this.has(signal) || signal in this.rules) return true;
    return !(signal in this.sums) && this.product(signal) !== null;
  }

  /** The value to which a signal is clamped at step t in one unit, or null. Of several clamps the last one counts. */
  clampedValue(signal, t, unit) {
    const holds = ({ signal: name, units, steps }) =>
      name === signal && (!units || units.includes(unit)) && (!steps || (steps[0] <= t && t <= steps[1]));
    return this.variant.clamps.findLast(holds)?.value ?? null;
  }

  /** All values of a signal at step t, as a view without a copy. */
  row(signal, t) {
    if (t < 0) return this.arrays[`initial_${signal}`];
    const width = this.width(signal);
    return this.arrays[signal].subarray(t * width, (t + 1) * width);
  }

  /** Weight from input column `column` into `unit` of the part in row block `block`. */
  inputWeight(block, unit, column) {
    return this.arrays.W[(block * this.units + unit) * this.inputs + column];
  }

  /** Weight from unit `from` into `unit` of the part in row block `block`. */
  recurrentWeight(block, unit, from) {
    return this.arrays.U[(block * this.units + unit) * this.units + from];
  }

  bias(block, unit) {
    return this.arrays.b[block * this.units + unit];
  }

  /** Weight of a gate's peephole in `unit`: what the unit's own memory adds to the gate's sum. */
  peephole(gate, unit) {
    return this.arrays.peephole[["input", "forget", "output"].indexOf(gate) * this.units + unit];
  }

  /** The states that one step passes to the next, the memory first. */
  get states() {
    return this.memory === "hidden" ? ["hidden"] : [this.memory, "hidden"];
  }

  /** The largest magnitude of signals that nothing bounds, those of a family together. */
  findPeaks() {
    const families = [...this.description.spans, ...this.unbounded()];
    return Object.fromEntries(
      families.flatMap((family) => {
        const top = Math.max(...family.map((name) => (name in this.arrays ? peak(this.arrays[name]) : 0)));
        return family.map((name) => [name, top]);
      }),
    );
  }

  /** Families of signals that an activation without bounds lets grow. */
  unbounded() {
    const free = (part) => !isBounded(squashOf(this.header, part));
    if (this.cell === "lstm") return [...(free("candidate") ? [["candidate"]] : []), ...(free("cell") || free("output") ? [["hidden", "previous_hidden", "tanh_cell"]] : [])];
    if (this.cell === "gru") return free("candidate") || free("update") ? [["candidate", "hidden", "previous_hidden", "kept", "written"]] : [];
    return this.cell === "rnn" && free("hidden") ? [["hidden", "previous_hidden"]] : [];
  }

  /**
   * Largest magnitude that the diverging ramp spans for a signal: of the run where nothing bounds it, else 1.
   * Runs side by side bring a common one in header.scale.
   */
  scale(signal) {
    return this.header.scale?.[signal] || this.peaks[signal] || 1;
  }
}

function expandOneHot([steps, width], indices) {
  const x = new Float64Array(steps * width);
  indices.forEach((column, t) => (x[t * width + column] = 1));
  return x;
}

function peak(values) {
  let top = 0;
  for (const value of values) if (Number.isFinite(value)) top = Math.max(top, Math.abs(value));
  return top || 1;
}

/** A factor of a product: a signal, or [signal] for what it leaves of 1. */
export const factorOf = (factor) => (Array.isArray(factor) ? { signal: factor[0], rest: true } : { signal: factor, rest: false });
