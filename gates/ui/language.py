"""Which language a session speaks, however little of it can be relied on."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import streamlit as st

from gates.text import LANGUAGES


def session_language() -> str:
    """The language that the reader chose, else the link's, else the browser's; never fails."""
    for source in (_chosen, _linked, _preferred):
        language = next(_without_error(source), None)
        if isinstance(language, str) and language in LANGUAGES:
            return language
    return LANGUAGES[0]


def _without_error(source: Callable[[], Any]) -> Iterator[Any]:
    try:
        yield source()
    except Exception:  # whatever it is, there is another one to ask
        return


def _chosen() -> Any:
    shared = st.session_state.get("shared")
    return shared.get("lang") if isinstance(shared, Mapping) else None


def _linked() -> Any:
    return st.query_params.get("lang")


def _preferred() -> str:
    return "zh" if (st.context.locale or "").lower().startswith("zh") else "en"
