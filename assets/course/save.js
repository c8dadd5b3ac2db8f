// A file of what a stage shows, which the server makes and the browser saves. No DOM but the link that saves it.

/**
 * @param {string} route that makes it  @param {string} language of a sentence that says why there is none
 * @param {string[]} addresses of the state that is shown first, and of one beside it
 * @param {{taken: string, unreached: string}} words
 * @param {?string} [lesson] address of the lesson that the file leads back to
 * @returns {Promise<string>} what to say of it
 */
export async function saveFile(route, language, [address, ...beside], words, lesson = null) {
  try {
    const answer = await fetch(route, { method: "POST", headers: { "accept-language": language }, body: JSON.stringify({ address, beside, lesson }) });
    if (!answer.ok) return await answer.text();
    const [, name] = answer.headers.get("content-disposition").match(/filename="([^"]+)"/);
    const file = URL.createObjectURL(await answer.blob());
    Object.assign(document.createElement("a"), { href: file, download: name }).click();
    setTimeout(() => URL.revokeObjectURL(file), 60_000); // the browser has read it by then
    return words.taken;
  } catch {
    return words.unreached;
  }
}
