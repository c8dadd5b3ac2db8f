// Recompute without a rerun of the page: the run that a slider or a weight asks for is fetched straight from the
// engine. Streamlit is notified after a pause, for the page's panels, its links and a later visit. No DOM here.

const REST = 250; // milliseconds without a change after which Streamlit is notified
const OLD = 2000; // milliseconds in which Streamlit's answer to a notification must come
const ADDRESS = "/runs";

export class Recompute {
  /**
   * @param {{get?: (body: object) => Promise<Uint8Array>, patience?: number, now?: () => number}} [outside] how a run is
   *   fetched, how long the pause must last, and the clock
   */
  constructor({ get = fetched, patience = REST, now = () => performance.now() } = {}) {
    Object.assign(this, { get, patience, now });
    this.until = -Infinity; // when to stop waiting for the answer to a notification
    this.nonce = undefined; // of the place that Streamlit sent last
    this.told = 0; // number of the latest request; Streamlit says which it knows of
    this.pending = null; // {notify, message}: what Streamlit has not been notified of
    this.timer = 0;
  }

  /**
   * Asks for a run, and shows it with `show`; where its state does not fit into a link Streamlit is asked at once, and shows it.
   * @param {object} header of the run that is on the screen: its link is where the new one starts from
   * @param {"sliders"|"lab"} what
   * @param {object} message as Streamlit takes it
   * @param {(bytes: Uint8Array) => void} show
   * @param {(message: object) => void} notify hands a message to Streamlit
   */
  async ask(header, what, message, show, notify) {
    this.told += 1;
    const told = this.told;
    this.pending = { notify, message: { ...message, told } };
    clearTimeout(this.timer);
    if (!header.link?.whole) return this.notify();
    const { page, link, at, lab } = header;
    try {
      const bytes = await this.get({ page, params: link.params, nonce: at.nonce, told, lab_nonce: lab?.nonce, [what]: message });
      if (told !== this.told) return;
      show(bytes);
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.notify(), this.patience);
    } catch {
      if (told === this.told) this.notify();
    }
  }

  notify() {
    clearTimeout(this.timer);
    if (this.pending === null) return;
    const { notify, message } = this.pending;
    this.pending = null;
    this.until = this.now() + OLD;
    notify(message);
  }

  cancel() {
    clearTimeout(this.timer);
    this.pending = null;
  }

  /** Whether a run that Streamlit sends is older than what was recomputed: it does not know of that yet. */
  outdates({ nonce, heard = 0 }) {
    const other = nonce !== this.nonce; // another place: a link, a file or another example
    this.nonce = nonce;
    const waits = this.pending !== null || this.now() < this.until;
    if (heard < this.told && waits && !other) return true;
    this.told = Math.max(this.told, heard); // a stage mounted anew counts on from there
    return false;
  }
}

async function fetched(body) {
  const answer = await fetch(ADDRESS, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(`${answer.status}`);
  return new Uint8Array(await answer.arrayBuffer());
}
