// Room for text, reckoned before anything is laid out. No DOM here.

/** Rough width of a text in a wide font of `size`, in the same unit. */
export function textWidth(content, size) {
  let ems = 0;
  for (const sign of content)
    ems +=
      sign > "\u2e7f"
        ? 1
        : /[mwMW⊙−+]/.test(sign)
          ? 0.92
          : /[ .,il'|]/.test(sign)
            ? 0.34
            : /[⁻⁰¹²³⁴-⁹]/.test(sign)
              ? 0.42
              : /[A-Z]/.test(sign)
              ? 0.74
              : /[jtfr()₋₁]/.test(sign)
                ? 0.45
                : 0.63;
  return ems * size;
}

/** The text itself, or as much of it as fits with an ellipsis. */
export function shorten(content, size, room) {
  let shown = content;
  while (shown.length > 1 && textWidth(shown, size) > room) shown = `${shown.replace("…", "").slice(0, -1)}…`;
  return shown;
}

/** The text in one line, or in two where that is wider than `room`: the second as full as it can be. Chinese breaks anywhere. */
export function inTwo(content, size, room) {
  const words = content.match(/[\u2E80-\uFFEF]|[^\s\u2E80-\uFFEF]+\s*/g) ?? [];
  if (textWidth(content, size) <= room || words.length < 2) return [content];
  let from = words.length - 1;
  while (from > 1 && textWidth(words.slice(from - 1).join(""), size) <= room) from--;
  return [words.slice(0, from), words.slice(from)].map((line) => line.join("").trim());
}
