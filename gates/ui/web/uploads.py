"""Uploaded files: Streamlit keeps each until its session ends, however many come; here they are bounded."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from threading import Lock

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.uploaded_file_manager import UploadedFileRec

ROUTE = "/_stcore/upload_file/"
OF_SESSION = 72 * 2**20
"""Bytes kept for a session: the largest file that is accepted, and some small ones."""
OF_ALL = 512 * 2**20
AT_A_TIME = 8
"""Files that arrive at the same time. Each is in memory as a whole when it is there; the others wait."""
SECONDS = 600  # for a file to arrive


class Uploads:
    """Middleware: lets few files arrive at a time.

    Args:
        app: takes the files.
        at_a_time: how many.
        seconds: after which one that still has not arrived is given up.
    """

    def __init__(self, app: ASGIApp, at_a_time: int = AT_A_TIME, seconds: float = SECONDS) -> None:
        self.app, self.seconds = app, seconds
        self.slots = asyncio.Semaphore(at_a_time)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers a request, as ASGI has it."""
        if scope["type"] != "http" or scope["method"] != "PUT" or not scope["path"].startswith(ROUTE):
            await self.app(scope, receive, send)
            return
        async with self.slots:
            try:
                async with asyncio.timeout(self.seconds):
                    await self.app(scope, receive, send)
            except TimeoutError:
                await PlainTextResponse("Request Timeout", status_code=408)(scope, receive, send)


def bound(manager: MemoryUploadedFileManager, of_session: int = OF_SESSION, of_all: int = OF_ALL) -> None:
    """Have a manager forget the oldest files of a session, and of all, when new ones take too much room.

    Streamlit has no setting for it (https://docs.streamlit.io/develop/api-reference/configuration/config.toml
    limits one file, not their number), so the manager's ``add_file`` is replaced.
    """
    add, lock = manager.add_file, Lock()
    sizes: dict[tuple[str, str], int] = {}  # bytes by session and file, oldest first

    def present() -> Iterator[tuple[tuple[str, str], int]]:
        for (session, file), size in list(sizes.items()):
            if manager.get_files(session, [file]):
                yield (session, file), size
            else:  # the reader took it away, or is gone
                del sizes[session, file]

    def make_room(files: list[tuple[tuple[str, str], int]], limit: int) -> None:
        total = sum(size for _, size in files)
        for (session, file), size in files[:-1]:
            if total <= limit:
                return
            manager.remove_file(session, file)
            del sizes[session, file]
            total -= size

    def add_file(session_id: str, file: UploadedFileRec) -> None:
        with lock:
            add(session_id, file)
            sizes.pop((session_id, file.file_id), None)
            sizes[session_id, file.file_id] = len(file.data)
            make_room([each for each in present() if each[0][0] == session_id], of_session)
            make_room(list(present()), of_all)

    manager.add_file = add_file  # type: ignore[method-assign]
