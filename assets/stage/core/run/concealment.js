// How much of its run a stage shows: what a page conceals and what nobody has guessed yet is in no view, for the views are
// given the run without it; and the stage does not go beyond it. No DOM here.
import { beyond, covered, nearer } from "./visible.js";

export class Concealment {
  /** @param stage the Stage */
  constructor(stage) {
    this.stage = stage;
    this.run = null; // the whole of it
    this.shown = null; // as far as it is uncovered
    this.page = null; // how far the page uncovers it; null for all of it
  }

  /** How far the run is uncovered, by page, guesses and a lecture; null for all of it. */
  get frontier() {
    const { run, page, stage } = this;
    return nearer(run, nearer(run, page, stage.guessing?.frontier ?? null), stage.lecturing?.frontier ?? null);
  }

  /** Takes a run, with what its header conceals. */
  take(run) {
    this.run = run;
    this.page = placeOf(run.header.conceal);
    this.shown = null;
    this.cover();
  }

  /** The same run has come again, perhaps with something else concealed. */
  again({ at, conceal }) {
    Object.assign(this.run.header.at, at); // the lab's previews share it
    if (conceal === undefined) return;
    this.page = placeOf(conceal);
    this.cover();
  }

  /** Conceals what lies beyond a place {step, phase}, the step from 1 as on the screen; null uncovers all. */
  ask(frontier) {
    this.page = placeOf(frontier);
    this.cover();
    this.hold();
  }

  /** Lets the views have as much as is uncovered by now; whether that is another run than before. */
  cover() {
    const { run, shown, frontier } = this;
    if (shown && same(frontier, shown.covered ?? null) && (shown === run || shown.covers === run)) return false;
    this.shown = frontier ? Object.assign(covered(run, frontier), { covers: run }) : run;
    return true;
  }

  /** Brings the stage back to where the run is uncovered. */
  hold() {
    const { run, frontier } = this;
    const { player } = this.stage;
    if (!frontier || !beyond(run, player, frontier)) return;
    player.pause();
    player.moveTo(frontier);
  }
}

const placeOf = (place) => place ? { ...place, step: place.step - 1 } : null;

const same = (one, other) => one === other || (one && other && one.step === other.step && one.phase === other.phase && one.sums === other.sums);
