"""The routes that give the lessons in a language: kept by browsers for as long as they are the same.

They are put together once, since their figures are computed by the engine: by the server when it has started,
lesson by lesson and with pauses, or sooner for a reader who asks. Who comes before that gets the lesson that
is opened first, and the others with the gate test once it is on the screen.
"""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from functools import lru_cache
from hashlib import sha256
from threading import Lock
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from gates.course import reader
from gates.course.gatetest import reader as gatetest
from gates.glossary import uses
from gates.scenes import modules
from gates.scenes.links.course import LESSONS
from gates.text import LANGUAGES
from gates.ui.web.static.assets import IMMUTABLE

PREFIX = "/lessons"
REST = 3.0
_MAKING = {name: Lock() for name in reader.names()}
_MADE: set[str] = set()


def routes() -> Sequence[BaseRoute]:
    """The routes of all lessons and of one."""
    return [
        Route(f"{PREFIX}/{{version}}/{{language}}.json", _answer, methods=["GET"]),
        Route(f"{PREFIX}/{{version}}/{{language}}/{{name}}.json", _answer, methods=["GET"]),
    ]


def address(language: str) -> str:
    """Return where the lessons of a language are, as long as they are what they are now."""
    return f"{PREFIX}/{version()}/{language}.json"


@lru_cache(maxsize=1)
def version() -> str:
    """Return a digest of the lessons and of what plays them."""
    digest = sha256(modules.version().encode())
    for path in sorted(LESSONS.folder.glob("*.json")):
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def is_compiled(language: str) -> bool:
    """Tell whether all lessons in a language are put together, so that nobody waits for them."""
    return language in _MADE


@lru_cache(maxsize=len(LANGUAGES))
def packed(language: str) -> bytes:
    """Return all lessons in a language with the terms that they explain and the gate test, as JSON."""
    content = _content(reader.names(), language) | {"gatetest": gatetest.compiled(language)}
    _MADE.add(language)
    return _json(content)


def packed_one(name: str, language: str) -> bytes:
    """Return one lesson in a language, like all of them but without the gate test."""
    return _json(_content([name], language))


def _content(names: Sequence[str], language: str) -> dict[str, Any]:
    lessons = [_compiled(name, language) for name in names]
    terms = {name for lesson in lessons for step in lesson["steps"] for name in step["terms"]}
    return {"lessons": lessons, "glossary": uses.explanations(terms, language)}


def _compiled(name: str, language: str) -> dict[str, Any]:
    """A lesson; two readers who ask for it at once wait for the same."""
    with _MAKING[name]:
        return reader.compiled(name, language)


def _json(content: dict[str, Any]) -> bytes:
    return json.dumps(content, ensure_ascii=False, allow_nan=False).encode()


def prepare(rest: float = REST) -> None:
    """Puts all lessons together before somebody asks, and stays out of the way of who came for another page.

    It keeps everybody's priority: a thread of a lower one would hold Python's lock for as long as a busy
    machine does not let it run, and all others would wait for it.

    Args:
        rest: how long to pause after a lesson, as a multiple of the time that it took.
    """
    for name in reader.names():
        for language in LANGUAGES:
            begun = time.monotonic()
            _compiled(name, language)
            time.sleep(rest * (time.monotonic() - begun))
    for language in LANGUAGES:
        packed(language)


async def _answer(request: Request) -> Response:
    """Give the lessons, or one; 404 for a language, a lesson or a version that there is not."""
    language, name = request.path_params["language"], request.path_params.get("name")
    if request.path_params["version"] != version() or language not in LANGUAGES:
        return Response(status_code=404)
    if name is not None and name not in reader.names():
        return Response(status_code=404)
    content = await (
        run_in_threadpool(packed_one, name, language) if name else run_in_threadpool(packed, language)
    )
    return Response(content, media_type="application/json", headers={"cache-control": IMMUTABLE})
