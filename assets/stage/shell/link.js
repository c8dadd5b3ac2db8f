// The address of what is on the screen. The stage alone writes it; Python only reads it.

const DELAY = 250; // browsers refuse more than some hundred replaceState calls in half a minute
const PLACE = ["step", "phase", "unit", "view", "move", "speed"];

/**
 * All parameters of a place: Python's canonical state and, counted from 1 as on screen, where the stage stands.
 * @param {object} header of the run  @param {object} place as position.js has it
 * @param {{phase: string, mode: string}} defaults what needs no word in the link
 */
export function linkOf(header, { step, phase, unit, mode, by = "step", speed = 1 }, defaults) {
  const params = { ...header.link.params, lang: header.lang, step: String(step + 1) };
  if (phase !== defaults.phase) params.phase = phase;
  if (unit > 0) params.unit = String(unit + 1);
  if (mode !== defaults.mode) params.view = mode;
  if (by !== "step") params.move = by;
  if (speed !== 1) params.speed = String(speed);
  return params;
}

/** Notes what is on the screen of a page for the line (assets/line/line.js), which tells a new session of it. */
export function noteScreen({ page, link }, params, nonce) {
  const screen = (globalThis.gatescopeScreen ??= { pages: new Map(), changed: null });
  screen.pages.delete(page); // the latest comes last
  screen.pages.set(page, { params, long: link.long ?? {}, nonce });
  screen.changed?.();
}

/** Writes the latest parameters 250 ms after the last change. */
export class LinkWriter {
  /** @param {(params: Object<string,string>, owned: string[]) => void} [write] by default the address bar */
  constructor(write) {
    const path = location.pathname; // a late write must not land on the page gone to meanwhile
    this.write = write ?? ((params, owned) => location.pathname === path && replaceQuery(params, owned));
    this.owned = new Set(PLACE);
    this.timer = 0;
  }

  later(params, names = []) {
    for (const name of [...Object.keys(params), ...names]) this.owned.add(name);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.write(params, [...this.owned]), DELAY);
  }

  cancel() {
    clearTimeout(this.timer);
  }
}

function replaceQuery(params, owned) {
  const url = new URL(location.href);
  for (const name of owned) if (!(name in params)) url.searchParams.delete(name);
  for (const [name, value] of Object.entries(params)) url.searchParams.set(name, value);
  if (url.href !== location.href) history.replaceState(history.state, "", url);
}
