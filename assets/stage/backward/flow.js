// How the gradient of a loss flows back through one step: every edge's number, and what each is the sum of.
// No DOM here: the engine's arrays in, numbers out.

import { slopeOf, squashOf } from "../core/run/squash.js";

const DECADES = 12;
const FAINTEST = 0.06; // level of the smallest gradient that is not called vanished

export class Flow {
  /** @param {import("../core/run/trace.js").Trace} trace with the arrays grad.* and back.* and a header that has `gradient` */
  constructor(trace) {
    this.trace = trace;
    const { scale = 1, floor = scale * 10 ** -DECADES, at = null, source = "hidden", exploded = null, counts = null } = trace.header.gradient;
    Object.assign(this, { scale, at, source, exploded, counts });
    this.floor = Math.min(floor, this.sent() * 10 ** -DECADES || floor);
    this.complemented = trace.header.update === "write"; // z is shown as what is written
    this.top = Math.log10(scale);
    this.bottom = Math.log10(this.floor);
    this.memory = trace.memory;
    this.parts = trace.signals.filter((signal) => trace.parts.includes(signal) && this.decides(signal)); // as a step's picture shows them
    this.reset = { step: -1, values: null };
  }

  /** The largest gradient where the loss reads last: beside it, and not beside an explosion, others have vanished. */
  sent() {
    const { trace, source, at } = this;
    let largest = 0;
    for (let unit = 0; unit < trace.units; unit++) largest = Math.max(largest, Math.abs(this.read(`grad.${source}`, at ?? trace.steps - 1, unit)));
    return Number.isFinite(largest) ? largest : 0;
  }

  /** One of the engine's numbers; 0 beyond the last step and for what the cell does not have. */
  read(name, t, unit) {
    const { arrays, steps } = this.trace;
    if (t < 0 || t >= steps || !(name in arrays)) return 0;
    return arrays[name][t * this.trace.width(name.replace(/^(grad|back)\.(pre\.)?/, "")) + unit];
  }

  /** Whether a part's own sum decides anything: not that of a gate that is left out, nor that of an input gate that is 1 − f. */
  decides(part) {
    const { without, coupled } = this.trace.variant;
    return !without.includes(part) && !(coupled && part === "input");
  }

  /** Whether a clamp holds a signal there: then nothing flows back through it. */
  isClamped(signal, t, unit) {
    return t >= 0 && this.trace.clampedValue(signal, t, unit) !== null;
  }

  /** Whether c₋₁ stays whole at a step: no forget gate stands on it, nor a value at which one is held. */
  staysWhole(t, unit) {
    return this.trace.variant.without.includes("forget") && !this.isClamped("forget", t, unit);
  }

  /** What a signal passes on to what it was made of: ∂L/∂ of it, and 0 where it is held. */
  passed(signal, t, unit) {
    return this.isClamped(signal, t, unit) ? 0 : this.of(signal, t, unit);
  }

  /** What comes back to f from an input gate that is 1 − f. */
  coupled(t, unit) {
    return 0 - this.passed("input", t, unit);
  }

  /** ∂L/∂a of a part, its sum before the squashing. */
  pre(part, t, unit) {
    return this.read(`grad.pre.${part}`, t, unit);
  }

  /** ∂L/∂(signal) at step t, with all that follows from it; for what is one product away as well. */
  of(signal, t, unit) {
    const { trace } = this;
    if (signal.startsWith("pre.")) return this.pre(signal.slice(4), t, unit);
    if (t < 0) return this.first(signal, unit);
    switch (signal) {
      case "previous_hidden":
      case "previous_cell":
        return this.of(signal.slice(9), t - 1, unit);
      case "kept":
      case "written":
        return this.passed(this.memory, t, unit);
      case "tanh_cell":
        return this.passed("hidden", t, unit) * trace.at("output", t, unit);
      case "from_h":
      case "from_x":
        return this.pre(trace.cell === "rnn" ? "hidden" : "candidate", t, unit);
      case "reset_recurrent":
        return this.pre("candidate", t, unit);
      case "recurrent":
        return this.pre("candidate", t, unit) * (trace.header.reset === "after" ? trace.at("reset", t, unit) : 1);
      case "reset_hidden":
        return this.mixed(t)[unit];
      case "squash":
        return this.passed("hidden", t, unit);
      default:
        return this.read(`grad.${signal}`, t, unit);
    }
  }

  /** ∂L/∂ the initial state: all that comes back to it. */
  first(signal, unit) {
    return sum(this.sources(signal.replace("previous_", ""), -1, unit));
  }

