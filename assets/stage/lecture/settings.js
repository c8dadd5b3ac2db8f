// How a lecture looks on the screen: light or dark, which controls stay, what is hidden; as a link says it (gates/scenes/links/
// codec.py) and as the browser keeps it for the next lecture. No DOM here.

/** What of the stage may stay; everything else is put away. */
export const CONTROLS = ["transport", "phases", "sliders", "score", "views", "inspector"];
export const DEFAULT_CONTROLS = ["transport", "phases", "score"];
const THEMES = ["light", "dark"];
const KEY = "gatescope.lecture.settings";
const HIDES = /^hide-([a-z_]+)-(\d{1,4})$/;

/** What is kept, as far as it makes sense. @returns {{theme: string, controls: string[]}} */
export function readSettings(storage, usual = "light") {
  let stored = null;
  try {
    stored = JSON.parse(storage.getItem(KEY));
  } catch {
    stored = null; // denied, or no JSON
  }
  const controls = Array.isArray(stored?.controls) ? CONTROLS.filter((name) => stored.controls.includes(name)) : DEFAULT_CONTROLS;
  return { theme: THEMES.includes(stored?.theme) ? stored.theme : usual, controls };
}

export function saveSettings(storage, { theme, controls }) {
  try {
    storage.setItem(KEY, JSON.stringify({ theme, controls }));
  } catch {
    return; // it then holds for this lecture only
  }
}

/** A look as a link has it: `dark,phases,score,hide-forget-4`. */
export const formatSettings = ({ theme, controls, hide }) => [theme, ...controls, ...(hide ? [`hide-${hide.what}-${hide.from}`] : [])].join(",");

/** What `spelled` has written. Python has refused what makes no sense. */
export function parseSettings(text) {
  const words = text.split(",");
  const [, what, from] = words.map((word) => HIDES.exec(word)).find(Boolean) ?? [];
  return {
    theme: words.includes("dark") ? "dark" : "light",
    controls: CONTROLS.filter((name) => words.includes(name)),
    hide: what ? { what, from: Number(from) } : null,
  };
}
