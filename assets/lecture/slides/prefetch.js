// Fetches the run of the state that comes next while this one is looked at, so that a key shows it at once. No DOM here.
import { ServerResolver } from "../../stage/shell/recompute/resolver.js";

const MOST = 6; // runs that are kept: the next two states, and those around them

const keyOf = ({ page, params, settings }) => JSON.stringify([page, params, settings]);

export class Prefetch {
  /** @param {{run: (asked: object) => Promise<Uint8Array>}} [resolver] what gives a run (stage/shell/recompute/resolver.js) */
  constructor(resolver = new ServerResolver()) {
    this.resolver = resolver;
    this.pending = new Map(); // key of a link -> its run, which comes
    this.nonce = ""; // of the latest request: a run that was prefetched bears another
  }

  /** Fetches the run of a link. What fails is asked for again when it is needed. @returns {Promise<?Uint8Array>} */
  prepare(request) {
    const key = keyOf(request);
    if (!this.pending.has(key)) {
      const run = this.resolver.run({ ...request, opens: true, nonce: "", request: 0 });
      this.pending.set(key, run);
      run.catch(() => this.pending.delete(key));
      if (this.pending.size > MOST) this.pending.delete(this.pending.keys().next().value);
    }
    return this.pending.get(key).catch(() => null);
  }

  /** The run that is asked for, as a resolver gives it. */
  async run(request) {
    if (!request.opens) return this.resolver.run(request);
    this.nonce = request.nonce;
    return (await this.pending.get(keyOf(request))?.catch(() => null)) ?? this.resolver.run(request);
  }
}
