"""The stage on a page: one browser component that gets a run as bytes and steps through it on its own.

Nothing comes back while a person steps or plays. What a slider, an edited weight or a link asks for is
computed without a rerun of the page (:mod:`gates.ui.web.routes.preview`); the page is notified after a pause.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from gates.paths import PAGES as PAGES_FOLDER
from gates.scenes import modules, payload, readouts
from gates.scenes.header import describe
from gates.scenes.registry import PAGES
from gates.scenes.scene import Scene
from gates.text import subset
from gates.ui import components, connection
from gates.ui.frame import Page, adopt, adopt_from_history

RETURNED = "stage.returned"
"""Whether the stage opened another link than that of the page that is on the screen."""
GUESSING = "guessing"
"""Under a page's name: whether somebody guesses on its stage, so that nothing beside it may show the run."""
CAME_FROM = "stage.came_from"
"""By the nonce of a place, the page whose stage stands where that place is: the browser knows it best."""
LEADS_TO = "stage.leads_to"
"""The page of that link, where it is another page's."""


RefusalReason = Callable[[Mapping[str, str]], str | None]
"""What says, by the parameters of a link that was chosen on the stage, why it cannot be shown."""


def show(
    page: Page,
    scene: Scene,
    *,
    key: str = "stage",
    on_sliders: Callable[[dict[str, Any]], None] | None = None,
    on_lab: Callable[[dict[str, Any]], None] | None = None,
    on_film: Callable[[int], None] | None = None,
    on_solved: Callable[[list[str]], None] | None = None,
    refuses: RefusalReason | None = None,
    move: dict[str, Any] | None = None,
    arrays: Mapping[str, Any] | None = None,
    **header: Any,
) -> None:
    """Mounts the stage, or hands the mounted one a new run.

    Args:
        page: gives the words, the link's position and the name under which the stage remembers its own.
        scene: what is run.
        key: tells several stages of one page apart.
        on_sliders: receives ``{"preset": id, "values": {id: number}}`` when a slider moved.
        on_lab: receives every edit of the lab, as ``assets/stage/lab/state/session.js`` writes it.
        on_film: receives the step of the checkpoint on the screen, where the film's header asks for it.
        on_solved: receives the challenges that this browser has solved before, once a visit.
        refuses: says why a link that was chosen on the stage cannot be shown; what is shown stays then.
        move: a position with a ``nonce`` of its own, to which the stage goes once.
        arrays: more arrays beside those of the run, such as its gradients.
        header: more fields of the data's header.
    """
    if leads_to := st.session_state.pop(LEADS_TO, ""):
        st.switch_page(PAGES_FOLDER / f"{leads_to}.py")
    if st.session_state.pop(RETURNED, False):
        st.rerun()  # the controls above the stage too are those of another link
    component = components.assembled("stage", modules.BASE)
    mounted = f"{page.name}.{key}"
    st.session_state["mounted"] |= {mounted, f"{mounted}.acknowledged", f"{mounted}.refused"}

    def is_new(name: str, number: Any) -> bool:
        """Whether a numbered message came for the first time. With each rerun the browser sends all it has
        told, which Streamlit takes for news after a run in which the stage was not shown."""
        known = st.session_state.get(f"{mounted}.{name}", 0)
        if not isinstance(number, int) or number <= known:
            return False
        st.session_state[f"{mounted}.{name}"] = number
        return True

    def stored_callback(to: Callable[[dict[str, Any]], None] | None, name: str) -> Callable[[], None]:
        def send() -> None:
            sent = st.session_state[mounted].get(name)
            if to and isinstance(sent, dict) and is_new("acknowledged", sent.get("request")):
                to(sent)

        return send

    def notify_film() -> None:
        sent = st.session_state[mounted].get("film")
        if on_film and isinstance(sent, dict) and isinstance(sent.get("step"), int):
            on_film(sent["step"])

    def notify_solved() -> None:
        sent = st.session_state[mounted].get("solved")
        ids = sent.get("ids") if isinstance(sent, dict) else None
        if on_solved and isinstance(ids, list):
            on_solved([str(name) for name in ids])

    def notify_opened() -> None:
        sent = st.session_state[mounted].get("opened")
        params = sent.get("params") if isinstance(sent, dict) else None
        if not isinstance(params, dict) or not is_new("acknowledged", sent.get("request")):
            return
        query = {str(name): str(value) for name, value in params.items()}
        st.session_state[f"{mounted}.refused"] = None
        if refuses and "nonce" in sent and (sentence := refuses(query)):
            st.session_state[f"{mounted}.refused"] = {"request": sent["request"], "sentence": sentence}
            return
        if sent.get("page", page.name) != page.name and sent["page"] in PAGES:
            adopt(sent["page"], query)
            st.session_state[LEADS_TO] = sent["page"]
        elif isinstance(nonce := sent.get("nonce"), str) and 0 < len(nonce) <= connection.LONGEST_NONCE:
            adopt(page.name, query, nonce)
            st.session_state[RETURNED] = True
        else:
            adopt_from_history(page.name, query)
            st.session_state[RETURNED] = True

    def notify_guessing() -> None:
        st.session_state[f"{page.name}.{GUESSING}"] = st.session_state[mounted].get("guessing") is True

    def values() -> dict[str, Any]:
        return payload.arrays(scene.trace) | readouts.arrays(scene) | dict(arrays or {})

    described = describe(page.name, page.state, page.t.plain, scene) | header
    if refused := st.session_state.get(f"{mounted}.refused"):
        described["refused"] = refused
    if "bar" in header and described.get("guesses"):
        described["strings"] = described["strings"] | subset(page.state.lang, ("holds.",))
    at = (move or {"nonce": page.nonce} | page.position.as_json()) | {
        "acknowledged": st.session_state.get(f"{mounted}.acknowledged", 0),
        "session": connection.session(),
    }
    if came_from := st.session_state.get(CAME_FROM, {}).get(at["nonce"]):
        at["from"] = came_from
    data = payload.pack(described, values, at, of=None if arrays else scene)
    component(
        key=mounted,
        data=data,
        on_sliders_change=stored_callback(on_sliders, "sliders"),
        on_lab_change=stored_callback(on_lab, "lab"),
        on_film_change=notify_film,
        on_solved_change=notify_solved,
        on_opened_change=notify_opened,
        on_guessing_change=notify_guessing,
    )


def guesses(page: Page) -> bool:
    """Return whether somebody guesses on a stage of the page, so that nothing beside it may show the run."""
    return bool(st.session_state.get(f"{page.name}.{GUESSING}", page.position.guess is not None))
