// The stage as Streamlit's component.
import { html } from "./core/dom.js";
import { HistoryListener } from "./shell/address/history.js";
import { historyRequest } from "./shell/address/goto.js";
import { mount } from "./mount.js";
import { stages } from "./shell/stages/peers.js";
import { Recompute } from "./shell/recompute/recompute.js";

const owners = new WeakMap(); // Streamlit's parent element -> {place, recompute, call}

/**
 * Streamlit's component function (v2). It is called again on nearly every rerun, and the clean-up
 * of an older call may run after a newer call: only the latest call's may end the stage. On a busy machine it runs
 * before the newer call as well, after one that was overtaken on its way: a stage ends with its place, not before.
 */
export default function component({ parentElement, data, setStateValue }) {
  if (!(data instanceof Uint8Array)) return () => {};
  const owner = owners.get(parentElement) ?? { container: html("div", { "data-gs-container": true }), recompute: new Recompute({ isDeferred: () => owner.stage.fills }) };
  if (!owners.has(parentElement)) {
    owners.set(parentElement, owner);
    // After a hot reload this module is new and the old one's stage still stands there.
    for (const old of parentElement.querySelectorAll("[data-gs-container]")) old.remove();
    parentElement.append(owner.container);
  }
  const call = {};
  owner.call = call;
  const { recompute } = owner;
  const say = (sentence) => owner.stage.choice.say(sentence);
  const sendTo = (what) => (message) => recompute.ask(stage.header, what, message, (bytes) => stage.update(bytes), (value) => setStateValue(what, value), say);
  const notify = (value) => setStateValue("opened", value);
  const options = {
    onSliders: sendTo("sliders"),
    onLab: sendTo("lab"),
    onFilm: (value) => setStateValue("film", value),
    onGuessing: (on) => setStateValue("guessing", on),
    onSolved: (ids) => setStateValue("solved", { ids }),
    outdated: (header) => recompute.isOutdated(header.at, header),
    open: (request, overrides) => open(owner, request, notify, { say, overrides }),
    onAdd: add,
    filled: (on) => on || recompute.notify(),
  };
  const { stage, destroy } = mount(owner.container, data, options);
  owner.stage = stage;
  owner.history ??= new HistoryListener((params) => owner.goBack(params));
  owner.goBack = (params) => open(owner, historyRequest({ page: stage.header.page, params }, stage.header.link.params), notify, { say, back: true });
  owner.history.watch(stage);
  return () => {
    if (owner.call !== call || parentElement.isConnected) return;
    owners.delete(parentElement);
    owner.history.destroy();
    owner.recompute.cancel();
    owner.container.remove();
    destroy();
  };
}

/** Has the page add what is on the screen to a lecture (assets/connection/connection.js), once the address says all of it. */
function add() {
  for (const { position } of stages()) position.link?.now();
  dispatchEvent(new Event("gatescope-add"));
}

/**
 * Opens a link: on the stage where that can be, else by the page. A stage without a link of its own shows other pages' links: Streamlit is not notified.
 * On a filled screen, where nothing of the page is seen, the stage itself says of a choice that it can't be shown, and stays.
 */
function open({ stage, recompute }, request, notify, { say, overrides = {}, back = false }) {
  const { page, link, bar, at } = stage.header;
  if (!link) return recompute.open(request, { nonce: at.nonce, show: (bytes) => stage.update(bytes, undefined, { page, link: null, ...overrides }), notify: null, say });
  if (request.page !== page) return recompute.leave(request, notify);
  const choice = back ? undefined : stage.position.choice();
  const stays = stage.fills && !back;
  const leave = (...left) => {
    if (stays) stage.choice.wait();
    notify(...left);
  };
  if (!link.opens || (bar && !stage.fills)) return recompute.leave(request, leave, choice);
  const show = (bytes) => {
    if (back) stage.position.link.release();
    return stage.update(bytes, undefined, overrides);
  };
  const refuse = stays ? (sentence) => stage.choice.refuse(sentence) : null;
  return recompute.open({ ...request, pairs: true, stays }, { nonce: stage.position.nonce, show, notify, leave, currentParams: () => stage.position.linkParams, say, refuse, choice });
}
