"""What a page shows as one HTML file, to be saved by a browser: what ``gatescope export`` writes too."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from gates import strict_json
from gates.export import page, states
from gates.export.states import ExportError
from gates.ui import trainings
from gates.ui.web.requests import incoming
from gates.ui.web.requests.fair_queue import FairQueue, Limits
from gates.ui.web.routes import share

ADDRESS = "/takeaway"
LARGEST = 2**16
"""Bytes of a request; a link of ours has some 6,000 characters at most."""
TOKENS = 20
"""What a file counts against the small requests of a tab: it takes a tenth of a second."""


class Takeaway:
    """The route that makes files, and whose turn it is there."""

    def __init__(self, limits: Limits | None = None) -> None:
        self.queue = FairQueue(limits or Limits())

    @incoming.guarded()
    async def answer(self, request: Request) -> Response:
        """Give the file of the address in the request, and of the one beside it, if there is one.

        It leads back to the address ``lesson`` too, if there is one.

        422 with a sentence for what cannot be taken away, 429 with one where a reader asks for too much.
        """
        client = incoming.client(request)
        self.queue.charge(client, TOKENS)
        try:
            body = await incoming.body(request, LARGEST)
        except incoming.TooLarge:
            raise ExportError("export.link.long") from None
        addresses, lesson = _asked(body)
        async with self.queue.slot(client, heavy=True):
            text, name = await run_in_threadpool(_file, addresses, lesson)
        return saved(text, name)


def saved(text: str, name: str) -> Response:
    """Return the answer that a browser saves as an HTML file called ``name``."""
    headers = {"cache-control": "no-store", "content-disposition": f'attachment; filename="{name}"'}
    return Response(text, media_type="text/html", headers=headers)


def routes(limits: Limits | None = None) -> Sequence[BaseRoute]:
    """The route that makes files."""
    return [Route(ADDRESS, Takeaway(limits).answer, methods=["POST"])]


def _asked(body: bytes) -> tuple[list[str], str | None]:
    """The addresses of the states, and that of the lesson that they were taken from."""
    try:
        message = strict_json.loads(body)
        addresses, lesson = [message["address"], *message.get("beside", ())], message.get("lesson")
    except (AttributeError, LookupError, TypeError, ValueError):
        addresses, lesson = [None], None
    if not all(isinstance(address, str) for address in (*addresses, lesson or "")):
        raise ExportError("export.none")
    return addresses, lesson


def _file(addresses: Sequence[str], lesson: str | None) -> tuple[str, str]:
    """The file and its name, which is that of its first state."""
    links = [_link(address) for address in addresses]
    opened = states.open_link(links[0])
    parts = [opened.page, getattr(opened.state, "preset", "") if opened.state.source == "preset" else ""]
    text = page.build(links, find=trainings.folder, lesson=lesson and _link(lesson))
    return text, f"gatescope-{'-'.join(filter(None, parts))}.html"


def _link(address: str) -> str:
    """A link that leads back to where others reach the server, not to one's own machine."""
    try:
        link = share.reachable(address)
    except ValueError:
        raise ExportError("export.link", link=address[:60]) from None
    parts = urlsplit(link)
    return f"{parts.path}?{parts.query}" if share.loopback(parts.hostname or "") else link
