// Saves a file that was made in the browser.
import { html } from "./dom.js";

const READ_WITHIN = 60_000; // milliseconds in which a browser has surely read it

/** @param {Blob} blob  @param {string} name of the file */
export function download(blob, name) {
  const address = URL.createObjectURL(blob);
  html("a", { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), READ_WITHIN);
}
