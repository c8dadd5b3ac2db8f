// The key that begins a lecture from a stage. The modules it needs are fetched then; a run waits for
// it where its link begins a lecture, so that what is hidden is on no screen before.
import { Lazy } from "../core/loading/lazy.js";

const followed = new Set(); // nonces of the places whose links have begun a lecture: coming back to a page begins none

export class Lecturing {
  /** @param stage the Stage  @param {(header: object) => object} barOf the bar that moves a stage, as shell/stages/peers.js has it */
  constructor(stage, barOf) {
    Object.assign(this, { stage, barOf });
    this.lazy = new Lazy({ mode: async () => (await import("../lecture/mode.js")).createLecture }); // a file may come without it
    this.lecture = null;
    this.nonce = undefined; // of the place that the latest run asked for
  }

  get on() {
    return Boolean(this.lecture?.settings);
  }

  /** Whether one is given from the stage, or from the bar that it stands below on a filled screen. */
  get given() {
    return (this.stage.group?.bar ?? this.stage).lecturing.on;
  }

  /** How the link of what is on the screen says it; null while no lecture is given. */
  get word() {
    return this.lecture?.word ?? null;
  }

  /** How far a lecture uncovers the run of the stage, or of one that it moves; null for all of it. */
  get frontier() {
    const { run } = this.stage.concealment;
    if (!run) return null;
    const { follow, at } = run.header;
    if (!follow) return this.lecture?.frontier(run) ?? null;
    const bar = this.barOf(run.header);
    if (bar) return bar.lecturing.lecture?.frontier(run) ?? null;
    return at.lecture?.includes("hide-") ? { step: -1, phase: run.phases.at(-1) } : null; // until the bar has come
  }

  /** When what it needs will have been fetched, where the link of a run begins a lecture; else null. */
  missing({ at, follow }) {
    return at.lecture && !follow && this.offered ? this.fetched() : null;
  }

  /** Whether it is the page's own to give: a lecture's window is one already. */
  get offered() {
    return this.stage.options.lectures !== false;
  }

  fetched() {
    return this.lazy.missing("mode")?.then(() => this.make()) ?? this.make();
  }

  make() {
    const create = this.lazy.get("mode");
    if (create) this.lecture ??= create(this.stage);
    return null;
  }

  /** Begins it on a filled screen, or ends it. What cannot be fetched is spoken of by the page around the stage. */
  async toggle() {
    const { fullscreen } = this.stage;
    if (this.on) return fullscreen.leave();
    if (!this.offered || this.stage.group) return undefined;
    const filling = fullscreen.on ? null : fullscreen.toggle(); // at once: a browser allows it to a key only
    await this.fetched()?.catch(() => {});
    await filling;
    if (!this.lecture || this.on || !fullscreen.on) return undefined;
    this.lecture.prepare();
    return this.lecture.show();
  }

  /** A run has arrived: the link of its place may begin a lecture. */
  arrive({ at, follow }) {
    const same = at.nonce === this.nonce;
    this.nonce = at.nonce;
    if (!this.lecture || follow || same) return;
    if (at.lecture && !followed.has(at.nonce)) this.lecture.prepare(at.lecture);
    else if (this.on) this.lecture.again();
    followed.add(at.nonce);
  }

  /** The run is on the screen: so is the lecture. */
  arrived() {
    const { lecture, stage } = this;
    const bar = stage.header.follow && this.barOf(stage.header);
    if (bar?.lecturing.on && !stage.group) bar.lecturing.joined();
    if (!this.on) return;
    if (lecture.tools) return lecture.paint();
    if (!stage.fullscreen.on) stage.fullscreen.cover(true); // no key was pressed that would allow more
    lecture.show();
  }

  /** A stage that this one moves has come, onto the screen that is filled already. */
  joined() {
    this.stage.filled();
    this.lecture.dress();
    this.lecture.paint();
  }

  /** The screen was left. */
  left() {
    if (this.on) this.lecture.end();
  }

  forward() {
    this.lecture.forward();
  }

  back() {
    this.lecture.back();
  }

  take(tool) {
    if (this.on) this.lecture.take(tool);
  }

  destroy() {
    this.lecture?.tools?.destroy();
  }
}
