"""The course on its page: a browser component, told where the lessons are in the reader's language.

It fetches them itself (:mod:`gates.ui.web.routes.lessons`), once for all that follows; where they are not put
together yet, the one that it opens before the others. Nothing comes back: what is answered stays in the
browser (``assets/course/storage/progress.js``).
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from gates.course import reader
from gates.examples.challenges.catalogue import CHALLENGES
from gates.scenes import modules
from gates.scenes.links.course import COURSE, CourseState
from gates.scenes.registry import PAGES
from gates.text import subset
from gates.ui import components
from gates.ui.frame import Page
from gates.ui.web.routes import lessons, takeaway


def show(page: Page) -> None:
    """Shows the lesson that the link names, or the one that this browser was in last."""
    components.show(components.assembled("course", modules.COURSE_BASE), f"{page.name}.player", payload(page))


def payload(page: Page) -> dict[str, Any]:
    """What the browser is told: where the lessons are, their titles, words, and where the link leads."""
    state = page.state_as(CourseState)
    language = page.t.language
    position = {name: str(value) for name, value in vars(page.position).items() if value is not None}
    return {
        "nonce": page.nonce,
        "lang": language,
        "notation": state.notation,
        "link": COURSE.header(state) | {"choices": ["lesson", "part"], "opens": False},
        "lesson": state.lesson or None,
        "part": state.part - 1,
        "place": position,
        "challenges": [
            {"id": name, "title": page.t.plain(f"challenge.{name}.title"), "link": challenge_link(name)}
            for name in CHALLENGES
        ],
        "words": subset(language, ("course.", "misconception.", "mistake.")),
        "source": lessons.address(language),
        "made": lessons.is_compiled(language),
        "take": takeaway.ADDRESS,
        "titles": [
            {
                "id": name,
                "number": reader.structure(name)["number"],
                "title": reader.words(name, language)["title"],
            }
            for name in reader.names()
        ],
    }


def challenge_link(name: str) -> str:
    """Return the link of a challenge, in whatever language it will be opened."""
    lab = PAGES["lab"]
    params = lab.link.write(replace(lab.opening, source="challenge", challenge=name))
    return f"/lab?{urlencode({key: value for key, value in params.items() if key != 'lang'})}"
