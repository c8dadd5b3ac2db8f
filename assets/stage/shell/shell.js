// The shell around the pictures: it holds the run and the place, and keeps every view at the same moment.
import { Choice } from "../widgets/choice.js";
import { Fullscreen } from "./fullscreen/fullscreen.js";
import { Colours } from "../core/colour.js";
import { Concealment } from "../core/run/concealment.js";
import { html, set, write } from "../core/dom.js";
import { typeset } from "../core/text/typeset.js";
import { Guessing } from "../widgets/guessing.js";
import { Lecturing } from "../widgets/lecturing.js";
import { createHelp } from "./keyboard/help.js";
import { createHost } from "./host.js";
import { createInspector } from "../inspector/inspector.js";
import { Layout, WIDE } from "./layout.js";
import { firstSelection, inspected, selectable } from "./inspected.js";
import { sameLayout } from "./recompute/same-layout.js";
import { Player } from "../core/run/player.js";
import { createScore } from "../score/score.js";
import { examplesOf, exposeCommands } from "./address/goto.js";
import { WaitingRuns, lazyView } from "../core/loading/waiting.js";
import { Plugins } from "./plugins.js";
import { Input } from "./input.js";
import { barOf, register, syncPeers, byPosition, syncTo, unregister, peersOf } from "./stages/peers.js";
import { Position, sentence } from "./address/position.js";
import { Print } from "./print/print.js";
import { createSliders } from "../widgets/sliders.js";
import { createTable } from "../widgets/table.js";
import { paintTheme, themeOf } from "./theme.js";
import { createTransport } from "../widgets/transport.js";
import { visible } from "../core/run/visible.js";

const MOTION = 300; // milliseconds of a single step by hand
const RAPID = 180; // changes closer than this are shown without motion: the eye could not follow

export class Stage {
  /**
   * @param {HTMLElement} root its place on the page
   * @param {object} options of mount() in mount.js
   * @param {Object<string, {create, missing}>} pictures the views of the cell by name (see pictures.js); the first is shown first
   * @param {object} plugins as plugins.js describes them
   */
  constructor(root, options, pictures, plugins) {
    register(this);
    this.options = options;
    this.concealment = new Concealment(this);
    this.player = new Player({ steps: 1, units: 1, phases: ["carry"] });
    this.mode = Object.keys(pictures)[0];
    this.selection = null; // {signal, unit, step}: what the inspector was opened on, and when
    this.inspecting = false;
    this.group = null; // the StageGroup of a filled bar that shows this stage beside others
    this.ownGroup = null; // and the bar's own
    this.frame = 0;
    this.motion = 0;
    this.changedAt = -Infinity;
    this.plugins = new Plugins(this, plugins);
    this.build(root, pictures);
    this.fullscreen = new Fullscreen(this.element, () => this.filled());
    this.layout = new Layout(this);
    this.position = new Position(this, options.memory);
    this.waiting = new WaitingRuns(this);
    this.input = new Input(this);
    this.print = new Print(this);
  }

  build(root, pictures) {
    this.element = html("div", { class: "gs-stage", "data-testid": "stage", tabindex: 0, role: "group" });
    exposeCommands(this);
    const host = (this.host = createHost(this, Object.keys(pictures)));
    this.choice = Choice ? new Choice(this) : null; // a file has no server that could refuse one
    this.transport = createTransport(host);
    this.sliders = createSliders(host);
    this.table = createTable(host);
    this.score = createScore(host);
    this.help = createHelp(host);
    this.guessing = new Guessing(this, { barOf, byPosition });
    this.lecturing = Lecturing ? new Lecturing(this, barOf) : null; // a file may come without it
    this.pictures = Object.fromEntries(host.modes.map((mode) => [mode, lazyView(pictures[mode], host)]));
    this.inspector = createInspector(host);
    this.moment = html("p", { class: "gs-moment", "data-testid": "moment" });
    this.watch = html("p", { class: "gs-watch" });
    this.signs = html("p", { class: "gs-signs" });
    this.random = html("p", { class: "gs-random" });
    this.picture = html("div", { class: "gs-picture" });
    this.score.element.prepend(html("div", { class: "gs-caption-text" }, this.watch, this.signs));
    this.aside = html("div", { class: "gs-aside", hidden: true }, this.inspector.element);
    this.status = html("p", { class: "gs-hidden", role: "status" });
    const parts = [
      this.transport.element,
      html("div", { class: "gs-lead" }, html("div", { class: "gs-words" }, this.moment, this.random), this.sliders.element),
      html("div", { class: "gs-main" }, this.picture, this.aside, this.score.element),
      this.table.element,
      this.status,
      ...(this.choice ? [this.choice.element] : []),
      this.help.element,
    ];
    this.element.append(...parts);
    root.replaceChildren(this.element);
  }

  /** The run as far as it is uncovered: all that any view is given. */
  get trace() {
    return this.concealment.shown;
  }

  set trace(run) {
    this.concealment.take(run);
  }

  get header() {
    return this.trace?.header;
  }

