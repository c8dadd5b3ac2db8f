"""A stage for a frame in another site's page: its HTML, and the script and styles it shares with others."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urlsplit

from gates.examples.notation.kinds import KINDS
from gates.export import bundle, page, states
from gates.export.bundle import PLUGINS, Reach
from gates.export.stages import Find, no_run
from gates.export.states import ExportError
from gates.scenes.registry import HOME
from gates.text import html_page, translator
from gates.text.escape import in_html, json_in_html

ADDRESS = "/embed"
"""Where the app serves them, below its own path."""
THEMES = ("light", "dark")
SANDBOX = "allow-scripts allow-popups allow-popups-to-escape-sandbox"
"""What a frame may do: run its script, and open the app in a window that is like any other."""
HEIGHTS = {
    HOME: 900,
    "lstm": 900,
    "gru": 900,
    "rnn": 1080,
    "lab": 1650,
    "compare": 1250,
    "gradients": 2000,
    "train": 1650,
}
"""By page, pixels of the frame as it is handed out: what its first example takes in a column of 900 pixels,
Compare in one of 1100. A page may follow the stage's own height (docs/embedding.md)."""


@dataclass(frozen=True)
class Code:
    """The script and the styles of all stages that reach the same modules.

    name: what they are called in an address: a digest of both, and what they reach.
    """

    name: str
    script: str
    style: str


def build(link: str, theme: str = "", find: Find = no_run) -> str:
    """Return the HTML that shows a state of the app in a frame.

    It stands beside the app's pages, one folder deeper: ``<the app>/embed/lstm``, with its script and styles
    in ``<the app>/embed/code``, wherever the app is.

    Args:
        link: a link of the app.
        theme: one of :data:`THEMES`, that of the page around it; "": what the reader's system has.
        find: what finds the runs of a training.

    Raises:
        ExportError: for a link that is none, or whose state cannot be shown alone.
    """
    if theme not in ("", *THEMES):
        raise ExportError("export.value", name="theme", value=theme[:40], allowed=", ".join(THEMES))
    opened = states.open_link(link)
    bodies: dict[str, int] = {}
    run = states.packed(opened, bodies, guesses=True, find=find)
    reach = states.reach([run])
    reach = Reach(reach.kinds, reach.plugins | {"embed", "lecture"})
    language = opened.state.lang
    data = page.contents([run], list(bodies), language, reach) | {
        "site": "..",
        "embed": True,
        "theme": theme or None,
    }
    address = f"code/{code(reach).name}"
    body = [
        html_page.noscript(translator(language)("export.noscript")),
        html_page.data("gatescope", json_in_html(data)),
        f'<script src="{address}.js"></script>',
    ]
    head = f'{html_page.ICON}\n<link rel="stylesheet" href="{address}.css">'
    return html_page.page(language, f"{run['title'][language]} · Gatescope", "\n".join(body), head)


def line(link: str) -> str | None:
    """Return the line of HTML that shows a page of the app by its link; None for one that is not framed."""
    parts = urlsplit(link)
    below, _, page = parts.path.rpartition("/")
    page = page.lower() or HOME
    if page not in states.EXPORTED:
        return None
    address = f"{parts.scheme}://{parts.netloc}{below}{ADDRESS}/{page}" + (
        f"?{parts.query}" if parts.query else ""
    )
    return (
        f'<iframe src="{in_html(address)}" sandbox="{SANDBOX}" allow="fullscreen" loading="lazy" '
        f'width="100%" height="{HEIGHTS[page]}" style="display:block;border:0" '
        f'title="Gatescope: {page}"></iframe>'
    )


def refused(sentence: str, language: str) -> str:
    """Return the HTML that says in a frame why there is no stage."""
    return html_page.page(language, "Gatescope", f"<p>{in_html(sentence)}</p>", html_page.ICON)


def code(reach: Reach) -> Code:
    """Return the script and the styles for what is reached."""
    return _code(reach, bundle.stamp())


def named(name: str) -> Code | None:
    """Return the script and the styles of a name, as long as they are the ones that it was given to."""
    digest, _, parts = name.partition("-")
    kinds, _, plugins = parts.partition("-")
    reach = Reach(frozenset(kinds.split("+")), frozenset(filter(None, plugins.split("+"))))
    if not digest or not reach.kinds <= KINDS.keys() or not reach.plugins <= PLUGINS.keys():
        return None
    current = code(reach)
    return current if current.name == name else None


@lru_cache(maxsize=32)
def _code(reach: Reach, stamp: object) -> Code:
    script, style = bundle.script(reach), bundle.style(reach)
    digest = hashlib.blake2b(f"{script}\0{style}".encode(), digest_size=8).hexdigest()
    return Code(f"{digest}-{'+'.join(sorted(reach.kinds))}-{'+'.join(sorted(reach.plugins))}", script, style)
