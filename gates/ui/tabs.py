"""Panels in tabs, made when opened; the open one stays so in another language and on the way back."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import streamlit as st

from gates.ui.frame import Page


def show(page: Page, strings: str, panels: Mapping[str, Callable[[], None]]) -> None:
    """Shows the panels of a page.

    Args:
        page: gives the words, and its name to the keys.
        strings: what the keys of the titles begin with; the panel's name follows.
        panels: what draws each panel, by its name, in the order of the tabs.
    """
    key, remembered = f"{page.name}.tabs", f"{page.name}.tab"
    titles = {name: page.t(f"{strings}.{name}") for name in panels}
    if st.session_state.get(key) not in titles.values() and st.session_state.get(remembered) in titles:
        st.session_state[key] = titles[st.session_state[remembered]]
    for tab, (name, panel) in zip(
        st.tabs([*titles.values()], key=key, on_change="rerun"), panels.items(), strict=True
    ):
        if tab.open:
            st.session_state[remembered] = name
            with tab:
                panel()
