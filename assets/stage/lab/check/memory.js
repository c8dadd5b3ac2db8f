// What a browser keeps of typed numbers as long as its tab is open: another language or a reload loses none.

const keyOf = (page) => `gatescope.check.${page}`;
const MOST = 30; // exercises that are remembered

function all(page) {
  try {
    const stored = JSON.parse(sessionStorage.getItem(keyOf(page)));
    return Array.isArray(stored) ? stored.filter(sound) : [];
  } catch {
    return []; // storage may be shut off, or hold something else
  }
}

const texts = (record) => record !== null && typeof record === "object" && Object.values(record).every((text) => typeof text === "string");
const sound = (one) => typeof one?.name === "string" && texts(one.answers) && (one.chosen === null || Array.isArray(one.chosen)) && Number.isInteger(one.decimals);

/** What was typed in an exercise. @returns {?{answers: Object<string, string>, chosen: ?string[], decimals: number}} */
export const recall = (page, name) => all(page).find((one) => one.name === name) ?? null;

/** Keeps what was typed in an exercise; the one that was not touched for longest makes room. */
export function keep(page, name, { answers, chosen, decimals }) {
  const others = all(page).filter((one) => one.name !== name);
  try {
    sessionStorage.setItem(keyOf(page), JSON.stringify([...others.slice(1 - MOST), { name, answers, chosen, decimals }]));
  } catch {
    // it works without, until the page is loaded again
  }
}
