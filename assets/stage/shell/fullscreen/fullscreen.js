// The stage alone on the screen, for the back row of a lecture hall.

const SMALLEST = 12; // CSS px of the smallest text at scale 1 …
const READABLE = 20; // … and what it becomes on a screen of 1920 × 1080

/** Text scale at which the smallest text is readable from the back row, by the size of the screen. */
export const projectorScale = (width, height) =>
  Math.max(1, (READABLE / SMALLEST) * Math.min(width / 1920, height / 1080) * 1.005); // above rounding

export class Fullscreen {
  /**
   * @param {HTMLElement} element the stage
   * @param {() => void} changed called after it filled or left the screen
   */
  constructor(element, changed) {
    this.element = element;
    this.changed = changed;
    this.covering = false;
    this.fixed = false; // whether it fills what it stands in, and is not to leave that
    element.addEventListener("fullscreenchange", () => this.filled());
    element.addEventListener("pointerdown", () => this.blank(false));
  }

  get on() {
    return this.fixed || this.covering || this.element.matches(":fullscreen");
  }

  /** Lets the stage fill the element that it stands in as it would the screen, for good: a lecture's window has nothing else. */
  fill() {
    this.fixed = true;
    this.filled();
  }

  async toggle() {
    if (this.fixed) return undefined;
    if (this.on) return this.leave();
    try {
      if (!document.fullscreenEnabled) throw new Error("not here");
      await this.element.requestFullscreen();
    } catch {
      this.cover(true); // refused or unknown (an embedded page, an iPhone): cover the page instead
    }
  }

  /** Fills the screen in place of another stage, which is about to go. @param {Fullscreen} other */
  async takeOver(other) {
    if (!other.on) return; // it was left meanwhile
    try {
      if (other.covering) throw new Error("not here");
      const filled = new Promise((done) => this.element.addEventListener("fullscreenchange", done, { once: true }));
      await this.element.requestFullscreen();
      await filled;
    } catch {
      this.cover(true);
    }
  }

  leave() {
    if (this.fixed) return;
    if (this.covering) this.cover(false);
    else if (this.element.matches(":fullscreen")) document.exitFullscreen();
  }

  /** Makes the whole screen dark, so that a hall looks at the teacher; again, a click or leaving brings it back. */
  blank(on = !this.element.classList.contains("gs-blank")) {
    this.element.classList.toggle("gs-blank", on && this.on);
  }

  filled() {
    this.element.classList.toggle("gs-alone", this.on);
    if (!this.on) this.blank(false);
    this.changed();
  }

  // A popover lies in the browser's top layer, above whatever stacking the page around it has.
  cover(on) {
    this.covering = on;
    this.element.classList.toggle("gs-cover", on);
    if ("popover" in HTMLElement.prototype) {
      if (on) {
        this.element.popover = "manual";
        this.element.showPopover();
      } else {
        this.element.hidePopover();
        this.element.popover = null;
      }
    }
    this.filled();
  }
}
