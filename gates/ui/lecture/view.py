"""The lecture on its page: a browser component that keeps an instructor's runs of show.

Nothing comes back: own runs of show stay in the browser (``assets/lecture/show/storage.js``).
"""

from __future__ import annotations

from typing import Any

from gates.lectures import reader
from gates.scenes import modules
from gates.scenes.links.lecture import LECTURE, LectureState
from gates.text import subset
from gates.ui import components
from gates.ui.frame import Page
from gates.ui.web.routes import lecture, share


def show(page: Page) -> None:
    """Shows the runs of show: the ready ones in the reader's language, and those that this browser keeps."""
    components.show(components.assembled("lecture", modules.LECTURE_BASE), f"{page.name}.list", payload(page))


def payload(page: Page) -> dict[str, Any]:
    """What the browser is told: the ready runs of show, the words, and which one a link opens."""
    state = page.state_as(LectureState)
    language = page.t.language
    return {
        "role": "list",
        "nonce": page.nonce,
        "lang": language,
        "link": LECTURE.header(state),
        "open": state.ready,
        "ready": [reader.compiled(name, language) for name in reader.names()],
        "routes": {"link": share.ADDRESS, "links": lecture.LINKS, "file": lecture.FILE},
        "windows": {name: f"{lecture.ADDRESS}/{name}" for name in lecture.WINDOWS},
        "words": subset(language, ("lecture.",)),
    }
