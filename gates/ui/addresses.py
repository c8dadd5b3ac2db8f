"""Whether the address that the browser's *back* leads to is older than what the session has of its page.

A page's address is written by its stage, a moment after the screen shows what was entered. Where somebody
goes on to another page sooner, the history keeps the address of what was there before.
"""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from gates.scenes.links.codec import CHOICES, POSITION
from gates.scenes.registry import PAGES, SETTINGS
from gates.scenes.state import State

_KEY = "addresses"
_MOST = 8
"""Of a page: a run of it may change its state several times, until it fits together."""


def leave_behind(name: str, state: State) -> None:
    """Notes what the address of a page says, or will say, whose state is about to be changed."""
    passed = st.session_state.setdefault(_KEY, {}).setdefault(name, [])
    passed.append(_own(PAGES[name].link.write(state)))
    del passed[:-_MOST]


def is_behind(name: str, query: Mapping[str, str], state: State) -> bool:
    """Whether the state of a page that is entered has come of what its address says, and is newer.

    A choice is an entry of its own in the history: the address of the one before it is meant.
    """
    passed = st.session_state.get(_KEY, {}).pop(name, [])
    asked, shown = _own(query), _own(PAGES[name].link.write(state))
    return asked in passed and asked != shown and all(asked.get(one) == shown.get(one) for one in CHOICES)


def _own(query: Mapping[str, str]) -> dict[str, str]:
    """What a link says of its page alone, wherever its stage stands."""
    return {field: value for field, value in query.items() if field not in (*SETTINGS, *POSITION)}
