// The list of keys, shown on "?".
import { html, write } from "../core/dom.js";
import { icon } from "../core/icons.js";
import { KEY_HELP } from "./keys.js";

export function createHelp(host) {
  const title = html("b", { id: `gs-help-${Math.random().toString(36).slice(2)}` });
  const close = html("button", { type: "button", class: "gs-button gs-close", onclick: () => host.act("help") }, icon("close"));
  const list = html("dl");
  const note = html("p", { class: "gs-note" });
  const element = html("div", { class: "gs-help", role: "dialog", "aria-labelledby": title.id, hidden: true }, close, title, list, note);
  return {
    element,
    load() {
      write(title, host.t("stage.keys"));
      write(note, host.t("stage.keys.focus"));
      close.setAttribute("aria-label", host.t("stage.close"));
      const lines = KEY_HELP.flatMap(([action, caps]) => [
        html("dt", {}, ...caps.map((cap) => html("kbd", {}, cap))),
        html("dd", {}, host.t(`stage.keys.${action}`)),
      ]);
      list.replaceChildren(...lines);
    },
    get open() {
      return !element.hidden;
    },
    toggle(on = element.hidden) {
      element.hidden = !on;
      if (on) close.focus({ preventScroll: true });
    },
  };
}
