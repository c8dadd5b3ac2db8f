// A run of an exported file as the bytes that the stage takes (stage/core/trace.js). No DOM here.

/**
 * @param {object} data of the file, as gates/export/states.py writes it
 * @param {number} run which of its runs  @param {string} lang in which language
 * @returns {Uint8Array}
 */
export function packed(data, run, lang) {
  const { common, own, body, at } = data.runs[run];
  const told = { strings: data.strings[lang], palette: data.palette, digest: `${run} ${lang}`, at: { nonce: `run ${run}`, ...at } };
  const header = new TextEncoder().encode(JSON.stringify({ ...common, ...own[lang], ...told }));
  const start = Math.ceil((4 + header.length) / 8) * 8;
  const values = Uint8Array.from(atob(data.bodies[body[lang]]), (sign) => sign.charCodeAt(0));
  const bytes = new Uint8Array(start + values.length);
  new DataView(bytes.buffer).setUint32(0, header.length, true);
  bytes.set(header, 4);
  bytes.set(values, start);
  return bytes;
}
