// A film's checkpoints as runs, and where they stand in training. No DOM here, so node can test it.
import { fill, number } from "../core/text/format.js";
import { Trace } from "../core/run/trace.js";

const PREFIX = "film.";

/** The run of checkpoint `at`: views into the film's arrays, no number is copied. */
export function frameOf(whole, at) {
  const arrays = { ...whole.arrays };
  const count = whole.header.film.steps.length;
  for (const [name, stack] of Object.entries(whole.arrays)) {
    if (!name.startsWith(PREFIX)) continue;
    const size = stack.length / count;
    arrays[name.slice(PREFIX.length)] = stack.subarray(at * size, (at + 1) * size);
  }
  return new Trace(whole.header, arrays);
}

/** The place in an ascending list that is nearest to a step, as far as doublings go; the last one for null. */
export function nearest(steps, step) {
  if (step === null || step === undefined) return steps.length - 1;
  const distance = (other) => Math.abs(Math.log2((other + 1) / (step + 1)));
  return steps.reduce((best, other, k) => (distance(other) < distance(steps[best]) ? k : best), 0);
}

/**
 * The axis of training: checkpoints stand at equal distances, however far apart in steps they are, and what
 * was recorded between two of them lies in proportion. `reach` is the share of the axis that they cover: in a
 * run that goes on, the records are ahead of the newest checkpoint.
 */
export function axisOf({ steps, newest = 0 }) {
  const last = steps.length - 1;
  const tail = Math.min(1, Math.max(0, newest - steps[last]) / Math.max(1, steps[last] - (steps[last - 1] ?? 0)));
  const whole = Math.max(1, last + tail);
  return {
    reach: last / whole,
    of(step) {
      if (step >= steps[last]) return (last + tail * Math.min(1, (step - steps[last]) / Math.max(1, newest - steps[last]))) / whole;
      let k = steps.findIndex((other) => other > step) - 1;
      if (k < 0) k = 0;
      return (k + (step - steps[k]) / (steps[k + 1] - steps[k])) / whole;
    },
    at: (k) => k / whole,
  };
}

/** A measure as it is read: a share as per cent, which is 100 only where all of it is; the rest as a number. */
export function measure(value, share) {
  if (value === null || value === undefined) return "–";
  if (!share) return number(value);
  return value > 0.995 && value < 1 ? `${Math.min(100 * value, 99.99).toFixed(2)}%` : `${(100 * value).toFixed(1).replace(/\.0$/, "")}%`;
}

/** Where the film stands, in a line. */
export function positionText({ t }, film, at) {
  const step = film.steps[at];
  const values = { step, steps: film.total, loss: number(film.loss[at] ?? NaN), metric: film.metric_name, value: measure(film.metric[at], film.share) };
  const key = film.others ? "film.at.step" : film.metric[at] === null ? "film.at.loss" : "film.at";
  return (step === 0 ? `${t("film.untrained")} ` : "") + fill(t(key), values);
}

/** A vertical place from 0 (below) to 1 for each value; null where there is none. Logarithmic where that is asked for. */
export function heights(values, [low, high], log) {
  const scale = log ? (value) => Math.log(Math.max(value, 1e-12)) : (value) => value;
  const [bottom, top] = [scale(low), scale(high)];
  return values.map((value) => (value === null ? null : Math.min(1, Math.max(0, (scale(value) - bottom) / (top - bottom || 1)))));
}
