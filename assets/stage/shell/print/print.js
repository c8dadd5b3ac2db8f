// A stage on paper: light whatever the screen is, as wide as a sheet, its numbers open; afterwards as it was.

export class Print {
  /** @param stage the Stage */
  constructor(stage) {
    this.stage = stage;
    this.begins = () => this.begin();
    this.ends = () => this.end();
    addEventListener("beforeprint", this.begins);
    addEventListener("afterprint", this.ends);
  }

  begin() {
    const { stage } = this;
    if (!stage.trace || this.before) return;
    const { element, table } = stage;
    this.before = { open: table.element.open };
    element.classList.add("gs-print");
    table.element.open = true;
    this.redraw();
  }

  end() {
    const { element, table } = this.stage;
    if (!this.before) return;
    element.classList.remove("gs-print");
    table.element.open = this.before.open;
    this.before = null;
    this.redraw();
  }

  // At once, since what is not drawn when the event ends is not on the paper.
  redraw() {
    this.stage.retheme();
    this.stage.resized();
  }

  destroy() {
    removeEventListener("beforeprint", this.begins);
    removeEventListener("afterprint", this.ends);
  }
}
