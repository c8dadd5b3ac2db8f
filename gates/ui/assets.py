"""The stage's modules and styles: how they reach the browser, and under which version.

``assets/stage`` holds plain ES modules. Sixty requests for them would cost a first visit as much as
Streamlit itself, so all of them travel in one file, and the loader hands them to the browser one by one
as they are. The version is a hash of the files and part of the path: a browser may keep what it has
got for good and still gets the new one after a change.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from functools import lru_cache
from graphlib import TopologicalSorter
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import Message, Receive, Scope, Send

ROOT = Path(__file__).parents[2] / "assets"
STAGE = ROOT / "stage"
PREFIX = "/assets"
FOR_GOOD = "public, max-age=31536000, immutable"

_IMPORT = re.compile(
    r"""^(?:import|export)\b[^"';]*from\s*"\./([\w-]+\.js)"|\bawait import\("\./([\w-]+\.js)"\)""",
    re.MULTILINE,
)
_NAMED = re.compile(r"""(?<=")\./([\w-]+\.js)(?=")""")


Files = tuple[tuple[Path, int], ...]


def version() -> str:
    """Hash of the stage's files; changes when any of them does, also while the server runs."""
    return _hash(_files("*"))


def modules_path() -> str:
    """Where all modules are to be had in one piece."""
    return f"{PREFIX}/{version()}/stage.json"


def loader() -> str:
    """The script that Streamlit runs for the component: it puts the modules together and starts them."""
    return (ROOT / "loader.js").read_text(encoding="utf-8").replace("{modules}", modules_path())


def routes() -> Sequence[BaseRoute]:
    """The routes under ``/assets/<version>/``: all modules of the stage in one file, and each file itself."""
    return [
        Route(f"{PREFIX}/{{version}}/stage.json", _modules),
        Mount(f"{PREFIX}/{{version}}", _Files(directory=ROOT)),
    ]


async def _modules(_: Request) -> Response:
    content = _joined(_files("*.js"), _files("*.css"))
    return Response(content, media_type="application/json", headers={"cache-control": FOR_GOOD})


def _files(pattern: str) -> Files:
    return tuple((path, path.stat().st_mtime_ns) for path in sorted(STAGE.glob(pattern)))


@lru_cache(maxsize=4)
def _hash(files: Files) -> str:
    digest = hashlib.blake2b(digest_size=6)
    for path, _ in files:
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


@lru_cache(maxsize=4)
def _sheet(files: Files) -> str:
    ordered = sorted(path for path, _ in files)
    ordered.sort(key=lambda path: path.name != "stage.css")
    return "\n".join(path.read_text(encoding="utf-8") for path in ordered)


@lru_cache(maxsize=4)
def _joined(files: Files, sheets: Files) -> bytes:
    """The styles, and all modules as pairs of name and source, each after those that it imports; JSON.

    A source is a list: its text in pieces, and between them the places in this list of the modules that it
    imports, for whose addresses only the browser knows. The styles are not left to Streamlit, which would
    send them anew with every run of a cell.

    Raises:
        graphlib.CycleError: where two modules import each other.
    """
    sources = {path.name: path.read_text(encoding="utf-8") for path, _ in files}
    imports = {name: ["".join(found) for found in _IMPORT.findall(text)] for name, text in sources.items()}
    order = list(TopologicalSorter(imports).static_order())
    modules = [[name, _pieces(sources[name], order)] for name in order]
    return json.dumps({"styles": _sheet(sheets), "modules": modules}, ensure_ascii=False).encode()


def _pieces(source: str, order: list[str]) -> list[str | int]:
    """The source, cut where it names another module; in the name's stead its place in ``order``."""
    parts = _NAMED.split(source)
    return [order.index(part) if k % 2 else part for k, part in enumerate(parts)]


class _Files(StaticFiles):
    """Static files that a browser keeps, since their path changes with their content."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_cached(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] == 200:
                message["headers"].append((b"cache-control", FOR_GOOD.encode()))
            await send(message)

        await super().__call__(scope, receive, send_cached)
