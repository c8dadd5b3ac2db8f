"""The ways in: what a newcomer can do next, one line each."""

import streamlit as st

from gates import paths
from gates.scenes.registry import HOME, PAGES
from gates.ui.frame import Page

COURSE = "course"


def show(page: Page) -> None:
    """Links to the other pages, each with a sentence on what it opens on; the course's first."""
    with st.container(border=True, gap=None, key="learn"):
        label = f"**{page.t(f'home.{COURSE}.title')}**"
        st.page_link(paths.PAGES / f"{COURSE}.py", label=label, icon=PAGES[COURSE].icon)
        st.caption(page.t(f"home.{COURSE}"))
    with st.container(horizontal=True, gap="small", key="doors"):
        for entry in PAGES.values():
            if entry.name in (HOME, COURSE):
                continue
            with st.container(border=True, width="stretch", gap=None):
                st.page_link(
                    paths.PAGES / f"{entry.name}.py",
                    label=f"**{page.t(f'page.{entry.name}.nav')}**",
                    icon=entry.icon,
                )
                st.caption(page.t(f"home.{entry.name}"))
