"""The ways in: what a newcomer can do next, one line each."""

import streamlit as st

from gates import paths
from gates.ui.frame import PAGES, Page

ICONS = {
    "lstm": ":material/memory:",
    "gru": ":material/tune:",
    "rnn": ":material/autorenew:",
    "lab": ":material/science:",
    "compare": ":material/view_column:",
    "gradients": ":material/trending_down:",
    "train": ":material/model_training:",
}


def show(page: Page) -> None:
    """Links to the other pages, each with a sentence on what it opens on."""
    with st.container(horizontal=True, gap="small"):
        for name in PAGES[1:]:
            with st.container(border=True, width="stretch", gap=None):
                st.page_link(
                    paths.PAGES / f"{name}.py",
                    label=f"**{page.t(f'page.{name}.nav')}**",
                    icon=ICONS[name],
                )
                st.caption(page.t(f"home.{name}"))
