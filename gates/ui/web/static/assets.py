"""The routes under ``/assets/<version>/``: what the stage is made of, kept by browsers for good."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import Message, Receive, Scope, Send

from gates.paths import ASSETS
from gates.scenes import modules
from gates.scenes.modules import PREFIX

IMMUTABLE = "public, max-age=31536000, immutable"


def routes() -> Sequence[BaseRoute]:
    """The routes under ``/assets/<version>/``: the stage's modules in a few files, and each file itself."""
    return [
        Route(f"{PREFIX}/{{version}}/{{file}}.json", _modules),
        Mount(f"{PREFIX}/{{version}}", _Files(directory=ASSETS)),
    ]


async def _modules(request: Request) -> Response:
    packed = modules.packed_file(f"{request.path_params['file']}.json")
    if request.path_params["version"] != modules.version() or packed is None:
        return Response(status_code=404)
    return Response(packed, media_type="application/json", headers={"cache-control": IMMUTABLE})


class _Files(StaticFiles):
    """Static files that a browser keeps, since their path changes with their content.

    Under another version there is nothing: what is kept for good must be what its version names.
    """

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["path_params"]["version"] != modules.version():
            await Response(status_code=404)(scope, receive, send)
            return

        async def send_cached(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] == 200:
                message["headers"].append((b"cache-control", IMMUTABLE.encode()))
            await send(message)

        await super().__call__(scope, receive, send_cached)
