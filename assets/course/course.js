// The course as Streamlit's component: told the lessons, the words and where a link leads; tells nothing back.
import { CourseView } from "./view.js";

const views = new WeakMap(); // Streamlit's parent element -> {view, call}

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
  owner.view.update(told);
  return () => {
    if (owner.call !== call) return; // a newer call has taken over
    views.delete(parentElement);
    owner.view.destroy();
  };
}