  /** Uₙᵀ ∂L/∂aₙ of every unit: what comes back to r⊙h₋₁ of a GRU that resets before the product. */
  mixed(t) {
    const { trace, reset } = this;
    if (reset.step === t) return reset.values;
    const values = new Float64Array(trace.units);
    for (let to = 0; to < trace.units; to++) {
      const d = this.pre("candidate", t, to);
      for (let from = 0; from < trace.units; from++) values[from] += trace.recurrentWeight(2, to, from) * d;
    }
    this.reset = { step: t, values };
    return values;
  }

  /** What one step sends back to a state of the step before: [{part, value}], "kept" being the straight way. */
  returned(state, t, unit) {
    const { cell } = this.trace;
    if (state === "cell") {
      const ways = [{ part: "kept", value: this.read("back.kept", t, unit) }];
      if ("back.peephole" in this.trace.arrays) ways.push({ part: "peephole", value: this.read("back.peephole", t, unit) });
      return ways;
    }
    const ways = this.parts.map((part) => ({ part, value: this.read(`back.${part}`, t, unit) }));
    return cell === "gru" ? [{ part: "kept", value: this.read("back.kept", t, unit) }, ...ways] : ways;
  }

  /** How much of the cell's gradient h of the same step passes on to c: o (1 − tanh² c), or with another function's slope. */
  slope(t, unit) {
    const { trace } = this;
    return trace.at("output", t, unit) * slopeOf(squashOf(trace.header, "cell"), trace.at("cell", t, unit), trace.at("tanh_cell", t, unit));
  }

  /**
   * What ∂L/∂(signal) is the sum of: [{kind, value, part?, step?, factors?}].
   * kind "back": through a part of the step after; "kept": straight from the step after; "loss": the loss itself
   * asks; "product": the factors multiplied, [signal or "grad.<signal>" or a slope's name, value]; "coupled": to f from
   * i = 1 − f. And of value 0, "held": nothing, as the part that it would come from is held; "idle": as the sum of a gate
   * that is left out, or is 1 − f, decides nothing.
   * Empty for a signal that has no such account.
   */
  sources(signal, t, unit) {
    const { trace } = this;
    const at = (name) => trace.at(name, t, unit);
    const product = (...factors) => [{ kind: "product", factors, value: factors.reduce((value, [, factor]) => value * factor, 1) }];
    const grad = (name) => [`grad.${name}`, this.of(name, t, unit)];
    const through = (name, ...factors) => (this.isClamped(name, t, unit) ? [stopped(name, t)] : product(grad(name), ...factors));
    if (signal === "hidden" || signal === "cell") return this.state(signal, t, unit);
    if (t < 0) return [];
    if (signal === "x") return this.column(t, unit);
    if (signal.startsWith("pre.")) return this.squashed(signal.slice(4), t, unit, through);
    if (signal === "kept" || signal === "written") return through(this.memory);
    if (signal === "tanh_cell") return through("hidden", ["output", at("output")]);
    if (trace.cell === "lstm")
      return {
        forget: () => [...through("cell", ["previous_cell", at("previous_cell")]), ...this.fromCoupled(t, unit)],
        input: () => through("cell", ["candidate", at("candidate")]),
        candidate: () => through("cell", ["input", at("input")]),
        output: () => through("hidden", ["tanh_cell", at("tanh_cell")]),
      }[signal]?.() ?? [];
    if (trace.cell === "gru")
      return {
        update: () => through("hidden", ["difference", at("previous_hidden") - at("candidate")]),
        candidate: () => through("hidden", ["rest", 1 - at("update")]),
        reset: () =>
          trace.header.reset === "after"
            ? product(grad("pre.candidate"), ["recurrent", at("recurrent")])
            : product(grad("reset_hidden"), ["previous_hidden", at("previous_hidden")]),
        reset_hidden: () => [],
        recurrent: () => (trace.header.reset === "after" ? product(grad("pre.candidate"), ["reset", at("reset")]) : product(grad("pre.candidate"))),
      }[signal]?.() ?? [];
    return [];
  }

  /** A state's account: the loss, the step after, and for c also h of its own step. */
  state(signal, t, unit) {
    const after = t + 1;
    const back = ({ part, value }) => {
      if (part !== "kept") return { kind: "back", part, step: after, value };
      return this.isClamped(signal, after, unit) ? stopped(signal, after) : { kind: "kept", part, step: after, value };
    };
    const terms = after < this.trace.steps ? this.returned(signal, after, unit).map(back) : [];
    if (signal === "cell" && t >= 0) terms.push(...this.out(t, unit));
    // What the loss asks of a state is not sent: it is what the rest does not account for.
    if (this.hasUpstream(signal, t)) terms.unshift({ kind: "loss", step: t, value: this.read(`grad.${signal}`, t, unit) - sum(terms) });
    return terms;
  }

