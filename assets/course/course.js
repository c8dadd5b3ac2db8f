// The course as Streamlit's component: it receives the lessons, the words and where a link leads, and sends nothing back.
import { component } from "../stage/core/component.js";
import { deliver } from "./lesson/fetch-lessons.js";
import { CourseView } from "./view.js";

export default component("course", () => new CourseView(), deliver);
