// The lecture: on its page the list of states, as Streamlit's component; in windows of their own the projected picture and the
// presenter's notes (gates/ui/web/lecture.py). Which one it is told, and brings what that needs.
const LOADS = {
  list: async () => (await import("./list.js")).List,
  screen: async () => (await import("./screen.js")).Screen,
  presenter: async () => (await import("./presenter.js")).Presenter,
  handout: async () => (await import("./handout.js")).Handout,
};

const owners = new WeakMap(); // parent element -> {view, call, told}

export default function component({ parentElement, data }) {
  const told = JSON.parse(new TextDecoder().decode(data));
  let owner = owners.get(parentElement);
  if (!owner) {
    owner = { view: null };
    owners.set(parentElement, owner);
    for (const old of parentElement.querySelectorAll("[data-testid^=lecture]")) old.remove(); // of a module before a hot reload
    owner.coming = LOADS[told.role]().then((View) => {
      if (owner.gone) return;
      owner.view = new View();
      parentElement.append(owner.view.element);
      owner.view.update(owner.told);
    });
  }
  owner.told = told;
  const call = (owner.call = {});
  owner.view?.update(told);
  return () => {
    if (owner.call !== call) return; // a newer call has taken over
    owner.gone = true;
    owners.delete(parentElement);
    owner.view?.destroy();
  };
}
