// How numbers read on the stage. No DOM here.

const MINUS = "−"; // U+2212, as wide as the digits
const SUPERSCRIPT = { "-": "⁻", 0: "⁰", 1: "¹", 2: "²", 3: "³", 4: "⁴", 5: "⁵", 6: "⁶", 7: "⁷", 8: "⁸", 9: "⁹" };

const superscript = (n) => [...String(n)].map((digit) => SUPERSCRIPT[digit]).join("");

/** A signed number in a fixed width: −0.53, 12.4, 3.1×10⁷. */
export function number(value) {
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value > 0 ? "∞" : `${MINUS}∞`;
  const size = Math.abs(value);
  const sign = value < 0 ? MINUS : "";
  if (size === 0) return "0";
  if (size >= 1e5) return sign + scientific(size);
  if (size >= 1000) return sign + size.toFixed(0);
  if (size >= 100) return sign + size.toFixed(1);
  if (size >= 0.005) return sign + size.toFixed(2);
  return sign + scientific(size);
}

/** A number with four decimals for the arithmetic, where the parts must visibly add up. */
export function exact(value) {
  if (!Number.isFinite(value)) return number(value);
  const size = Math.abs(value);
  if (size !== 0 && (size < 5e-5 || size >= 1e5)) return (value < 0 ? MINUS : "") + scientific(size, 2);
  return (value < 0 ? MINUS : "") + size.toFixed(4);
}

/**
 * A gate, which lies between 0 and 1 and never prints as either unless it is exactly that:
 * .50, .9975, 1−2e−9, 3e−12.
 */
export function gate(value) {
  if (value === 0 || value === 1) return String(value);
  if (value > 1) return number(value); // an exponential gate has no upper bound
  if (value < 5e-5) return tiny(value);
  const rest = 1 - value;
  if (rest < 5e-5) return `1${MINUS}${tiny(rest)}`;
  const digits = value < 0.005 || rest < 0.005 ? 4 : 2;
  return value.toFixed(digits).replace(/^0/, "");
}

function tiny(value) {
  const [mantissa, exponent] = value.toExponential(0).split("e");
  return `${mantissa}e${exponent.replace("-", MINUS).replace("+", "")}`;
}

export function scientific(size, digits = 1) {
  const [mantissa, exponent] = size.toExponential(digits).split("e");
  return `${mantissa.replace(/\.0+$/, "")}×10${superscript(Number(exponent))}`;
}

/** "step {step} of {steps}" with {step: 4, steps: 9} filled in. */
export function fill(template, values = {}) {
  return template.replace(/\{(\w+)\}/g, (whole, key) => (key in values ? String(values[key]) : whole));
}

/** A token as it is shown: white space that would be invisible has a sign. */
export function token(text) {
  return text.replace(/\n/g, "↵").replace(/\t/g, "⇥").replace(/^\s+$|^$/, (blank) => "␣".repeat(blank.length || 1));
}
