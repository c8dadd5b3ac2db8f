// One bias, two that add up, or none. What the cell runs with is `b`, the sum; `b_h` (G·H) holds the second ones where there
// are two, so that the first are b − b_h; `biased` is false where a cell is printed without any. No DOM here.

/** A sum as the two decimals have it: 0.1 and 0.2 are 0.3. */
export const addDecimals = (one, other) => Number((one + other).toPrecision(15));

/** How many biases a cell is printed with: 0, 1 or 2. */
export const biasesOf = ({ b_h = null, biased = true }) => (b_h ? 2 : biased ? 1 : 0);

/**
 * Whether a candidate has a second bias inside the reset: one of two, or one that is not 0. A cell that is printed with one bias
 * has none there, and an update gives it none.
 */
export const hasInnerBias = ({ b_hn, b_h = null, biased = true }) => Boolean(b_hn) && biased && (b_h !== null || b_hn.some((value) => value !== 0));

/** Another number of biases: two become their sum, a new second one is 0, and without any all are 0. */
export function setBiases(state, count) {
  if (count === biasesOf(state)) return state;
  const none = count === 0;
  const zeros = (values) => values && new Float64Array(values.length);
  return { ...state, biased: !none, b_h: count === 2 ? new Float64Array(state.b.length) : null, ...(none ? { b: zeros(state.b), b_hn: zeros(state.b_hn) } : {}) };
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
  return moved || unfit ? { ...state, biased: true, b_h: unfit ? new Float64Array(b.length) : b_h } : state;
}
