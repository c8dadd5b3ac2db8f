// How numbers read on the stage, as gates/text/numbers.py writes them on the pages. No DOM here.

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
 * 0.50, 0.9975, 1−2×10⁻⁹, 3×10⁻¹².
 */
export function gate(value) {
  if (value === 0 || value === 1) return String(value);
  if (value > 1) return number(value); // an exponential gate has no upper bound
  if (value < 5e-5) return exponential(value, 0);
  const rest = 1 - value;
  if (rest < 5e-5) return `1${MINUS}${exponential(rest, 0)}`;
  const digits = value < 0.005 || rest < 0.005 ? 4 : 2;
  return value.toFixed(digits);
}

/** A signed number by its power of ten: −3×10⁻¹², 1.5×10⁷. */
export function exponential(value, digits) {
  return (value < 0 ? MINUS : "") + scientific(Math.abs(value), digits);
}

export function scientific(size, digits = 1) {
  const [mantissa, exponent] = size.toExponential(digits).split("e");
  return `${mantissa.replace(/\.0+$/, "")}×10${superscript(Number(exponent))}`;
}

/** A number with every digit that it has: −0.30000000000000004. */
export const allDigits = (value) => String(value).replace("-", MINUS);

/** "step {step} of {steps}" with {step: 4, steps: 9} filled in. */
export function fill(template, values = {}) {
  return template.replace(/\{(\w+)\}/g, (whole, key) => (key in values ? String(values[key]) : whole));
}

/** A token as it is shown: white space that would be invisible has a sign. */
export function token(text) {
  return text.replace(/\n/g, "↵").replace(/\t/g, "⇥").replace(/^\s+$|^$/, (blank) => "␣".repeat(blank.length || 1));
}

/** A gradient as short as a parcel needs it: 0.12, −3.2×10⁻⁴, 1.5×10¹². */
export function gradient(value) {
  if (!Number.isFinite(value)) return number(value);
  const size = Math.abs(value);
  if (size === 0 || (size >= 0.0995 && size < 1000)) return number(value);
  if (size >= 0.00995 && size < 1000) return (value < 0 ? MINUS : "") + size.toFixed(3);
  return exponential(value, 1);
}

const SMALL = 0.01; // below it four decimals would cost a gradient its digits

/** A gradient with the digits of the arithmetic; 0 is what is exactly that. */
export function exactGradient(value) {
  const size = Math.abs(value);
  if (size === 0) return "0";
  return size < SMALL ? (value < 0 ? MINUS : "") + scientific(size, 2) : exact(value);
}

/** A share of 1 as a percentage that never says 0 of what is there, nor 100 of what has company. */
export function percent(share) {
  if (share === 0 || share === 1) return `${100 * share}%`;
  if (share < 0.005) return "<1%";
  if (share > 0.995) return ">99%";
  return `${Math.round(100 * share)}%`;
}

/**
 * A number as people type it: 0.5, 0,5, −3, 1e-3, full-width digits; null for none, and for several. A lone comma is a
 * decimal one, as on the pages (gates/inputs/numbers.py).
 */
export function readNumber(text) {
  const plain = text.normalize("NFKC").replace(/[−–]/g, "-").replace(",", ".").trim();
  const value = /^[-+]?(\d+(\.\d*)?|\.\d+)(e[-+]?\d+)?$/i.test(plain) ? Number(plain) : NaN;
  return Number.isNaN(value) ? null : value;
}
