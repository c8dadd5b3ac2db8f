// The page of the lecture: the runs of show, their states, and the way to the two windows. Own ones stay in this browser.
import { html, languageTag, set, write } from "../../stage/core/dom.js";
import { download } from "../../stage/core/download.js";
import { fill } from "../../stage/core/text/format.js";
import { browserStorage } from "../../stage/core/storage.js";
import { CONTROLS, saveSettings, readSettings } from "../../stage/lecture/settings.js";
import { LinkWriter } from "../../stage/shell/address/link.js";
import { button } from "../button.js";
import { Channel } from "../show/channel.js";
import { LIMITS, changed, extended, fromFile, linkOf, minutesOf, moved, projected, toFile, without } from "../show/show.js";
import { CurrentLecture, LECTURES, Lectures } from "../show/storage.js";
import { titlesOf } from "../show/titles.js";
import { reorderable } from "./reorder.js";
import { stateForm } from "./state-form.js";

export class List {
  constructor() {
    const storage = browserStorage();
    this.lectures = new Lectures(storage);
    this.currentLecture = new CurrentLecture(storage);
    this.channel = new Channel();
    this.info = new Map(); // link -> what the app says of it
    this.choose = html("select", { class: "gl-select gl-choose", "data-testid": "lecture-choose", onchange: () => this.open(this.choose.value) });
    this.tools = html("div", { class: "gl-row" });
    this.status = html("p", { class: "gl-status", role: "status", "data-testid": "lecture-status" });
    this.present = html("section", { class: "gl-present" });
    this.states = html("ol", { class: "gl-states" });
    reorderable(this.states, ".gl-grip", (id, by) => this.move(id, by));
    this.foot = html("div", { class: "gl-row" });
    this.file = html("input", { type: "file", accept: "application/json,.json", class: "gl-hidden", tabindex: -1, "aria-hidden": "true", onchange: () => this.load() });
    const head = html("div", { class: "gl-row" }, this.choose, this.tools, this.file);
    this.element = html("div", { class: "gl", "data-testid": "lecture" }, head, this.status, this.present, this.states, this.foot);
    this.shown = null; // the id of what is open
    this.eraseConfirmed = false;
    this.onStorage = (event) => event.key === LECTURES && this.repaint();
    addEventListener("storage", this.onStorage);
    this.element.addEventListener("focusout", () => this.repaintDue && this.repaint());
    this.writer = new LinkWriter();
  }

  t = (key, values) => fill(this.data.words[`lecture.${key}`], values);

  /** Takes what the page sends: a language, the ready runs of show, and which one a link opens. */
  update(data) {
    const before = this.data;
    this.data = data;
    set(this.element, { lang: languageTag(data.lang) });
    if (before?.lang !== data.lang) this.info.clear();
    const arrived = before?.nonce !== data.nonce && data.open;
    const otherLanguage = before && before.lang !== data.lang && this.ready;
    if (arrived) this.shown = data.ready.find(({ name }) => name === data.open)?.id ?? null;
    else if (otherLanguage) this.shown = data.ready.find(({ name }) => name === before.ready.find(({ id }) => id === this.shown)?.name)?.id ?? null;
    if (arrived || before?.lang !== data.lang) this.paint();
    else this.repaint();
  }

  /** All runs of show by id: the instructor's own, then the ready ones. */
  get all() {
    const { shows } = this.lectures.read();
    return { ...shows, ...Object.fromEntries(this.data.ready.map((show) => [show.id, show])) };
  }

  get show() {
    return this.all[this.shown] ?? null;
  }

  /** Whether what is open is a ready run of show. */
  get ready() {
    return Boolean(this.data?.ready.some(({ id }) => id === this.shown));
  }

  open(id) {
    this.shown = id;
    if (!this.ready) this.lectures.change((kept) => ({ ...kept, current: id }));
    this.paint();
  }

  edit(make) {
    this.lectures.edit(this.shown, make);
    if (!this.lectures.saved) this.showStatus("unkept");
    if (this.currentLecture.show?.id === this.shown) this.presentShow(); // the windows show it as it now is
  }

