"""The training runs of this server, as a page asks for them."""

from __future__ import annotations

import atexit

import streamlit as st
from streamlit import runtime
from streamlit.runtime.scriptrunner import get_script_run_ctx

from gates.training.runs.folder import RunFolder
from gates.training.runs.pool import Pool, close_all
from gates.training.runs.run import View


@st.cache_resource(show_spinner=False)
def pool() -> Pool:
    """The runs of this server, which end with it."""
    atexit.register(close_all)
    return Pool(watching=_open)


def _open(session: str) -> bool:
    """Whether a browser still shows a session's page."""
    return runtime.exists() and runtime.get_instance().is_active_session(session)


def look(name: str) -> View | None:
    """A run as it stands, which this session has open from now on; None if there is none."""
    context = get_script_run_ctx(suppress_warning=True)
    return pool().look(name, context.session_id if context else "")


def folder(name: str) -> RunFolder | None:
    """The folder of a run, for one who has no session; None if there is none."""
    view = pool().look(name)
    return None if view is None else view.folder
