"""A lecture's windows, the projected one and the presenter's, without Streamlit; and what reads its links.

Neither window is sent a run of show: both find it in the browser, where the lecture's page has put it, the
projected one without the notes (``assets/lecture/show/storage.js``).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from urllib.parse import urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import BaseRoute, Route

from gates import strict_json
from gates.inputs.sequence import InputError
from gates.lectures import file, links, runs
from gates.scenes import modules
from gates.scenes.links.codec import CONTROLS
from gates.text import LANGUAGES, html_page, subset, translator
from gates.text.escape import json_in_html
from gates.ui import trainings
from gates.ui.web.requests import headers, incoming
from gates.ui.web.requests.fair_queue import FairQueue, Limits
from gates.ui.web.routes import share
from gates.ui.web.routes.preview import NONSENSE, Packed
from gates.ui.web.routes.takeaway import TOKENS, saved
from gates.ui.web.static.assets import IMMUTABLE

ADDRESS = "/lecture"
WINDOWS = ("screen", "presenter", "handout")
LINKS = f"{ADDRESS}/links"
FILE = f"{ADDRESS}/file"
STAGES = f"{ADDRESS}/stages"
MOST_LINKS = 60
LARGEST = 2**20
"""Bytes of a request: as many as a file with a run of show may have."""
USUAL = ("transport", "phases", "score")
"""What stays where the link does not say."""

_NAME = re.compile(r"[a-z]+")
_START = """<script>import("{loader}").then((loaded) => loaded.default({{
  parentElement: document.getElementById("lecture"),
  data: new TextEncoder().encode(document.getElementById("told").textContent),
}}));</script>"""


class Lecture:
    """The routes of a lecture, and whose turn it is where links are read."""

    def __init__(self, limits: Limits | None = None) -> None:
        self.queue = FairQueue(limits or Limits())

    @incoming.guarded(LookupError, TypeError, ValueError)
    async def links(self, request: Request) -> Response:
        """Say of each link in the request what it shows, or why it is none; 422 for what makes no sense."""
        t, client = incoming.reader_translator(request), incoming.client(request)
        self.queue.charge(client)
        asked_for = _links(await incoming.body(request, LARGEST))
        async with self.queue.slot(client):
            described = await run_in_threadpool(links.all_described, asked_for, t, trainings.folder)
        return JSONResponse(described, headers={"cache-control": "no-store"})

    @incoming.guarded(*NONSENSE)
    async def stages(self, request: Request) -> Response:
        """Give the runs of a link's stages, as ``gates.lectures.runs`` has them.

        422 for nonsense, with a sentence where a reader can mend it.
        """
        t, client = incoming.reader_translator(request), incoming.client(request)
        self.queue.charge(client)
        message = strict_json.loads(await incoming.body(request, LARGEST))
        try:
            async with self.queue.slot(client, heavy=True):
                return Packed(await run_in_threadpool(runs.packed, message, trainings.folder))
        except InputError as wrong:
            key = "lecture.link.run" if wrong.key == "export.run" else wrong.key
            return incoming.refused(t(key, **wrong.values))

    @incoming.guarded(LookupError, TypeError, ValueError)
    async def file(self, request: Request) -> Response:
        """Give a run of show as one file; 422 with a sentence for what cannot be taken along."""
        t, client = incoming.reader_translator(request), incoming.client(request)
        self.queue.charge(client, TOKENS)
        body = await incoming.body(request, LARGEST)
        try:
            async with self.queue.slot(client, heavy=True):
                text = await run_in_threadpool(_file, body, t.language)
        except file.StateError as wrong:
            problem = t(wrong.key, **wrong.values)
            return incoming.refused(t("lecture.file.state", state=wrong.number, problem=problem))
        return saved(text, "gatescope-lecture.html")


def routes(limits: Limits | None = None) -> Sequence[BaseRoute]:
    """The windows, their script, and the routes that read links and make files."""
    lecture = Lecture(limits)
    return [
        Route(LINKS, lecture.links, methods=["POST"]),
        Route(FILE, lecture.file, methods=["POST"]),
        Route(STAGES, lecture.stages, methods=["POST"]),
        Route(f"{ADDRESS}/code/{{version}}.js", _code),
        Route(f"{ADDRESS}/{{window}}", _window),
    ]


def concerns(path: str) -> bool:
    """Tell whether a path is one of these routes."""
    return path.startswith(f"{ADDRESS}/")


async def _window(request: Request) -> Response:
    """Give one of the windows; 404 for what is none."""
    window = request.path_params["window"]
    if window not in WINDOWS:
        return Response(status_code=404)
    text = page(window, request.query_params)
    policy = headers.policy(text.encode())
    return HTMLResponse(text, headers={"cache-control": "no-store", "content-security-policy": policy})


async def _code(request: Request) -> Response:
    """Give the script that puts the modules together; 404 for another version's."""
    if request.path_params["version"] != modules.version():
        return Response(status_code=404)
    text = modules.loader(modules.LECTURE_BASE)
    return Response(text, media_type="text/javascript", headers={"cache-control": IMMUTABLE})


def page(window: str, query: Mapping[str, str]) -> str:
    """Return the HTML of a window.

    Args:
        window: one of :data:`WINDOWS`.
        query: of its address: ``lang``, ``theme`` ("light" or "dark"), ``with``, the controls that stay.
    """
    language = query.get("lang", "")
    language = language if language in LANGUAGES else LANGUAGES[0]
    t = translator(language)
    controls = _NAME.findall(query["with"]) if "with" in query else USUAL
    page_data = {
        "role": window,
        "lang": language,
        "theme": "dark" if query.get("theme") == "dark" else "light",
        "without": [name for name in CONTROLS if name not in controls],
        "routes": {
            "link": share.ADDRESS,
            "links": LINKS,
            "stages": {"address": STAGES, "pages": list(runs.TOGETHER)},
        },
        "words": subset(language, ("lecture.",)),
    }
    body = [
        html_page.noscript(t("export.noscript")),
        '<div id="lecture"></div>',
        html_page.data("told", json_in_html(page_data)),
        _START.format(loader=f"{ADDRESS}/code/{modules.version()}.js"),
    ]
    return html_page.page(language, t(f"lecture.{window}.title"), "\n".join(body), html_page.ICON)


def _links(body: bytes) -> list[str]:
    addresses = strict_json.loads(body)["links"]
    if not isinstance(addresses, list) or len(addresses) > MOST_LINKS:
        raise ValueError("no list of links")
    if not all(isinstance(address, str) for address in addresses):
        raise ValueError("no list of links")
    return addresses


def _file(body: bytes, language: str) -> str:
    """The file; it leads back to where others reach the server, if they do."""
    message = strict_json.loads(body)
    title, states, address = message["title"], message["states"], message["address"]
    if (
        not isinstance(title, str)
        or not isinstance(states, list)
        or not all(isinstance(state, dict) for state in states)
    ):
        raise ValueError("no run of show")
    site = share.reachable(address)
    here = share.loopback(urlsplit(site).hostname or "")
    return file.build(title, states, language, None if here else site.rstrip("/"), trainings.folder)
