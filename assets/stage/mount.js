// Puts a stage into a place of a document: what pages, exported files and whatever embeds one begin with.
import { PICTURES } from "./pictures.js";
import { Stage } from "./shell/shell.js";

// By name: the field of a run's header that calls for it, and how it is loaded (see shell/plugins.js).
const PLUGINS = {
  lab: { brings: "lab", kinds: ["lstm", "gru", "rnn"], load: async () => (await import("./lab/lab.js")).createLab, ownsInspector: true },
  backward: { brings: "gradient", load: async () => (await import("./backward/backward.js")).createBackward },
  readout: { brings: "readout", load: async () => (await import("./readout/readout.js")).createReadout },
  film: { brings: "film", load: async () => (await import("./film/film.js")).createFilm },
};

const places = new Map(); // page -> where its stage stood: coming back to a page finds it again
const stages = new WeakMap(); // root -> Stage

/**
 * Shows a run in `root`, or passes a new run to the stage that is already there.
 * @param {HTMLElement} root an empty element, the stage's own from now on
 * @param {Uint8Array} bytes the packed run (see core/run/trace.js)
 * @param {object} [options]
 * @param {(values: {preset: string, values: Object<string, number>}) => void} [options.onSliders]
 * @param {(message: object) => void} [options.onLab] gets every edit of the lab (see lab/state/session.js)
 * @param {(judged: object) => void} [options.onAnswer] gets every guess with its truth (see guess/guess.js)
 * @param {(ids: string[]) => void} [options.onSolved] gets the challenges that this browser has solved before
 * @param {(header: object) => boolean} [options.outdated] whether a run, by its header, is older than the one on the screen
 * @param {object|((header: object) => object)} [options.overrides] fields that the run's header gets here
 * @param {(params: Object<string, string>) => void} [options.writeUrl] by default the address bar
 * @param {Map<string, object>} [options.memory] where each page's stage stood
 * @returns {{stage: Stage, shown: ?Promise, destroy: () => void}} `shown`: when the run is on the stage, where what draws it
 *   is still to be fetched
 */
export function mount(root, bytes, options = {}) {
  let stage = stages.get(root);
  if (!stage) {
    stage = new Stage(root, { memory: places, ...options }, PICTURES, PLUGINS);
    stages.set(root, stage);
  }
  stage.options = { ...stage.options, ...options };
  const shown = stage.update(bytes, options.outdated, options.overrides);
  return {
    stage,
    shown,
    destroy() {
      if (stages.get(root) === stage) stages.delete(root);
      stage.destroy();
    },
  };
}
