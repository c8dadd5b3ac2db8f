// What joins a stage when a run brings its numbers, and is loaded only then.

// Each stands on the stage under its own name; `brings` is what the run's header has for it.
const GUESTS = {
  lab: { brings: "lab", load: async () => (await import("../lab/lab.js")).createLab },
  backward: { brings: "gradient", load: async () => (await import("../backward/backward.js")).createBackward },
  readout: { brings: "readout", load: async () => (await import("../readout/readout.js")).createReadout },
  film: { brings: "film", load: async () => (await import("../film/film.js")).createFilm },
};

export class Guests {
  /** @param {import("./shell.js").Stage} stage */
  constructor(stage) {
    this.stage = stage;
  }

  get all() {
    return Object.keys(GUESTS).flatMap((name) => this.stage[name] ?? []);
  }

  /** The run to show of one that has arrived: what the lab previews, or the checkpoint that the film is at. */
  taken(next) {
    const { lab, film } = this.stage;
    if (lab && next.header.lab) return lab.arrive(next);
    if (film && next.header.film) return film.arrive(next);
    return next;
  }

  /** Opens the door to those whose numbers have come. */
  async invite() {
    const { stage } = this;
    const absent = Object.entries(GUESTS).filter(([name, { brings }]) => stage.header[brings] && !stage[name]);
    if (!absent.length) return;
    for (const [name, { brings, load }] of absent) {
      const create = await load();
      if (stage[name] || !stage.header[brings]) continue; // meanwhile it came, or its numbers have gone
      const guest = (stage[name] = create(stage));
      if (name === "lab") stage.picture.after(guest.element);
      if (guest.arrive) stage.trace = guest.arrive(stage.trace);
    }
    stage.load();
    stage.resized();
  }

  /** Those that have a say in what the views show, before these load. */
  load() {
    const { backward, readout, film } = this.stage;
    for (const guest of [backward, readout, film]) guest?.load();
  }

  painted(view) {
    for (const guest of this.all) guest.painted(view);
  }

  destroy() {
    for (const guest of this.all) guest.destroy?.();
  }
}
