// Whether single-key shortcuts are on: a choice of the person at this browser, for every page.

const NAME = "gatescope.shortcuts";
let chosen = null; // what was chosen where the storage is shut off

export function shortcutsOn() {
  if (chosen !== null) return chosen;
  try {
    return localStorage.getItem(NAME) !== "off";
  } catch {
    return true;
  }
}

export function setShortcuts(on) {
  try {
    localStorage.setItem(NAME, on ? "on" : "off");
    chosen = null;
  } catch {
    chosen = on; // until the page is closed
  }
}
