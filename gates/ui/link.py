"""What the menu *Share* does with a page's link: copies it, sends it, and shows it as a QR code."""

from __future__ import annotations

import json
from functools import lru_cache

import streamlit as st
from streamlit.components.v2.types import ComponentRenderer

from gates.export.states import EXPORTED, STAGED
from gates.scenes import modules
from gates.ui.frame import Page
from gates.ui.web import share, takeaway

_WORDS = (
    "address", "copy", "copied", "select", "send", "code", "code.long", "here", "failed",
    "take", "taking", "taken", "unreached", "frame", "framed",
    "add", "add.title", "added", "added.unkept", "add.full",
)  # fmt: skip


def show(page: Page) -> None:
    """Shows the link of what the browser shows; only the browser knows it, down to the step."""
    words = {name: page.t.catalogue[f"link.{name}"] for name in _WORDS}
    data = {
        "words": words,
        "route": share.ADDRESS,
        "takeaway": takeaway.ADDRESS if page.name in EXPORTED else None,
        "lecture": page.name in STAGED,
        "language": page.t.language,
        "title": page.t.plain(f"page.{page.name}.title"),
    }
    _component(modules.version())(key=f"{page.name}.link", data=json.dumps(data, ensure_ascii=False).encode())


@lru_cache(maxsize=2)
def _component(version: str) -> ComponentRenderer:
    return st.components.v2.component("gatescope.link", js=modules.fetching("share"))
