// The list of lessons with how far one has come, and what can be done with what the browser keeps.
import { html, set, write } from "../../stage/core/dom.js";
import { download } from "../../stage/core/download.js";
import { typeset } from "../../stage/core/text/typeset.js";
import { button } from "./question-form.js";
import { Player } from "../lesson/player.js";
import { current, parse } from "../storage/progress.js";

/**
 * @param {object} lessons compiled  @param {object} progress  @param {?string} shown id of the one on the screen
 * @param {{t: (key: string, values?: object) => string, lang: string, open: (lesson: string) => void}} way
 */
export function lessonList(lessons, progress, shown, { t, lang, open }) {
  const here = lessons.find(({ id }) => id === shown);
  const near = ({ id, builds_on }) => (here?.builds_on.includes(id) ? "before" : builds_on.includes(shown) ? "after" : null); // what leads to the one that is shown, and what it leads to
  const items = lessons.map((lesson) => {
    const attempt = current(progress, lesson.id);
    const { done, of } = attempt ? new Player(lesson, attempt).progress : { done: 0, of: 1 };
    const state = !attempt || done === 0 ? "new" : done < of ? "begun" : "done";
    const after = lesson.builds_on.map((id) => lessons.find((one) => one.id === id)?.number).filter(Boolean).sort((one, other) => one - other);
    const notes = [t("minutes", { minutes: lesson.minutes }), ...(after.length ? [t("after", { lessons: new Intl.ListFormat(lang).format(after.map(String)) })] : []), t(`state.${state}`, { done, of })];
    const title = html("span", { class: "gc-title" }, `${lesson.number} · ${lesson.title}`);
    const way = html("button", { type: "button", class: "gc-lesson", "data-lesson": lesson.id, "data-state": state, onclick: () => open(lesson.id) }, title, html("span", { class: "gc-note" }, notes.join(" · ")));
    set(way, { "aria-current": lesson.id === shown ? "true" : null, "data-near": near(lesson) });
    return html("li", {}, way);
  });
  return html("nav", { class: "gc-lessons", "aria-label": t("lessons") }, html("ol", {}, ...items));
}

/**
 * Saves, loads and erases what the browser keeps.
 * @param {import("../storage/progress.js").Storage} storage  @param {() => void} changed is called after it was loaded or erased
 */
export function progressPanel(storage, t, changed) {
  const status = html("p", { class: "gc-note", role: "status" });
  const file = html("input", { type: "file", accept: "application/json,.json", class: "gs-hidden", tabindex: -1, "aria-hidden": "true" });
  file.onchange = async () => {
    const [chosen] = file.files;
    file.value = "";
    if (!chosen) return;
    const imported = parse(await chosen.text());
    if (!imported) return write(status, t("keep.wrong", { file: chosen.name }));
    storage.load(imported);
    changed();
    write(status, t("keep.loaded"));
  };
  function save() {
    download(new Blob([JSON.stringify(storage.read(), null, 1)], { type: "application/json" }), "gatescope-course.json");
  }
  let sure = false;
  const erase = button(t("keep.erase"), () => {
    if (sure) {
      storage.erase();
      changed();
      write(status, t("keep.erased"));
    }
    sure = !sure;
    write(erase, t(sure ? "keep.sure" : "keep.erase"));
  });
  erase.onblur = () => {
    sure = false;
    write(erase, t("keep.erase"));
  };
  const row = html("div", { class: "gc-row" }, button(t("keep.save"), save), button(t("keep.load"), () => file.click()), erase, file);
  return html("details", { class: "gc-keep" }, html("summary", {}, t("keep.title")), html("p", {}, t("keep.about")), row, status);
}

/** What was predicted well and badly in an attempt that is finished. */
export function summary(player, t, spell) {
  const rows = player.lesson.steps
    .filter((step) => player.attempt.answers[step.id]?.verdict)
    .map((step) => {
      const answer = player.attempt.answers[step.id];
      return html("li", { "data-verdict": answer.verdict }, typeset(html("b"), player.title(step)), typeset(html("span"), spell(step)));
    });
  return html("section", { class: "gc-summary" }, html("h3", {}, t("summary")), html("ul", {}, ...rows));
}
