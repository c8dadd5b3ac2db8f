// The course as Streamlit's component: told the lessons, the words and where a link leads; tells nothing back.
import { lessonsAt } from "./fetched.js";
import { CourseView } from "./view.js";

const views = new WeakMap(); // Streamlit's parent element -> {view, call}

/** Shows what is told as soon as its lessons are here; until then, and where they cannot be had, their titles. */
async function show(owner, call, told) {
  const { view } = owner;
  const here = lessonsAt(told.source);
  if (!(here instanceof Promise)) return view.update({ ...told, ...here });
  view.wait(told);
  try {
    const found = await here;
    if (owner.call === call) await view.update({ ...told, ...found });
  } catch {
    if (owner.call === call) view.missed(told, () => show(owner, call, told));
  }
}

export default function component({ parentElement, data }) {
  const told = JSON.parse(new TextDecoder().decode(data));
  let owner = views.get(parentElement);
  if (!owner) {
    owner = { view: new CourseView() };
    views.set(parentElement, owner);
    for (const old of parentElement.querySelectorAll("[data-testid=course]")) old.remove(); // of a module before a hot reload
    parentElement.append(owner.view.element);
  }
  const call = (owner.call = {});
  show(owner, call, told);
  return () => {
    if (owner.call !== call) return; // a newer call has taken over
    views.delete(parentElement);
    owner.view.destroy();
  };
}
