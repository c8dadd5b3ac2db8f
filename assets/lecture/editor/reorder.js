// Items of a list that are dragged to another place by a grip, with a mouse, a pen or a finger. Keys have buttons for it.

const EDGE = 70; // CSS px from the edge of what scrolls in which it scrolls on
const SPEED = 14; // CSS px a frame

/** Whither an item goes: before as many others as end above the pointer. @param {number[]} middles of the other items, from above */
export const placeAt = (middles, y) => middles.filter((middle) => middle < y).length;

/**
 * @param {HTMLElement} list whose children have `data-id`  @param {string} grip selects what in an item drags it
 * @param {(id: string, by: number) => void} drop how many places an item was taken on
 */
export function reorderable(list, grip, drop) {
  list.addEventListener("pointerdown", (event) => {
    const handle = event.target.closest?.(grip);
    if (!handle || event.button > 0) return;
    event.preventDefault(); // selects no text
    const item = handle.closest("[data-id]");
    const others = [...list.children].filter((other) => other !== item);
    const from = [...list.children].indexOf(item);
    const frame = scrollerOf(list);
    let [to, y, turn] = [from, event.clientY, 0];
    handle.setPointerCapture(event.pointerId);
    item.classList.add("gl-dragged");

    const mark = () => {
      to = placeAt(
        others.map((other) => other.getBoundingClientRect()).map(({ top, height }) => top + height / 2),
        y,
      );
      others.forEach((other, k) => other.classList.toggle("gl-drop-before", k === to && to !== from));
      others.forEach((other, k) => other.classList.toggle("gl-drop-after", k === others.length - 1 && to === others.length && to !== from));
    };
    const scroll = () => {
      const { top, bottom } = frame === document.scrollingElement ? { top: 0, bottom: innerHeight } : frame.getBoundingClientRect();
      const by = y < top + EDGE ? -SPEED : y > bottom - EDGE ? SPEED : 0;
      if (by) frame.scrollBy(0, by);
      if (by) mark();
      turn = requestAnimationFrame(scroll);
    };
    const follow = (moved) => {
      y = moved.clientY;
      mark();
    };
    const end = (last) => {
      cancelAnimationFrame(turn);
      for (const other of others) other.classList.remove("gl-drop-before", "gl-drop-after");
      item.classList.remove("gl-dragged");
      for (const [type, listener] of listeners) handle.removeEventListener(type, listener);
      if (last.type === "pointerup" && to !== from) drop(item.dataset.id, to - from);
    };
    const listeners = [["pointermove", follow], ["pointerup", end], ["pointercancel", end]]; // prettier-ignore
    for (const [type, listener] of listeners) handle.addEventListener(type, listener);
    turn = requestAnimationFrame(scroll);
  });
}

/** What scrolls a list, the page if nothing nearer does; a component's own tree is left by its host. */
function scrollerOf(list) {
  for (let one = list; one; one = one.parentElement ?? one.getRootNode().host) if (one.scrollHeight > one.clientHeight + 1 && /auto|scroll/.test(getComputedStyle(one).overflowY)) return one;
  return document.scrollingElement;
}
