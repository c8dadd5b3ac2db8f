// The stage's face to the outside: mount() for a page, the default export for Streamlit.
import { html, write } from "./core/dom.js";
import { createBelt } from "./belt/belt.js";
import { Back } from "./shell/back.js";
import { createDiagram } from "./diagram/diagram.js";
import { Recompute } from "./shell/recompute.js";
import { Stage } from "./shell/shell.js";
import { createUnrolled } from "./unrolled/unrolled.js";

const PICTURES = { belt: createBelt, diagram: createDiagram, unrolled: createUnrolled };

// By name: the field of a run's header that calls for it, and how it is loaded (see shell/plugins.js).
const PLUGINS = {
  lab: { brings: "lab", load: async () => (await import("./lab/lab.js")).createLab, ownsInspector: true },
  backward: { brings: "gradient", load: async () => (await import("./backward/backward.js")).createBackward },
  readout: { brings: "readout", load: async () => (await import("./readout/readout.js")).createReadout },
  film: { brings: "film", load: async () => (await import("./film/film.js")).createFilm },
};

const places = new Map(); // page -> where its stage stood: coming back to a page finds it again
const stages = new WeakMap(); // root -> Stage

/**
 * Shows a run in `root`, or hands a new run to the stage that is already there.
 * @param {HTMLElement} root an empty element, the stage's own from now on
 * @param {Uint8Array} bytes the packed run (see core/trace.js)
 * @param {object} [options]
 * @param {(values: {preset: string, values: Object<string, number>}) => void} [options.onSliders]
 * @param {(message: object) => void} [options.onLab] gets every edit of the lab (see lab/state/session.js)
 * @param {(ids: string[]) => void} [options.onSolved] gets the challenges that this browser has solved before
 * @param {(header: object) => boolean} [options.outdated] whether a run, by its header, is older than the one on the screen
 * @param {(params: Object<string, string>) => void} [options.writeUrl] by default the address bar
 * @param {Map<string, object>} [options.memory] where each page's stage stood
 */
export function mount(root, bytes, options = {}) {
  let stage = stages.get(root);
  if (!stage) {
    stage = new Stage(root, { memory: places, ...options }, PICTURES, PLUGINS);
    stages.set(root, stage);
  }
  stage.options = { ...stage.options, ...options };
  stage.update(bytes, options.outdated);
  return {
    stage,
    destroy() {
      if (stages.get(root) === stage) stages.delete(root);
      stage.destroy();
    },
  };
}

const owners = new WeakMap(); // Streamlit's parent element -> {place, recompute, call}
let timesBack = 0; // over all mountings: Streamlit does not send on what is the same as before

/**
 * Streamlit's component function (v2). It is called again on nearly every rerun, and the clean-up
 * of an older call may run after a newer call: only the latest call's may end the stage.
 */
export default function component({ parentElement, data, setStateValue }) {
  if (!(data instanceof Uint8Array)) return () => {};
  const owner = owners.get(parentElement) ?? { place: html("div", { "data-gs-place": true }), recompute: new Recompute(), late: html("p", { class: "gs-late", role: "status", "data-testid": "late" }) };
  if (!owners.has(parentElement)) {
    owners.set(parentElement, owner);
    // After a hot reload this module is new and the old one's stage still stands there.
    for (const old of parentElement.querySelectorAll("[data-gs-place]")) old.remove();
    parentElement.append(owner.place, owner.late);
  }
  const call = {};
  owner.call = call;
  const asks = (what) => (message) =>
    owner.recompute.ask(stage.header, what, message, (bytes) => stage.update(bytes), (told) => setStateValue(what, told), (sentence) => write(owner.late, sentence));
  const { stage, destroy } = mount(owner.place, data, { onSliders: asks("sliders"), onLab: asks("lab"), onFilm: (told) => setStateValue("film", told), onSolved: (ids) => setStateValue("solved", { ids }), outdated: (header) => owner.recompute.outdates(header.at, header) });
  owner.back ??= new Back((params) => owner.goBack(params));
  owner.goBack = (params) => setStateValue("back", { params, count: ++timesBack });
  owner.back.watch(stage);
  return () => {
    if (owner.call !== call) return;
    owners.delete(parentElement);
    owner.back.destroy();
    owner.recompute.cancel();
    owner.place.remove();
    owner.late.remove();
    destroy();
  };
}
