"""The course on its page: a browser component that gets all lessons in the reader's language.

Nothing comes back: what is answered stays in the browser (``assets/course/progress.js``).
"""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any

import streamlit as st
from streamlit.components.v2.types import ComponentRenderer

from gates.course import reader
from gates.course.gatetest import reader as gatetest
from gates.examples.challenges.catalogue import CHALLENGES
from gates.glossary import uses
from gates.scenes import modules
from gates.scenes.links.course import COURSE, CourseState
from gates.text import subset
from gates.ui.frame import Page


def show(page: Page) -> None:
    """Shows the lesson that the link names, or the one that this browser was in last."""
    key = f"{page.name}.player"
    st.session_state["mounted"].add(key)
    _component(modules.version())(key=key, data=json.dumps(told(page), ensure_ascii=False).encode())


def told(page: Page) -> dict[str, Any]:
    """What the browser is told: lessons and words, and where the link leads."""
    state = page.state
    assert isinstance(state, CourseState)
    language = page.t.language
    lessons = [reader.compiled(name, language) for name in reader.names()]
    place = {name: str(value) for name, value in vars(page.place).items() if value is not None}
    return {
        "nonce": page.nonce,
        "lang": language,
        "notation": state.notation,
        "link": COURSE.header(state) | {"choices": ["lesson", "part"], "opens": False},
        "lesson": state.lesson or None,
        "part": state.part - 1,
        "place": place,
        "gatetest": gatetest.compiled(language),
        "challenges": [{"id": name, "title": page.t.plain(f"challenge.{name}.title")} for name in CHALLENGES],
        "words": subset(language, ("course.", "misconception.")),
        "lessons": lessons,
        "glossary": uses.explanations(
            {name for lesson in lessons for step in lesson["steps"] for name in step["terms"]}, language
        ),
    }


@lru_cache(maxsize=2)
def _component(version: str) -> ComponentRenderer:
    return st.components.v2.component("gatescope.course", js=modules.loader(modules.COURSE_BASE))
