// Runs and pictures that wait for the modules that draw them.
import { whenAll } from "./lazy.js";
import { Trace } from "../run/trace.js";

/** A picture whose view is made when it is first looked at, for only then what draws it is here. */
export const lazyView = ({ create, missing }, host) => ({
  stale: true,
  missing,
  get view() {
    return (this.made ??= create(host));
  },
});

export class WaitingRuns {
  /** @param stage the Stage */
  constructor(stage) {
    this.stage = stage;
    this.run = null; // the latest run that waits
    this.mode = null; // the latest picture that was chosen and waits
  }

  /**
   * Takes a run.
   * @param {Uint8Array} bytes
   * @param {(header: object) => boolean} [outdated] whether a run, by its header, is older than what is on the screen
   * @param {object} [overrides] fields that its header gets here
   * @returns {?Promise} when it is shown, where what draws it is still to be fetched
   */
  update(bytes, outdated = () => false, overrides = {}) {
    const next = Trace.unpack(bytes);
    if (outdated(next.header)) return;
    Object.assign(next.header, typeof overrides === "function" ? overrides(next.header) : overrides);
    return this.show(next);
  }

  /** Shows a run as soon as what draws it is here, unless another one has come by then. @returns {?Promise} */
  show(run) {
    const { stage } = this;
    const waits = this.missing(run, stage.position.modeOf(run.header, stage.trace?.header));
    this.run = waits && run;
    this.markFetching();
    if (waits) return waits.then(() => this.run === run && this.show(run), (error) => this.failed(this.run === run, error));
    stage.take(run);
    return null;
  }

  /** The same with another picture of the run that is shown. */
  turn(mode) {
    const { stage } = this;
    const waits = stage.mode === mode ? null : this.missing(stage.trace, mode);
    this.mode = waits && mode;
    this.markFetching();
    if (waits) waits.then(() => this.mode === mode && this.turn(mode), () => this.failed(this.mode === mode));
    else if (stage.mode !== mode) stage.applyMode(mode);
  }

  /** When what draws a run in a picture will have been fetched, its plug-ins beside it; null if it is here. */
  missing(run, mode) {
    const { plugins, pictures, guessing, lecturing } = this.stage;
    plugins.prepare(run.header);
    const drawing = run.header.bar ? [] : plugins.kinds(run).map((kind) => pictures[mode].missing(kind));
    return whenAll([...drawing, guessing.missing(run.header), lecturing?.missing(run.header) ?? null]);
  }

  /** Says on the stage whether something that was chosen is not on the screen yet. */
  markFetching() {
    this.stage.element?.toggleAttribute("data-fetches", Boolean(this.run || this.mode));
  }

  /** What draws it could not be fetched: the page around the stage says so, and what is shown stays. */
  failed(waits, error) {
    if (waits) this.cancel();
    if (error) throw error;
  }

  cancel() {
    [this.run, this.mode] = [null, null];
    this.markFetching();
  }
}
