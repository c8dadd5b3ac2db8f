"""The switch between light and dark colours: the browser's own business, remembered there for all pages."""

from __future__ import annotations

from functools import lru_cache

import streamlit as st
from streamlit.components.v2.types import ComponentRenderer

from gates.paths import ASSETS
from gates.scenes import compact
from gates.text import Translator


def switch(t: Translator) -> None:
    """Shows the switch; ``assets/startup.js`` holds what is chosen."""
    # As bytes: Streamlit looks into everything else for data frames, and loads pandas for that.
    _component()(key="theme", data=t("ui.theme").encode(), width="content")


@lru_cache(maxsize=1)
def _component() -> ComponentRenderer:
    folder = ASSETS / "theme"
    return st.components.v2.component(
        "gatescope.theme",
        js=compact.script((folder / "theme.js").read_text(encoding="utf-8")),
        css=compact.style((folder / "theme.css").read_text(encoding="utf-8")),
    )
