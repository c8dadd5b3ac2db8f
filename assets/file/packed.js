// Runs as the bytes that the stage takes; stage/core/run/trace.js is the other end. No DOM here.

/** @param {object} header  @param {Uint8Array} values the arrays as the header's `arrays` describes them */
export function joined(header, values) {
  const text = new TextEncoder().encode(JSON.stringify(header));
  const start = Math.ceil((4 + text.length) / 8) * 8;
  const bytes = new Uint8Array(start + values.length);
  new DataView(bytes.buffer).setUint32(0, text.length, true);
  bytes.set(text, 4);
  bytes.set(values, start);
  return bytes;
}

/** The same of arrays by name, each (rows, columns) or flat, in float64. */
export function packed(header, arrays) {
  const entries = [];
  const values = new Float64Array(Object.values(arrays).reduce((sum, array) => sum + array.length, 0));
  let at = 0;
  for (const [name, array] of Object.entries(arrays)) {
    entries.push({ name, shape: [array.length], offset: 8 * at });
    values.set(array, at);
    at += array.length;
  }
  return joined({ ...header, arrays: entries }, new Uint8Array(values.buffer));
}

/**
 * What lies in a file: compressed, but for what says of which version and site it is, and the arrays, each by itself.
 * @param {object} given  @returns {Promise<object>} as gates/export/states.py writes it
 */
export async function opened({ packed, ...rest }) {
  if (!packed) return rest; // a server compresses by itself
  const { words, ...more } = JSON.parse(new TextDecoder().decode(await unpacked(packed)));
  const named = (texts) => Object.fromEntries(words.keys.map((key, k) => [key, texts[k]]));
  return { ...rest, ...more, strings: Object.fromEntries(Object.entries(words.texts).map(([lang, texts]) => [lang, named(texts)])) };
}

/** The bytes of a text that gates/export/packed.py made. @returns {Promise<Uint8Array>} */
export async function unpacked(text) {
  const stream = new Blob([fromSigns(text)]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

const SIGNS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%,()*+-;.=:?@^_`{|}~";
const PLACES = new Uint8Array(128);
[...SIGNS].forEach((sign, place) => (PLACES[sign.charCodeAt(0)] = place));

/** Base 85: five signs for four bytes, the last ones for as many bytes as are left. */
function fromSigns(text) {
  const missing = (5 - (text.length % 5)) % 5;
  const whole = text + SIGNS.at(-1).repeat(missing);
  const bytes = new DataView(new ArrayBuffer((whole.length / 5) * 4));
  for (let at = 0; at < whole.length; at += 5) {
    let value = 0;
    for (let k = at; k < at + 5; k++) value = value * 85 + PLACES[whole.charCodeAt(k)];
    bytes.setUint32((at / 5) * 4, value);
  }
  return new Uint8Array(bytes.buffer, 0, bytes.byteLength - missing);
}

/** The numbers of a run, which lie in a file as all their first bytes, then all their second ones, … @param {object} header */
export function fromPlanes(bytes, { arrays }) {
  const size = arrays.every(({ single, offset }) => single || offset === undefined) ? 4 : 8;
  const count = bytes.length / size;
  const numbers = new Uint8Array(bytes.length);
  for (let at = 0; at < bytes.length; at++) numbers[(at % count) * size + Math.floor(at / count)] = bytes[at];
  return numbers;
}
