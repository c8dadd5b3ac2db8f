// The stages of a state: one; or a bar, and in columns below it those that it moves, each under its name.
import { html, set, write } from "../stage/core/dom.js";
import { mount } from "../stage/mount.js";

export class Stages {
  /** @param {number} run which state of the file they show */
  constructor(run) {
    this.run = run;
    this.place = html("div", {});
    this.below = html("div", { class: "gf-columns" });
    this.element = html("div", { class: "gf-stages" }, this.place, this.below);
    this.columns = []; // [{element, title, place}]
    this.mounted = []; // of each stage what mount() returned, the bar's first
  }

  /** The only stage, or the bar; undefined before there is one. */
  get stage() {
    return this.mounted[0]?.stage;
  }

  /** Every stage, the bar first. */
  get all() {
    return this.mounted.map(({ stage }) => stage);
  }

  /**
   * @param {Uint8Array[]} runs the packed run of each stage  @param {object} options of the first one's mount()
   * @param {?object[]} [conceals] of each stage the place up to which its run is seen, null for all of it
   * @returns {{shown: Promise}} when all runs are on their stages
   */
  show([first, ...others], options, conceals = null) {
    this.lay(others.length);
    const overridesOf = (k) => (conceals ? { overrides: { conceal: conceals[k] } } : {});
    this.mounted = [mount(this.place, first, { ...options, ...overridesOf(0) }), ...others.map((bytes, k) => mount(this.columns[k].place, bytes, overridesOf(k + 1)))];
    return { shown: Promise.all(this.mounted.map(({ shown }) => shown)).then(() => this.name()) };
  }

  /** Makes as many columns as there are stages below the bar; stages that have none any more end. */
  lay(count) {
    for (const { destroy } of this.mounted.splice(1 + count)) destroy();
    this.columns.length = Math.min(this.columns.length, count);
    while (this.columns.length < count) {
      const [title, place] = [html("h2", {}), html("div", {})];
      this.columns.push({ element: html("section", { class: "gf-column" }, title, place), title, place });
    }
    set(this.element, { "data-beside": count > 0 ? count : null });
    this.below.replaceChildren(...this.columns.map(({ element }) => element));
  }

  name() {
    this.columns.forEach(({ title }, k) => {
      const heading = this.mounted[k + 1].stage.header.heading ?? ""; // a film says itself what it is
      write(title, heading);
      title.hidden = !heading;
    });
  }

  retheme() {
    for (const { stage } of this.mounted) stage.retheme();
  }

  remove() {
    for (const { destroy } of this.mounted) destroy();
    this.element.remove();
  }
}
