"""What makes the server prompt: for one visitor's first page, and for a class that opens it at once."""

from __future__ import annotations

import gc
import socket
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from starlette.datastructures import Headers
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gates.ui import assets

MEMORY = 64 * 2**20  # bytes of files kept; all of Streamlit's are a quarter of it


def routes() -> Sequence[BaseRoute]:
    """The home page under its name as well: Streamlit knows the default page by the bare address alone."""
    return [Route("/home", _home)]


async def _home(request: Request) -> Response:
    query = f"?{request.url.query}" if request.url.query else ""
    return RedirectResponse(f"/{query}")


def middleware() -> Sequence[Middleware]:
    """What brings a first visit to its picture sooner, and a whole class at once all the more."""
    return [Middleware(_Announce), Middleware(_Memory)]


@asynccontextmanager
async def lifespan(_: Any) -> AsyncIterator[None]:
    """Runs with the server: before the first visitor comes, its sockets learn not to wait."""
    for listener in listeners():
        send_at_once(listener)
    yield


def listeners() -> list[socket.socket]:
    """The TCP sockets on which this process accepts connections."""
    sockets = [thing for thing in gc.get_objects() if issubclass(type(thing), socket.socket)]
    return [each for each in sockets if each.fileno() >= 0 and _accepts(each)]


def send_at_once(listener: socket.socket) -> None:
    """Has the connections that come in through ``listener`` send small packets at once (TCP_NODELAY).

    Streamlit 1.67 opens its socket without naming the protocol, and asyncio then leaves Nagle's algorithm
    on: each answer of two packets, and each message that follows another, waits 40 ms for the other side's
    acknowledgement. Connections inherit the option from the socket that accepted them.
    """
    if listener.family in (socket.AF_INET, socket.AF_INET6):
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def _accepts(candidate: socket.socket) -> bool:
    try:
        return bool(candidate.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN))
    except OSError:
        return False


class _Announce:
    """Tells a page from the start what it finds out late: the stage's modules, and where the server is.

    Without being told, the script on an inner page looks for the server below that page, is refused, and
    waits a tenth of a second before it looks where it is. ``window.__streamlit`` is Streamlit's own way to
    say it; all our pages are one level deep.
    """

    HERE = b'<head><script>window.__streamlit={BACKEND_BASE_URL:new URL(".",location).href}</script>'

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or "text/html" not in Headers(scope=scope).get("accept", ""):
            await self.app(scope, receive, send)
            return
        start: Message | None = None
        body = b""

        async def announce(message: Message) -> None:
            nonlocal start, body
            if message["type"] == "http.response.start" and _is_page(message):
                start = message
                return
            if start is None or message["type"] != "http.response.body":
                await send(message)
                return
            body += message.get("body", b"")
            if not message.get("more_body", False):
                body = body.replace(b"<head>", self.HERE, 1)
                await send({**start, "headers": self._headers(start, len(body))})
                await send({"type": "http.response.body", "body": body})

        plain = [header for header in scope["headers"] if header[0] != b"accept-encoding"]
        await self.app({**scope, "headers": plain}, receive, announce)

    @staticmethod
    def _headers(start: Message, length: int) -> list[tuple[bytes, bytes]]:
        link = f"<{assets.modules_path()}>; rel=preload; as=fetch; crossorigin=anonymous"
        kept = [header for header in start["headers"] if header[0].lower() != b"content-length"]
        return [*kept, (b"content-length", str(length).encode()), (b"link", link.encode())]


class _Memory:
    """Keeps in memory, compressed as they were sent, the files that never change under their name.

    A page takes some 130 of them, and Streamlit reads and compresses each anew for every visitor.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.kept: dict[tuple[str, bool], tuple[Message, bytes]] = {}
        self.size = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not self._lasting(scope):
            await self.app(scope, receive, send)
            return
        key = scope["path"], "gzip" in Headers(scope=scope).get("accept-encoding", "")
        if key not in self.kept:
            await self._record(key, scope, receive, send)
            return
        start, body = self.kept[key]
        await send({**start, "headers": list(start["headers"])})
        await send({"type": "http.response.body", "body": body})

    @staticmethod
    def _lasting(scope: Scope) -> bool:
        """Whether a plain GET asks for one of the files that bear their version in their path."""
        if scope["type"] != "http" or scope["method"] != "GET":
            return False
        headers = Headers(scope=scope)
        plain = (
            "range" not in headers and "if-none-match" not in headers and "if-modified-since" not in headers
        )
        return plain and scope["path"].startswith(("/static/", f"{assets.PREFIX}/"))

    async def _record(self, key: tuple[str, bool], scope: Scope, receive: Receive, send: Send) -> None:
        start: Message = {}
        parts: list[bytes] = []

        async def listen(message: Message) -> None:
            nonlocal start
            if message["type"] == "http.response.start":
                start = {**message, "headers": list(message["headers"])}
            elif message["type"] == "http.response.body":
                parts.append(message.get("body", b""))
                if not message.get("more_body", False):
                    self._keep(key, start, b"".join(parts))
            await send(message)

        await self.app(scope, receive, listen)

    def _keep(self, key: tuple[str, bool], start: Message, body: bytes) -> None:
        lasting = "immutable" in Headers(raw=start["headers"]).get("cache-control", "")
        if start["status"] == 200 and lasting and self.size + len(body) <= MEMORY:
            self.kept[key] = start, body
            self.size += len(body)


def _is_page(message: Message) -> bool:
    return any(
        name.lower() == b"content-type" and value.startswith(b"text/html")
        for name, value in message["headers"]
    )
