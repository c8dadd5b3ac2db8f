// The course as Streamlit's component: told the lessons, the words and where a link leads; tells nothing back.
import { component } from "../stage/core/component.js";
import { deliver } from "./fetch-lessons.js";
import { CourseView } from "./view.js";

export default component("course", () => new CourseView(), deliver);
