// The squashing functions of gated cells, as gates/core/activations.py has them: their values, and their slopes.
// No DOM here.

/** σ(a) = 1 / (1 + e⁻ᵃ): accurate relative to itself in the low tail, 0 at −∞. */
export const sigmoid = (a) => 1 / (1 + Math.exp(-a));

/** log(1 + eᵃ), safe from overflow. */
export const softplus = (a) => Math.max(a, 0) + Math.log1p(Math.exp(-Math.abs(a)));

const SELU_SCALE = 1.0507009873554805;
const SELU_ALPHA = 1.6732632423543772;
const within = (a, low, high) => Math.min(high, Math.max(low, a));
const above = (a) => (a > 0 ? 1 : 0);

/**
 * By name: its value of (a, α, β), its slope of (a, its value, α, β), and its own α and β where it has them, as the
 * engine's Activation. gelu is exact.
 */
export const FUNCTIONS = {
  sigmoid: { value: sigmoid, slope: (a, y) => y * (1 - y) },
  tanh: { value: Math.tanh, slope: (a, y) => 1 - y * y },
  relu: { value: (a) => Math.max(a, 0), slope: above },
  identity: { value: (a) => a, slope: () => 1 },
  affine: { value: (a, α, β) => α * a + β, slope: (a, y, α) => α, alpha: 1, beta: 0 },
  hard_sigmoid: { value: (a, α, β) => within(α * a + β, 0, 1), slope: (a, y, α) => (y > 0 && y < 1 ? α : 0), alpha: 0.2, beta: 0.5 },
  hard_tanh: { value: (a) => within(a, -1, 1), slope: (a) => (Math.abs(a) < 1 ? 1 : 0) },
  scaled_tanh: { value: (a, α, β) => α * Math.tanh(β * a), slope: (a, y, α, β) => α * β * (1 - Math.tanh(β * a) ** 2), alpha: 1, beta: 1 },
  softsign: { value: (a) => a / (1 + Math.abs(a)), slope: (a) => (1 / (1 + Math.abs(a))) ** 2 },
  softplus: { value: softplus, slope: sigmoid },
  leaky_relu: { value: (a, α) => (a > 0 ? a : α * a), slope: (a, y, α) => (a > 0 ? 1 : α), alpha: 0.01 },
  thresholded_relu: { value: (a, α) => (a >= α ? a : 0), slope: (a, y, α) => (a >= α ? 1 : 0), alpha: 1 },
  elu: { value: (a, α) => Math.max(a, 0) + α * Math.expm1(Math.min(a, 0)), slope: (a, y, α) => (a > 0 ? 1 : α * Math.exp(Math.min(a, 0))), alpha: 1 },
  selu: {
    value: (a) => SELU_SCALE * (Math.max(a, 0) + SELU_ALPHA * Math.expm1(Math.min(a, 0))),
    slope: (a) => SELU_SCALE * (a > 0 ? 1 : SELU_ALPHA * Math.exp(Math.min(a, 0))),
  },
  silu: { value: (a) => a * sigmoid(a), slope: (a) => sigmoid(a) * (1 + a * sigmoid(-a)) },
  gelu: { value: (a) => a * normal(a), slope: (a) => normal(a) + (a * Math.exp((-a * a) / 2)) / Math.sqrt(2 * Math.PI) },
  mish: { value: (a) => a * Math.tanh(softplus(a)), slope: mishSlope },
  exponential: { value: Math.exp, slope: (a, y) => y },
  relu6: { value: (a) => within(a, 0, 6), slope: (a, y) => (y > 0 && y < 6 ? 1 : 0) },
  hard_silu: { value: (a) => a * within(a / 6 + 0.5, 0, 1), slope: (a) => (Math.abs(a) < 3 ? a / 3 + 0.5 : above(a)) },
  log_sigmoid: { value: (a) => -softplus(-a), slope: (a) => sigmoid(-a) },
  tanh_shrink: { value: (a) => a - Math.tanh(a), slope: (a) => Math.tanh(a) ** 2 },
};

/**
 * An activation as a cell applies it: to its argument clipped to ±clip, if there is a clip.
 *
 * @param {string|{name: string, alpha?: number, beta?: number}} choice α and β are the function's own where not given
 * @param {?number} [clip]
 * @returns {{value: (a: number) => number, slope: (a: number, y: number) => number}} the slope where `a` was squashed
 *   to `y`: 0 beyond the clip
 * @throws {RangeError} there is no such function
 */
export function squash(choice, clip = null) {
  const { name, alpha, beta } = typeof choice === "string" ? { name: choice } : choice;
  if (!Object.hasOwn(FUNCTIONS, name)) throw new RangeError(`no activation is called ${name}`);
  const form = FUNCTIONS[name];
  const [α, β] = [alpha ?? form.alpha, beta ?? form.beta];
  const value = α === undefined ? form.value : (a) => form.value(a, α, β);
  const slope = α === undefined ? form.slope : (a, y) => form.slope(a, y, α, β);
  if (clip === null) return { value, slope };
  return { value: (a) => value(within(a, -clip, clip)), slope: (a, y) => (Math.abs(a) <= clip ? slope(a, y) : 0) };
}

function mishSlope(a) {
  const t = Math.tanh(softplus(a));
  return t + a * (1 - t * t) * sigmoid(a);
}

/** Φ(a), the share of a standard normal distribution below a. */
const normal = (a) => 0.5 * erfc(-a / Math.SQRT2);

const FAR = 2; // from here on the fraction needs fewer terms than the series, and keeps the tail's digits

/** The complementary error function: a series of positive terms near 0 (DLMF 7.6.2), a continued fraction beyond (7.9.3). */
function erfc(x) {
  if (x <= -FAR) return 2 - erfc(-x);
  if (x < FAR) {
    let [term, sum] = [x, x];
    for (let n = 1; Math.abs(term) > 1e-17 * Math.abs(sum); n++) sum += term *= (2 * x * x) / (2 * n + 1);
    return 1 - (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum;
  }
  if (!(x < Infinity)) return x === Infinity ? 0 : NaN;
  let fraction = 0;
  for (let n = 120; n > 0; n--) fraction = n / 2 / (x + fraction);
  return Math.exp(-x * x) / ((x + fraction) * Math.sqrt(Math.PI));
}