  /** What the states that are open are called where they have no title. */
  get titles() {
    return titlesOf(this.show.states, (link) => this.info.get(link), this.t);
  }

  /** What is open, a state without a title under the name of what it shows. */
  get titledShow() {
    const { show } = this;
    const { titles } = this;
    return { ...show, states: show.states.map((state) => ({ ...state, title: state.title || titles.get(state.id) })) };
  }

  /** Hands what is open to the two windows; whether the browser keeps it. */
  presentShow() {
    const kept = this.currentLecture.present(this.titledShow);
    this.channel.changed();
    return kept;
  }

  showStatus(key, values) {
    write(this.status, key ? this.t(key, values) : "");
  }

  /** Something has changed elsewhere: what is being typed here is not taken away. */
  repaint() {
    const active = this.element.getRootNode().activeElement;
    this.repaintDue = this.states.contains(active) && ["INPUT", "TEXTAREA", "SELECT"].includes(active.tagName);
    if (!this.repaintDue) this.paint();
  }

  paint() {
    const { shows, current } = this.lectures.read();
    const all = this.all;
    if (!all[this.shown]) this.shown = shows[current] ? current : (Object.keys(shows)[0] ?? this.data.ready[0]?.id ?? null);
    const option = ({ id, title }) => html("option", { value: id }, title || this.t("untitled"));
    const group = (key, list) => (list.length ? [html("optgroup", { label: this.t(key) }, ...list.map(option))] : []);
    this.choose.replaceChildren(...group("own", Object.values(shows)), ...group("ready", this.data.ready));
    set(this.choose, { "aria-label": this.t("choose") });
    this.choose.value = this.shown ?? "";
    this.paintTools();
    this.paintPresent();
    this.paintStates();
    this.address();
    this.fetchInfo();
  }

  address() {
    const { link, lang, ready } = this.data;
    const name = ready.find(({ id }) => id === this.shown)?.name;
    const { show, ...params } = link.params;
    this.writer.schedule({ ...params, lang, ...(name ? { show: name } : {}) }, link.names);
  }

  paintTools() {
    const { t, show } = this;
    const tools = [button(t("new"), () => this.make())];
    if (show) tools.push(button(t(this.ready ? "copy" : "duplicate"), () => this.copy(), this.ready ? { class: "gl-button gl-primary" } : {}));
    tools.push(button(t("load"), () => this.file.click(), { title: t("load.help") }));
    if (show) tools.push(button(t("save"), () => this.save()));
    if (show && !this.ready) {
      const erase = button(t(this.eraseConfirmed ? "erase.sure" : "erase"), () => this.erase());
      erase.onblur = () => {
        this.eraseConfirmed = false;
        write(erase, this.t("erase"));
      };
      tools.push(erase);
    }
    this.tools.replaceChildren(...tools);
  }

  make() {
    this.addShow({ title: this.t("new.title"), states: [] });
  }

  copy() {
    const { title, states } = this.show;
    this.addShow({ title: this.ready ? title : this.t("copy.title", { title }).slice(0, LIMITS.title), states });
    this.showStatus("copied");
  }

  addShow(show) {
    const id = this.lectures.addShow(show);
    this.showStatus(id === null ? "full" : this.lectures.saved ? null : "unkept");
    if (id !== null) this.open(id);
  }

  save() {
    download(new Blob([toFile(this.show)], { type: "application/json" }), "gatescope-lecture.json");
  }

  erase() {
    if (!this.eraseConfirmed) {
      this.eraseConfirmed = true;
      return this.paintTools();
    }
    this.eraseConfirmed = false;
    this.lectures.edit(this.shown, () => null);
    this.showStatus("erased");
    return this.paint();
  }

