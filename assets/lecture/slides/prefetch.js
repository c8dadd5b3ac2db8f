// Fetches the run of the state that comes next while this one is looked at, so that a key shows it at once. No DOM here.
import { ServerResolver } from "../../stage/shell/resolver.js";

const MOST = 6; // runs that are kept: the next two states, and those around them

const keyOf = ({ page, params, settings }) => JSON.stringify([page, params, settings]);

export class Ahead {
  /** @param {{run: (asked: object) => Promise<Uint8Array>}} [resolver] what gives a run (stage/shell/resolver.js) */
  constructor(resolver = new ServerResolver()) {
    this.resolver = resolver;
    this.coming = new Map(); // key of a link -> its run, which comes
    this.nonce = ""; // of the place that was asked for last: a run that was fetched before says another
  }

  /** Fetches the run of a link. What fails is asked for again when it is needed. @returns {Promise<?Uint8Array>} */
  prepare(asked) {
    const key = keyOf(asked);
    if (!this.coming.has(key)) {
      const run = this.resolver.run({ ...asked, opens: true, nonce: "", request: 0 });
      this.coming.set(key, run);
      run.catch(() => this.coming.delete(key));
      if (this.coming.size > MOST) this.coming.delete(this.coming.keys().next().value);
    }
    return this.coming.get(key).catch(() => null);
  }

  /** The run that is asked for, as a resolver gives it. */
  async run(asked) {
    if (!asked.opens) return this.resolver.run(asked);
    this.nonce = asked.nonce;
    return (await this.coming.get(keyOf(asked))?.catch(() => null)) ?? this.resolver.run(asked);
  }
}
