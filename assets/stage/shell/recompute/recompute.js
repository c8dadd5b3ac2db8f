// Recompute without a rerun of the page: the run that a slider, a weight or a link asks for is fetched straight from the
// engine. Streamlit is notified after a pause, for the page's panels, its links and a later visit. No DOM here.
import { Busy, ServerResolver } from "./resolver.js";
import { nonceWithin } from "../../widgets/visit.js";

const PAUSE = 250; // milliseconds without a change after which Streamlit is notified
const ANSWER_TIME = 10_000; // milliseconds in which Streamlit's answer to a notification must come; a busy server takes some
const TRIES = 5; // how often a busy server is asked again before Streamlit is

export class Recompute {
  /**
   * @param {{resolver?: {run: (asked: object) => Promise<Uint8Array>}, pause?: number, now?: () => number}} [outside] what
   *   gives a run, how long the pause must last, and the clock
   * @param {() => boolean} [outside.isDeferred] whether what was opened is kept from Streamlit for now: it might lay the page out
   *   anew, and a screen that a stage fills would be left
   */
  constructor({ resolver = new ServerResolver(), pause = PAUSE, now = () => performance.now(), isDeferred = () => false } = {}) {
    Object.assign(this, { resolver, pause, now, isDeferred });
    this.until = -Infinity; // when to stop waiting for the answer to a notification
    this.nonce = undefined; // of the place that Streamlit sent last
    this.request = 0; // number of the latest request; Streamlit says which it knows of
    this.pending = null; // {notify, message}: what Streamlit has not been notified of
    this.session = undefined; // of the server, that answered last
    this.unacknowledged = null; // the latest request, until a session says that it knows of it
    this.timer = 0;
    this.opening = 0; // number of the request for a link whose run is under way; 0 for none
    this.opened = null; // {notify, message}: the link that is shown and of which Streamlit has not been notified
    this.latest = 0; // number of the request that opened the latest link
    this.ours = new Set(); // nonces of the places that were opened here
    this.detached = false; // whether what is shown was opened without notifying Streamlit
  }

  /**
   * Opens a link, and notifies Streamlit of it after a pause; where the resolver cannot, Streamlit is to open it, at once.
   * @param {{page: string, params: Object<string, string>, settings?: Object<string, string>}} place
   * @param {object} way
   * @param {string} way.nonce of the place that is left
   * @param {(bytes: Uint8Array) => void} way.show
   * @param {?(message: object) => void} way.notify sends a message to Streamlit; null where it is not to be notified
   * @param {() => Object<string, string>} way.currentParams what is shown at the time of the notification, as parameters of a link
   * @param {(sentence: string) => void} [way.say] as of `ask`
   * @param {?(sentence: ?string) => void} [way.refuse] takes why it can't be shown, where what is shown is to stay then
   * @param {(message: object) => void} [way.leave] hands over what Streamlit is to open
   * @param {string} [way.choice] nonce of its place for Streamlit, as of `leave`
   * @returns {Promise<boolean>} whether it is shown
   */
  async open(place, { nonce: left = "", show, notify, currentParams, say = () => {}, refuse = null, choice, leave = notify }) {
    this.request += 1;
    const request = (this.opening = this.request);
    const nonce = choice ?? nonceWithin(left);
    const kept = this.opened;
    this.cancel(); // what was to be told of what is left
    let refused = null;
    try {
      const bytes = await this.retried({ ...place, opens: true, nonce, request }, request, say);
      if (request !== this.request) return false;
      this.opening = 0;
      if (!bytes.length) return this.leave(place, leave, choice);
      this.ours.add(nonce);
      if (notify) this.latest = request;
      this.detached = !notify;
      this.opened = notify && { notify, message: () => ({ page: place.page, params: currentParams(), nonce }) };
      await show(bytes);
      this.timer = setTimeout(() => this.notify(), this.pause);
      return true;
    } catch (error) {
      if (request !== this.request) return false;
      if (!refuse) return this.leave(place, leave, choice);
      refused = error;
    } finally {
      if (request === this.request) say("");
    }
    this.opening = 0;
    this.opened = kept;
    refuse(refused.sentence);
    return false;
  }

  /**
   * Leaves a link to Streamlit; false, for it is not shown.
   * @param {string} [nonce] of its place, where it is a choice within the visit of the page
   */
  leave({ page, params, settings = {} }, notify, nonce) {
    this.request += 1;
    this.cancel();
    this.opening = 0;
    this.until = this.now() + ANSWER_TIME;
    notify?.({ page, params: { ...settings, ...params }, request: this.request, ...(nonce ? { nonce } : {}) });
    return false;
  }

  /**
   * Asks for a run, and shows it with `show`; where its state does not fit into a link Streamlit is asked at once, and shows it.
   * @param {object} header of the run that is on the screen: its link is where the new one starts from
   * @param {"sliders"|"lab"} what
   * @param {object} message as Streamlit takes it
   * @param {(bytes: Uint8Array) => void} show
   * @param {(message: object) => void} notify sends a message to Streamlit
   * @param {(sentence: string) => void} [say] shows why the run is late; nothing when it is there
   */
  async ask(header, what, message, show, notify, say = () => {}) {
    if (this.opening) return; // what was moved is about to leave the screen
    if (!header.link?.whole && this.opened) this.notify(true);
    this.request += 1;
    const request = this.request;
    this.pending = { notify, message: { ...message, request } };
    this.unacknowledged = [what, message, show, notify, say];
    clearTimeout(this.timer);
    if (!header.link?.whole) return this.notify();
    const { page, link, at, lab, loss } = header;
    try {
      const body = { page, params: link.params, nonce: at.nonce, request, lab_nonce: lab?.nonce, ...(loss ? { loss } : {}), [what]: message };
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

  /** Sends the pending notification; a link that was opened together with what was moved since. */
  notify(now = false) {
    clearTimeout(this.timer);
    const { opened, pending, request } = this;
    if (opened && !now && this.isDeferred()) return;
    if (opened === null && pending === null) return;
    [this.opened, this.pending] = [null, null];
    this.until = this.now() + ANSWER_TIME;
    if (opened) opened.notify({ ...opened.message(), request });
    else pending.notify(pending.message);
  }

  cancel() {
    clearTimeout(this.timer);
    [this.unacknowledged, this.pending, this.opened] = [null, null, null];
  }

  /**
   * Whether a run that Streamlit sends is older than what was recomputed: it does not know of that yet. A session that
   * knows nothing of the latest request, because the connection was cut meanwhile, is asked for it again.
   */
  isOutdated({ nonce, acknowledged = 0, session }, header) {
    const otherPlace = nonce !== this.nonce && !this.ours.has(nonce); // another place: a link, a file or another example
    const otherSession = session !== undefined && this.session !== undefined && session !== this.session;
    this.nonce = nonce;
    this.session = session ?? this.session;
    if (acknowledged >= this.request || otherPlace) this.unacknowledged = null;
    if (otherSession) {
      if (this.unacknowledged === null) return false;
      this.ask(header, ...this.unacknowledged);
      return true;
    }
    if (this.detached && !otherPlace) return true;
    this.detached = false;
    if (acknowledged < this.latest && !otherPlace) return true; // Streamlit is still where the link was opened
    const waits = this.pending !== null || this.opening > 0 || this.now() < this.until;
    if (acknowledged < this.request && waits && !otherPlace) return true;
    this.request = Math.max(this.request, acknowledged); // a stage mounted anew counts on from there
    return false;
  }
}
