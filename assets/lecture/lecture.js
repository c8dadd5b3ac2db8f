// The lecture: on its page the list of states, as Streamlit's component; in windows of their own the projected picture and the
// presenter's notes (gates/ui/web/routes/lecture.py). The message names the one, whose modules are then fetched.
import { component } from "../stage/core/component.js";

const LOADS = {
  list: async () => new (await import("./editor/list.js")).List(),
  screen: async () => new (await import("./windows/screen.js")).Screen(),
  presenter: async () => new (await import("./windows/presenter.js")).Presenter(),
  handout: async () => new (await import("./windows/handout.js")).Handout(),
};

export default component("lecture", (message) => LOADS[message.role]());
