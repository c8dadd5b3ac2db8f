// The guesses of the hall in words. No DOM here.
import { number } from "../../stage/core/text/format.js";

/** A guess at a question of a show; of a cell its place, for its name only a stage knows. */
export function guessed(value, { kind }, t) {
  if (Array.isArray(value)) return t("guess.drawn");
  return kind === "unit" || kind === "cell" ? t(`guess.${kind}`, { [kind]: value + 1 }) : number(value);
}
