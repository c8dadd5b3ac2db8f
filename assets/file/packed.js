// Runs as the bytes that the stage takes; stage/core/trace.js is the other end. No DOM here.

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
 * What lies in a file: compressed, but for what says of which version and site it is.
 * @param {object} told  @returns {Promise<object>} as gates/export/states.py writes it
 */
export async function opened({ packed, ...told }) {
  if (!packed) return told; // a server compresses by itself
  const stream = new Blob([fromBase64(packed)]).stream().pipeThrough(new DecompressionStream("deflate"));
  return { ...told, ...(await new Response(stream).json()) };
}

export const fromBase64 = (text) => Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0));

/** The numbers of a run, 8 bytes each, which lie in a file as all their first bytes, then all their second ones, … */
export function fromPlanes(bytes) {
  const count = bytes.length / 8;
  return Uint8Array.from(bytes, (_, at) => bytes[(at % 8) * count + Math.floor(at / 8)]);
}
