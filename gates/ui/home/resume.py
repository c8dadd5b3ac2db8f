"""Where one left off in the course: the browser alone knows, and says it (``assets/resume/resume.js``)."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any

import streamlit as st
from streamlit.components.v2.types import ComponentRenderer

from gates.course import reader
from gates.paths import ASSETS
from gates.scenes import compact, modules
from gates.text import subset
from gates.ui.frame import Page


def show(page: Page) -> bool:
    """Shows the lesson that was open last, where there is one; returns whether the reader goes on there."""
    key = f"{page.name}.resume"
    st.session_state["mounted"].add(key)
    data = json.dumps(payload(page), ensure_ascii=False).encode()
    return bool(_component(modules.version())(key=key, data=data, on_go_change=_nothing).go)


def payload(page: Page) -> dict[str, Any]:
    """What the browser is told: each lesson's number, title and how many steps it has, and the words."""
    language = page.t.language
    lessons = {
        name: {
            "number": reader.structure(name)["number"],
            "title": reader.words(name, language)["title"],
            "steps": len(reader.structure(name)["steps"]),
        }
        for name in reader.names()
    }
    return {"lang": language, "lessons": lessons, "words": subset(language, ("home.resume",))}


def _nothing() -> None:
    """That the reader goes on is seen where the component returns."""


@lru_cache(maxsize=2)
def _component(version: str) -> ComponentRenderer:
    css = (ASSETS / "resume" / "resume.css").read_text(encoding="utf-8")
    return st.components.v2.component(
        "gatescope.resume", js=modules.fetching("resume"), css=compact.style(css)
    )
