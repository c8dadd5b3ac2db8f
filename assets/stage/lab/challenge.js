// A challenge's meter: how near the cell is, where it is right on the sequence shown, and the best so far.
import { html, set, write } from "../core/dom.js";
import { run } from "../engine/forward.js";
import { specOf } from "./state/state.js";

const SMALLEST = 0.05; // a first value below this is no unit to count in (as in gates/examples/challenges/model.py)

/**
 * Which asked steps of a run are right: true, false, or null where nothing is asked.
 * @param {Float64Array} values of the signal that is read, by step @param {([?number, ?number]|null)[]} bands
 */
export function judge(values, bands, relative = false) {
  const unit = relative ? (Math.abs(values[0]) < SMALLEST ? NaN : values[0]) : 1;
  return bands.map((band, step) => {
    if (!band) return null;
    const [low, high] = band;
    const value = values[step] / unit;
    return value >= (low ?? -Infinity) && value <= (high ?? Infinity);
  });
}

/** What a challenge reads of a signal: the sum over some units, by step. */
export const readOf = (values, { units, hidden, steps }) =>
  Float64Array.from({ length: steps }, (_, step) => units.reduce((sum, unit) => sum + values[step * hidden + unit], 0));

const unstored = new Map(); // the best of each challenge where nothing may be stored, as in a sandboxed frame

/** The best that this browser has seen of a challenge. */
function bestOf(key) {
  try {
    return Math.min(1, Math.max(0, Number(localStorage.getItem(key)) || 0));
  } catch {
    return unstored.get(key) ?? 0;
  }
}

function keep(key, near) {
  try {
    localStorage.setItem(key, String(near));
  } catch {
    unstored.set(key, near);
  }
}

/** Which challenges this browser has solved. */
function solvedHere(ids, keyOf) {
  return ids.filter((id) => bestOf(keyOf(id)) === 1); // near is 1 only if all is solved
}

export function createChallenge(lab) {
  let reported = false;

  const title = html("b");
  const state = html("span", { class: "gs-challenge-state", role: "status", "data-testid": "challenge-state" });
  const goal = html("p", { class: "gs-challenge-goal" });
  const bar = html("div", { class: "gs-meter", role: "meter", "aria-valuemin": 0, "aria-valuemax": 100, "data-testid": "challenge-meter" }, html("i"), html("u"));
  const best = html("span", { class: "gs-label" });
  const sentences = html("p", { class: "gs-challenge-says" });
  const miss = html("p", { class: "gs-lab-note" });
  const element = html("section", { class: "gs-challenge", hidden: true }, html("div", { class: "gs-challenge-head" }, title, state), goal, html("div", { class: "gs-challenge-bar" }, bar, best), sentences, miss);

  const challenge = () => lab.trace.header.lab?.challenge ?? null;
  const percent = (share) => (share >= 1 ? "100%" : `${Math.min(99, Math.round(100 * share))}%`);

  /** @param {boolean} settled whether NumPy has judged what is shown; a preview leaves its verdict standing, dimmed */
  function paint(settled) {
    const task = challenge();
    element.hidden = task === null;
    if (task === null) return marks(null);
    const { near, solved, best_key: key, sentences: says } = task;
    if (settled && near > bestOf(key)) keep(key, near);
    const top = bestOf(key);
    set(element, { "data-settled": settled, "data-solved": solved });
    set(bar, { "aria-valuenow": Math.round(100 * near), "aria-valuetext": percent(near), style: `--gs-near:${near};--gs-best:${top}` });
    write(state, lab.t(solved ? "lab.challenge.solved" : "lab.challenge.near", { near: percent(near) }));
    write(best, top > 0 ? lab.t("lab.challenge.best", { best: percent(top) }) : "");
    write(sentences, [says.shown, says.hidden, says.note].filter(Boolean).join(" · "));
    write(miss, says.example ?? "");
    goal.hidden = !task.standalone && !lab.stage.fullscreen.on; // a page says it above the stage
    marks(task);
  }

  /** A sign over every asked step of the strip that is read, for the run without clamps, as it is judged. */
  function marks(task) {
    const { state: now } = lab.session;
    const fits = task && task.wanted.length === now.steps && lab.trace.has(task.reads.signal) && Math.max(...task.reads.units) < now.hidden;
    for (const strip of lab.stage.score.element.querySelectorAll(".gs-strip[data-signal]")) {
      const lane = strip.querySelector(".gs-strip-place");
      const layer = lane.querySelector(".gs-targets");
      if (!fits || strip.dataset.signal !== task.reads.signal) layer?.remove();
      else draw(lane, layer, task, now);
    }
  }

  function draw(place, layer, { reads, wanted }, now) {
    const { [reads.signal]: values } = now.clamps.length ? run(specOf({ ...now, clamps: [] })) : lab.trace.arrays;
    const right = judge(readOf(values, { ...now, units: reads.units }), wanted, reads.relative);
    const shown = right.map((each) => (each === null ? "." : Number(each))).join("");
    if (layer?.dataset.shown === shown) return;
    const targets = layer ?? place.appendChild(html("div", { class: "gs-targets", "aria-hidden": "true" }));
    targets.dataset.shown = shown;
    targets.replaceChildren(...right.map((each) => html("i", {}, each === null ? null : html("b", { "data-right": String(each) }, each ? "✓" : "×"))));
  }

  return {
    element,
    paint,
    load() {
      const task = challenge();
      if (!task) return;
      const known = solvedHere(task.all, (id) => task.best_key.slice(0, task.best_key.lastIndexOf(".") + 1) + id);
      if (!reported && known.some((id) => !task.ticked.includes(id))) lab.stage.options.onSolved?.(known);
      reported = true; // once a visit: what is solved from here on Python knows first
      write(title, task.title);
      write(goal, task.goal);
      set(bar, { "aria-label": lab.t("lab.challenge.meter", { title: task.title }) });
    },
  };
}
