"""What a link says is text: in a real browser nothing of it becomes a link, a picture or a heading."""

import re
from urllib.parse import quote

from playwright.sync_api import Locator, Page

from tests.browser.helpers import NewPage, lasting, open_stage, requests_elsewhere
from tests.text.hostile import HOSTILE

PARAMS = ["units", "seed", "bias", "through", "input", "notation", "by", "signal", "steps", "at", "period"]
PARAMS += ["noise", "company", "from", "to", "step", "phase", "unit", "view", "move", "speed"]
LOOK = """alerts => alerts.map(alert => [alert.innerText, [...alert.querySelectorAll(
    "a,img,h1,h2,h3,ul,ol,pre,code,em,strong,del,hr,blockquote,.katex,input,script,table,[style*=color]"
)].map(one => one.outerHTML)])"""


def as_shown(text: str) -> str:
    """As the page says a value: in one line, at most 40 characters, without what is never shown."""
    cut = re.sub("[\u202a-\u202e\x00]", "", re.sub(r"\s", " ", text.replace("\ud800", "\ufffd")[:40])).strip()
    return re.sub(" +", " ", cut)


def test_a_strange_link_is_quoted_and_nothing_more(new_page: NewPage) -> None:
    page = new_page()
    texts = [
        text
        for text in HOSTILE
        if text.strip() and "\ud800" not in text and "\x00" not in text and text != "-1.5"
    ]
    with requests_elsewhere(page) as elsewhere:
        open_with(page, texts)
    assert not elsewhere


def open_with(page: Page, texts: list[str]) -> None:
    """Open a page with these values in its link, as many at a time as it takes, and see them said."""
    for first in range(0, len(texts), len(PARAMS)):
        some = dict(zip(PARAMS, texts[first : first + len(PARAMS)], strict=False))
        open_stage(page, "/lstm?lang=en&" + "&".join(f"{name}={quote(text)}" for name, text in some.items()))
        warnings = page.locator("[data-testid=stAlert]")

        def unsaid(warnings: Locator = warnings, some: dict[str, str] = some) -> list[str]:
            said = " ".join(said for said, _ in warnings.evaluate_all(LOOK))
            said = re.sub(r"\s+", " ", said.replace("\u2060", ""))
            return [text for text in some.values() if as_shown(text) not in said]

        assert not lasting(page, unsaid)
        assert [inside for _, inside in warnings.evaluate_all(LOOK) if inside] == []