  /** What comes to c from h of its own step, and from an output gate that sees it. */
  out(t, unit) {
    const { trace } = this;
    const through = this.of("hidden", t, unit);
    const slope = this.slope(t, unit);
    const factors = [["grad.hidden", through], [squashOf(trace.header, "cell") === "tanh" ? "slope" : "slope.cell", slope]];
    const terms = [this.isClamped("hidden", t, unit) ? stopped("hidden", t) : { kind: "product", factors, value: through * slope }];
    if ("peephole" in trace.arrays && this.decides("output"))
      terms.push(this.isClamped("output", t, unit) ? stopped("output", t) : { kind: "peephole", part: "output", step: t, value: this.pre("output", t, unit) * trace.peephole("output", unit) });
    return terms;
  }

  /** What comes to f from an input gate that is coupled to it. */
  fromCoupled(t, unit) {
    if (!this.trace.variant.coupled) return [];
    return [this.isClamped("input", t, unit) ? stopped("input", t) : { kind: "coupled", part: "input", step: t, value: this.coupled(t, unit) }];
  }

  /** Whether the loss itself reads this state at this step. */
  hasUpstream(signal, t) {
    return t >= 0 && signal === this.source && (this.at === null || this.at === t) && (this.counts?.[t] ?? true);
  }

  squashed(part, t, unit, through) {
    if (!this.decides(part)) return [{ kind: "idle", part, step: t, value: 0 }];
    const name = squashOf(this.trace.header, part);
    const slope = slopeOf(name, this.trace.at(`pre.${part}`, t, unit), this.trace.at(part, t, unit));
    return through(part, [`slope.${name}`, slope]);
  }

  /** x's account: one term a part, W_partᵀ ∂L/∂a_part. */
  column(t, column) {
    const { trace } = this;
    const deciding = trace.parts.map((part, block) => ({ part, block })).filter(({ part }) => this.decides(part));
    return deciding.map(({ part, block }) => {
      let value = 0;
      for (let unit = 0; unit < trace.units; unit++) value += trace.inputWeight(block, unit, column) * this.pre(part, t, unit);
      return { kind: "weights", part, step: t, value };
    });
  }

  /**
   * Each way's share of what reaches a state of the step before, in one unit: [{part, share, value}] by
   * magnitude, together 1; null where nothing comes back or it is no number any more. For an LSTM's c the ways
   * are the straight one and those through h₋₁, each with the slope from h₋₁ to c₋₁ on it.
   */
  shares(state, t, unit) {
    let ways = this.returned(state, t, unit);
    if (state === "cell" && t > 0) {
      const slope = this.isClamped("hidden", t - 1, unit) ? 0 : this.slope(t - 1, unit);
      ways = [...ways, ...this.returned("hidden", t, unit).map(({ part, value }) => ({ part, value: value * slope }))];
    }
    const all = ways.reduce((total, { value }) => total + Math.abs(value), 0);
    if (!(all > 0) || !Number.isFinite(all)) return null;
    return ways.map(({ part, value }) => ({ part, value, share: Math.abs(value) / all }));
  }

  /** Length of ∂L/∂(state) over all units. */
  length(signal, t) {
    const { units } = this.trace;
    let largest = 0;
    for (let unit = 0; unit < units; unit++) {
      const size = Math.abs(this.of(signal, t, unit));
      if (!Number.isFinite(size)) return Number.NaN;
      largest = Math.max(largest, size);
    }
    if (largest === 0) return 0;
    let squares = 0; // over the largest, for squares of very small numbers are 0
    for (let unit = 0; unit < units; unit++) squares += (this.of(signal, t, unit) / largest) ** 2;
    return largest * Math.sqrt(squares);
  }

  /** "none" (exactly 0), "vanished", "exploded" or "alive". */
  outcome(value) {
    if (!Number.isFinite(value)) return "exploded";
    if (value === 0) return "none";
    return Math.abs(value) < this.floor ? "vanished" : "alive";
  }

  /** Place of a gradient on the logarithmic scale, from 0 (nothing, vanished) to 1 (the largest of the run). */
  level(value) {
    const outcome = this.outcome(value);
    if (outcome === "exploded") return 1;
    if (outcome === "none") return 0;
    if (outcome === "vanished") return FAINTEST / 2;
    const share = (Math.log10(Math.abs(value)) - this.bottom) / (this.top - this.bottom);
    return FAINTEST + (1 - FAINTEST) * Math.min(1, Math.max(0, share));
  }
}

/** The term that stands where a held signal lets nothing through. */
const stopped = (part, step) => ({ kind: "held", part, step, value: 0 });

export const sum = (terms) => terms.reduce((total, { value }) => total + value, 0);
