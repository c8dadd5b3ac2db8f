"""Where one left off in the course: the browser alone knows, and says it (``assets/resume/resume.js``)."""

from __future__ import annotations

from typing import Any

from gates.course import reader
from gates.text import subset
from gates.ui import components
from gates.ui.frame import Page


def show(page: Page) -> bool:
    """Shows the lesson that was open last, where there is one; returns whether the reader goes on there."""
    key, component = f"{page.name}.resume", components.fetched("resume")
    return bool(components.show(component, key, payload(page), on_go_change=_nothing).go)


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
