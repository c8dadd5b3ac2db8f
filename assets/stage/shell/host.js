// What every view may ask of the stage and do to it.
import { fill, token } from "../core/text/format.js";
import { goto } from "./address/goto.js";

/** @param stage the Stage  @param {string[]} modes the pictures that exist */
export function createHost(stage, modes) {
  const { player } = stage;
  return {
    modes,
    player,
    t: (key, values) => fill(stage.header.strings[key] ?? globalThis.gatescopeWords?.[stage.header.lang]?.[key] ?? key, values),
    symbol: (signal) => stage.header.symbols[signal] ?? signal,
    name: (signal) => stage.header.strings[`signal.${signal}`] ?? signal,
    /** The token that is read at a step; undefined for the initial state, which reads none. */
    token: (step) => (step in stage.trace.tokens ? token(stage.trace.tokens[step]) : undefined),
    phase: (phase) => phaseText(stage, phase, ""),
    phaseAbout: (phase) => phaseText(stage, phase, ".about"),
    complemented: (signal) => stage.complemented(signal),
    /** Whether a number {signal, step} may be shown; every view asks before it prints one. */
    visible: (place) => stage.visible(place),
    /** A value as the reader's convention has it: 1 − z where z is to write. */
    shown(signal, step, unit) {
      const value = stage.trace.at(signal, step, unit);
      if (signal === "grad.update" && stage.complemented("update")) return -value; // ∂L/∂(1 − z)
      return stage.complemented(signal) ? 1 - value : value;
    },
    /** What the score shows in place of the values, {values(signal), scale(signal), …}; null for the values themselves. */
    substitute: () => stage.plugins.substitute(),
    /** Whether the page adds what is on the screen to a lecture. */
    get adds() {
      return Boolean(stage.options.onAdd);
    },
    get colours() {
      return stage.colours;
    },
    get header() {
      return stage.header;
    },
    get reduced() {
      return matchMedia("(prefers-reduced-motion: reduce)").matches;
    },
    view: () => stage.view(),
    selected: () => stage.selection,
    select: (part) => stage.select(part),
    go: (place) => stage.moved(() => player.moveTo(place)),
    act: (action) => stage.act(action),
    fullscreen: () => stage.fullscreen.on,
    /** The examples that the stage can change to, [{title, link, shown}]; and the way to one, or to any link of ours. */
    examples: () => stage.examples(),
    goto: (link) => goto(stage, link),
    inspecting: () => stage.inspecting,
    send: (values) => stage.options.onSliders?.({ preset: stage.header.preset, values }),
    setBy: (by) => stage.setBy(by),
    setSpeed: (speed) => stage.setSpeed(speed),
    setMode: (mode) => stage.setMode(mode),
  };
}

function phaseText({ header, trace }, phase, ending) {
  const { strings, notation, symbols } = header;
  const override = notation === "z" && trace.cell === "lstm" ? strings[`stage.phase.z.${phase}${ending}`] : undefined;
  const key = `stage.phase.${phase}${ending}`;
  return fill(override ?? strings[key] ?? key, symbols);
}
