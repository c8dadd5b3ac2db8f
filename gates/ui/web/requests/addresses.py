"""Pages under addresses that people type: in capitals, or the home page under its name."""

from __future__ import annotations

from urllib.parse import quote

from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from gates.scenes.registry import HOME, PAGES


class Addresses:
    """Middleware: leads to the page that an address means, with the query as it is."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers a request, as ASGI has it."""
        target = redirect_target(scope["path"]) if scope["type"] == "http" else None
        if target is None:
            await self.app(scope, receive, send)
            return
        query = scope["query_string"].decode("latin-1")
        address = quote(target) + (f"?{query}" if query else "")
        await RedirectResponse(address)(scope, receive, send)


def redirect_target(path: str) -> str | None:
    """Return where a path leads that means a page but is not its address; None for every other path."""
    name = path.strip("/").lower()
    if name not in PAGES:
        return None
    address = "/" if name == HOME else f"/{name}"
    return None if path == address else address
