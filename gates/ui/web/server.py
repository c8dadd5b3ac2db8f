"""The middleware around Streamlit, and what happens when the server starts."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from starlette.middleware import Middleware
from streamlit.runtime import Runtime
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager

from gates.training.runs.pool import close_all
from gates.ui.web import uploads
from gates.ui.web.latency import send_at_once
from gates.ui.web.page import Page
from gates.ui.web.requests.addresses import Addresses
from gates.ui.web.requests.headers import Guard
from gates.ui.web.requests.ordering import RerunOrdering
from gates.ui.web.routes import lessons
from gates.ui.web.static import fonts
from gates.ui.web.static.memory import Memory
from gates.ui.web.trim import keep_trimming, tune_collector


def middleware() -> Sequence[Middleware]:
    """What guards every answer, and brings a first visit to its picture sooner."""
    return [
        Middleware(Guard),
        Middleware(Addresses),
        Middleware(uploads.Uploads),
        Middleware(Page),
        Middleware(Memory, change=fonts.cut),
        Middleware(RerunOrdering),
    ]


def _prepare() -> None:
    """What the first visitors would wait for: first what every page asks for, then the lessons."""
    fonts.prepare()
    lessons.prepare()


@asynccontextmanager
async def lifespan(_: Any) -> AsyncIterator[None]:
    """Runs with the server, from before the first visitor comes.

    Its trainings end with it, also by SIGTERM, after which Python would run nothing else of ours.
    """
    send_at_once()
    files = Runtime.instance().uploaded_file_mgr
    assert isinstance(files, MemoryUploadedFileManager)
    uploads.bound(files)
    threading.Thread(target=_prepare, name="prepare", daemon=True).start()
    tune_collector()
    trimming = asyncio.create_task(keep_trimming())
    yield
    trimming.cancel()
    close_all()
