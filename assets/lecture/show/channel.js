// Messages between the windows of a lecture: that the session or the run of show has changed. The content they read from the
// browser's storage (storage.js), so that a lost message or an unknown sender does no harm. No DOM here.
const NAME = "gatescope.lecture";
const VERSION = 1;

/** What a message says, "session" or "show"; null for what is none. */
export function readMessage(data) {
  const sound = typeof data === "object" && data !== null && data.app === NAME && data.version === VERSION;
  return sound && (data.what === "session" || data.what === "show") ? data.what : null;
}

export class Channel {
  /** @param {(what: "session"|"show") => void} [onMessage] */
  constructor(onMessage) {
    this.line = typeof BroadcastChannel === "undefined" ? null : new BroadcastChannel(NAME);
    if (this.line && onMessage) this.line.onmessage = ({ data }) => readMessage(data) && onMessage(readMessage(data));
  }

  say(what) {
    this.line?.postMessage({ app: NAME, version: VERSION, what });
  }

  /** Another run of show, or the same with other words, is to be given. */
  changed() {
    this.say("show");
  }

  moved() {
    this.say("session");
  }

  close() {
    this.line?.close();
  }
}
