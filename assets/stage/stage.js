// The stage as Streamlit's component.
import { html, write } from "./core/dom.js";
import { Back } from "./shell/back.js";
import { mount } from "./mount.js";
import { Recompute } from "./shell/recompute.js";

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
