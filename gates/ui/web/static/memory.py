"""Files that never change under their name: read once, compressed once, kept in memory.

A page takes some 130 of them. Streamlit reads each anew for every visitor, and sends its own uncompressed.
"""

from __future__ import annotations

import asyncio
import re
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gates.scenes import modules
from gates.ui.web.static import compression

LARGEST = 64 * 2**20
"""Bytes kept. All of Streamlit's files are half of it; when it is full, everything is read anew."""

PREFIXES = ("/static/", f"{modules.PREFIX}/")
_PLAIN = re.compile(r"(?:/[\w-][\w.-]*)+")  # one spelling a file, so that no other fills the memory

Change = Callable[[str, bytes], bytes]
RawHeaders = list[tuple[bytes, bytes]]


@dataclass
class _File:
    headers: RawHeaders
    type: str
    body: bytes
    packed: dict[str, bytes] = field(default_factory=dict)


class Memory:
    """Middleware that answers a GET for a lasting file from memory.

    Args:
        app: asked for a file the first time; what it does not call immutable is passed on and not kept.
        change: what is kept and sent of a file, by its path and content; may take a second.
        largest: bytes that are kept.
    """

    def __init__(self, app: ASGIApp, change: Change = lambda _, body: body, largest: int = LARGEST) -> None:
        self.app, self.change, self.largest = app, change, largest
        self.files: dict[str, _File] = {}
        self.size = 0
        self.locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers a request, as ASGI has it."""
        path = scope.get("path", "")
        if scope["type"] != "http" or scope["method"] != "GET" or not _is_immutable(path):
            await self.app(scope, receive, send)
            return
        file = self.files.get(path)
        if file is None:
            async with self.locks[path]:  # a whole class asks for it at once
                file = self.files.get(path) or await self._read(scope, receive, send)
            self.locks.pop(path, None)
        if file is not None:
            await self._send(file, Headers(scope=scope), send)

    async def _read(self, scope: Scope, receive: Receive, send: Send) -> _File | None:
        """Reads a file; one that does not last is sent as it is.

        It is read to its end for everybody, even where the one who asked first has gone: an answer that is
        broken off then would be kept, and sent to all who come after.
        """
        start: Message = {}
        parts: list[bytes] = []
        whole = False

        async def collect(message: Message) -> None:
            nonlocal start, whole
            if message["type"] == "http.response.start":
                lasting = "immutable" in Headers(raw=message["headers"]).get("cache-control", "")
                if message["status"] == 200 and lasting:
                    start = message
                    return
            if not start:
                await send(message)
            elif message["type"] == "http.response.body":
                parts.append(message.get("body", b""))
                whole = not message.get("more_body", False)

        async def stay() -> Message:
            message = await receive()
            if message["type"] == "http.disconnect":
                await asyncio.Event().wait()  # until the answer is whole, which ends this
            return message

        await self.app(compression.uncompressed_request(scope), stay, collect)
        if not start or not whole:
            return None
        headers = compression.without_body(start["headers"])
        content_type = Headers(raw=start["headers"]).get("content-type", "")
        body = await run_in_threadpool(self.change, scope["path"], b"".join(parts))
        file = _File(headers, content_type, body)
        self._grow(len(body))
        self.files[scope["path"]] = file
        return file

    async def _send(self, file: _File, request: Headers, send: Send) -> None:
        coding = compression.coding(request, file.type, len(file.body))
        if coding and coding not in file.packed:
            packed = await run_in_threadpool(compression.compressed, file.body, coding)
            if coding not in file.packed:
                self._grow(len(packed))
                file.packed[coding] = packed
        body = file.packed[coding] if coding else file.body
        headers = [*file.headers, (b"content-length", str(len(body)).encode()), (b"vary", b"Accept-Encoding")]
        if coding:
            headers.append((b"content-encoding", coding.encode()))
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    def _grow(self, size: int) -> None:
        if self.size + size > self.largest:
            self.files.clear()
            self.size = 0
        self.size += size


def _is_immutable(path: str) -> bool:
    """Whether a path may be that of a file that bears its version in its path."""
    return path.startswith(PREFIXES) and _PLAIN.fullmatch(path) is not None
