// Modules that are fetched when a run calls for them. No DOM here.

export class Lazy {
  /**
   * @param {Object<string, () => Promise<object>>} loads by name, what imports it
   * @param {(name: string) => Promise<object>} [others] what imports all others
   */
  constructor(loads, others) {
    this.loads = loads;
    this.others = others;
    this.here = new Map();
    this.pending = new Map();
  }

  /** What was fetched under a name. */
  get(name) {
    return this.here.get(name);
  }

  /** When it will have been fetched; null if it is here. What fails is fetched anew when it is asked for again. */
  missing(name) {
    if (this.here.has(name)) return null;
    if (!this.pending.has(name)) {
      const load = this.loads[name] ?? this.others;
      const pending = load(name).then((found) => this.here.set(name, found));
      this.pending.set(name, pending.finally(() => this.pending.delete(name)));
    }
    return this.pending.get(name);
  }
}

/** When all of several are there; null if they are. @param {(?Promise)[]} waits as `missing` returns them */
export function whenAll(waits) {
  const left = waits.filter(Boolean);
  return left.length ? Promise.all(left) : null;
}
