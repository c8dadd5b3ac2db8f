// A preset's labelled sliders. Each movement asks Python for the run with that weight.
import { html, set, write } from "../core/dom.js";
import { plain } from "../core/text/formulas.js";
import { LatestFirst } from "../core/loading/latest-first.js";
import { typeset } from "../core/text/typeset.js";

const RETRY_AFTER = 1000; // milliseconds to wait for an answer before asking again

/** @param {{t: Function, send: (values: Object<string, number>) => void}} host */
export function createSliders(host) {
  const element = html("div", { class: "gs-sliders" });
  const queue = new LatestFirst((values) => host.send(values), RETRY_AFTER);
  let rows = [];
  let shape = "";
  let dragging = false; // the thumb is under a finger: nothing that arrives may move it

  const values = () => Object.fromEntries(rows.map((row) => [row.slider.id, Number(row.input.value)]));

  function changed(row) {
    paintValue(row);
    queue.ask(values());
  }

  function build(slider) {
    const { id, label, min, max, step } = slider;
    const input = html("input", { type: "range", min, max, step, "data-slider": id });
    const value = html("output", { class: "gs-slider-value" });
    const reset = html("button", { type: "button", class: "gs-slider-reset", "aria-label": host.t("stage.slider.reset", { label }) }, "↺");
    const row = { slider, input, value, reset, initial: slider.default ?? slider.value };
    const release = () => (dragging = false);
    set(input, {
      oninput: () => changed(row),
      onpointerdown: () => (dragging = true),
      onpointerup: release,
      onpointercancel: release,
      onblur: release,
    });
    reset.onclick = () => {
      input.value = String(row.initial);
      changed(row);
    };
    const words = typeset(html("span", { title: plain(label) }), label);
    row.element = html("div", { class: "gs-slider" }, html("label", {}, words, input), value, reset);
    return row;
  }

  function paintValue(row) {
    const { input, slider, value, reset, initial } = row;
    const digits = Math.min(6, (String(slider.step).split(".")[1] ?? "").length);
    const number = Number(input.value);
    write(value, number.toFixed(digits).replace("-", "−"));
    const away = Math.abs(number - initial) > Number(slider.step) / 2;
    reset.style.visibility = away ? "visible" : "hidden";
    set(reset, { title: host.t("stage.slider.default", { value: initial }) });
  }

  return {
    element,
    /** Takes the sliders of a new run, which is also the answer to what was asked. */
    load({ header }) {
      const sliders = header.sliders ?? [];
      const signature = JSON.stringify([header.preset, header.lang, sliders.map(({ value, ...rest }) => rest)]);
      if (signature !== shape) {
        shape = signature;
        dragging = false;
        queue.drop();
        rows = sliders.map(build);
        element.replaceChildren(...rows.map((row) => row.element));
        element.hidden = rows.length === 0;
      }
      queue.answered();
      rows.forEach((row, k) => {
        if (!dragging && queue.idle) row.input.value = String(sliders[k].value);
        paintValue(row);
      });
    },
    destroy: () => queue.drop(),
  };
}
