"""The stage alone, for a frame in any site's page: ``/embed/lstm?step=4``, without Streamlit or a session."""

from __future__ import annotations

import asyncio
import hashlib
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from functools import lru_cache
from urllib.parse import parse_qsl, urlencode

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Route
from streamlit import config

from gates.export import bundle, embedded
from gates.export.states import ExportError
from gates.text import LANGUAGES, Translator, translator
from gates.ui import trainings
from gates.ui.web.requests.fair_queue import Busy, Client, FairQueue, Limits
from gates.ui.web.routes.takeaway import TOKENS
from gates.ui.web.static import compression
from gates.ui.web.static.assets import IMMUTABLE

MOST_PAGES = 64
"""Pages that are kept, of some 100 KB each."""

_NO_PAGE = ("export.page", "export.link")
_TYPES = {"js": "text/javascript", "css": "text/css"}
_FRAMED = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src data:",
        "base-uri 'none'",
        "form-action 'none'",
        f"sandbox {embedded.SANDBOX}",
    ]
)
"""Anybody may frame it, slides from a disk too, for it names no ancestors (``*`` would leave those out).
It is a stranger to the app, and reads nothing that a browser keeps of it."""
_ERROR_POLICY = "default-src 'none'; sandbox"


class Embed:
    """The routes that show a stage in a frame, and whose turn it is there."""

    def __init__(self, limits: Limits | None = None) -> None:
        self.queue = FairQueue(limits or Limits())
        self.pages: OrderedDict[object, asyncio.Task[tuple[str, str]]] = OrderedDict()

    async def page(self, request: Request) -> Response:
        """Give the HTML of the link in the address.

        404 and 422 with a sentence for what cannot be shown, in the language of the link; 429 with one where
        an address asks for too much.
        """
        query = dict(parse_qsl(request.url.query, keep_blank_values=True))
        t = translator(_language(query, request.headers.get("accept-language", "")))
        theme = query.pop("theme", "")
        link = f"/{request.path_params['page']}" + (f"?{urlencode(query)}" if query else "")
        client = Client(request.client.host if request.client else "", "")
        try:
            grows = "run" in query or "other" in query  # a training that goes on
            made = self._made if grows else self._shared
            text, tag = await made(client, link, theme)
        except ExportError as wrong:
            key = "export.page.embed" if wrong.key == "export.page" else wrong.key
            return _refused(t, 404 if wrong.key in _NO_PAGE else 422, key, wrong.values)
        except Busy as busy:
            return _refused(t, 429, "export.busy", {}, **{"retry-after": str(busy.after)})
        headers = {"cache-control": "no-cache", "etag": tag, "content-security-policy": _FRAMED}
        if tag in [each.strip() for each in request.headers.get("if-none-match", "").split(",")]:
            return Response(status_code=304, headers=headers)
        return HTMLResponse(text, headers=_OPEN | headers)

    async def _shared(self, client: Client, link: str, theme: str) -> tuple[str, str]:
        """The page of a link and its tag, made once: a class opens one page at a time, all at once."""
        key = (link, theme, bundle.stamp())
        task = self.pages.get(key)
        if task is None:
            task = self.pages[key] = asyncio.create_task(self._made(client, link, theme))
            if len(self.pages) > MOST_PAGES:
                self.pages.popitem(last=False)
        self.pages.move_to_end(key)
        try:
            return await asyncio.shield(task)
        except (ExportError, Busy):
            self.pages.pop(key, None)
            raise

    async def _made(self, client: Client, link: str, theme: str) -> tuple[str, str]:
        self.queue.charge(client, TOKENS)
        async with self.queue.slot(client, heavy=True):
            return await run_in_threadpool(_built, link, theme)

    async def code(self, request: Request) -> Response:
        """Give the script or the styles of such a page, to be kept for good; 404 for another version's."""
        kind = request.path_params["kind"]
        current = (
            await run_in_threadpool(embedded.named, request.path_params["name"]) if kind in _TYPES else None
        )
        if current is None:
            return Response(status_code=404)
        body = current.script if kind == "js" else current.style
        coding = compression.coding(request.headers, _TYPES[kind], len(body))
        headers = {"cache-control": IMMUTABLE, "vary": "Accept-Encoding"}
        if coding:
            headers["content-encoding"] = coding
        sent = await run_in_threadpool(_packed, body, coding)
        return Response(sent, media_type=_TYPES[kind], headers=_OPEN | headers)


_OPEN = {"cross-origin-resource-policy": "cross-origin"}


def routes(limits: Limits | None = None) -> Sequence[BaseRoute]:
    """The routes, below the path under which Streamlit serves the app, if it is given one."""
    embed, base = Embed(limits), (config.get_option("server.baseUrlPath") or "").strip("/")
    below = f"/{base}{embedded.ADDRESS}" if base else embedded.ADDRESS
    return [
        Route(f"{below}/code/{{name}}.{{kind}}", embed.code),
        Route(f"{below}/{{page}}", embed.page),
    ]


def concerns(path: str) -> bool:
    """Tell whether a path is one of these routes."""
    return f"{embedded.ADDRESS}/" in path


def _language(query: Mapping[str, str], accepted: str) -> str:
    if query.get("lang") in LANGUAGES:
        return query["lang"]
    return "zh" if accepted.lower().startswith("zh") else LANGUAGES[0]


def _refused(t: Translator, status: int, key: str, values: Mapping[str, object], **more: str) -> Response:
    headers = _OPEN | {"cache-control": "no-store", "content-security-policy": _ERROR_POLICY} | more
    return HTMLResponse(embedded.refused(t(key, **values), t.language), status, headers)


def _built(link: str, theme: str) -> tuple[str, str]:
    """The page of a link, and the tag by which a browser knows it again."""
    text = embedded.build(link, theme, trainings.folder)
    return text, f'"{hashlib.blake2b(text.encode(), digest_size=12).hexdigest()}"'


@lru_cache(maxsize=64)
def _packed(body: str, coding: str) -> bytes:
    return compression.compressed(body.encode(), coding)
