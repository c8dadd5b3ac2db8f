// The stage's own list of examples, where a page's controls cannot be: on a filled screen, in a file.
import { html, set, write } from "../core/dom.js";

/** @param {object} host of a view, with: examples() to choose from, goto(link), fullscreen() */
export function createExamples(host) {
  const label = html("span", { class: "gs-label" });
  const select = html("select", { class: "gs-select gs-examples-list", "data-testid": "examples", onchange: () => choose(listed[select.value]) });
  const element = html("label", { class: "gs-option gs-examples", hidden: true }, label, select);
  let listed = [];

  const choose = ({ link, open }) => (open ? open() : host.goto(link));

  return {
    element,
    /** Shows what there is to choose from now. */
    state() {
      listed = host.fullscreen() ? host.examples() : [];
      element.hidden = listed.length < 2;
      if (element.hidden) return;
      write(label, host.t("stage.example"));
      set(select, { "aria-label": host.t("stage.example") });
      const shown = listed.findIndex((one) => one.shown);
      const placeholder = shown < 0 ? [html("option", { value: "", disabled: true }, host.t("stage.example.own"))] : [];
      select.replaceChildren(...placeholder, ...listed.map(({ title }, k) => html("option", { value: k }, title)));
      select.value = shown < 0 ? "" : String(shown);
    },
  };
}
