// The controls of time: buttons, track, phases, speed, and which picture is shown.
import { html, set, write } from "../core/dom.js";
import { icon } from "../core/icons.js";
import { SPEEDS } from "../core/run/player.js";
import { createExamples } from "./examples.js";
import { segment } from "./segment.js";
import { widthInLetters, createTrack } from "./track.js";

const MOVES = ["first", "back", "play", "forward", "last"];
const READOUT_TOKEN = 12; // characters of a token that the readout keeps room for

/**
 * @param {object} host of a view, with: act(name) for a button, player (read only), setBy, setSpeed,
 *   setMode, modes (the pictures that exist), fullscreen() whether the stage fills the screen
 */
export function createTransport(host) {
  const track = createTrack(host);
  const buttons = Object.fromEntries(MOVES.map((name) => [name, button(name, () => host.act(name))]));
  const readout = html("div", { class: "gs-readout" });
  const stepText = html("span");
  const tokenText = html("b", { class: "gs-readout-token" });
  readout.append(stepText, html("span", { class: "gs-readout-now" }, html("span", { class: "gs-label" }, "·"), tokenText));
  const moves = html("div", { class: "gs-buttons", role: "group" }, ...MOVES.map((name) => buttons[name]));
  const phases = html("div", { class: "gs-phases", role: "group" });
  const by = segment(["step", "phase"], (choice) => host.setBy(choice));
  const speed = html("select", { class: "gs-select", onchange: () => host.setSpeed(Number(speed.value)) });
  speed.append(...SPEEDS.map((value) => html("option", { value }, `${value}×`)));
  const examples = createExamples?.(host); // a file of one state comes without it
  const mode = segment(host.modes, (choice) => host.setMode(choice));
  mode.element.classList.add("gs-view");
  const help = button("help", () => host.act("help"));
  const inspect = button("inspect", () => host.act("inspect"));
  const alone = button("alone", () => host.act("alone"));
  const byLabel = html("span", { class: "gs-label" });
  const speedLabel = html("span", { class: "gs-label" });
  const element = html(
    "div",
    { class: "gs-transport" },
    html("div", { class: "gs-time" }, moves, track.element, readout),
    html(
      "div",
      { class: "gs-options" },
      phases,
      html("span", { class: "gs-spacer" }),
      examples?.element,
      html("div", { class: "gs-option" }, byLabel, by.element),
      html("label", { class: "gs-option" }, speedLabel, speed),
      mode.element,
      html("div", { class: "gs-tools" }, inspect, help, alone),
    ),
  );
  let trace = null;
  let chips = [];

  function name(control, key) {
    set(control, { "aria-label": host.t(key), title: host.t(`${key}.title`) });
  }

  function relabel() {
    for (const each of MOVES) if (each !== "play") name(buttons[each], `stage.${each}`);
    name(help, "stage.help");
    name(inspect, "stage.inspect");
    set(moves, { "aria-label": host.t("stage.transport") });
    set(phases, { "aria-label": host.t("stage.phases") });
    write(byLabel, host.t("stage.by"));
    write(speedLabel, host.t("stage.speed"));
    set(speed, { "aria-label": host.t("stage.speed") });
    by.relabel(host.t("stage.by"), (choice) => host.t(`stage.by.${choice}`));
    mode.relabel(host.t("stage.view"), (choice) => host.t(`stage.view.${choice}${choice === "belt" && trace.cell === "rnn" && !trace.header.bar ? ".rnn" : ""}`));
    const token = Math.min(READOUT_TOKEN, Math.max(...trace.tokens.map(widthInLetters)));
    readout.style.setProperty("--gs-readout", `${widthInLetters(host.t("stage.readout", { step: trace.steps, steps: trace.steps })) + token + 3}ch`);
  }

  function buildPhases() {
    if (chips.length !== trace.phases.length || chips.some((chip, k) => chip.dataset.phaseName !== trace.phases[k])) {
      chips = trace.phases.map((phase) =>
        html("button", { type: "button", class: "gs-phase", "data-phase-name": phase, onclick: () => host.go({ phase }) }),
      );
      phases.replaceChildren(...chips);
    }
    for (const chip of chips) {
      write(chip, host.phase(chip.dataset.phaseName));
      set(chip, { title: host.phaseAbout(chip.dataset.phaseName) });
    }
  }

  return {
    element,
    load(next) {
      trace = next;
      track.load(trace);
      relabel();
      buildPhases();
      this.state();
    },
    /** Shows what is set rather than where the stage stands: playing, speed, picture, full screen. */
    state() {
      const { playing, by: unit, speed: pace } = host.player;
      const playKey = playing ? "stage.pause" : "stage.play";
      if (buttons.play.dataset.icon !== playKey) {
        buttons.play.dataset.icon = playKey;
        buttons.play.replaceChildren(icon(playing ? "pause" : "play"));
      }
      name(buttons.play, playKey);
      by.choose(unit);
      mode.choose(host.view().mode);
      speed.value = String(pace);
      examples?.state();
      set(inspect, { "aria-pressed": String(host.inspecting()) });
      alone.replaceChildren(icon(host.fullscreen() ? "leave" : "alone"));
      name(alone, host.fullscreen() ? "stage.leave" : "stage.alone");
    },
    paint(view) {
      track.paint(view);
      write(stepText, host.t("stage.readout", { step: view.step + 1, steps: trace.steps }));
      write(tokenText, host.token(view.step));
      const now = trace.phases.indexOf(view.phase);
      chips.forEach((chip, k) => {
        set(chip, { "aria-current": k === now ? "step" : null, "data-done": k <= now });
      });
      const { atStart, atEnd } = host.player;
      for (const each of ["first", "back"]) set(buttons[each], { "aria-disabled": atStart ? "true" : null });
      for (const each of ["forward", "last"]) set(buttons[each], { "aria-disabled": atEnd ? "true" : null });
    },
    resize: track.resize,
    destroy: track.destroy,
  };
}

function button(name, onclick) {
  return html("button", { type: "button", class: "gs-button", "data-action": name, onclick }, icon(name));
}
