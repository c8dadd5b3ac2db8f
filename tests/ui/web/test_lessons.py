"""The route of the lessons: all of them in a language, kept for as long as they are the same."""

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from gates.course import reader
from gates.text import LANGUAGES
from gates.ui.web import lessons


def asked(address: str):
    return TestClient(Starlette(routes=[*lessons.routes()])).get(address)


def test_all_lessons_come_in_their_order_with_the_terms_that_they_explain(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(reader, "names", lambda: ("forget", "read"))
    lessons._packed.cache_clear()
    answer = asked(lessons.address("zh"))
    assert answer.json()["lessons"] == [reader.compiled(name, "zh") for name in ("forget", "read")]
    terms = {
        name for lesson in answer.json()["lessons"] for step in lesson["steps"] for name in step["terms"]
    }
    assert terms and set(answer.json()["glossary"]["terms"]) == terms
    assert answer.headers["cache-control"].endswith("immutable")
    lessons._packed.cache_clear()


def test_what_was_prepared_is_not_made_again_for_who_asks(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(reader, "names", lambda: ("read",))
    lessons._packed.cache_clear()
    lessons.prepare(rest=0)
    monkeypatch.setattr(reader, "compiled", lambda *_: pytest.fail("made once more"))
    for language in LANGUAGES:
        assert [one["id"] for one in asked(lessons.address(language)).json()["lessons"]] == ["read"]
    lessons._packed.cache_clear()


@pytest.mark.parametrize("wrong", ["/lessons/0000/en.json", "/lessons/{}/fr.json", "/lessons/{}/en"])
def test_nothing_is_kept_for_good_that_is_not_what_its_address_says(wrong: str):
    assert asked(wrong.format(lessons.version())).status_code == 404
