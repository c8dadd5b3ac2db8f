"""What a page shows as one HTML file, to be saved by a browser: what ``gatescope export`` writes too."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from gates import strict_json
from gates.export import page, states
from gates.export.states import ExportError
from gates.text import Translator
from gates.ui import trainings
from gates.ui.web import incoming, share
from gates.ui.web.fair_queue import Busy, FairQueue, Limits

ADDRESS = "/takeaway"
LARGEST = 2**16
"""Bytes of a request; a link of ours has some 6,000 characters at most."""
TOKENS = 20
"""What a file counts against the small requests of a tab: it takes a tenth of a second."""


class Takeaway:
    """The route that makes files, and whose turn it is there."""

    def __init__(self, limits: Limits | None = None) -> None:
        self.queue = FairQueue(limits or Limits())

    async def answer(self, request: Request) -> Response:
        """Give the file of the address in the request.

        422 with a sentence for what cannot be taken away, 429 with one where a reader asks for too much.
        """
        t, client = incoming.spoken(request), incoming.client(request)
        try:
            self.queue.charge(client, TOKENS)
            address = _address(await incoming.body(request, LARGEST))
            async with self.queue.slot(client, heavy=True):
                text, name = await run_in_threadpool(_file, address)
        except incoming.TooLarge:
            return _refused(t, "export.link.long")
        except ClientDisconnect:
            return Response(status_code=400)
        except ExportError as wrong:
            return PlainTextResponse(t(wrong.key, **wrong.values), 422)
        except Busy as busy:
            return PlainTextResponse(t("error.busy"), 429, {"retry-after": str(busy.after)})
        headers = {"cache-control": "no-store", "content-disposition": f'attachment; filename="{name}"'}
        return Response(text, media_type="text/html", headers=headers)


def routes(limits: Limits | None = None) -> Sequence[BaseRoute]:
    """The route that makes files."""
    return [Route(ADDRESS, Takeaway(limits).answer, methods=["POST"])]


def _refused(t: Translator, key: str, **values: object) -> Response:
    return PlainTextResponse(t(key, **values), 422)


def _address(body: bytes) -> str:
    try:
        address = strict_json.loads(body)["address"]
    except (LookupError, TypeError, ValueError):
        address = None
    if not isinstance(address, str):
        raise ExportError("export.none")
    return address


def _file(address: str) -> tuple[str, str]:
    """The file and its name; it leads back to where others reach the server, not to one's own machine."""
    try:
        link = share.reachable(address)
    except ValueError:
        raise ExportError("export.link", link=address[:60]) from None
    parts = urlsplit(link)
    if share.loopback(parts.hostname or ""):
        link = f"{parts.path}?{parts.query}"
    opened = states.opened(link)
    shown = [opened.page, getattr(opened.state, "preset", "") if opened.state.source == "preset" else ""]
    return page.build([link], find=trainings.folder), f"gatescope-{'-'.join(filter(None, shown))}.html"
