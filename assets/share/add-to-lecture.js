// Adds what is on the screen to the run of show that was worked on last, which the browser keeps.
import { freshId, hiddenBy, linkOf } from "../lecture/show/show.js";
import { Lectures } from "../lecture/show/storage.js";
import { browserStorage } from "../stage/core/storage.js";

/** @param {Object<string, string>} words the sentences that say what came of it  @returns {string} one of them */
export function added(words) {
  const lectures = new Lectures(browserStorage());
  const added = lectures.add({ id: freshId(), link: linkOf(location.href), hide: hiddenBy(location.href) }, words["add.title"]);
  const sentence = !added ? words["add.full"] : lectures.saved ? words.added : words["added.unkept"];
  return sentence.replace("{title}", () => added?.title).replace("{number}", () => added?.number);
}
