// Where the stage stands in time, and the clock that moves it. No DOM here, so node can test it.

export const SPEEDS = [0.5, 1, 2, 4, 8];

const PER_STEP = 1200; // milliseconds at speed 1: long enough to look at a step, short enough to wait for
const PER_PHASE = 900;
const LONGEST_MOTION = 520;

const clamp = (value, low, high) => Math.min(high, Math.max(low, value));
const whole = (value, fallback) => (Number.isFinite(value) ? Math.trunc(value) : fallback);

export class Player {
  /**
   * @param {{steps: number, units: number, phases: string[], all?: string[]}} shape of the run it moves in; `all` are
   *   the phases of every run that a bar moves, where it may be put but does not go by itself
   */
  constructor(shape) {
    this.step = 0; // from 0
    this.unit = 0;
    this.by = "step"; // what play, back and forward move by: "step" or "phase"
    this.speed = 1;
    this.playing = false;
    this.direction = 1; // which way play goes; −1 is back through time
    this.due = 0; // when the next move is due, on the clock given to tick()
    this.shape = shape;
    this.phase = this.resting;
  }

  /** The phase in which a step is shown complete. */
  get resting() {
    return this.shape.phases.at(-1);
  }

  /** Takes another run, keeping the place as far as the run has it. */
  reshape(shape) {
    this.shape = shape;
    this.moveTo({});
  }

  /**
   * Moves to a place; what is not given stays, except that another step is shown complete.
   * Out of range is brought into range, so that a link from a longer sequence still opens.
   * @returns {boolean} whether anything changed
   */
  moveTo({ step = this.step, phase, unit = this.unit }) {
    const before = [this.step, this.phase, this.unit].join();
    const { steps, units, phases, all = phases } = this.shape;
    const moved = clamp(whole(step, this.step), 0, steps - 1);
    const target = phase ?? (moved === this.step ? this.phase : this.resting);
    this.step = moved;
    this.phase = all.includes(target) ? target : this.resting;
    this.unit = clamp(whole(unit, this.unit), 0, units - 1);
    return before !== [this.step, this.phase, this.unit].join();
  }

  /** Moves by whole timesteps, each shown complete. */
  moveStep(count) {
    return this.moveTo({ step: this.step + count, phase: this.resting });
  }

  /** Moves by phases, over the borders of steps; stops at either end of the sequence. Back through time a step has none. */
  movePhase(count) {
    if (this.direction < 0) return this.moveStep(count);
    const { steps, phases } = this.shape;
    const at = phases.includes(this.phase) ? phases.indexOf(this.phase) : phases.length - 1;
    const now = this.step * phases.length + at;
    const then = clamp(now + count, 0, steps * phases.length - 1);
    return this.moveTo({ step: Math.floor(then / phases.length), phase: phases[then % phases.length] });
  }

  /** Moves by what the transport is set to. */
  move(count) {
    return this.by === "phase" ? this.movePhase(count) : this.moveStep(count);
  }

  moveUnit(count) {
    return this.moveTo({ unit: this.unit + count });
  }

  get atStart() {
    return this.step === 0 && (this.by === "step" || this.phase === this.shape.phases[0]);
  }

  get atEnd() {
    return this.step === this.shape.steps - 1 && this.phase === this.resting;
  }

  /** Milliseconds between two moves of the clock. */
  get interval() {
    return (this.by === "phase" ? PER_PHASE : PER_STEP) / this.speed;
  }

  /** Milliseconds a move may take on screen, so that it is over before the next one. */
  get motion() {
    return Math.round(Math.min(LONGEST_MOTION, this.interval * 0.7));
  }

  /** Whether play has come to where its direction ends. */
  get done() {
    return this.direction < 0 ? this.atStart : this.atEnd;
  }

  /** Starts the clock; from the end it starts over, as a player does. */
  play(now) {
    if (this.done && this.direction < 0) this.moveTo({ step: this.shape.steps - 1, phase: this.resting });
    else if (this.done) this.moveTo({ step: 0, phase: this.by === "phase" ? this.shape.phases[0] : this.resting });
    this.playing = true;
    this.due = now + this.interval;
  }

  pause() {
    this.playing = false;
  }

  setSpeed(speed, now) {
    if (!SPEEDS.includes(speed)) return;
    this.speed = speed;
    this.due = Math.min(this.due, now + this.interval);
  }

  /**
   * Moves if a move is due. At most one a call: after a long frame the clock goes on from now
   * and does not rush through what it missed, for every step is there to be seen.
   * @returns {boolean} whether anything moved
   */
  tick(now) {
    if (!this.playing || now < this.due) return false;
    const moved = this.move(this.direction);
    this.due = Math.max(this.due + this.interval, now + this.interval / 2);
    if (this.done) this.pause();
    return moved;
  }
}
