// The lessons, fetched once from an address that names their version. No DOM here.

const cache = new Map(); // address -> {lessons, glossary, gatetest}, or a promise of it

/**
 * What lies at an address: itself if it has come, else a promise, which fails where it cannot be had and is then asked for anew.
 * @param {string} address  @param {(address: string) => Promise<Response>} [ask]
 * @returns {object|Promise<object>} {lessons, glossary, gatetest} as gates/ui/web/routes/lessons.py gives them
 */
export function lessonsAt(address, ask = (at) => fetch(at)) {
  if (!cache.has(address)) cache.set(address, fetchLessons(address, ask));
  return cache.get(address);
}

/** Whether what lies at an address has come. */
const isHere = (address) => cache.has(address) && !(cache.get(address) instanceof Promise);

/** Where one lesson of those at an address is. */
const oneOf = (address, id) => address.replace(/\.json$/, `/${id}.json`);

async function fetchLessons(address, ask) {
  try {
    const answer = await ask(address);
    if (!answer.ok) throw new Error(`${address}: ${answer.status}`);
    const compiled = await answer.json();
    cache.set(address, compiled);
    return compiled;
  } catch (error) {
    cache.delete(address);
    throw error;
  }
}

/**
 * Shows a message as soon as its lessons are here; until then, and where they cannot be had, their titles. As long as the server has
 * not put all of them together, the one that is needed comes first, and the others once it is on the screen.
 * @param {object} view a CourseView  @param {{source: string, made: boolean}} message  @param {() => boolean} latest whether no newer message has come
 */
export async function deliver(view, message, latest, ask = (at) => fetch(at)) {
  if (isHere(message.source)) return view.update({ ...message, ...lessonsAt(message.source) });
  view.wait(message);
  const first = message.made ? null : view.needs(message);
  try {
    if (first) {
      const lesson = await lessonsAt(oneOf(message.source, first), ask);
      if (!latest()) return undefined;
      await Promise.race([view.shown, view.update({ ...message, ...lesson })]);
    }
    const all = await lessonsAt(message.source, ask);
    if (latest()) await view.update({ ...message, ...all });
  } catch {
    if (latest()) view.showFailure(message, () => deliver(view, message, latest, ask));
  }
}
