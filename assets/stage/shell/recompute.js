// Recompute without a rerun of the page: the run that a slider or a weight asks for is fetched straight from the
// engine. Streamlit is notified after a pause, for the page's panels, its links and a later visit. No DOM here.
import { Busy, ServerResolver } from "./resolver.js";

const PAUSE = 250; // milliseconds without a change after which Streamlit is notified
const ANSWER_TIME = 2000; // milliseconds in which Streamlit's answer to a notification must come
const TRIES = 5; // how often a busy server is asked again before Streamlit is

export class Recompute {
  /**
   * @param {{resolver?: {run: (asked: object) => Promise<Uint8Array>}, pause?: number, now?: () => number}} [outside] what
   *   gives a run, how long the pause must last, and the clock
   */
  constructor({ resolver = new ServerResolver(), pause = PAUSE, now = () => performance.now() } = {}) {
    Object.assign(this, { resolver, pause, now });
    this.until = -Infinity; // when to stop waiting for the answer to a notification
    this.nonce = undefined; // of the place that Streamlit sent last
    this.request = 0; // number of the latest request; Streamlit says which it knows of
    this.pending = null; // {notify, message}: what Streamlit has not been notified of
    this.session = undefined; // of the server, that answered last
    this.unacknowledged = null; // the latest request, until a session says that it knows of it
    this.timer = 0;
  }

  /**
   * Asks for a run, and shows it with `show`; where its state does not fit into a link Streamlit is asked at once, and shows it.
   * @param {object} header of the run that is on the screen: its link is where the new one starts from
   * @param {"sliders"|"lab"} what
   * @param {object} message as Streamlit takes it
   * @param {(bytes: Uint8Array) => void} show
   * @param {(message: object) => void} notify hands a message to Streamlit
   * @param {(sentence: string) => void} [say] shows why the run is late; nothing when it is there
   */
  async ask(header, what, message, show, notify, say = () => {}) {
    this.request += 1;
    const request = this.request;
    this.pending = { notify, message: { ...message, request } };
    this.unacknowledged = [what, message, show, notify, say];
    clearTimeout(this.timer);
    if (!header.link?.whole) return this.notify();
    const { page, link, at, lab } = header;
    try {
      const body = { page, params: link.params, nonce: at.nonce, request, lab_nonce: lab?.nonce, [what]: message };
      const bytes = await this.retried(body, request, say);
      if (request !== this.request) return;
      show(bytes);
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.notify(), this.pause);
    } catch {
      if (request === this.request) this.notify();
    } finally {
      if (request === this.request) say("");
    }
  }

  /** The run; a busy server is asked again when it said, as long as nothing newer is asked for. */
  async retried(body, request, say) {
    for (let tries = 0; ; tries++) {
      try {
        return await this.resolver.run(body);
      } catch (error) {
        if (!(error instanceof Busy) || tries === TRIES || request !== this.request) throw error;
        say(error.message);
        const wait = 1000 * error.seconds * (1 + Math.random()); // a class must not come back all at once
        await new Promise((done) => setTimeout(done, wait));
        if (request !== this.request) throw error;
      }
    }
  }

  notify() {
    clearTimeout(this.timer);
    if (this.pending === null) return;
    const { notify, message } = this.pending;
    this.pending = null;
    this.until = this.now() + ANSWER_TIME;
    notify(message);
  }

  cancel() {
    clearTimeout(this.timer);
    this.unacknowledged = null;
    this.pending = null;
  }

  /**
   * Whether a run that Streamlit sends is older than what was recomputed: it does not know of that yet. A session that
   * knows nothing of the latest request, because the connection was cut meanwhile, is asked for it again.
   */
  outdates({ nonce, acknowledged = 0, session }, header) {
    const otherPlace = nonce !== this.nonce; // another place: a link, a file or another example
    const otherSession = session !== undefined && this.session !== undefined && session !== this.session;
    this.nonce = nonce;
    this.session = session ?? this.session;
    if (acknowledged >= this.request || otherPlace) this.unacknowledged = null;
    if (otherSession) {
      if (this.unacknowledged === null) return false;
      this.ask(header, ...this.unacknowledged);
      return true;
    }
    const waits = this.pending !== null || this.now() < this.until;
    if (acknowledged < this.request && waits && !otherPlace) return true;
    this.request = Math.max(this.request, acknowledged); // a stage mounted anew counts on from there
    return false;
  }
}
