// Sentences in a row. No DOM here.

const FULL_WIDTH_MARK = /[\u3000-\u303f\uff00-\uff65]$/;

/** Sentences as one text, without those that say nothing: a space between two, but none after a full-width mark as in Chinese. */
export function joinSentences(sentences) {
  let text = "";
  for (const sentence of sentences.filter(Boolean)) text += (text && !FULL_WIDTH_MARK.test(text) ? " " : "") + sentence;
  return text;
}
