"""The app with faults built in, for ``streamlit run``: the tests' alone.

A link's ``break`` says how the first run fails; the reading "z writes" fails wherever a page
stores it, but for row vectors.
"""

from pathlib import Path
from typing import Any

import streamlit as st

import app as ours
from gates.scenes.state import State
from gates.ui import frame
from gates.ui.web.routes import lessons
from gates.ui.web.static import compression

ROOT = Path(__file__).resolve().parents[2]
POISON: dict[str, Any] = {"shared": None, "states": 7, "input": "none", "page": 3, "filled": None}


def breaks(place: str) -> bool:
    return st.query_params.get("break") == place


def run() -> None:
    if breaks("main"):
        raise ZeroDivisionError("main")
    if breaks("poison"):
        st.session_state.update(POISON)
    whole_run()


def keep(page: frame.Page, state: State) -> State:
    if state.update == "write" and state.notation != "row":
        st.session_state["shared"] = {"lang": None}
        raise ZeroDivisionError("keep")
    return whole_keep(page, state)


whole_run, whole_keep = frame.run, frame.Page.keep
frame.run = run
frame.Page.keep = keep  # type: ignore[method-assign]
lessons.prepare = lambda rest=0.0: None  # nobody opens one here, and all take three seconds
compression.CODINGS = ()  # two seconds for so few visits
app = st.App(ROOT / "gates" / "ui" / "main.py")  # Streamlit knows an app by such a call in the text
app = ours.app
