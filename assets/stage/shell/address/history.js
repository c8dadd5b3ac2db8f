// The browser's back and forward between two entries of one page. The address changes, and Streamlit, which is on
// that page already, leaves everything as it is: the stage, which wrote the address, opens what it says now.

export class HistoryListener {
  /**
   * @param {(params: Object<string, string>) => void} report is given what the address says, where the stage shows something else
   * @param {{location: Location, events: EventTarget}} [outside]
   */
  constructor(report, { location = globalThis.location, events = globalThis } = {}) {
    this.report = report;
    this.outside = { location, events };
    this.path = location.pathname; // another page's addresses are none of ours
    this.listen = () => this.arrive();
    events.addEventListener("popstate", this.listen);
  }

  /** @param stage the Stage whose link the address is */
  watch(stage) {
    this.stage = stage;
  }

  arrive() {
    const { location } = this.outside;
    const { stage } = this;
    if (!stage?.header?.link || location.pathname !== this.path) return;
    const params = Object.fromEntries(new URLSearchParams(location.search));
    if (stage.position.arrive(params)) this.report(params);
  }

  destroy() {
    this.outside.events.removeEventListener("popstate", this.listen);
  }
}
