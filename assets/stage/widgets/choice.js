// A choice from the stage's own list: what is said where it can't be shown, for what is on the screen stays then.
import { html, write } from "../core/dom.js";

const ANSWER_TIME = 10_000; // milliseconds in which the page must have brought what it was asked for
const SHOWN = 12_000; // milliseconds that a sentence stays over the picture

export class Choice {
  /** @param stage the Stage */
  constructor(stage) {
    this.stage = stage;
    this.element = html("p", { class: "gs-delay", role: "status", "data-testid": "late" });
    this.timer = 0;
    this.refused = 0; // number of the request that the page has refused last
  }

  say(sentence) {
    write(this.element, sentence);
  }

  /** Waits for the page to bring what was chosen. */
  wait() {
    clearTimeout(this.timer);
    this.say("");
    this.timer = setTimeout(() => this.refuse(), ANSWER_TIME);
  }

  /** Says why it is not shown, by default that nothing answers; the list names what is on the screen again. */
  refuse(sentence = this.stage.host.t("stage.example.failed")) {
    clearTimeout(this.timer);
    this.say(sentence);
    this.stage.transport.state();
    this.timer = setTimeout(() => this.say(""), SHOWN);
  }

  /** A run has come, for another place, or with word that what was chosen can't be had. @param {object} header of the run */
  arrive({ at: { nonce }, refused }) {
    if (refused && refused.request !== this.refused) {
      this.refused = refused.request;
      this.refuse(refused.sentence);
    } else if (nonce !== this.stage.position.nonce) {
      clearTimeout(this.timer);
      this.say("");
    }
  }

  destroy() {
    clearTimeout(this.timer);
  }
}
