"""What the browser keeps for the train page: who started a run, and which run was looked at last.

Both live in its local storage. The owner's word is not in any link, so that whoever is given one may watch
and not stop.
"""

from __future__ import annotations

import secrets
from typing import Any

import streamlit as st

from gates.scenes.links.train import TRAIN, TrainState
from gates.scenes.state import SHARED
from gates.training.runs.run import Run
from gates.ui import components, connection, trainings
from gates.ui.frame import Page, adopt
from gates.ui.train.stage import state_of

LONGEST, MOST = 64, 8
WORDS, USED, KEPT = "training.words", "training.used", "training.kept"


def owner() -> str:
    """The word by which this browser may stop the run that it starts now."""
    word = _words()[0]
    st.session_state.setdefault(USED, set()).add(word)
    return word


def owner_token(run: str) -> str | None:
    """The word by which this browser may stop a run; None for somebody else's.

    A browser may have two: a run that is started before the page has heard the kept one bears a new one.
    """
    return next((word for word in _words() if trainings.pool().owns(run, word)), None)


def started() -> list[Run]:
    """Return the runs that this browser has started."""
    return trainings.pool().owned(_words())


def _words() -> list[str]:
    words: list[str] = st.session_state.setdefault(WORDS, [secrets.token_urlsafe(16)])
    return words


@st.fragment
def keep(page: Page, state: TrainState) -> None:
    """Lets the browser remember what is shown, and brings back what it remembers to a page opened anew.

    A fragment, so that what the browser tells does not run the whole page again.
    """
    key = f"{page.name}.storage"

    def take() -> None:
        stored = st.session_state[key].get("kept")
        if isinstance(stored, dict):
            _take_words(stored.get("words"))
            # After a cut line a browser first repeats what it told another session: its link is of then.
            if stored.get("session") == connection.session():
                st.session_state.setdefault(KEPT, stored)

    data = {
        "session": connection.session(),
        "words": [word for word in _words() if word in st.session_state.get(USED, ())],
        "link": TRAIN.write(state) if state.run else None,
        "known": KEPT in st.session_state,
    }
    components.inline("storage", "train", styled=False)(
        key=key, data=components.encoded(data), on_kept_change=take
    )
    take()
    _restore_run(page, state_of(page))


def _take_words(stored: Any) -> None:
    """Adds the words that the browser has kept to those of this session."""
    stored = [word for word in stored if _plausible(word)] if isinstance(stored, list) else []
    st.session_state[WORDS] = list(dict.fromkeys([*stored, *_words()]))[:MOST]


def _plausible(word: Any) -> bool:
    return isinstance(word, str) and 0 < len(word) <= LONGEST


def _restore_run(page: Page, state: TrainState) -> None:
    """Shows the run that the browser looked at last, where a page is opened without a link to another."""
    stored: Any = st.session_state.get(KEPT)
    if not stored or st.session_state.get(f"{KEPT}.used"):
        return
    st.session_state[f"{KEPT}.used"] = True
    link = stored.get("link")
    if page.nonce != "opening" or state != opened(state) or not isinstance(link, dict):
        return
    link = {str(name): str(value) for name, value in link.items() if name != "lang"}
    if trainings.look(link.get("run", "")) is not None:
        adopt(page.name, link)
        st.rerun()


def opened(state: TrainState) -> TrainState:
    """What the page opens on, with the settings that all pages share as they are."""
    return TrainState(**state.values(SHARED))
