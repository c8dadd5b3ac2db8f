"""Panels in tabs: the one that was opened stays open when the other tabs change or all speak otherwise."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest


def _app() -> None:
    from types import SimpleNamespace
    from typing import Any, cast

    import streamlit as st

    from gates.ui import tabs

    words = st.session_state.get("words", "{}")
    page = cast(Any, SimpleNamespace(name="any", t=lambda key: words.format(key.removeprefix("tab."))))
    drawn: list[str] = []
    names = st.session_state.get("names", ["guide", "curves", "take"])
    tabs.show(page, "tab", {name: lambda name=name: drawn.append(name) for name in names})
    st.session_state["drawn"] = drawn


@pytest.mark.parametrize(
    ("changed", "to"),
    [
        ("names", ["samples", "curves", "take"]),
        ("names", ["curves", "take"]),
        ("words", "{}!"),
    ],
)
def test_the_open_panel_stays_open_when_the_tabs_become_others(changed: str, to: object) -> None:
    app = AppTest.from_function(_app).run()
    assert app.session_state["drawn"] == ["guide"]
    app.session_state["any.tabs"] = "take"
    app.run()
    assert app.session_state["drawn"] == ["take"]
    app.session_state[changed] = to
    for _ in range(2):
        app.run()
        assert not app.exception
        assert app.session_state["drawn"] == ["take"]


def test_a_panel_chosen_while_the_tabs_become_others_is_the_one_that_opens() -> None:
    app = AppTest.from_function(_app).run()
    app.session_state["any.tabs"] = "take"
    app.session_state["names"] = ["samples", "curves", "take"]
    app.run()
    assert app.session_state["drawn"] == ["take"]


def test_where_the_open_panel_is_gone_the_first_one_opens() -> None:
    app = AppTest.from_function(_app).run()
    app.session_state["any.tabs"] = "guide"
    app.run()
    app.session_state["names"] = ["curves", "take"]
    app.run()
    assert app.session_state["drawn"] == ["curves"]
