"""A link that opened once opens for good: links of every page, and what each opened when it was noted.

``old_links.json`` has the pages' openings, whole, and for each link what it opens differently, where the
stage stands, and which parameters were named as wrong (or the key of the sentence said). There are links as
the app wrote them, spellings that only a person writes, and damaged ones. A link is added with what it opens;
none is changed.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest

from gates.examples.lab.codec import unpack
from gates.scenes.registry import PAGES

OLD = json.loads((Path(__file__).parent / "old_links.json").read_text(encoding="utf-8"))


def of(page: str) -> list[dict[str, Any]]:
    return [one for one in OLD["links"] if one["link"].partition("?")[0] == f"/{page}"]


def query(link: str) -> dict[str, str]:
    return dict(parse_qsl(link.partition("?")[2], keep_blank_values=True))


def plain(value: Any) -> Any:
    """A value as JSON has it."""
    if isinstance(value, Mapping):
        return {name: plain(inner) for name, inner in value.items()}
    return [plain(inner) for inner in value] if isinstance(value, tuple | list) else value


@pytest.mark.parametrize("page", PAGES)
def test_old_links_open_what_they_opened(page: str) -> None:
    entry = PAGES[page]
    assert len(of(page)) >= 2
    for one in of(page):
        state, position, problems = entry.link.read(query(one["link"]), entry.opening)
        expected = OLD["openings"][page] | one["opens"]
        found = {name: plain(getattr(state, name)) for name in expected}
        if expected["lab"]:  # what it unfolds to counts, for not every zlib packs alike
            assert unpack(found.pop("lab")) == unpack(expected.pop("lab")), one["link"]
        assert found == expected, one["link"]
        stands = {name: value for name, value in asdict(position).items() if value is not None}
        assert stands == one.get("place", {}), one["link"]
        said = [wrong.values["name"] if wrong.key == "link.value" else wrong.key for wrong in problems]
        assert said == one.get("problems", []), one["link"]
        if not said:  # and what is written of it opens the same again
            written = entry.link.write(state)
            again, _, problems = entry.link.read(written, entry.opening)
            assert entry.link.write(again) == written and not problems, one["link"]


def test_every_parameter_is_in_an_old_link() -> None:
    known = {name for entry in PAGES.values() for name in entry.link.names}
    assert {name for one in OLD["links"] for name in query(one["link"])} >= known
