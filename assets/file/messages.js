// What a page and the stage that it embeds tell each other (docs/embedding.md): numbers and names of the app's own, never
// a person's text. No DOM here.
import { VERSION, message } from "./envelope.js";

const THEMES = ["light", "dark"];

const whole = (value, least, most) => Number.isInteger(value) && value >= least && value <= most;

// By type, its fields, each with what it may hold; `?` marks those that may be left out.
const ORDERS = {
  goto: { step: (value, { steps }) => whole(value, 1, steps), "phase?": (value, { phases }) => phases.includes(value), "unit?": (value, { units }) => whole(value, 1, units) },
  play: { playing: (value) => typeof value === "boolean" },
  theme: { theme: (value) => THEMES.includes(value) },
  language: { language: (value, { languages }) => languages.includes(value) },
};

/**
 * What a message asks for; null for one that is none of ours, or not exactly as it should be.
 * @param {unknown} data of the message
 * @param {{steps: number, units: number, phases: string[], languages: string[]}} shown
 * @returns {?{type: string}} with the fields of its type
 */
export function read(data, shown) {
  if (data === null || typeof data !== "object" || data.gatescope !== VERSION || !Object.hasOwn(ORDERS, data.type)) return null;
  const fields = ORDERS[data.type];
  const names = new Set(["gatescope", "type"]);
  const order = { type: data.type };
  for (const [field, fits] of Object.entries(fields)) {
    const name = field.replace("?", "");
    names.add(name);
    if (field !== name && data[name] === undefined) continue;
    if (!fits(data[name], shown)) return null;
    order[name] = data[name];
  }
  return Object.keys(data).every((name) => names.has(name)) ? order : null;
}

/** How a challenge stands, by its header (gates/scenes/lab/header.py). */
export function challengeAnswer({ id, solved, near, shown, hidden }) {
  const counts = (found) => found && { right: found.right, of: found.of };
  return message("answer", { to: "challenge", challenge: id, solved: Boolean(solved), near, shown: counts(shown), hidden: counts(hidden) });
}

/** A guess that was judged (stage/guess/guess.js); steps and units from 1, as a reader counts them. */
export function guessAnswer({ kind, signal, step, unit, guess, truth, distance, verdict }) {
  const which = (place) => (kind === "unit" && place !== null ? place + 1 : place);
  return message("answer", { to: "guess", kind, signal, step: step + 1, unit: unit === undefined ? null : unit + 1, guess: which(guess), truth: which(truth), distance, verdict });
}
