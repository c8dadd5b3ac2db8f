// A view that fills a place of a page on its own: the course, the glossary, a lecture.

/**
 * Streamlit's component function (v2) for such a view. It is called again on nearly every rerun, and the clean-up of an older call
 * may run after a newer call: only the latest call's may end the view. On a busy machine it runs before the newer call as well,
 * after one that was overtaken on its way: a view ends with its place, not before.
 * @param {string} name what `data-testid` of the view's element begins with
 * @param {(message: object) => {element, update, destroy} | Promise} create makes the view, at once or later
 * @param {(view: object, message: object, latest: () => boolean) => void} [show] tells the view what the page says; `latest`: whether the
 *   page has said nothing since
 */
export function component(name, create, show = (view, message) => view.update(message)) {
  const owners = new WeakMap(); // Streamlit's parent element -> {view, call, show}
  return ({ parentElement, data }) => {
    const message = JSON.parse(new TextDecoder().decode(data));
    const known = owners.get(parentElement);
    const owner = known ?? { view: null };
    const call = (owner.call = {});
    owner.show = () => show(owner.view, message, () => owner.call === call);
    const arrive = (view) => {
      if (owner.gone) return;
      owner.view = view;
      parentElement.append(view.element);
      owner.show();
    };
    if (owner.view) owner.show();
    else if (!known) {
      owners.set(parentElement, owner);
      for (const old of parentElement.querySelectorAll(`[data-testid^=${name}]`)) old.remove(); // of a module before a hot reload
      const made = create(message);
      if (made instanceof Promise) made.then(arrive);
      else arrive(made);
    }
    return () => {
      if (owner.call !== call || parentElement.isConnected) return; // a newer call has taken over, or is about to
      owner.gone = true;
      owners.delete(parentElement);
      owner.view?.destroy();
    };
  };
}
