// The list of keys, shown on "?".
import { html, write } from "../../core/dom.js";
import { icon } from "../../core/icons.js";
import { KEY_HELP } from "./keys.js";
import { setShortcuts, shortcutsOn } from "./shortcuts.js";

export function createHelp(host) {
  const title = html("b", { id: `gs-help-${Math.random().toString(36).slice(2)}` });
  const close = html("button", { type: "button", class: "gs-button gs-close", onclick: () => host.act("help") }, icon("close"));
  const list = html("dl");
  const note = html("p", { class: "gs-note" });
  const single = html("input", { type: "checkbox", role: "switch", "data-testid": "shortcuts", onchange: () => setShortcuts(single.checked) });
  const word = html("span");
  const shortcuts = html("label", {}, single, word);
  const element = html("div", { class: "gs-help", role: "dialog", "aria-labelledby": title.id, hidden: true }, close, title, list, shortcuts, note);
  return {
    element,
    load() {
      write(title, host.t("stage.keys"));
      write(word, host.t("stage.keys.single"));
      write(note, host.t("stage.keys.focus"));
      close.setAttribute("aria-label", host.t("stage.close"));
      const known = KEY_HELP.filter(([action]) => action !== "add" || host.adds);
      const lines = known.flatMap(([action, caps]) => [
        html("dt", {}, ...caps.map((cap) => html("kbd", {}, cap))),
        html("dd", {}, host.t(`stage.keys.${action}`)),
      ]);
      list.replaceChildren(...lines);
    },
    get open() {
      return !element.hidden;
    },
    toggle(on = element.hidden) {
      single.checked = shortcutsOn();
      element.hidden = !on;
      if (on) close.focus({ preventScroll: true });
    },
  };
}
