"""What the browser is told that it may do with our answers, and which of Streamlit's routes are closed."""

from __future__ import annotations

import base64
import hashlib
import os
import re

from starlette.datastructures import MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

FRAMES = "GATESCOPE_FRAMES"
"""The environment variable that names the sites which may show the app in a frame, such as a course's."""
METRICS = "GATESCOPE_METRICS"
"""The environment variable that opens Streamlit's metrics, if it is ``1``."""

STRICT = "default-src 'none'; frame-ancestors 'none'; sandbox"
"""For what is no page: data, and files that a browser saves."""

_INLINE = re.compile(rb"<script>(.*?)</script>", re.DOTALL)
_SITE = re.compile(r"https?://[\w.:*\[\]-]+")


def policy(page: bytes) -> str:
    """Return the content security policy of a page: all comes from here, and only its own scripts run.

    Streamlit's component scripts and the stage's modules have addresses made in the browser (``blob:``), its
    styles stand in the page.

    Args:
        page: the HTML, whose inline scripts are allowed by their hash.
    """
    hashes = [base64.b64encode(hashlib.sha256(script).digest()).decode() for script in _INLINE.findall(page)]
    rules = {
        "default-src": "'none'",
        "script-src": " ".join(["'self'", "blob:", *(f"'sha256-{each}'" for each in hashes)]),
        "worker-src": "'self' blob:",
        "style-src": "'self' 'unsafe-inline'",
        "img-src": "'self' data: blob:",
        "media-src": "'self' data: blob:",
        "font-src": "'self' data:",
        "connect-src": "'self' data: blob:",
        "manifest-src": "'self'",
        "base-uri": "'none'",
        "form-action": "'none'",
        "object-src": "'none'",
        "frame-src": "'none'",
        "frame-ancestors": frames(),
    }
    return "; ".join(f"{name} {value}" for name, value in rules.items())


def frames() -> str:
    """Return who may show the app in a frame: this site, and those that the owner names."""
    named = os.environ.get(FRAMES, "").split()
    return " ".join(["'self'", *(each for each in named if _SITE.fullmatch(each))])


class Guard:
    """Middleware: says with every answer how it may be used, and closes the metrics unless they are open."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers a request, as ASGI has it."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        path = scope["path"]

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(raw=list(message["headers"]))
                headers["x-content-type-options"] = "nosniff"
                headers["referrer-policy"] = "same-origin"  # a link holds what its reader typed
                headers["cross-origin-opener-policy"] = "same-origin"
                if not path.startswith("/static/"):  # a worker would take it for its own
                    headers.setdefault("content-security-policy", STRICT)
                message = {**message, "headers": headers.raw}
            await send(message)

        if path.rstrip("/").endswith("/_stcore/metrics") and os.environ.get(METRICS) != "1":
            await PlainTextResponse("Not Found", status_code=404)(scope, receive, guarded)
            return
        await self.app(scope, receive, guarded)
