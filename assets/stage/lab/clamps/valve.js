// Clamping a gate on the picture itself: drag it up or down, or step it with + and −; a small window beside
// it says for which steps and units it holds.
import { html, set, write } from "../../core/dom.js";
import { clampText, valueField } from "./panel.js";
import { popupOn } from "./popup.js";
import { changeClamp, holdAt, holding, releaseClamp } from "../state/state.js";
import { typeset } from "../../core/text/typeset.js";
import { segment } from "../../widgets/segment.js";

const WAY = 120; // CSS px from closed to open
const TRAVEL = 4; // CSS px that a pointer may tremble before it drags
const STEP = 0.05;
const GATES = ".gs-valve, .gs-fader";

/** @param {object} lab what createLab in ../lab.js gives its panels  @param {HTMLElement} picture where the belt is shown */
export function createValves(lab, picture) {
  const popup = createPopup(lab, picture);
  let drag = null;
  let dragged = false; // swallows the click that ends a drag
  const scope = { units: "one", steps: "one" }; // as the last hold was

  const nodeOf = (event) => event.target.closest?.(GATES);
  const placeOf = (node) => ({ signal: node.dataset.signal, unit: Number(node.dataset.unit), step: lab.stage.view().step });
  const valueAt = ({ signal, unit, step }) => lab.trace.at(signal, step, unit);
  const bounded = (value) => Math.min(1, Math.max(0, Math.round(value * 100) / 100));

  picture.addEventListener("pointerdown", (event) => {
    const node = event.button === 0 ? nodeOf(event) : null;
    dragged = false;
    if (!node) return;
    const place = placeOf(node);
    drag = { node, place, y: event.clientY, from: valueAt(place), id: event.pointerId, moved: false };
  });
  const onMove = (event) => {
    if (!drag || event.pointerId !== drag.id) return;
    const up = drag.y - event.clientY;
    if (!drag.moved && Math.abs(up) < TRAVEL) return;
    if (!drag.moved) {
      drag.moved = dragged = true;
      picture.setPointerCapture(drag.id);
      picture.classList.add("gs-holding");
      lab.begin();
    }
    const way = lab.complemented(drag.place.signal) && drag.node.matches(".gs-valve") ? -1 : 1;
    lab.applyFrom((origin) => holdAt(origin, drag.place, bounded(drag.from + (way * up) / WAY), scope));
  };
  const onEnd = (event) => {
    if (!drag || event.pointerId !== drag.id) return;
    const { moved, node, place } = drag;
    drag = null;
    picture.classList.remove("gs-holding");
    if (!moved) return;
    if (event.type === "pointerup") lab.end();
    else lab.cancel();
    popup.open(node, place);
  };
  picture.addEventListener("pointermove", onMove);
  picture.addEventListener("pointerup", onEnd);
  picture.addEventListener("pointercancel", onEnd);

  // A click opens the window; the arithmetic follows it only where it is open already.
  picture.addEventListener(
    "click",
    (event) => {
      const node = nodeOf(event);
      if (!node) return;
      if (dragged || !lab.stage.inspecting) event.stopPropagation();
      if (!dragged) popup.open(node, placeOf(node));
      dragged = false;
    },
    true,
  );

  picture.addEventListener("keydown", (event) => {
    const node = event.target.matches?.(GATES) ? event.target : null;
    if (!node || event.ctrlKey || event.metaKey || event.altKey) return;
    const place = placeOf(node);
    const way = { "+": 1, "=": 1, "-": -1, "−": -1, _: -1 }[event.key];
    const index = holding(lab.session.state, place.signal, place.unit, place.step);
    if (way) {
      const by = lab.complemented(place.signal) ? -way : way;
      lab.apply(holdAt, [place, bounded(valueAt(place) + by * STEP), scope], { repeat: event.repeat && JSON.stringify(place) });
      popup.open(node, place);
    } else if ((event.key === "Delete" || event.key === "Backspace") && index >= 0) lab.apply(releaseClamp, [index]);
    else if (event.key === "Escape" && popup.shown) popup.close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  });

  popup.onScope = (next) => Object.assign(scope, next);
  return { paint: popup.paint, load: popup.load, close: popup.close };
}

