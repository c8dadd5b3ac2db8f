// The lessons, fetched once from an address that names their version. No DOM here.

const kept = new Map(); // address -> {lessons, glossary}, or a promise of it

/**
 * What lies at an address: itself if it has come, else a promise, which fails where it cannot be had and is then asked for anew.
 * @param {string} address  @param {(address: string) => Promise<Response>} [ask]
 * @returns {object|Promise<object>} {lessons, glossary} as gates/ui/web/lessons.py gives them
 */
export function lessonsAt(address, ask = (at) => fetch(at)) {
  if (!kept.has(address)) kept.set(address, coming(address, ask));
  return kept.get(address);
}

async function coming(address, ask) {
  try {
    const answer = await ask(address);
    if (!answer.ok) throw new Error(`${address}: ${answer.status}`);
    const found = await answer.json();
    kept.set(address, found);
    return found;
  } catch (error) {
    kept.delete(address);
    throw error;
  }
}
