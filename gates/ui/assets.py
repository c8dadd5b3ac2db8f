"""The stage's modules and styles: where they are served, and under which version.

The version is a hash of the files and part of the path, so that a browser may keep a file for good and
still gets the new one after a change. Relative imports between modules stay within one version.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from starlette.middleware import Middleware
from starlette.routing import BaseRoute, Mount
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

ROOT = Path(__file__).parents[2] / "assets"
STAGE = ROOT / "stage"
PREFIX = "/assets"


def version() -> str:
    """Hash of the stage's files; changes when any of them does, also while the server runs."""
    return _hash(tuple((path, path.stat().st_mtime_ns) for path in sorted(STAGE.iterdir())))


def styles() -> str:
    """All of the stage's styles as one sheet, the shell's first."""
    return _read(
        tuple((path, path.stat().st_mtime_ns) for path in sorted(STAGE.glob("*.css"), key=_shell_first))
    )


def modules() -> list[str]:
    """Paths of all modules, so that the browser can fetch them at once and not one import after another."""
    return [f"{PREFIX}/{version()}/stage/{path.name}" for path in sorted(STAGE.glob("*.js"))]


def middleware() -> Sequence[Middleware]:
    """What lets a browser fetch the stage while Streamlit's own scripts are still on their way."""
    return [Middleware(_Announce)]


def routes() -> Sequence[BaseRoute]:
    """The route that serves ``assets/`` under ``/assets/<version>/``."""
    return [Mount(f"{PREFIX}/{{version}}", _Files(directory=ROOT))]


class _Announce:
    """Names the stage's modules in the header of each page (``Link: rel=modulepreload``)."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def announce(message: Message) -> None:
            if message["type"] == "http.response.start" and _is_page(message):
                links = ", ".join(f"<{path}>; rel=modulepreload" for path in modules())
                message["headers"].append((b"link", links.encode()))
            await send(message)

        await self.app(scope, receive, announce if scope["type"] == "http" else send)


def _is_page(message: Message) -> bool:
    return any(
        name.lower() == b"content-type" and value.startswith(b"text/html")
        for name, value in message["headers"]
    )


class _Files(StaticFiles):
    """Static files that a browser keeps, since their path changes with their content."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_cached(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] == 200:
                message["headers"].append((b"cache-control", b"public, max-age=31536000, immutable"))
            await send(message)

        await super().__call__(scope, receive, send_cached)


def _shell_first(path: Path) -> tuple[bool, str]:
    return path.name != "stage.css", path.name


@lru_cache(maxsize=4)
def _hash(files: tuple[tuple[Path, int], ...]) -> str:
    digest = hashlib.blake2b(digest_size=6)
    for path, _ in files:
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


@lru_cache(maxsize=4)
def _read(files: tuple[tuple[Path, int], ...]) -> str:
    return "\n".join(path.read_text(encoding="utf-8") for path, _ in files)
