// A question about a curve that is no signal of the run, such as the norms of gradients: it is drawn on the stage, above the
// picture, and the drawing stays there beside what is true.
import { html, write } from "../../stage/core/dom.js";
import { allDigits, fill } from "../../stage/core/text/format.js";
import { onSubmit } from "../../stage/core/form.js";
import { typeset } from "../../stage/core/text/typeset.js";
import { scrollToPanel } from "./lesson-stage.js";


export class Levels {
  constructor() {
    this.panel = html("section", { class: "gs-guess", "data-testid": "levels" });
    this.plot = null;
    this.turn = null;
  }

  /**
   * Stands on a stage with the step's question, or with what was drawn and what is true.
   * @param stage the Stage  @param {import("../lesson/player.js").Player} player  @param {(key: string, values?: object) => string} t
   * @param {(guess: ?number[]) => Promise<?string>} commit resolves to what went wrong, if anything
   * @returns {Promise<boolean>} whether what draws it is here
   */
  async show(stage, player, t, commit) {
    const turn = (this.turn = {});
    await stage.guessing.ready(); // its style comes with what asks
    const plot = await import("../../stage/guess/plot.js").catch(() => null);
    if (this.turn !== turn) return true;
    if (!plot) return false;
    const { draft, keep } = player.begun;
    this.plot = plot.createPlot(stage.host, undefined, keep);
    stage.element.querySelector(".gs-lead").after(this.panel);
    const { step, variant, values, answer } = player;
    const { symbol, name } = step.words.axis;
    const title = typeset(html("p", { class: "gs-guess-question" }), fill(t("axis", { symbol, name }), values));
    const question = { steps: variant.at.length, step: 0, at: variant.at };
    const words = { symbol: fill(symbol, values), name: fill(name, values) };
    this.panel.replaceChildren(title, answer ? html("div", { class: "gs-guess-form" }, this.body()) : this.form(player, stage.host, t, commit));
    this.plot.ask({ question, range: step.range, past: [], total: variant.at.length, words, fresh: true, draft });
    if (answer) this.plot.showAnswer({ guess: answer.guess, truth: answer.truth });
    return true;
  }

  body() {
    return html("div", { class: "gs-guess-body" }, this.plot.element);
  }

  form({ step }, host, t, commit) {
    const wrong = html("p", { class: "gs-guess-wrong", role: "alert" });
    const go = html("button", { type: "button", class: "gs-guess-commit" }, host.t("guess.commit"));
    const unknown = html("button", { type: "button", class: "gs-guess-unknown", onclick: () => send(null) }, t("unknown"));
    const send = async (guess) => {
      for (const one of [go, unknown]) one.disabled = true;
      write(wrong, (await commit(guess)) ?? "");
      for (const one of [go, unknown]) one.disabled = false;
    };
    const form = html("form", { class: "gs-guess-form" }, this.body(), html("div", { class: "gs-guess-row" }, go, unknown), wrong);
    onSubmit(form, go, () => {
      const guess = this.plot.read(step.range);
      if (guess !== undefined) return send(guess);
      const [low, high] = step.range.map(allDigits);
      write(wrong, host.t("guess.wrong.draw", { low, high }));
      return this.plot.focus();
    });
    return form;
  }

  /** Brings the question to the reader. */
  attend() {
    scrollToPanel(this.panel);
    this.panel.querySelector("input")?.focus({ preventScroll: true });
  }

  clear() {
    this.turn = null;
    this.panel.remove();
  }
}

/** Whether a step asks so. */
export const isLevels = ({ kind }) => kind === "levels";

