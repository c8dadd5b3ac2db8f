// A stage's input: keys, buttons, the size and theme of what is around it, and the clock of play.
import { decide, describe, isPlain, pressOf } from "./keyboard/keys.js";
import { listenOnPage, stopListening } from "./keyboard/page-keys.js";
import { shortcutsOn } from "./keyboard/shortcuts.js";
import { onSystemTheme } from "./theme.js";

/** In a frame, as in a slide: gives the keys back to the page around, which else many presses of Tab are away. */
function toPageAround(event) {
  if (parent === globalThis || event.defaultPrevented) return;
  document.activeElement?.blur();
  parent.focus();
}

export class Input {
  /** @param stage the Stage */
  constructor(stage) {
    this.stage = stage;
    this.clock = 0;
    this.listen();
  }

  listen() {
    const { stage } = this;
    const { element } = stage;
    element.addEventListener("keydown", (event) => this.key(event));
    listenOnPage();
    for (const type of ["keyup", "keypress"])
      element.addEventListener(type, (event) => isPlain(event) && event.stopPropagation());
    // After a click with the mouse the keys go to the stage again; Tab and Space still work the button.
    element.addEventListener("click", (event) => {
      const button = event.target.closest?.(".gs-transport button");
      if (button && event.detail > 0 && !stage.help.open) element.focus({ preventScroll: true });
    });
    this.observer = new ResizeObserver(() => stage.room() !== stage.fitted && stage.resized());
    this.observer.observe(element);
    this.hidden = () => document.hidden && stage.player.playing && this.togglePlay();
    document.addEventListener("visibilitychange", this.hidden);
    this.stopTheme = onSystemTheme(() => stage.retheme());
  }

  key(event) {
    const { stage } = this;
    const state = { single: shortcutsOn(), filling: stage.fills, lectures: stage.layout.lectured };
    const action = decide(pressOf(event), describe(event, stage.element), state);
    if (isPlain(event)) event.stopPropagation();
    if (action) this.take(event, action);
  }

  /** Does what a key asks, if there is anything to do. */
  take(event, action) {
    const { stage } = this;
    if (action === "leave" && !stage.help.open && !stage.fills) return toPageAround(event);
    event.preventDefault();
    this.act(action);
  }

  act(action) {
    const { stage } = this;
    const { player } = stage;
    if (!stage.trace) return; // what draws the first run is still on its way
    const { fullscreen, lecturing, layout } = stage.group?.bar ?? stage;
    const move = (by, turn) => (lecturing?.on ? lecturing[turn]() : stage.moved(() => player.move(by)));
    const run = {
      back: () => move(-1, "back"),
      forward: () => move(1, "forward"),
      nextStep: () => stage.moved(() => player.moveStep(1)),
      backStep: () => stage.moved(() => player.moveStep(-1)),
      nextPhase: () => stage.moved(() => player.movePhase(1)),
      backPhase: () => stage.moved(() => player.movePhase(-1)),
      first: () => stage.moved(() => player.moveTo({ step: 0, phase: player.resting })),
      last: () => stage.moved(() => player.moveTo({ step: stage.trace.steps - 1, phase: player.resting })),
      unitUp: () => stage.moved(() => player.moveUnit(-1)),
      unitDown: () => stage.moved(() => player.moveUnit(1)),
      play: () => this.togglePlay(),
      alone: () => fullscreen.toggle(),
      lecture: () => lecturing?.toggle(),
      add: () => stage.options.onAdd?.(),
      inspect: () => stage.inspect(!stage.inspecting),
      help: () => this.toggleHelp(),
      leave: () => this.leave(),
      blank: () => fullscreen.blank(),
      pen: () => lecturing?.take("pen"),
      spot: () => lecturing?.take("spot"),
      clear: () => lecturing?.take("clear"),
      large: () => layout.enlarge(),
    }[action];
    run?.();
  }

  leave() {
    if (this.stage.help.open) this.toggleHelp();
    else (this.stage.group?.bar ?? this.stage).fullscreen.leave();
  }

  toggleHelp() {
    const { help, element } = this.stage;
    help.toggle();
    if (!help.open) element.focus({ preventScroll: true });
  }

  togglePlay() {
    const { stage } = this;
    const { player } = stage;
    if (player.playing) player.pause();
    else stage.moved(() => (player.play(performance.now()), true));
    stage.transport.state();
    if (player.playing) this.run();
    else stage.changed();
  }

  run() {
    const { stage } = this;
    cancelAnimationFrame(this.clock);
    this.clock = requestAnimationFrame(() => {
      if (!stage.player.playing) return;
      stage.moved(() => stage.player.tick(performance.now()));
      if (stage.player.playing) this.run();
      else stage.transport.state();
    });
  }

  destroy() {
    this.observer.disconnect();
    this.stopTheme();
    stopListening();
    document.removeEventListener("visibilitychange", this.hidden);
    cancelAnimationFrame(this.clock);
  }
}
