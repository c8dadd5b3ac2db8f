// The course as Streamlit's component: told the lessons, the words and where a link leads; tells nothing back.
import { component } from "../stage/core/component.js";
import { lessonsAt } from "./fetch-lessons.js";
import { CourseView } from "./view.js";

/** Shows what is told as soon as its lessons are here; until then, and where they cannot be had, their titles. */
async function show(view, told, latest) {
  const here = lessonsAt(told.source);
  if (!(here instanceof Promise)) return view.update({ ...told, ...here });
  view.wait(told);
  try {
    const found = await here;
    if (latest()) await view.update({ ...told, ...found });
  } catch {
    if (latest()) view.missed(told, () => show(view, told, latest));
  }
}

export default component("course", () => new CourseView(), show);
