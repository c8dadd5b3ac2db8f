// The stage as Streamlit's component.
import { html, write } from "./core/dom.js";
import { Back } from "./shell/back.js";
import { returning } from "./shell/goto.js";
import { mount } from "./mount.js";
import { stages } from "./shell/peers.js";
import { Recompute, within } from "./shell/recompute.js";

const owners = new WeakMap(); // Streamlit's parent element -> {place, recompute, call}

/**
 * Streamlit's component function (v2). It is called again on nearly every rerun, and the clean-up
 * of an older call may run after a newer call: only the latest call's may end the stage. On a busy machine it runs
 * before the newer call as well, after one that was overtaken on its way: a stage ends with its place, not before.
 */
export default function component({ parentElement, data, setStateValue }) {
  if (!(data instanceof Uint8Array)) return () => {};
  const owner = owners.get(parentElement) ?? { place: html("div", { "data-gs-place": true }), recompute: new Recompute({ holds: () => owner.stage.fills }), late: html("p", { class: "gs-late", role: "status", "data-testid": "late" }) };
  if (!owners.has(parentElement)) {
    owners.set(parentElement, owner);
    // After a hot reload this module is new and the old one's stage still stands there.
    for (const old of parentElement.querySelectorAll("[data-gs-place]")) old.remove();
    parentElement.append(owner.place, owner.late);
  }
  const call = {};
  owner.call = call;
  const { recompute } = owner;
  const say = (sentence) => write(owner.late, sentence);
  const sendTo = (what) => (message) => recompute.ask(stage.header, what, message, (bytes) => stage.update(bytes), (value) => setStateValue(what, value), say);
  const notify = (value) => setStateValue("opened", value);
  const options = {
    onSliders: sendTo("sliders"),
    onLab: sendTo("lab"),
    onFilm: (value) => setStateValue("film", value),
    onGuessing: (on) => setStateValue("guessing", on),
    onSolved: (ids) => setStateValue("solved", { ids }),
    outdated: (header) => recompute.outdates(header.at, header),
    open: (request, keeps) => open(owner, request, notify, { say, keeps }),
    onAdd: add,
    filled: (on) => on || recompute.notify(),
  };
  const { stage, destroy } = mount(owner.place, data, options);
  owner.stage = stage;
  owner.back ??= new Back((params) => owner.goBack(params));
  owner.goBack = (params) => open(owner, returning({ page: stage.header.page, params }, stage.header.link.params), notify, { say, back: true });
  owner.back.watch(stage);
  return () => {
    if (owner.call !== call || parentElement.isConnected) return;
    owners.delete(parentElement);
    owner.back.destroy();
    owner.recompute.cancel();
    owner.place.remove();
    owner.late.remove();
    destroy();
  };
}

/** Has the page add what is on the screen to a lecture (assets/connection/connection.js), once the address says all of it. */
function add() {
  for (const { position } of stages()) position.link?.now();
  dispatchEvent(new Event("gatescope-add"));
}

/** Opens a link: on the stage where that can be, else by the page. A stage without a link of its own is lent: Streamlit is not told. */
function open({ stage, recompute }, request, notify, { say, keeps = {}, back = false }) {
  const { page, link, bar, at } = stage.header;
  if (!link) return recompute.open(request, { nonce: at.nonce, show: (bytes) => stage.update(bytes, undefined, { page, link: null, ...keeps }), notify: null, say });
  if (request.page !== page) return recompute.leave(request, notify);
  if (!link.opens || (bar && !stage.fills)) return recompute.leave(request, notify, back ? undefined : within(stage.position.nonce));
  const show = (bytes) => {
    if (back) stage.position.link.release();
    return stage.update(bytes, undefined, keeps);
  };
  return recompute.open(request, { nonce: stage.position.nonce, show, notify, currentParams: () => stage.position.whole, say });
}
