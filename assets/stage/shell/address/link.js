// The address of what is on the screen. The stage alone writes it; Python only reads it.

const DELAY = 250; // browsers refuse more than some hundred replaceState calls in half a minute
/** Parameters of a link that say where a stage stands. */
export const POSITION_PARAMS = ["step", "phase", "unit", "view", "move", "speed", "guess", "lecture", "large"];

/**
 * All parameters of a place: Python's canonical state and, counted from 1 as on screen, where the stage stands.
 * @param {object} header of the run  @param {object} place as position.js has it
 * @param {{phase: string, mode: string}} defaults what needs no word in the link
 */
export function linkOf(header, { step, phase, unit, mode, by = "step", speed = 1, guess = null, lecture = null, large = 0 }, defaults) {
  const params = { ...header.link.params, lang: header.lang, step: String(step + 1) };
  if (phase !== defaults.phase) params.phase = phase;
  if (unit > 0) params.unit = String(unit + 1);
  if (mode !== defaults.mode) params.view = mode;
  if (by !== "step") params.move = by;
  if (speed !== 1) params.speed = String(speed);
  if (guess) params.guess = guess;
  if (lecture) params.lecture = lecture;
  if (large > 0) params.large = String(large + 1);
  return params;
}

/** Notes what is on the screen of a page for the connection (assets/connection/connection.js), which tells a new session of it. */
export function noteScreen({ page, link }, params, nonce) {
  const screen = (globalThis.gatescopeScreen ??= { pages: new Map(), changed: null });
  screen.pages.delete(page); // the latest comes last
  screen.pages.set(page, { params, long: link.long ?? {}, nonce });
  screen.changed?.();
}

/**
 * Writes the address: steps replace it, 250 ms after the last change; a choice, such as of an example, makes an entry
 * of its own in the browser's history, so that *back* undoes choices and not steps.
 */
export class LinkWriter {
  /**
   * @param {(params: Object<string,string>, owned: string[], entry: boolean) => void} [write] by default the address
   *   bar; `entry` asks for a new entry of the history
   */
  constructor(write) {
    const path = location.pathname; // a late write must not land on the page gone to meanwhile
    this.write = write ?? ((params, owned, entry) => location.pathname === path && writeQuery(params, owned, entry));
    this.owned = new Set(POSITION_PARAMS);
    this.chosen = undefined; // the choices that the address shows; undefined where it is not ours yet
    this.shown = undefined; // and all of it but where the stage stands
    this.suspended = false; // whether the address is ahead: the browser went back, and what it says is not on the screen yet
    this.timer = 0;
    this.waiting = null;
    this.leave = () => this.now();
  }

  /**
   * @param {Object<string, string>} params
   * @param {string[]} [names] of all parameters that may stand in the address
   * @param {string[]} [choices] names of those of which each new value is an entry of its own
   * @param {boolean} [opened] whether a link was opened on the stage: then any new value is
   */
  schedule(params, names = [], choices = [], opened = false) {
    if (this.suspended) return;
    for (const name of [...Object.keys(params), ...names]) this.owned.add(name);
    const chosen = JSON.stringify(choices.map((name) => params[name] ?? null));
    const shown = JSON.stringify(Object.entries(params).filter(([name]) => !POSITION_PARAMS.includes(name)));
    const entry = this.chosen !== undefined && (this.chosen !== chosen || (opened && this.shown !== shown));
    [this.chosen, this.shown] = [chosen, shown];
    if (entry) this.now(); // the entry that is left keeps its last step
    clearTimeout(this.timer);
    this.waiting = () => this.write(params, [...this.owned], entry);
    if (entry) return this.now();
    this.timer = setTimeout(() => this.now(), DELAY);
    globalThis.addEventListener?.("gatescope-leave", this.leave); // another page is asked for (assets/connection/leaving.js)
  }

  /** Writes what waits. */
  now() {
    const { waiting } = this;
    this.cancel();
    waiting?.();
  }

  cancel() {
    clearTimeout(this.timer);
    globalThis.removeEventListener?.("gatescope-leave", this.leave);
    this.waiting = null;
  }

  /** Leaves the address alone until `release`: what it says now is on its way to the screen. */
  hold() {
    this.cancel();
    this.suspended = true;
  }

  /** The screen shows what the address asked for: the next writing replaces it. */
  release() {
    this.suspended = false;
    this.chosen = undefined;
  }
}

function writeQuery(params, owned, entry) {
  const url = new URL(location.href);
  for (const name of owned) if (!(name in params)) url.searchParams.delete(name);
  for (const [name, value] of Object.entries(params)) url.searchParams.set(name, value);
  if (url.href === location.href) return;
  // Not by history's own methods: assets/startup.js keeps Streamlit from writing this page's address with those.
  const write = entry ? History.prototype.pushState : History.prototype.replaceState;
  write.call(history, history.state, "", url);
  dispatchEvent(new Event("gatescope-address"));
}
