// Light or dark, as the page around the stage is.

import { HUES } from "../core/colour.js";

/** "light" or "dark": light on paper, else what a lecture has chosen, else by Streamlit's background colour, else by the system's choice. */
export function themeOf(element) {
  if (element.classList.contains("gs-print")) return "light";
  if (element.dataset.ownTheme) return element.dataset.ownTheme;
  const background = getComputedStyle(element).getPropertyValue("--st-background-color").trim();
  if (background) return brightness(background) < 0.5 ? "dark" : "light";
  return system().matches ? "dark" : "light";
}

/** Calls back when the system's choice changes; returns a function that stops that. */
export function onSystemTheme(changed) {
  const query = system();
  query.addEventListener("change", changed);
  return () => query.removeEventListener("change", changed);
}

/** Puts a palette on the element, where all styles of the stage read it. */
export function paintTheme(element, theme, palette) {
  element.dataset.theme = theme;
  element.style.setProperty("color-scheme", theme);
  for (const [name, colour] of Object.entries(palette)) element.style.setProperty(`--gs-${name}`, colour);
  for (const [name, gate] of Object.entries(HUES)) element.style.setProperty(`--gs-${name}`, palette[gate]);
}

const system = () => matchMedia("(prefers-color-scheme: dark)");

const known = new Map();

// A theme may name its colours in any CSS notation, so one painted pixel says what it comes to.
function brightness(colour) {
  if (!known.has(colour)) {
    const pen = Object.assign(document.createElement("canvas"), { width: 1, height: 1 }).getContext("2d");
    pen.fillStyle = colour;
    pen.fillRect(0, 0, 1, 1);
    const [r, g, b] = pen.getImageData(0, 0, 1, 1).data;
    known.set(colour, (0.299 * r + 0.587 * g + 0.114 * b) / 255);
  }
  return known.get(colour);
}