  view() {
    const { step, phase, unit, resting } = this.player;
    // A bar may stand at a unit or phase that only another cell below it has.
    const last = (this.trace?.units ?? 1) - 1;
    const hasPhase = this.trace?.phases.includes(phase) ?? true;
    return { step, phase: hasPhase ? phase : resting, unit: Math.min(unit, last), mode: this.mode };
  }

  /** Whether a signal is shown as 1 minus the engine's value: z where the reader has it write. */
  complemented(signal) {
    return signal === "update" && this.header.update === "write";
  }

  /** Whether a number may be shown, as far as the stage has gone and somebody has guessed. */
  visible(place) {
    return visible(this.trace, this.view(), place, this.concealment.frontier);
  }

  /** The examples that the stage can change to by itself, [{title, link, shown}]. */
  examples() {
    return this.options.examples?.() ?? examplesOf(this.header, this.position.params ?? {});
  }

  /** Takes a run, as soon as what draws it is here (core/loading/waiting.js). */
  update(...arrived) {
    return this.waiting.update(...arrived);
  }

  take(next) {
    const theme = themeOf(this.element);
    const before = this.trace?.header;
    const sameRun = before?.digest === next.header.digest;
    if (sameRun && this.position.nonce === next.header.at.nonce && theme === this.theme) return;
    if (sameRun) this.concealment.again(next.header);
    else this.trace = this.plugins.arrive(next);
    const rethemed = this.applyTheme(theme);
    const { mode } = this;
    this.locate(sameRun ? next : this.trace, before);
    this.layout.regroup();
    this.lecturing?.arrive(this.header);
    this.guessing.arrive();
    this.concealment.cover();
    this.concealment.hold();
    if (!sameRun) this.sliders.load(this.trace);
    if (!sameRun && before && !rethemed && mode === this.mode && this.position.describes(this.trace) && sameLayout(before, this.header)) {
      this.swap();
      this.changed();
    } else this.load();
    syncPeers(this);
    (this.ownGroup ?? barOf(this.header)?.ownGroup)?.renew();
    for (const peer of this.peers()) peer.guessing.painted();
    this.plugins.admit();
    this.lecturing?.arrived();
  }

  /** Shows a run that the lab computed here, where the stage stands. */
  showRun(trace) {
    const before = this.header;
    this.trace = trace;
    if (sameLayout(before, trace.header)) return this.swap();
    this.player.reshape(trace);
    if (!selectable(this, before)) this.selection = this.inspecting ? firstSelection(this) : null;
    this.load();
  }

  /** Other numbers under the same words: all that a drag changes, sixty times a second. */
  swap() {
    const { trace } = this;
    for (const picture of Object.values(this.pictures)) picture.stale = true;
    this.show();
    for (const view of [this.score, this.table, this.inspector]) view.swap(trace);
    this.table.paint(this.view());
    typeset(this.moment, sentence(this, this.view()));
    this.paint(0);
    this.plugins.call("swap");
  }

  /** Conceals what lies beyond a place {step, phase}, the step from 1; null uncovers all. */
  conceal(place) {
    this.concealment.ask(place);
    this.load();
  }

  /** Shows as much of the run as is uncovered by now. */
  uncover() {
    if (this.concealment.cover()) this.swap();
  }

  /** Finds the stage's place in what has just arrived, and what the inspector is open on. */
  locate(next, before) {
    this.position.locate(next, before);
    if (!selectable(this, before)) this.selection = null;
    if (!before) this.inspecting = this.element.clientWidth >= WIDE && !this.plugins.ownInspector(next.header);
    if (this.inspecting) this.selection ??= firstSelection(this);
  }

  /** Takes the colours of a theme; returns whether they are others than before. */
  applyTheme(theme) {
    const palette = this.header.palette[theme];
    if (theme === this.theme && JSON.stringify(palette) === JSON.stringify(this.colours.palette)) return false;
    this.theme = theme;
    paintTheme(this.element, theme, palette);
    this.colours = new Colours(palette);
    return true;
  }

  /** Rebuilds everything for a new run, language or theme, and paints it at once. */
  load() {
    const { header, trace, host: { t } } = this; // prettier-ignore
    this.position.describe();
    const watch = this.concealment.frontier ? null : header.watch; // it tells of the whole run
    write(this.watch, watch ?? "");
    write(this.signs, t(trace.memory === "hidden" && trace.cell === "rnn" ? "stage.signs.rnn" : "stage.signs", header.symbols));
    write(this.random, header.random ? t("stage.random") : "");
    this.watch.hidden = !watch;
    this.random.hidden = !header.random;
    this.plugins.call("load");
    this.guessing.paint();
    for (const view of [this.transport, this.score, this.table, this.help]) view.load(trace);
    for (const picture of Object.values(this.pictures)) picture.stale = true;
    this.inspector.load(trace);
    this.plugins.call("loaded");
    this.show();
    this.changed();
    const built = [trace.cell, trace.units, this.mode, this.room()].join();
    if (built === this.built && !this.fills) this.paint(0);
    else this.resized();
    this.built = built;
    set(this.element, { "data-ready": true });
  }

