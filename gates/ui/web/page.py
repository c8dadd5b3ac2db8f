"""Streamlit's page as we send it: with what it would find out late, and a policy of what it may load."""

from __future__ import annotations

from functools import lru_cache

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gates.paths import ASSETS
from gates.scenes import modules
from gates.scenes.links.course import COURSE
from gates.scenes.links.lab import LAB
from gates.scenes.links.lecture import LECTURE
from gates.scenes.links.step import STEP
from gates.scenes.registry import HOME, PAGES
from gates.ui.web.requests import headers
from gates.ui.web.routes import embed, formulas, lecture, worksheets
from gates.ui.web.static import compression

_HEAD = b"<head>"
_BASES = ((COURSE, modules.COURSE_BASE), (LECTURE, modules.LECTURE_BASE))


class Page:
    """Middleware that changes each page, and announces the stage's modules, which it needs anyway."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers a request, as ASGI has it."""
        request = Headers(scope=scope) if scope["type"] == "http" else Headers()
        if "text/html" not in request.get("accept", "") or _is_own(scope["path"]):
            await self.app(scope, receive, send)
            return
        start: Message | None = None
        body = b""

        async def change(message: Message) -> None:
            nonlocal start, body
            if message["type"] == "http.response.start" and _is_page(message):
                start = message
                return
            if start is None or message["type"] != "http.response.body":
                await send(message)
                return
            body += message.get("body", b"")
            if not message.get("more_body", False):
                page, policy = _changed(body)
                ahead = _preloaded(scope["path"])
                coding = compression.coding(request, "text/html", len(page))
                sent = await run_in_threadpool(_packed, page, coding)
                await send({**start, "headers": _headers(start, policy, ahead, coding, len(sent))})
                await send({"type": "http.response.body", "body": sent})

        await self.app(compression.uncompressed_request(scope), receive, change)


def _is_own(path: str) -> bool:
    """Whether a path leads to a page that is not Streamlit's."""
    return any(route.concerns(path) for route in (embed, lecture, formulas, worksheets))


@lru_cache(maxsize=4)
def _changed(page: bytes) -> tuple[bytes, str]:
    """The page as it is sent, and its policy."""
    page = page.replace(_HEAD, _HEAD + b"<script>" + before() + b"</script>", 1)
    return page, headers.policy(page)


@lru_cache(maxsize=1)
def before() -> bytes:
    """The script that runs in each page before Streamlit's own, without its comments."""
    lines = (ASSETS / "startup.js").read_text(encoding="utf-8").splitlines()
    return "\n".join(line.strip() for line in lines if not line.lstrip().startswith(("//", "/**"))).encode()


@lru_cache(maxsize=8)
def _packed(page: bytes, coding: str) -> bytes:
    return compression.compressed(page, coding)


def _preloaded(path: str) -> str:
    """The header that lets a browser fetch at once what the stage of a page will ask for in any case."""
    entry = PAGES.get(path.rstrip("/").rpartition("/")[2].lower() or HOME)
    base = next((base for table, base in _BASES if entry and entry.link is table), None)
    if entry and not entry.staged and not base:
        return ""
    starts: list[str] = []
    if entry and entry.link is LAB:
        starts = ["lab/lab.js", *(f"belt/kinds/{kind}.js" for kind in ("lstm", "gru", "rnn"))]
    elif entry and entry.link is STEP:
        starts = [f"belt/kinds/{entry.cell}.js"]
    paths = [modules.modules_path(base or modules.BASE), *map(modules.chunk_path, starts)]
    return ", ".join(f"<{each}>; rel=preload; as=fetch; crossorigin=anonymous" for each in paths)


def _headers(start: Message, policy: str, ahead: str, coding: str, length: int) -> list[tuple[bytes, bytes]]:
    more = {
        "content-length": str(length),
        "content-security-policy": policy,
        "vary": "Accept-Encoding",
    }
    if ahead:
        more["link"] = ahead
    if coding:
        more["content-encoding"] = coding
    return [
        *compression.without_body(start["headers"]),
        *((name.encode(), value.encode()) for name, value in more.items()),
    ]


def _is_page(message: Message) -> bool:
    return any(
        name.lower() == b"content-type" and value.startswith(b"text/html")
        for name, value in message["headers"]
    )
