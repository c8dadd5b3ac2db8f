// Colours of values. The palette itself comes from Python (gates/figures/palette.py) with the data.

/** What is made of a gate has its hue: the shares of a minLSTM, the stabilised gates of an sLSTM. */
export const HUES = { forget_share: "forget", stable_forget: "forget", input_share: "input", stable_input: "input" };
const GATES = new Set(["forget", "input", "output", "reset", "update", ...Object.keys(HUES)]);

/** The gate whose hue a signal has. */
export const hueOf = (signal) => HUES[signal] ?? signal;

/** Whether a signal is a gate, drawn in a hue of its own; all others use the diverging ramp. */
export const isGate = (signal) => GATES.has(signal);

/** Those of several signals that are gates, always in one order. */
export const gatesAmong = (signals) => [...GATES].filter((gate) => signals.includes(gate));

const parse = (hex) => [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));
const toHex = (rgb) => "#" + rgb.map((v) => Math.round(v).toString(16).padStart(2, "0")).join("");
const luminance = (hex) => {
  const [r, g, b] = parse(hex).map((v) => (v / 255 <= 0.04045 ? v / 3294.6 : ((v / 255 + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};
export const contrast = (a, b) => {
  const [low, high] = [luminance(a), luminance(b)].sort((p, q) => p - q);
  return (high + 0.05) / (low + 0.05);
};

export class Colours {
  /** @param {Object<string,string>} palette hex colours of one theme */
  constructor(palette) {
    this.palette = palette;
    this.inks = new Map();
  }

  mix(from, to, share) {
    const [a, b] = [parse(from), parse(to)];
    return toHex(a.map((v, k) => v + (b[k] - v) * Math.min(1, Math.max(0, share))));
  }

  /** Fill for a signed value on the diverging ramp of ±scale. */
  signed(value, scale = 1) {
    const end = value < 0 ? this.palette.negative : this.palette.positive;
    return this.mix(this.palette.zero, end, Number.isFinite(value) ? Math.abs(value) / scale : 1);
  }

  /** Fill for any signal's value: a gate's own hue from 0 to 1, else the ramp. */
  of(signal, value, scale = 1) {
    return isGate(signal) ? this.mix(this.palette.zero, this.palette[hueOf(signal)], value) : this.signed(value, scale);
  }

  /** Text colour with the better contrast on a fill; at least 4.5:1 for every fill of the palette. */
  ink(fill) {
    if (!this.inks.has(fill)) {
      const choices = ["#000000", "#ffffff", this.palette.fg, this.palette.bg];
      const best = choices.slice(2).sort((p, q) => contrast(q, fill) - contrast(p, fill))[0];
      this.inks.set(fill, contrast(best, fill) >= 4.5 ? best : choices.sort((p, q) => contrast(q, fill) - contrast(p, fill))[0]);
    }
    return this.inks.get(fill);
  }
}
