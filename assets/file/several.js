// What only a file of several states has: on a filled screen it offers all of them, whatever stages they have.
const LIST = "[data-testid=examples]";

/** The states of a file that have a link, for the stage's list. @param {(change: {run: number}) => Promise} show brings one */
export const examples = (runs, { lang, run }, show) => runs.flatMap(({ path, title }, k) => (path ? [{ title: title[lang], shown: k === run, open: () => show({ run: k }) }] : []));

/**
 * Lets a stage fill the screen in place of another, which ends. Whoever chose from the list goes on in the list.
 * @param {import("./stages.js").Stages} left whose first stage fills it  @param stage the Stage
 */
export async function takeScreen(left, stage) {
  const listed = document.activeElement?.closest(LIST);
  const lectured = left.stage.lecturing?.on;
  await stage.fullscreen.takeOver(left.stage.fullscreen);
  left.remove();
  if (lectured) await stage.lecturing?.toggle();
  if (listed) stage.element.querySelector(LIST).focus();
}
