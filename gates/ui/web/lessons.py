"""The route that gives all lessons in a language: kept by browsers for as long as they are the same.

They are put together once, when the first reader asks: their figures are computed by the engine.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import lru_cache
from hashlib import sha256
from threading import Lock

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from gates.course import reader
from gates.glossary import uses
from gates.scenes import modules
from gates.scenes.links.course import LESSONS
from gates.text import LANGUAGES
from gates.ui.web.assets import FOR_GOOD

PREFIX = "/lessons"
_MAKING = Lock()


def routes() -> Sequence[BaseRoute]:
    """The route of the lessons."""
    return [Route(f"{PREFIX}/{{version}}/{{language}}.json", _answer, methods=["GET"])]


def address(language: str) -> str:
    """Return where the lessons of a language are, as long as they are what they are now."""
    return f"{PREFIX}/{version()}/{language}.json"


@lru_cache(maxsize=1)
def version() -> str:
    """Return a digest of the lessons and of what plays them."""
    found = sha256(modules.version().encode())
    for path in sorted(LESSONS.glob("*.json")):
        found.update(path.name.encode() + path.read_bytes())
    return found.hexdigest()[:16]


def packed(language: str) -> bytes:
    """Return all lessons in a language with the terms that they explain, as JSON.

    Two readers who ask at once wait for the same.
    """
    with _MAKING:
        return _packed(language)


@lru_cache(maxsize=len(LANGUAGES))
def _packed(language: str) -> bytes:
    lessons = [reader.compiled(name, language) for name in reader.names()]
    terms = {name for lesson in lessons for step in lesson["steps"] for name in step["terms"]}
    told = {"lessons": lessons, "glossary": uses.explanations(terms, language)}
    return json.dumps(told, ensure_ascii=False, allow_nan=False).encode()


async def _answer(request: Request) -> Response:
    """Give the lessons; 404 for a language that there is not, or a version that is no more."""
    language = request.path_params["language"]
    if request.path_params["version"] != version() or language not in LANGUAGES:
        return Response(status_code=404)
    content = await run_in_threadpool(packed, language)
    return Response(content, media_type="application/json", headers={"cache-control": FOR_GOOD})
