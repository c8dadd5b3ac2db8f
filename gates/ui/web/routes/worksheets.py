"""An exercise of the lab as a page to print, at ``/worksheet`` with the lab's link; no script runs in it."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from gates.errors import GatesError
from gates.exercises.sheets.content import PAPERS, PARTS
from gates.scenes.lab import worksheet
from gates.scenes.links.lab import LAB
from gates.scenes.registry import PAGES
from gates.text import translator
from gates.ui.web.routes.formulas import POLICY

OWN = ("part", "paper", "title")
"""What the address has besides the lab's link."""


def routes() -> Sequence[BaseRoute]:
    """The route of the sheets."""
    return [Route(worksheet.ADDRESS, _answer)]


def concerns(path: str) -> bool:
    """Tell whether a path is that route."""
    return path == worksheet.ADDRESS


async def _answer(request: Request) -> Response:
    """Give a sheet, or the sentence why there is none; the default for a part or a paper that is unknown."""
    query = dict(request.query_params)
    part, paper, title = (query.pop(name, "") for name in OWN)
    state, _, problems = LAB.read(query, PAGES["lab"].opening)
    t = translator(state.lang)
    if problems:
        return PlainTextResponse("\n".join(t(each.key, **each.values) for each in problems), 422)
    part, paper = (value if value in known else known[0] for value, known in ((part, PARTS), (paper, PAPERS)))
    try:
        page = await run_in_threadpool(worksheet.page, state, part, paper, title)
    except GatesError as wrong:
        return PlainTextResponse(t(wrong.key, **wrong.values), 422)
    return HTMLResponse(page, headers={"content-security-policy": POLICY, "cache-control": "no-cache"})
