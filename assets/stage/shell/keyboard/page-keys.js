// Keys that are pressed while the focus is on no stage: the page's first one takes them, or the bar that moves several.
import { decide, describe, isPlain, pressOf, takesLetters } from "./keys.js";
import { stages } from "../stages/peers.js";
import { shortcutsOn } from "./shortcuts.js";

const STREAMLITS = /^[rc]$/i; // it reruns the page, or opens a dialog about caches
let users = 0;

/** Listens on the document for as long as a stage is there. */
export function listenOnPage() {
  if (users++ > 0) return;
  document.addEventListener("keydown", press);
  for (const type of ["keydown", "keyup", "keypress"]) addEventListener(type, stopStreamlit, true);
}

export function stopListening() {
  if (--users > 0) return;
  document.removeEventListener("keydown", press);
  for (const type of ["keydown", "keyup", "keypress"]) removeEventListener(type, stopStreamlit, true);
}

/** The stage that answers for the page: one that fills the screen, else the bar, else the first. */
function chosen() {
  const seen = stages().filter(({ element, trace }) => trace && element.getClientRects().length > 0 && !element.closest("[inert]"));
  seen.sort((a, b) => (a.element.getBoundingClientRect().top < b.element.getBoundingClientRect().top ? -1 : 1));
  return seen.find(({ fullscreen }) => fullscreen.on) ?? seen.find(({ header }) => header.bar) ?? seen[0] ?? null;
}

function press(event) {
  if (event.defaultPrevented) return;
  const stage = chosen();
  if (!stage) return;
  const target = describe(event, stage.element);
  if (target.place !== "page") return; // the stage's own listener takes it
  const action = decide(pressOf(event), target, { single: shortcutsOn(), filling: stage.fills, lectures: stage.layout.lectured });
  if (action) stage.input.take(event, action);
}

/** Keeps Streamlit's own single letters from a page that is walked by keys. */
function stopStreamlit(event) {
  if (!STREAMLITS.test(event.key) || !isPlain(event)) return;
  const stage = chosen();
  const target = stage && describe(event, stage.element);
  if (target?.place === "page" && !target.dialog && !takesLetters(target)) event.stopPropagation();
}
