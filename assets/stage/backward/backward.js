// The backward pass: the belt run backwards, gradients in the score, and what each of them is the sum of.
import { Flow } from "./flow.js";
import { Overlay } from "./overlay.js";
import { partValue } from "./edges.js";
import { createAccount } from "./account.js";
import { createShares } from "./shares.js";
import { addToLabel } from "../core/labels.js";
import { html, set, write } from "../core/dom.js";
import { allDigits, exactGradient, gradient } from "../core/text/format.js";
import { plain } from "../core/text/formulas.js";
import { segment } from "../widgets/segment.js";

const choices = new Map(); // page -> {backward, slopes}: what was chosen there before

/** @param {import("../shell/shell.js").Stage} stage whose header has `gradient` */
export function createBackward(stage) {
  const { host, player } = stage;
  let flow = null;
  let overlay = null;
  let shown = null; // {values, levels} of the score by signal, made when first asked for
  let backward = false;
  let slopes = false;
  let goal = null; // the step that the loss reads; the stage follows it when it moves
  let marked = false;

  const ways = segment(["forward", "backward"], (choice) => turn(choice === "backward"));
  const strips = segment(["values", "slopes"], (choice) => swapStrips(choice === "slopes"));
  const route = html("span", { class: "gs-back-route" });
  const loss = html("span", { class: "gs-back-loss" });
  const legend = html("span", { class: "gs-back-legend" });
  const state = html("p", { class: "gs-back-state" });
  const element = html("section", { class: "gs-backward", "data-testid": "backward" }, ways.element, html("p", { class: "gs-back-words" }, route, loss), legend, state);
  const shares = createShares(host);
  const account = createAccount(host);
  strips.element.classList.add("gs-back-strips");
  stage.transport.element.after(element);
  stage.score.element.querySelector(".gs-score-head > :first-child").after(strips.element);
  stage.pictures.belt.view.element.append(shares.element);
  stage.inspector.element.append(account.element);
  stage.picture.addEventListener("pointerover", pointed);
  stage.picture.addEventListener("focusin", pointed);

  /** Gradients come from the end: of a run that is not all uncovered there are none yet. */
  const concealed = () => Boolean(stage.concealment.frontier);

  // What is chosen

  function turn(on) {
    if (on === backward) return;
    backward = on;
    if (slopes !== on) swapStrips(on);
    direct();
    stage.paint(0);
  }

  function swapStrips(on) {
    slopes = on;
    keep();
    stage.score.load(stage.trace);
    stage.paint(0);
  }

  function keep() {
    choices.set(host.header.page, { backward, slopes, nonce: host.header.at.nonce });
    stage.score.element.classList.toggle("gs-slopes", slopes);
    strips.choose(slopes ? "slopes" : "values");
  }

  /** Sets the direction of time, of the clock and of the picture. */
  function direct() {
    player.pause();
    player.direction = backward ? -1 : 1;
    if (backward) {
      player.by = "step";
      player.moveTo({ phase: player.resting });
    }
    set(stage.element, { "data-direction": backward ? "backward" : "forward" });
    ways.choose(backward ? "backward" : "forward");
    write(route, host.t(backward ? "gradient.route.backward" : "gradient.route.forward", { steps: stage.trace.steps }));
    keep();
    stage.transport.state();
  }

  // What is shown

  function present() {
    const on = Boolean(host.header.gradient);
    element.hidden = strips.element.hidden = !on;
    return on;
  }

  function relabel() {
    const { t } = host;
    set(element, { "aria-label": t("gradient.title") });
    ways.relabel(t("gradient.direction"), (choice) => t(`gradient.${choice}`));
    strips.relabel(t("gradient.strips"), (choice) => t(`gradient.strips.${choice}`));
    write(loss, host.header.gradient.loss);
    legend.replaceChildren(ramp());
  }

  /** The logarithmic scale, from vanished to the largest of the run. */
  function ramp() {
    const colours = `linear-gradient(90deg,var(--gs-zero),var(--gs-gradient))`;
    return html(
      "span",
      { class: "gs-key" },
      html("b", { class: "gs-back-sign" }, "|∂L/∂·|"),
      html("span", {}, `≤ ${gradient(flow.floor)}`),
      html("span", { class: "gs-bars" }, html("i", { style: `background:${colours}` })),
      html("span", {}, gradient(flow.scale)),
      html("span", {}, host.t("gradient.log")),
    );
  }

  function describe({ step }) {
    const { t } = host;
    if (concealed()) return void (write(state, ""), set(state, { "data-outcome": null }));
    const { trace } = stage;
    const names = trace.states;
    const lengths = names.map((name) => flow.length(name, step));
    const list = names.map((name, k) => `‖∂L/∂${plain(host.symbol(name))}‖ = ${exactGradient(lengths[k])}`).join(", ");
    const outcomes = lengths.map((value) => flow.outcome(value));
    const outcome = outcomes.includes("exploded") ? "exploded" : outcomes.every((one) => one === "none") ? "none" : outcomes.every((one) => one === "vanished" || one === "none") ? "vanished" : "alive";
    const key = outcome === "none" && flow.at !== null && step > flow.at ? "after" : outcome === "alive" && flow.at === step ? "loss" : outcome;
    const where = (flow.exploded ?? step) + 1;
    write(state, t(`gradient.state.${key}`, { step: step + 1, lengths: list, where, state: plain(host.symbol(flow.source)), at: (flow.at ?? trace.steps - 1) + 1 }));
    set(state, { "data-outcome": key });
  }

  /** Lays the gradients over the belt that stands there; a new one, or one of another width, gets a new layer. */
  function lay(view) {
    const picture = backward && !concealed() && stage.mode === "belt" ? stage.picture.querySelector(".gs-belt-svg") : null;
    if (overlay && (overlay.picture !== picture || overlay.flow !== flow || overlay.colours !== stage.colours)) {
      overlay.remove();
      overlay = null;
    }
    shares.element.hidden = !picture;
    if (!picture) return unmark();
    overlay ??= new Overlay(picture, flow, stage.colours);
    overlay.paint(view);
    shares.paint(flow, view);
    mark(view);
  }

  const spoken = () => stage.picture.querySelectorAll(".gs-belt-svg .gs-part:not(.gs-cell)[data-unit]");

  /** A screen reader says the gradient after the value. */
  function mark({ step }) {
    marked = true;
    for (const node of spoken()) addToLabel(node, host.t("gradient.part", { value: exactGradient(partValue(flow, node.dataset.part, step, Number(node.dataset.unit))) }));
  }

  function unmark() {
    if (!marked) return;
    marked = false;
    for (const node of spoken()) addToLabel(node, null);
  }

  /** Adds the gradient to what the belt's tip says of a part. */
  function pointed(event) {
    if (!overlay) return;
    const node = event.target.closest?.(".gs-part");
    const tip = stage.picture.querySelector(".gs-belt-tip");
    if (!node || !tip || tip.hidden || tip.querySelector("b")) return;
    const value = partValue(flow, node.dataset.part, host.view().step, Number(node.dataset.unit));
    tip.append(html("b", { class: "gs-back-tip" }, host.t("gradient.part", { value: allDigits(value) })));
  }

  /** The strips' numbers: gradients, and their places on the logarithmic scale. */
  function of(signal) {
    if (!shown.has(signal)) {
      const stored = stage.trace.arrays[`grad.${signal}`];
      const values = host.complemented(signal) ? stored.map((value) => -value) : stored;
      shown.set(signal, { values, levels: values.map((value) => flow.level(value)) });
    }
    return shown.get(signal);
  }

  const gradients = {
    kind: "gradient",
    values: (signal) => of(signal).values,
    levels: (signal) => of(signal).levels,
    scale: () => 1,
    symbol: (signal) => `∂L/∂${host.symbol(signal)}`,
    legend: () => [ramp()],
  };

  function take() {
    const { at } = host.header;
    const known = choices.has(host.header.page);
    const kept = choices.get(host.header.page) ?? { backward: true, slopes: true };
    ({ backward, slopes } = kept);
    // A link that names a phase is of a stage that went forward: backwards there are whole steps only.
    if (kept.nonce !== at.nonce && (at.move === "phase" || (at.phase && at.phase !== player.resting))) backward = slopes = false;
    const next = flow.at ?? stage.trace.steps - 1;
    const here = goal === null ? at.step === null && !known : player.step === goal;
    if (backward && here) player.moveTo({ step: next, phase: player.resting });
    goal = next;
    direct();
  }

  return {
    element,
    /** A run has come: its numbers, its words, and where its loss is. */
    load() {
      if (!present()) {
        flow = null;
        player.direction = 1;
        set(stage.element, { "data-direction": null });
        overlay?.remove();
        overlay = null;
        shares.element.hidden = account.element.hidden = true;
        return;
      }
      if (flow?.trace !== stage.trace) {
        flow = new Flow(stage.trace);
        shown = new Map();
        take();
      }
      account.element.hidden = false;
      relabel();
    },
    /** Other numbers under the same words, as the lab brings them. */
    swap() {
      if (flow?.trace === stage.trace && present()) return;
      this.load();
      this.painted(stage.view());
    },
    painted(view) {
      if (!flow) return;
      if (backward && player.phase !== player.resting) return turn(false); // whoever chooses a phase goes forward
      lay(view);
      describe(view);
      account.paint(flow, stage.inspecting ? stage.inspector.element.dataset : null);
    },
    /** What the score shows in place of the values; null while it shows the values. */
    substitute() {
      if (!slopes || !host.header.gradient || concealed()) return null;
      if (flow?.trace !== stage.trace) this.load();
      return gradients;
    },
    destroy() {
      overlay?.remove();
      stage.picture.removeEventListener("pointerover", pointed);
      stage.picture.removeEventListener("focusin", pointed);
    },
  };
}
