// What opens on the picture itself, and is closed by a press beside it.
import { set } from "../../core/dom.js";

/**
 * @param {object} lab what createLab in ../lab.js gives its panels  @param {HTMLElement} picture where it opens
 * @param {HTMLElement} element what opens
 * @param {(path: EventTarget[]) => boolean} closes whether a press elsewhere closes it, by what was pressed
 */
export function popupOn(lab, picture, element, closes) {
  const outside = (event) => element.isConnected && !event.composedPath().includes(element) && closes(event.composedPath()) && close();
  element.addEventListener("pointerdown", (event) => event.stopPropagation());

  function close() {
    element.remove();
    lab.stage.element.removeEventListener("pointerdown", outside);
  }

  return {
    open() {
      if (element.isConnected) return;
      picture.append(element);
      lab.stage.element.addEventListener("pointerdown", outside);
    },
    /** Puts it `shift` px beside a node's left edge, within the picture, and where `top` says by the node's top and bottom. */
    place(node, shift, top) {
      const frame = picture.getBoundingClientRect();
      const box = node.getBoundingClientRect();
      const x = Math.max(0, Math.min(box.left - frame.left + shift, frame.width - element.offsetWidth));
      const y = top({ top: box.top - frame.top, bottom: box.bottom - frame.top });
      set(element, { style: `left:${Math.round(x)}px;top:${Math.round(y)}px` });
    },
    close,
  };
}
