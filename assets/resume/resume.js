// Where one left off in the course: read from what the browser keeps; nothing of it is sent.
import { NAME, current, parse } from "../course/storage/progress.js";
import { fill } from "../stage/core/text/format.js";

/** What a browser's storage says of the last lesson: {number, title, step, steps}; null where there is none to go on with. */
export function unfinishedLesson(text, lessons) {
  const progress = text === null ? null : parse(text);
  const id = progress?.last?.lesson;
  const attempt = id && lessons[id] ? current(progress, id) : null;
  if (!attempt) return null;
  const { number, title, steps } = lessons[id];
  return { number, title, steps, step: Math.min(attempt.part + 1, steps) };
}

const places = new WeakMap();

export default function component({ parentElement, data, setTriggerValue }) {
  const { lang, lessons, words } = JSON.parse(new TextDecoder().decode(data));
  let place = places.get(parentElement);
  if (!place) {
    place = Object.assign(document.createElement("p"), { className: "resume", hidden: true });
    place.dataset.testid = "resume";
    places.set(parentElement, place);
    parentElement.append(place);
  }
  const show = () => {
    const where = unfinishedLesson(read(), lessons);
    place.hidden = !where;
    if (!where) return;
    const way = Object.assign(document.createElement("a"), { href: `course?lang=${lang}`, textContent: words["home.resume.go"] });
    way.onclick = (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return; // another tab or window is wanted
      event.preventDefault();
      setTriggerValue("go", true);
    };
    place.replaceChildren(fill(words["home.resume"], where), " ", way);
  };
  show();
  addEventListener("storage", show); // another tab goes on
  return () => removeEventListener("storage", show);
}

function read() {
  try {
    return localStorage.getItem(NAME);
  } catch {
    return null; // denied
  }
}
