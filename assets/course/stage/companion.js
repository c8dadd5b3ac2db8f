// The stage that stands beside a lesson's own where a step has two, as the directions of a layer: it keeps step with that one, whose
// transport moves both.
import { html, set, write } from "../../stage/core/dom.js";
import { mount } from "../../stage/mount.js";
import { readLink } from "../../stage/shell/address/goto.js";
import { Recompute } from "../../stage/shell/recompute/recompute.js";

/** Fields of a companion's header in place of those of its own page. */
const OWN = { guesses: null, examples: null, lab: null, watch: null, random: false, sliders: [], link: null, page: "course", follow: true, compact: true };

export class Companion {
  constructor() {
    this.head = html("p", { class: "gc-head" });
    this.container = html("div", { class: "gc-stage-container" });
    this.element = html("div", { hidden: true }, this.head, this.container);
    this.recompute = new Recompute();
    this.mounted = null;
    this.turn = null; // whose run is awaited: nothing comes of one that was asked for before
  }

  get stage() {
    return this.mounted?.stage ?? null;
  }

  /**
   * Shows a link of the app, or nothing.
   * @param {?{link: string, mirrored: boolean, back: ?object}} spec back: the loss of its way back; mirrored: it reads what the other stage reads, from the other end
   * @param {string} head what stands above it  @param {{nonce: string, lang: string, notation: string, loss: ?object}} frame
   * @returns {Promise<boolean>} whether it is on the screen
   */
  async show(spec, head, { nonce, lang, notation, loss }) {
    const turn = (this.turn = {});
    set(this.element, { hidden: !spec });
    write(this.head, head);
    if (!spec) return this.clear();
    const { page, params } = readLink(spec.link);
    const back = loss && spec.back; // its own way back, once that of the other stage is shown
    const request = { page, params: { ...params, lang, notation }, ...(back ? { loss: back } : {}) };
    return this.recompute.open(request, { nonce, show: (bytes) => this.turn === turn && this.update(bytes, spec, back), notify: null });
  }

  async update(bytes, { mirrored }, back) {
    const overrides = ({ digest }) => ({ ...OWN, mirrored, digest: `${digest} beside ${JSON.stringify(back)}` });
    if (this.mounted) return this.mounted.stage.update(bytes, undefined, overrides);
    this.mounted = mount(this.container, bytes, { overrides, lectures: false, memory: new Map(), writeUrl() {} });
    return this.mounted.shown;
  }

  clear() {
    this.recompute.cancel();
    this.mounted?.destroy();
    this.mounted = null;
    return true;
  }

  destroy() {
    this.turn = null;
    this.clear();
  }
}