function createPopup(lab, picture) {
  const sign = html("b", { class: "gs-symbol" });
  const title = html("span", { class: "gs-popup-title" });
  const close = html("button", { type: "button", class: "gs-lab-button gs-popup-close", onclick: () => leave() }, html("span", { "aria-hidden": "true" }, "×"));
  const value = html("div", { class: "gs-lab-row" });
  const steps = segment(["one", "range", "all"], (option) => rescope("steps", option));
  const from = html("input", { type: "number", class: "gs-lab-input", min: 1, "data-lab": "from" });
  const to = html("input", { type: "number", class: "gs-lab-input", min: 1, "data-lab": "to" });
  const range = html("span", { class: "gs-lab-field" }, from, html("span", {}, "–"), to);
  const units = segment(["one", "all"], (option) => rescope("units", option));
  const release = html("button", { type: "button", class: "gs-lab-button", "data-lab": "release" });
  const element = html("div", { class: "gs-popup", role: "dialog", "data-testid": "clamp-popup" }, html("div", { class: "gs-popup-head" }, sign, title), value, steps.element, range, units.element, release, close);
  let node = null;
  let place = null;
  let drawn = "";
  const api = { onScope: null };

  const clampIndex = () => holding(lab.session.state, place.signal, place.unit, place.step);

  function rescope(name, option) {
    const index = clampIndex();
    const change = name === "units" ? { units: option === "all" ? null : [place.unit] } : { steps: option === "all" ? null : span(option) };
    api.onScope?.({ [name]: option === "all" ? "all" : "one" });
    if (index >= 0) lab.apply(changeClamp, [index, change]);
  }

  function span(option) {
    const { steps: last } = lab.session.state;
    if (option === "one") return [place.step, place.step];
    if (option === "range") return [place.step, last - 1];
    const [first, final] = [from, to].map((field) => Math.min(last, Math.max(1, Math.trunc(Number(field.value)) || 1)) - 1);
    return [Math.min(first, final), Math.max(first, final)];
  }

  for (const field of [from, to]) {
    field.onchange = () => clampIndex() >= 0 && lab.apply(changeClamp, [clampIndex(), { steps: span("typed") }]);
  }

  release.onclick = () => {
    const index = clampIndex();
    if (index >= 0) lab.apply(releaseClamp, [index]);
    else lab.apply(holdAt, [place, lab.trace.at(place.signal, place.step, place.unit), { units: "one", steps: "one" }]);
  };

  element.addEventListener("keydown", (event) => {
    if (event.key === "Escape") leave();
    if (event.key === "Escape" || event.target.matches("input")) event.stopPropagation();
  });
  const popup = popupOn(lab, picture, element, (path) => !path.includes(node));

  function open(next, at) {
    [node, place, drawn] = [next, at, ""];
    popup.open();
    paint();
    const above = node.matches(".gs-on-belt, .gs-fader"); // what the gate changes stays in sight
    const least = lab.stage.fullscreen.on ? 0 : -40;
    popup.place(node.querySelector(".gs-slot") ?? node, -40, ({ top, bottom }) => Math.max(least, above ? top - element.offsetHeight - 12 : bottom + 14));
  }

  function leave() {
    const inside = element.contains(element.getRootNode().activeElement);
    popup.close();
    if (inside) node?.focus();
  }

  function paint() {
    if (!element.isConnected || !place) return;
    const { state } = lab.session;
    if (place.unit >= state.hidden || place.step >= state.steps || !lab.trace.has(place.signal)) return popup.close();
    const index = clampIndex();
    const clamp = state.clamps[index];
    const now = clamp?.value ?? lab.trace.at(place.signal, place.step, place.unit);
    const signature = JSON.stringify([place, clamp, now, state.steps, lab.trace.header.lang]);
    if (signature === drawn) return;
    drawn = signature;
    const unit = state.names[place.unit] || String(place.unit + 1);
    typeset(sign, lab.symbol(place.signal));
    sign.className = `gs-symbol gs-ink-${place.signal}`;
    const text = { unit, step: place.step + 1, value: clampText(lab, place.signal, now) };
    write(title, lab.t(clamp ? "lab.popup.held" : "lab.popup.free", text));
    set(element, { "aria-label": `${lab.name(place.signal)}: ${title.textContent}` });
    if (!value.contains(value.getRootNode().activeElement))
      value.replaceChildren(valueField(lab, place.signal, now, (next) => lab.apply(holdAt, [place, next, { units: "one", steps: "one" }])));
    steps.choose(clamp && (clamp.steps === null ? "all" : clamp.steps[0] === clamp.steps[1] ? "one" : "range"));
    units.choose(clamp && (clamp.units === null ? "all" : "one"));
    steps.element.hidden = units.element.hidden = !clamp;
    units.element.hidden ||= state.hidden === 1;
    range.hidden = !clamp?.steps || clamp.steps[0] === clamp.steps[1];
    if (!range.hidden) [from, to].forEach((field, k) => set(field, { max: state.steps }) && (field.value = String(clamp.steps[k] + 1)));
    write(release, lab.t(clamp ? "lab.clamp.release" : "lab.popup.hold", text));
  }

  function load() {
    for (const [name, choices] of Object.entries({ steps, units }))
      choices.relabel(lab.t(`lab.popup.${name}`), (option) => lab.t(`lab.popup.${name}.${option}`));
    set(from, { "aria-label": lab.t("lab.clamp.form.from") });
    set(to, { "aria-label": lab.t("lab.clamp.form.to") });
    set(close, { "aria-label": lab.t("stage.close") });
    drawn = "";
  }

  return Object.assign(api, {
    open,
    paint,
    load,
    close: leave,
    get shown() {
      return element.isConnected;
    },
  });
}
