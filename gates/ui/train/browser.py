"""What the browser keeps for the train page: who started a run, and which run was looked at last.

Both live in its local storage. The owner's word is not in any link, so that whoever is given one may watch
and not stop.
"""

from __future__ import annotations

import secrets
from functools import lru_cache
from typing import Any

import streamlit as st
from streamlit.components.v2.types import ComponentRenderer

from gates.paths import ASSETS
from gates.scenes.links.train import TrainState, write
from gates.ui.frame import Page, adopt
from gates.ui.train import runs

LONGEST = 64
OWNER, HEARD = "training.owner", "training.heard"


def owner() -> str:
    """The word by which this browser may stop its runs."""
    return str(st.session_state.setdefault(OWNER, secrets.token_urlsafe(16)))


def keep(page: Page, state: TrainState) -> None:
    """Lets the browser remember what is shown, and brings back what it remembers to a page opened anew."""
    key = f"{page.name}.keeper"

    def hear() -> None:
        kept = st.session_state[key].get("kept")
        if isinstance(kept, dict) and HEARD not in st.session_state:
            st.session_state[HEARD] = kept
            word = kept.get("owner")
            if isinstance(word, str) and 0 < len(word) <= LONGEST:
                st.session_state[OWNER] = word

    data = {
        "owner": owner(),
        "link": write(state) if state.run else None,
        "heard": HEARD in st.session_state,
    }
    _component()(key=key, data=data, on_kept_change=hear)


def bring_back(page: Page, state: TrainState) -> None:
    """Shows the run that the browser looked at last, where a page is opened without a link to another."""
    kept: Any = st.session_state.get(HEARD)
    if not kept or st.session_state.get(f"{HEARD}.used"):
        return
    st.session_state[f"{HEARD}.used"] = True
    link = kept.get("link")
    if page.nonce != "opening" or state != opened(state) or not isinstance(link, dict):
        return
    link = {str(name): str(value) for name, value in link.items() if name != "lang"}
    if runs.look(link.get("run", "")) is not None:
        adopt(page.name, link)
        st.rerun()


def opened(state: TrainState) -> TrainState:
    """What the page opens on, with the settings that all pages share as they are."""
    return TrainState().having(
        lang=state.lang,
        notation=state.notation,
        update=state.update,
        text=state.text,
        by=state.by,
        numbers=state.numbers,
    )


@lru_cache(maxsize=1)
def _component() -> ComponentRenderer:
    script = (ASSETS / "train" / "keeper.js").read_text(encoding="utf-8")
    return st.components.v2.component("gatescope.keeper", js=script)
