"""A first visit speaks what was chosen, else what the link says, else the browser's language."""

from types import SimpleNamespace
from typing import Any

import pytest

from gates.ui import language


class Broken:
    """A session of which nothing can be read."""

    def __getattr__(self, name: str) -> Any:
        raise RuntimeError(name)


@pytest.mark.parametrize(
    ("chosen", "linked", "preferred", "spoken"),
    [
        (None, None, "zh-CN", "zh"),
        (None, None, "ZH", "zh"),
        (None, None, "en-GB", "en"),
        (None, None, "de", "en"),
        (None, None, None, "en"),
        (None, "zh", "en-US", "zh"),
        (None, "fr", "zh-TW", "zh"),
        ("en", "zh", "zh-CN", "en"),
        ("fr", "en", "zh-CN", "en"),
    ],
)
def test_the_first_that_says_a_language_is_believed(
    monkeypatch: pytest.MonkeyPatch, chosen: str | None, linked: str | None, preferred: Any, spoken: str
) -> None:
    session = SimpleNamespace(
        session_state={} if chosen is None else {"shared": {"lang": chosen}},
        query_params={} if linked is None else {"lang": linked},
        context=SimpleNamespace(locale=preferred),
    )
    monkeypatch.setattr(language, "st", session)
    assert language.session_language() == spoken


def test_a_session_of_which_nothing_can_be_read_speaks_english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(language, "st", Broken())
    assert language.session_language() == "en"
