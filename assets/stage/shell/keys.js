// The keyboard: which key asks for what, and which keys the stage leaves to others.

const ACTIONS = {
  ArrowRight: "nextStep",
  ArrowLeft: "backStep",
  ArrowDown: "unitDown",
  ArrowUp: "unitUp",
  Home: "first",
  End: "last",
  " ": "play",
  f: "alone",
  F: "alone",
  "?": "help",
  Escape: "leave",
};
const SHIFTED = { ArrowRight: "nextPhase", ArrowLeft: "backPhase", F: "alone", "?": "help" };

/** The keys as the help lists them: the action's name and what stands on the caps. */
export const KEY_HELP = [
  ["nextStep", ["←", "→"]],
  ["nextPhase", ["⇧", "←", "→"]],
  ["first", ["Home", "End"]],
  ["play", ["␣"]],
  ["unitDown", ["↑", "↓"]],
  ["alone", ["F"]],
  ["leave", ["Esc"]],
  ["help", ["?"]],
];

/**
 * What a key event asks of the stage, or null.
 * @param {KeyboardEvent} event
 * @param {Element} root the stage; Space is its own only on itself and on the track, for buttons use it
 */
export function actionOf(event, root) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return null;
  const target = event.composedPath()[0];
  if (keepsKeys(target)) return null;
  if (event.key === " " && target !== root && target.getAttribute("role") !== "slider") return null;
  return (event.shiftKey ? SHIFTED : ACTIONS)[event.key] ?? null;
}

/** Whether the key is the stage's alone: Streamlit binds plain letters (r, c) on the whole document. */
export const isPlain = (event) => !event.ctrlKey && !event.metaKey && !event.altKey;

// Fields take every key; a scrolling region takes the arrows that scroll it.
const keepsKeys = (target) =>
  target instanceof HTMLElement &&
  (target.isContentEditable || /^(input|select|textarea)$/i.test(target.tagName) || target.getAttribute("role") === "region");