  /** Puts the chosen picture up; the others stay unbuilt until somebody looks at them. */
  show() {
    if (this.header.bar) return this.transport.state();
    const picture = this.pictures[this.mode];
    if (picture.stale) {
      picture.view.load(this.trace);
      picture.stale = false;
    }
    if (this.picture.firstChild !== picture.view.element) this.picture.replaceChildren(picture.view.element);
    this.aside.hidden = !this.inspecting;
    this.transport.state();
  }

  /** Fits everything to the room there is. */
  resized() {
    if (this.trace) this.layout.fit();
  }

  /** What the layout depends on; height only where the stage must fit the screen. */
  room() {
    return [this.element.offsetWidth, this.fills, this.fills && innerHeight].join();
  }

  /** Whether it stands on a filled screen, alone or beside others. */
  get fills() {
    return this.fullscreen.on || Boolean(this.group);
  }

  /** Runs what may move the stage; if it did, marks the place at once and paints in the next frame. */
  moved(move) {
    const before = { ...this.view(), unit: this.player.unit };
    if (!this.trace || !move()) return;
    this.guessing.hold();
    this.concealment.hold();
    if (before.unit !== this.player.unit) this.unitChanged();
    const now = performance.now();
    const near = Math.abs(this.player.step - before.step) <= 1 && now - this.changedAt > RAPID;
    const motion = near ? (this.player.playing ? this.player.motion : MOTION) : 0;
    this.changedAt = now;
    this.changed();
    this.paintSoon(motion);
    for (const peer of this.peers()) syncTo(peer, this, motion);
  }

  peers() {
    return peersOf(this);
  }

  unitChanged() {
    const { step, unit } = this.player;
    if (this.selection) this.selection = { signal: this.selection.signal, unit, step };
    if (this.fullscreen.on) this.picture.querySelector(`[data-unit="${unit}"]`)?.scrollIntoView({ block: "nearest" });
  }

  /**
   * Publishes where the stage stands. Attributes and table change at once and together, so that both agree between
   * two frames; pictures wait for the next.
   */
  changed() {
    const view = this.view();
    this.table.paint(view);
    typeset(this.moment, sentence(this, view));
    this.position.announce();
  }

  paintSoon(motion) {
    this.motion = motion;
    this.frame ||= requestAnimationFrame(() => this.paint(this.host.reduced ? 0 : this.motion));
  }

  paint(motion) {
    cancelAnimationFrame(this.frame);
    this.frame = 0;
    const view = this.view();
    if (!this.header.bar) this.pictures[this.mode].view.paint(view, motion);
    this.transport.paint(view);
    this.score.paint(view);
    if (!this.aside.hidden) this.inspector.paint(view, motion);
    this.guessing.painted();
    this.group?.painted(this);
    this.plugins.call("painted", view);
  }

  /** Opens the inspector on a part; its step is the current one unless given, and the stage does not move. */
  select(part) {
    const { step, unit } = this.player;
    this.selection = part ? { signal: part.signal, unit: part.unit ?? unit, step: part.step ?? step } : null;
    if (part) inspected(part.signal);
    if (part && !this.inspecting) this.inspect(true);
    this.paintSoon(0);
  }

  inspect(on) {
    this.inspecting = on;
    this.selection ??= firstSelection(this);
    this.show();
    this.resized();
    if (on && this.element.clientWidth < WIDE) this.aside.scrollIntoView({ block: "nearest" });
  }

  setBy(by) {
    this.player.by = by;
    this.transport.state();
    this.changed();
    this.paintSoon(0);
  }

  setSpeed(speed) {
    this.player.setSpeed(speed, performance.now());
    this.transport.state();
    this.changed();
  }

  setMode(mode) {
    for (const stage of [this, ...this.peers()]) stage.waiting.turn(mode);
  }

  applyMode(mode) {
    this.mode = mode;
    this.show();
    this.changed();
    this.resized();
  }

  act(action) {
    this.input.act(action);
  }

  /** On the big screen the picture gets the inspector's room, until somebody asks for the arithmetic. */
  filled() {
    const { on } = this.fullscreen;
    this.layout.regroup();
    if (on) this.wasInspecting = this.inspecting;
    else this.lecturing?.left();
    this.inspecting = on ? false : this.wasInspecting;
    this.show();
    this.resized();
    this.element.focus({ preventScroll: true });
    this.options.filled?.(on);
  }

  retheme() {
    if (this.trace && this.applyTheme(themeOf(this.element))) this.load();
  }

  destroy() {
    this.waiting.cancel();
    unregister(this);
    this.group?.renew();
    this.ownGroup?.end();
    this.player.pause();
    cancelAnimationFrame(this.frame);
    for (const part of [this.position, this.input, this.print, this.transport, this.sliders, this.lecturing, this.choice]) part?.destroy();
    this.plugins.call("destroy");
    this.element.remove();
  }
}
