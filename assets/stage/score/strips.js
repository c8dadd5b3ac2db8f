// Values of a whole run as pixels: one row a unit, one column a step. No DOM but the canvas handed in.
import { isGate } from "../core/colour.js";

const SHADES = 256;
const GAP_FROM = 7; // CSS px of a cell from which a gap between steps can be seen

const GRADIENT = "gradient"; // places of gradients on a scale from 0 to 1
const ranged = (signal) => isGate(signal) || signal === GRADIENT;

const made = new WeakMap(); // Colours -> their ramps, for a run redrawn under a dragged slider keeps its colours

/** Colours of a signal from its lowest to its highest value, as packed pixels and as CSS. */
export function shades(colours, signal) {
  if (!made.has(colours)) made.set(colours, {});
  return (made.get(colours)[ranged(signal) ? signal : "signed"] ??= ramp(colours, signal));
}

function ramp(colours, signal) {
  const css = Array.from({ length: SHADES }, (_, k) => {
    const share = k / (SHADES - 1);
    if (signal === GRADIENT) return colours.mix(colours.palette.zero, colours.palette.gradient, share);
    return isGate(signal) ? colours.of(signal, share) : colours.signed(2 * share - 1);
  });
  const pixels = Uint32Array.from(css, (hex) => {
    const [r, g, b] = [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));
    return ((255 << 24) | (b << 16) | (g << 8) | r) >>> 0; // little-endian, as every browser's machine is
  });
  return { css, pixels };
}

/** Which shade a value has; NaN the top one, so that a run that blew up is seen. */
export function shadeOf(signal, value, scale) {
  const share = ranged(signal) ? value : (value / scale + 1) / 2;
  return Number.isNaN(share) ? SHADES - 1 : Math.round(Math.min(1, Math.max(0, share)) * (SHADES - 1));
}

/**
 * Fits rows × steps into at most `wide` columns and `high` rows of pixels. Where several values
 * share a pixel it shows the one farthest from its row's mean: a gate that closes for one step in a
 * thousand is the event to be seen, and an average (or the largest magnitude, for a gate that is
 * mostly open) would hide it.
 */
export function condense(values, steps, width, wide, high) {
  const columns = Math.min(steps, wide);
  const rows = Math.min(width, high);
  if (columns === steps && rows === width) return { values, columns, rows };
  const means = new Float64Array(width);
  for (let t = 0; t < steps; t++)
    for (let j = 0; j < width; j++) if (Number.isFinite(values[t * width + j])) means[j] += values[t * width + j] / steps;
  const chosen = new Float64Array(columns * rows);
  const farthest = new Float64Array(columns * rows).fill(-1);
  for (let t = 0; t < steps; t++) {
    const column = Math.floor((t * columns) / steps);
    for (let j = 0; j < width; j++) {
      const at = column * rows + Math.floor((j * rows) / width);
      const value = values[t * width + j];
      const distance = Math.abs(value - means[j]);
      if (distance > farthest[at] || Number.isNaN(value)) {
        farthest[at] = Number.isNaN(value) ? Infinity : distance;
        chosen[at] = value;
      }
    }
  }
  return { values: chosen, columns, rows };
}

/**
 * Draws one strip.
 * @param {HTMLCanvasElement} canvas
 * @param {{signal: string, values: Float64Array, steps: number, until?: number, width: number, scale: number}} strip values by
 *   step, then unit; nothing is drawn from the step `until` on
 * @param {{wide: number, high: number, ratio: number}} box in CSS px and device pixels per CSS px
 */
export function drawStrip(canvas, { signal, values, steps, until = steps, width, scale }, { wide, high, ratio }, colours) {
  canvas.width = Math.max(1, Math.round(wide * ratio));
  canvas.height = Math.max(1, Math.round(high * ratio));
  const pen = canvas.getContext("2d");
  const shade = shades(colours, signal);
  if (wide / steps >= GAP_FROM) cells();
  else image();

  function cells() {
    const [column, row] = [canvas.width / steps, canvas.height / width];
    const gapX = Math.max(1, Math.round(Math.min(3, wide / steps / 12) * ratio));
    const gapY = row >= 6 * ratio ? Math.round(ratio) : 0;
    for (let t = 0; t < until; t++) {
      const [left, right] = [Math.round(t * column), Math.round((t + 1) * column) - gapX];
      for (let j = 0; j < width; j++) {
        const [top, bottom] = [Math.round(j * row), Math.round((j + 1) * row) - gapY];
        pen.fillStyle = shade.css[shadeOf(signal, values[t * width + j], scale)];
        pen.fillRect(left, top, right - left, bottom - top);
      }
    }
  }

  function image() {
    const small = condense(values, steps, width, canvas.width, canvas.height);
    const picture = new ImageData(small.columns, small.rows);
    const pixels = new Uint32Array(picture.data.buffer);
    for (let t = 0; t < small.columns; t++)
      for (let j = 0; j < small.rows; j++)
        pixels[j * small.columns + t] = shade.pixels[shadeOf(signal, small.values[t * small.rows + j], scale)];
    const plain = Object.assign(document.createElement("canvas"), { width: small.columns, height: small.rows });
    plain.getContext("2d").putImageData(picture, 0, 0);
    pen.imageSmoothingEnabled = false;
    pen.drawImage(plain, 0, 0, canvas.width, canvas.height);
    pen.clearRect((until / steps) * canvas.width, 0, canvas.width, canvas.height);
  }
}

/** Height of a strip in CSS px at scale 1: a unit alone is 18, 64 units are 96. */
export const stripHeight = (rows) => Math.round(Math.min(96, 18 + 13 * Math.log2(Math.max(1, rows))));
