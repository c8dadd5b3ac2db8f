// One question at a time, the latest first. No DOM here.

/** Asks one thing at a time; what is asked meanwhile waits, and only the latest of it is asked next. */
export class LatestFirst {
  constructor(send, retryAfter) {
    this.send = send;
    this.retryAfter = retryAfter;
    this.waiting = null;
    this.timer = 0;
  }

  get idle() {
    return this.timer === 0 && this.waiting === null;
  }

  ask(what) {
    this.waiting = what;
    if (this.timer === 0) this.next();
  }

  answered() {
    clearTimeout(this.timer);
    this.timer = 0;
    this.next();
  }

  drop() {
    clearTimeout(this.timer);
    this.timer = 0;
    this.waiting = null;
  }

  next() {
    if (this.waiting === null) return;
    const what = this.waiting;
    this.waiting = null;
    this.timer = setTimeout(() => this.answered(), this.retryAfter);
    this.send(what);
  }
}
