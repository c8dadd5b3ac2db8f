// A lecture from a page's own stage: it fills the screen, light or dark as chosen here and with the controls that were ticked.
// What is hidden comes step by step, by a key, a remote control or a click; a pen and a spotlight point.
import { html, set, write } from "../core/dom.js";
import { browserStorage } from "../core/storage.js";
import { typeset } from "../core/text/typeset.js";
import { beyond } from "../core/run/visible.js";
import { hideable, uncoveredBy } from "./hiding.js";
import { CONTROLS, saveSettings, parseSettings, readSettings, formatSettings } from "./settings.js";
import { Tools } from "./tools.js";

const TOOLS = ["pen", "spot", "clear"];

export const createLecture = (stage) => new Lecture(stage);

class Lecture {
  /** @param stage the Stage that fills the screen: a lone one, or the bar that moves several */
  constructor(stage) {
    this.stage = stage;
    this.settings = null; // {theme, controls, hide} while a lecture is given
    this.build();
  }

  build() {
    const button = (name, act) => html("button", { type: "button", class: "gs-lecture-button", "data-lecture": name, onclick: act });
    this.waiting = html("span", { class: "gs-lecture-waits", role: "status" });
    this.left = html("span", { class: "gs-lecture-left", "data-testid": "lecture-left" });
    this.buttons = {
      reveal: button("reveal", () => this.act(() => this.reveal())),
      ...Object.fromEntries(TOOLS.map((name) => [name, button(name, () => this.act(() => this.take(name)))])),
      settings: button("settings", () => this.open(this.panel.hidden)),
      end: button("end", () => this.stage.lecturing.toggle()),
    };
    this.choice = html("select", { class: "gs-select", onchange: () => this.act(() => this.hide(this.choice.value)) });
    this.choiceName = html("span");
    this.panel = html("div", { class: "gs-lecture-panel", role: "group", hidden: true });
    const { reveal, pen, spot, clear, settings, end } = this.buttons;
    const hides = html("label", { class: "gs-lecture-hide" }, this.choiceName, this.choice);
    this.row = html("div", { class: "gs-lecture", role: "group", "data-testid": "lecture-row" }, reveal, this.waiting, this.left, hides, pen, spot, clear, settings, end, this.panel);
  }

  get t() {
    return this.stage.host.t;
  }

  /** The stages on the screen: the one that is given, and those that it moves. */
  get stages() {
    return [this.stage, ...this.stage.peers()];
  }

  /** How a link says it; null while no lecture is given. */
  get word() {
    return this.settings && formatSettings(this.settings);
  }

  /** Whether a key reveals before it leads on: the stage stands where what is hidden begins. */
  get waits() {
    const { concealment, player } = this.stage;
    const frontier = this.frontier(concealment.run);
    return Boolean(frontier) && !beyond(concealment.run, frontier, player);
  }

  /** How far a run is uncovered, of this stage or of one that it moves; null for all of it. */
  frontier(run) {
    return this.settings && uncoveredBy(run, this.settings.hide);
  }

  /** Begins as the browser has kept it, or as a link says it. @param {string} [linked] */
  prepare(linked) {
    this.settings = linked ? parseSettings(linked) : { ...readSettings(browserStorage(), this.stage.theme), hide: null };
  }

  /** Another run stands there: a signal is hidden from where it stands on. */
  again() {
    const { hide } = this.settings;
    if (hide) this.settings.hide = { ...hide, from: this.stage.player.step + 1 };
  }

  /** Comes onto the screen, which the stage fills by now. */
  show() {
    this.tools = new Tools();
    this.stage.element.append(this.tools.element, this.row);
    this.dress();
    this.paint();
    this.stage.resized();
    const panel = this.stage.element.querySelector(".gs-guess");
    const fit = () => requestAnimationFrame(() => this.settings && this.stage.resized());
    this.asking = panel && new ResizeObserver(fit); // an answer takes more room than its question
    this.asking?.observe(panel);
  }

  end() {
    this.asking?.disconnect();
    this.settings = null;
    this.tools?.destroy();
    this.tools?.element.remove();
    this.tools = null;
    this.open(false);
    this.row.remove();
    this.dress();
  }

  /** Says what the screen has no room for, and that ending brings it back. @param {string} parts "" for nothing */
  note(parts) {
    write(this.left, parts && this.t("stage.lecture.left", { parts, end: this.t("stage.lecture.end") }));
  }

  /** Gives every stage the look, and takes it back. */
  dress() {
    const { settings } = this;
    const without = settings && CONTROLS.filter((name) => !settings.controls.includes(name)).join(" ");
    set(this.stage.element, { "data-without": without });
    for (const one of this.stages) {
      set(one.element, { "data-own-theme": settings?.theme });
      one.guessing.follow();
      one.retheme();
    }
    this.stage.changed();
  }

  /** Does what a button asks; the keys go to the stage again. */
  act(run) {
    run();
    this.stage.element.focus({ preventScroll: true });
  }

