"""What the menu *Share* does with a page's link: copies it, sends it, and shows it as a QR code."""

from __future__ import annotations

from gates.export.states import EXPORTED
from gates.ui import components
from gates.ui.frame import Page
from gates.ui.web.routes import share, takeaway

_WORDS = (
    "address", "copy", "copied", "select", "send", "code", "code.long", "here", "failed",
    "take", "taking", "taken", "unreached", "frame", "framed",
    "add", "add.title", "added", "added.unkept", "add.full",
)  # fmt: skip


def show(page: Page) -> None:
    """Shows the link of what the browser shows; only the browser knows it, down to the step."""
    words = {name: page.t.catalogue[f"link.{name}"] for name in _WORDS}
    data = {
        "words": words,
        "route": share.ADDRESS,
        "takeaway": takeaway.ADDRESS if page.name in EXPORTED else None,
        "lecture": page.name in EXPORTED,
        "language": page.t.language,
        "title": page.t.plain(f"page.{page.name}.title"),
    }
    components.fetched("share", styled=False)(key=f"{page.name}.link", data=components.encoded(data))
