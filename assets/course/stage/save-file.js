// A file of what a stage shows, which the server makes and the browser saves. No DOM but the link that saves it.
import { download } from "../../stage/core/download.js";

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
    download(await answer.blob(), name);
    return words.taken;
  } catch {
    return words.unreached;
  }
}
