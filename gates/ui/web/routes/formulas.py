"""A cell's formula sheet as a page to print, at ``/formulas?cell=lstm``; no script runs in it."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from gates.exercises.sheets import html
from gates.glossary.formulas import ADDRESS, CELLS, Options, formula_sheet, plain

POLICY = "; ".join(
    [
        "default-src 'none'",
        "style-src 'unsafe-inline'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    ]
)


def routes() -> Sequence[BaseRoute]:
    """The route of the sheets."""
    return [Route(ADDRESS, _answer)]


def concerns(path: str) -> bool:
    """Tell whether a path is that route."""
    return path == ADDRESS


async def _answer(request: Request) -> Response:
    """Give a sheet; 404 for a cell that there is none of, the default for any other value that is unknown."""
    query = request.query_params
    cell = query.get("cell", CELLS[0])
    if cell not in CELLS:
        return PlainTextResponse(", ".join(CELLS), 404)
    standard = Options()
    options = plain(
        Options(
            query.get("lang", standard.language),
            query.get("notation", standard.notation),
            query.get("z", standard.update),  # type: ignore[arg-type]
            query.get("paper", standard.paper),
        )
    )
    page = await run_in_threadpool(lambda: html.write(formula_sheet(cell, options)))
    return HTMLResponse(page, headers={"content-security-policy": POLICY, "cache-control": "no-cache"})
