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
    key, remembered, before = f"{page.name}.tabs", f"{page.name}.tab", f"{page.name}.tabs.before"
    labels = [page.t(f"{strings}.{name}") for name in panels]
    titles = dict(zip(panels, labels, strict=True))
    chosen = st.session_state.get(key)
    if chosen in labels:
        st.session_state[remembered] = list(panels)[labels.index(chosen)]
    # To Streamlit other tabs are another widget, which begins at its first tab, though the browser shows the
    # chosen one on: its panel would be empty.
    reopens = chosen not in labels or st.session_state.get(before) not in (None, labels)
    if reopens and st.session_state.get(remembered) in titles:
        st.session_state[key] = titles[st.session_state[remembered]]
    st.session_state[before] = labels
    tabs = st.tabs(labels, key=key, on_change="rerun")
    for tab, (name, panel) in zip(tabs, panels.items(), strict=True):
        if tab.open:
            st.session_state[remembered] = name
            with tab:
                panel()