  /** Opens a file, if the app opens all that it lists; else it says what is wrong, and nothing here changes. */
  async load() {
    const [chosen] = this.file.files;
    this.file.value = "";
    if (!chosen) return;
    const file = chosen.name;
    const imported = chosen.size > LIMITS.bytes ? { wrong: "large" } : fromFile(await chosen.text());
    if (imported.wrong) return this.showStatus(`wrong.${imported.wrong}`, { file, state: imported.state ?? 0, states: LIMITS.states, size: LIMITS.bytes / 2 ** 20 });
    const links = imported.show.states.map(({ link }) => link);
    const read = await this.read(links);
    if (!read) return this.showStatus("wrong.unreached", { file });
    const bad = read.findIndex(({ problem, page }) => problem && !page); // a link that is sound may show what is not here by now
    if (bad >= 0) return this.showStatus("wrong.link", { file, state: bad + 1, problem: read[bad].problem });
    this.addShow(imported.show);
    this.showStatus("loaded", { file, states: links.length });
  }

  /** What the app says of links; null where it does not answer. */
  async read(links) {
    try {
      const headers = { "content-type": "application/json", "accept-language": this.data.lang };
      const answer = await fetch(this.data.routes.links, { method: "POST", headers, body: JSON.stringify({ links }) });
      if (!answer.ok) return null;
      const descriptions = await answer.json();
      links.forEach((link, k) => this.info.set(link, descriptions[k]));
      return descriptions;
    } catch {
      return null;
    }
  }

  /** Asks of the links that are new here. */
  async fetchInfo() {
    const links = [...new Set((this.show?.states ?? []).map(({ link }) => link))].filter((link) => !this.info.has(link));
    if (!links.length) return;
    const { lang } = this.data;
    if ((await this.read(links)) && lang === this.data.lang) this.repaint();
  }

  /** How the projected window is to look; the link that opens it says so. */
  get settings() {
    return readSettings(browserStorage());
  }

  set settings(next) {
    saveSettings(browserStorage(), next);
  }

  windowOf(name) {
    const { lang, windows } = this.data;
    const { controls, theme } = this.settings;
    const query = new URLSearchParams({ lang, ...(name === "screen" ? { theme, with: controls.join(" ") } : {}) });
    return `${windows[name]}?${query}`;
  }

  paintPresent() {
    const { t, show, settings } = this;
    if (!show?.states.length) return this.present.replaceChildren();
    const opener = (name) => () => {
      if (!(name === "handout" ? this.currentLecture.print(this.titledShow) : this.presentShow())) return this.showStatus("unkept.windows");
      open(this.windowOf(name), `gatescope-${name}`, name === "presenter" ? "popup,width=1000,height=720" : "");
      return undefined;
    };
    const tick = (name) => {
      const box = html("input", { type: "checkbox", checked: settings.controls.includes(name), onchange: () => (this.settings = { ...this.settings, controls: CONTROLS.filter((one) => (one === name ? box.checked : this.settings.controls.includes(one))) }) });
      return html("label", { class: "gl-tick" }, box, t(`control.${name}`));
    };
    const dark = html("input", { type: "checkbox", checked: settings.theme === "dark", onchange: () => (this.settings = { ...this.settings, theme: dark.checked ? "dark" : "light" }) });
    this.present.replaceChildren(
      html("div", { class: "gl-row" }, button(t("screen.open"), opener("screen"), { class: "gl-button gl-primary", "data-testid": "lecture-screen-open" }), button(t("presenter.open"), opener("presenter"), { "data-testid": "lecture-presenter-open" }), button(t("handout.open"), opener("handout"), { "data-testid": "lecture-handout-open" }), button(t("file"), (event) => this.takeAway(event.currentTarget), { "data-testid": "lecture-file" }), html("span", { class: "gl-note" }, t("sum", { states: show.states.length, minutes: minutesOf(show) }))),
      html("details", {}, html("summary", {}, t("settings")), html("div", { class: "gl-row" }, html("span", {}, t("controls")), ...CONTROLS.map(tick), html("label", { class: "gl-tick" }, dark, t("dark"))), html("p", { class: "gl-note" }, t("keys"))),
    );
  }

  /** Saves what is open as one HTML file, which the server makes; it is sent no notes. */
  async takeAway(pressed) {
    pressed.disabled = true;
    this.showStatus("file.making");
    const { title, states } = projected(this.titledShow);
    try {
      const headers = { "content-type": "application/json", "accept-language": this.data.lang };
      const answer = await fetch(this.data.routes.file, { method: "POST", headers, body: JSON.stringify({ title, states, address: location.origin }) });
      if (answer.ok) {
        download(await answer.blob(), "gatescope-lecture.html");
        this.showStatus("file.made");
      } else write(this.status, (await answer.text()) || this.t("unreached"));
    } catch {
      this.showStatus("unreached");
    }
    pressed.disabled = false;
  }