  take(name) {
    this.tools?.take(name);
    this.paint();
  }

  open(on) {
    this.panel.hidden = !on;
    set(this.buttons.settings, { "aria-expanded": String(on) });
  }

  /** Hides a signal from the step on at which the stage stands, all numbers, or nothing. */
  hide(what) {
    this.settings.hide = what ? { what, from: this.stage.player.step + 1 } : null;
    this.uncover();
  }

  /** Lets what is hidden of the step be seen; of the next one it stays hidden. */
  reveal() {
    const { hide } = this.settings;
    if (!hide) return;
    const whole = hide.what === "all";
    this.settings.hide = whole ? null : { ...hide, from: hide.from + 1 };
    this.uncover(() => {
      const { player, concealment } = this.stage;
      const { made, phases } = concealment.run.description;
      const phase = !whole && player.by === "phase" ? (made[hide.what] ?? phases[0]) : player.resting;
      return player.moveTo({ step: hide.from - 1, phase });
    });
  }

  uncover(move = () => true) {
    for (const one of this.stages) one.guessing.follow();
    this.stage.moved(move);
    this.paint();
  }

  forward() {
    const { fullscreen, player, element } = this.stage;
    if (element.classList.contains("gs-blank")) return fullscreen.blank(false);
    if (this.waits) return this.reveal();
    return this.move(() => player.move(1));
  }

  back() {
    const { fullscreen, player, element } = this.stage;
    if (element.classList.contains("gs-blank")) return fullscreen.blank(false);
    return this.move(() => player.move(-1));
  }

  move(by) {
    this.tools?.take("clear");
    this.stage.moved(by);
    this.paint();
  }

  /** Shows what is set, in the words of the run on the screen. */
  paint() {
    if (!this.tools) return;
    const { t, settings, waits, tools } = this;
    for (const [name, button] of Object.entries(this.buttons)) write(button, t(`stage.lecture.${name}`));
    set(this.row, { "aria-label": t("stage.lecture") });
    this.buttons.reveal.hidden = !waits;
    const hidden = settings.hide && settings.hide.what !== "all" ? t("stage.lecture.waits", { symbol: this.symbol(settings.hide.what), step: settings.hide.from }) : t("stage.lecture.waits.all");
    if (waits) typeset(this.waiting, hidden);
    else write(this.waiting, "");
    set(this.buttons.pen, { "aria-pressed": String(Boolean(tools.on)) });
    set(this.buttons.spot, { "aria-pressed": String(!tools.light.hidden) });
    this.buttons.clear.hidden = tools.canvas.hidden;
    this.paintChoice();
    this.paintPanel();
  }

  /** What may be hidden: of several stages whatever one of them has. */
  paintChoice() {
    const { t, settings, choice } = this;
    const names = [...new Set(this.parts.flatMap((one) => hideable(one.header)))];
    const options = [["", t("stage.lecture.hide.nothing")], ["all", t("stage.lecture.hide.all")], ...names.map((name) => [name, `${this.symbol(name)} · ${this.showing(name).host.name(name)}`])];
    const listed = JSON.stringify(options);
    if (this.listed !== listed) choice.replaceChildren(...options.map(([value, text]) => html("option", { value }, text)));
    this.listed = listed;
    choice.value = settings.hide?.what ?? "";
    write(this.choiceName, t("stage.lecture.hide"));
  }

  paintPanel() {
    const { t, settings } = this;
    const tick = (checked, text, change) => {
      const box = html("input", { type: "checkbox", onchange: () => this.choose(change(box.checked)) });
      box.checked = checked;
      return html("label", {}, box, text);
    };
    const toggled = (name) => (on) => ({ controls: CONTROLS.filter((one) => (one === name ? on : settings.controls.includes(one))) });
    const focus = [...this.panel.querySelectorAll("input")].indexOf(this.row.getRootNode().activeElement);
    const controls = CONTROLS.map((name) => tick(settings.controls.includes(name), t(`stage.lecture.control.${name}`), toggled(name)));
    const dark = tick(settings.theme === "dark", t("stage.lecture.dark"), (on) => ({ theme: on ? "dark" : "light" }));
    this.panel.replaceChildren(...controls, dark, html("p", { class: "gs-note" }, t("stage.lecture.keys")));
    this.panel.querySelectorAll("input")[focus]?.focus();
  }

  choose(change) {
    Object.assign(this.settings, change);
    saveSettings(browserStorage(), this.settings);
    this.dress();
    this.paint();
    this.stage.resized();
  }

  /** The stages that show a cell: all but a bar. */
  get parts() {
    return this.stages.filter(({ header }) => !header.bar);
  }

  /** The first stage whose cell has a signal. */
  showing(name) {
    return this.parts.find(({ header }) => hideable(header).includes(name)) ?? this.stage;
  }

  symbol(name) {
    return this.showing(name).host.symbol(name);
  }
}
