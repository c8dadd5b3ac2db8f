// The stage in another site's page: tells that page, its parent, where it stands, and does what it asks.
import { message } from "./envelope.js";
import { challengeAnswer, guessAnswer, read } from "./messages.js";

/**
 * @param {object} page the file around the stage: {languages, stage(), theme(name), language(code)}
 * @returns {{options: object, shown(): void}} options for mount(), and what to call when another run is on the stage
 */
export function embed(page) {
  const { parent } = globalThis;
  const tell = (what) => parent !== globalThis && parent.postMessage(what, "*"); // whoever the parent is may know it
  /** What a stage, or a bar for those that it moves, can go to. */
  const reach = ({ steps, units, phases, header }) => ({ steps, units: header.most_units ?? units, phases: header.all_phases ?? phases });
  let place = "";
  let answer = "";
  let watched = null;

  function placed() {
    const stage = page.stage();
    const { step, phase, unit } = stage.view();
    const now = { step: step + 1, steps: stage.trace.steps, phase, unit: unit + 1, playing: stage.player.playing };
    if (place === (place = JSON.stringify(now))) return;
    tell(message("place", now));
  }
  const moves = new MutationObserver(placed);

  addEventListener("message", ({ source, data }) => {
    const stage = page.stage();
    if (source !== parent || parent === globalThis || !stage) return;
    const order = read(data, { ...reach(stage.trace), languages: page.languages });
    if (order) DONE[order.type](order, stage);
  });

  const playing = (stage, on) => stage.player.playing !== on && stage.input.togglePlay();
  const DONE = {
    goto({ step, phase, unit }, stage) {
      playing(stage, false);
      stage.host.go({ step: step - 1, phase, unit: unit === undefined ? undefined : unit - 1 });
    },
    play: ({ playing: on }, stage) => playing(stage, on),
    theme: ({ theme }) => page.theme(theme),
    language: ({ language }) => page.language(language),
  };

  return {
    options: { onAnswer: (judged) => tell(guessAnswer(judged)) },
    shown() {
      const stage = page.stage();
      const { trace, element } = stage;
      if (watched !== element) {
        watched = element;
        moves.disconnect();
        moves.observe(element, { attributes: true, attributeFilter: ["data-step", "data-phase", "data-unit", "data-playing"] });
        tell(message("ready", { page: trace.header.page, cell: trace.cell, ...reach(trace) }));
      }
      placed();
      const { challenge } = trace.header.lab ?? {};
      const outcome = challenge && challengeAnswer(challenge);
      if (outcome && answer !== (answer = JSON.stringify(outcome))) tell(outcome);
    },
  };
}