  paintStates() {
    const { t, show, ready } = this;
    if (!show) return this.states.replaceChildren();
    const opened = new Set([...this.states.querySelectorAll("details[open]")].map((box) => box.closest("li").dataset.id));
    const { states } = show;
    const { titles } = this;
    const forms = states.map((state, k) =>
      stateForm(state, {
        number: k + 1,
        of: states.length,
        called: titles.get(state.id),
        info: this.info.get(state.link) ?? null,
        fixed: ready,
        t,
        change: (change, again) => {
          this.edit((edited) => changed(edited, state.id, change));
          Object.assign(state, change);
          if (again) this.paint();
        },
        move: (by) => {
          this.move(state.id, by);
          const sign = `button:nth-of-type(${by < 0 ? 1 : 2})`;
          this.states.querySelector(`[data-id="${state.id}"] ${sign}`)?.focus();
        },
        remove: () => {
          this.edit((edited) => without(edited, state.id));
          this.showStatus("removed", { title: state.title || state.link });
          this.paint();
        },
      }),
    );
    for (const form of forms) if (opened.has(form.dataset.id)) set(form.querySelector("details") ?? form, { open: true });
    this.states.replaceChildren(...forms);
    this.paintFoot();
  }

  move(id, by) {
    this.edit((edited) => moved(edited, id, by));
    this.paint();
  }

  /** What stands below the states; its fields stay when it is painted again, with what is being typed into them. */
  paintFoot() {
    const { t, ready, show } = this;
    if (ready) return this.foot.replaceChildren(html("p", { class: "gl-note" }, show.about));
    this.fields ??= this.makeFields();
    const { note, link, addButton, titleLabel, title } = this.fields;
    write(note, t(show.states.length ? "add.how" : "empty"));
    set(link, { "aria-label": t("add.link") });
    write(addButton, t("add"));
    write(titleLabel, t("title"));
    if (this.element.getRootNode().activeElement !== title) title.value = show.title;
    if (!this.foot.contains(link)) this.foot.replaceChildren(...this.fields.rows);
    return undefined;
  }

  makeFields() {
    const note = html("p", { class: "gl-note gl-wide" });
    const link = html("input", { type: "text", class: "gl-text", placeholder: "/lstm?preset=latch&step=3", maxlength: LIMITS.link });
    const addButton = button("", () => this.add(link));
    link.onkeydown = (event) => event.key === "Enter" && this.add(link);
    const titleLabel = html("span", {});
    const title = html("input", { type: "text", class: "gl-text", maxlength: LIMITS.title });
    title.oninput = () => this.edit((edited) => ({ ...edited, title: title.value }));
    title.onchange = () => this.paint();
    const rows = [note, html("div", { class: "gl-row gl-wide" }, link, addButton), html("label", { class: "gl-field gl-wide" }, titleLabel, title)];
    return { note, link, addButton, titleLabel, title, rows };
  }

  /** Adds a state by the link that was typed, once the app has said what it is; what is refused stays in the field. */
  async add(field) {
    const typed = field.value;
    const address = linkOf(typed.trim());
    const [read] = address ? ((await this.read([address])) ?? [null]) : [{ problem: this.t("add.none") }];
    if (field.value !== typed) return; // it was added meanwhile, or is being typed on
    if (!read) return this.showStatus("unreached");
    if (read.problem && !read.page) return write(this.status, read.problem);
    if (this.show.states.length >= LIMITS.states) return this.showStatus("states.full", { states: LIMITS.states });
    field.value = "";
    this.edit((kept) => extended(kept, { link: address }) ?? kept);
    this.showStatus("added.here", { title: read.title });
    return this.paint();
  }

  destroy() {
    removeEventListener("storage", this.onStorage);
    this.writer.now();
    this.channel.close();
    this.element.remove();
  }
}
