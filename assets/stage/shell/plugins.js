// What joins a stage when a run brings its data, and is loaded only then: the lab, a film of a training, …
//
// A plug-in is declared by name (in mount.js) as {brings, load, ownsInspector}: the field of a run's header that calls
// for it, a function that imports its module and resolves to create(stage), and whether it shows the inspector
// itself; and `kinds`, the kinds of cells that a run of it may become here. What create returns may have, all of it optional:
//
//   arrive(trace)  takes a run that brings its data; returns the run to show in its stead
//   load()         a run, language or theme is new; before the views load
//   loaded()       the same, after the views have loaded
//   swap()         the run has other numbers under the same words
//   resize()       the stage has another size
//   painted(view)  the stage has been painted at a place
//   substitute()   what the score shows in place of the values, or null
//   destroy()      the stage ends
//
// It puts its elements on the stage itself when it is created. Calls come in the order of the declarations.

export class Plugins {
  /** @param stage the Stage  @param {Object<string, {brings: string, load: function, ownsInspector?: boolean}>} declared */
  constructor(stage, declared) {
    this.stage = stage;
    this.declared = declared;
    this.active = new Map();
    this.loading = new Map();
  }

  /** Begins to fetch the plug-ins that a run calls for, beside what else it needs. */
  prepare(header) {
    for (const [name] of this.required(header)) this.load(name).catch(() => {}); // whoever needs it sees that it failed
  }

  load(name) {
    if (!this.loading.has(name)) this.loading.set(name, this.declared[name].load());
    this.loading.get(name).catch(() => this.loading.delete(name)); // to be tried again
    return this.loading.get(name);
  }

  /** The kinds of cells that a run may be shown as: its own, and those that it can be changed into here. */
  kinds({ cell, header }) {
    return [...new Set([cell, ...this.required(header).flatMap(([, { kinds = [] }]) => kinds)])];
  }

  /** A plug-in by its name; undefined as long as no run has called for it. */
  get(name) {
    return this.active.get(name);
  }

  /** The run to show of one that has arrived. */
  arrive(trace) {
    return this.required(trace.header).reduce((shown, [name]) => this.get(name)?.arrive?.(shown) ?? shown, trace);
  }

  /** Loads and creates the plug-ins whose data have come. */
  async admit() {
    const { stage } = this;
    const absent = this.required(stage.header).filter(([name]) => !this.active.has(name));
    if (!absent.length) return;
    stage.element?.setAttribute("data-awaits", absent.map(([name]) => name).join(" ")); // the place may yet change
    for (const [name, { brings }] of absent) {
      const create = await this.load(name);
      if (this.active.has(name) || !stage.header[brings]) continue; // meanwhile it came, or its data have gone
      const plugin = create(stage);
      this.active.set(name, plugin);
      if (plugin.arrive) stage.trace = plugin.arrive(stage.concealment.run);
    }
    stage.load();
    stage.resized();
    stage.element?.removeAttribute("data-awaits");
  }

  required(header) {
    return Object.entries(this.declared).filter(([, { brings }]) => header[brings]);
  }

  /** Whether a run's plug-ins show the inspector themselves. */
  ownInspector(header) {
    return this.required(header).some(([, { ownsInspector }]) => ownsInspector);
  }

  /** Calls one method of every plug-in that has it. */
  call(method, ...values) {
    for (const name of Object.keys(this.declared)) this.get(name)?.[method]?.(...values);
  }

  /** What the score shows in place of the values, or null. */
  substitute() {
    for (const name of Object.keys(this.declared)) {
      const substitute = this.get(name)?.substitute?.();
      if (substitute) return substitute;
    }
    return null;
  }
}
