// A sentence with mathematics in it and, between backticks, names of code.
import { html } from "../../stage/core/dom.js";
import { typeset } from "../../stage/core/text/typeset.js";

/** The nodes of a sentence. */
export function prose(text) {
  const parts = text.split("`").map((part, k) => (k % 2 ? html("code", {}, part) : typeset(html("span"), part)));
  return parts.filter(({ textContent }) => textContent);
}
