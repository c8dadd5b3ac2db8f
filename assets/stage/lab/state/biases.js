// One bias, two that add up, or none. What the cell runs with is `b`, the sum; `b_h` (G·H) holds the second ones where there
// are two, so that the first are b − b_h; `biased` is false where a cell is printed without any. `biases` names those of a part,
// of "b" and "b_h", where it has others than is usual in the cell. No DOM here.

import { partsOf } from "../../engine/cells.js";

/** A sum as the two decimals have it: 0.1 and 0.2 are 0.3. */
export const addDecimals = (one, other) => Number((one + other).toPrecision(15));

/** How many biases a cell is printed with: 0, 1 or 2. */
export const biasesOf = ({ b_h = null, biased = true }) => (b_h ? 2 : biased ? 1 : 0);

/** The biases that a part is printed with, of "b" and "b_h": an update moves these alone. */
export const biasNames = (state, part) => state.biases?.[part] ?? usual(state, part);

function usual({ b_h = null, b_hn, biased = true }, part) {
  const inner = Boolean(b_hn) && part === "candidate" && b_hn.some((value) => value !== 0);
  return !biased ? [] : inner || b_h ? ["b", "b_h"] : ["b"];
}

/** Whether a part's second bias stands inside the reset. */
const isInside = ({ b_hn }, part) => Boolean(b_hn) && part === "candidate";

/**
 * Whether a candidate has a second bias inside the reset: one of two, or one that is not 0. A cell that is printed with one bias
 * has none there, and an update gives it none.
 */
export const hasInnerBias = (state) => isInside(state, "candidate") && biasNames(state, "candidate").includes("b_h");

/** Whether a part can have these biases: what it is said not to have is 0, and a second one has a place of its own. */
function fits(state, part, names) {
  const { b, b_h = null, b_hn, biased = true, hidden } = state;
  const at = partsOf(state.cell).indexOf(part) * hidden;
  if (at < 0 || !biased || names.join() === usual(state, part).join()) return false;
  const inside = isInside(state, part);
  const rows = (values) => values.subarray(at, at + hidden);
  const second = inside ? b_hn : b_h && rows(b_h);
  const first = inside || !second ? rows(b) : rows(b).map((value, unit) => value - second[unit]);
  const zero = (values) => values.every((value) => value === 0);
  return (names.includes("b") || zero(first)) && (names.includes("b_h") ? Boolean(second) : !second || zero(second));
}

/** All biases after one step down: each moves by the gradient of its sum, so that the sum of two moves twice. */
export function biasesDown(state, { b: gradient, b_hn: inner }, within) {
  const { b, b_h = null, b_hn, hidden, learning_rate: rate } = state;
  const next = { b: b.slice(), b_h: b_h && b_h.slice(), b_hn };
  partsOf(state.cell).forEach((part, k) => {
    const names = biasNames(state, part);
    const inside = isInside(state, part);
    const count = inside ? Number(names.includes("b")) : names.length;
    for (let at = k * hidden; at < (k + 1) * hidden; at++) {
      if (count) next.b[at] = within(b[at] - count * rate * gradient[at]);
      if (b_h && !inside && names.includes("b_h")) next.b_h[at] = within(b_h[at] - rate * gradient[at]);
    }
    if (inside && names.includes("b_h")) next.b_hn = b_hn.map((value, unit) => within(value - rate * inner[unit]));
  });
  return next;
}

/** Another number of biases: two become their sum, a new second one is 0, and without any all are 0. */
export function setBiases(state, count) {
  const uneven = Object.keys(state.biases ?? {}).length > 0;
  if (count === biasesOf(state) && !uneven) return state;
  const none = count === 0;
  const zeros = (values) => values && new Float64Array(values.length);
  return { ...state, biased: !none, biases: {}, b_h: count === 2 ? new Float64Array(state.b.length) : null, ...(none ? { b: zeros(state.b), b_hn: zeros(state.b_hn) } : {}) };
}

/** The first bias of a unit. */
export const firstBias = ({ b, b_h }, at) => (b_h ? addDecimals(b[at], -b_h[at]) : b[at]);

/** Changes one of the two; the other stays, and the sum follows. */
export function setBias(state, name, at, value) {
  const { b_h } = state;
  const first = name === "b" ? value : firstBias(state, at);
  const second = name === "b_h" ? value : (b_h?.[at] ?? 0);
  const put = (values, number) => values.map((old, k) => (k === at ? number : old));
  return { ...state, b: put(state.b, b_h ? addDecimals(first, second) : first), b_h: b_h && put(b_h, second), biased: true };
}

/** A state after an edit: where a bias came in there is one, and the second biases are as many as the first. */
export function settled(state) {
  const { b, b_h = null, b_hn, biased = true } = state;
  const moved = !biased && [b, b_hn].some((values) => values?.some((value) => value !== 0));
  const unfit = b_h !== null && b_h.length !== b.length;
  const next = moved || unfit ? { ...state, biased: true, b_h: unfit ? new Float64Array(b.length) : b_h } : state;
  const named = Object.entries(next.biases ?? {});
  const fitting = named.filter(([part, names]) => fits(next, part, names));
  return fitting.length === named.length ? next : { ...next, biases: Object.fromEntries(fitting) };
}
