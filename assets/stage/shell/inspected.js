// Which signal's arithmetic a person looked at last: it stays open through other examples, other pages and a reload.

const KEY = "gatescope.inspected";

/** Keeps a signal's name where one is given; returns the one that is kept, or null. */
export function inspected(signal) {
  try {
    if (signal) sessionStorage.setItem(KEY, signal);
    return sessionStorage.getItem(KEY);
  } catch {
    return null; // storage may be shut off: the memory is opened then
  }
}
