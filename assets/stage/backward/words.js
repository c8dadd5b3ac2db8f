// How gradients read: short numbers for parcels, and names built from the notation's symbols. No DOM here.
import { exact, number, scientific } from "../core/format.js";

const MINUS = "−";

/** A gradient as short as a parcel needs it: 0.12, −3.2e−4, 1.5e12. */
export function slope(value) {
  if (!Number.isFinite(value)) return number(value);
  const size = Math.abs(value);
  if (size === 0 || (size >= 0.0995 && size < 1000)) return number(value);
  if (size >= 0.00995 && size < 1000) return (value < 0 ? MINUS : "") + size.toFixed(3);
  const [mantissa, exponent] = size.toExponential(1).split("e");
  return `${value < 0 ? MINUS : ""}${mantissa.replace(/\.0$/, "")}e${exponent.replace("-", MINUS).replace("+", "")}`;
}

const SMALL = 0.01; // below it four decimals would cost a gradient its digits

/** A gradient with the digits of the arithmetic; 0 is what is exactly that. */
export function full(value) {
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
