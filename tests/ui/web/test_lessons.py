"""The routes of the lessons: all of them in a language or one, kept for as long as they are the same."""

import json
from collections.abc import Iterator

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from gates.course import reader
from gates.course.gatetest import reader as gatetest
from gates.text import LANGUAGES
from gates.ui.web.routes import lessons


@pytest.fixture(autouse=True)
def nothing_is_made() -> Iterator[None]:
    def forget() -> None:
        lessons.packed.cache_clear()
        lessons._MADE.clear()

    forget()
    yield
    forget()


def asked(address: str):
    return TestClient(Starlette(routes=[*lessons.routes()])).get(address)


def test_all_lessons_come_in_their_order_with_the_terms_that_they_explain(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(reader, "names", lambda: ("forget", "read"))
    answer = asked(lessons.address("zh"))
    assert answer.json()["lessons"] == [reader.compiled(name, "zh") for name in ("forget", "read")]
    terms = {
        name for lesson in answer.json()["lessons"] for step in lesson["steps"] for name in step["terms"]
    }
    assert terms and set(answer.json()["glossary"]["terms"]) == terms
    assert answer.json()["gatetest"] == json.loads(json.dumps(gatetest.compiled("zh")))
    assert answer.headers["cache-control"].endswith("immutable")


def test_one_lesson_comes_without_the_others_being_made(monkeypatch: pytest.MonkeyPatch):
    whole = asked(lessons.address("zh")).json()
    made, compiled = [], reader.compiled
    monkeypatch.setattr(
        reader, "compiled", lambda name, language: made.append(name) or compiled(name, language)
    )
    answer = asked(lessons.address("zh").replace(".json", "/read.json"))
    assert made == ["read"] and "gatetest" not in answer.json()
    assert answer.json()["lessons"] == [one for one in whole["lessons"] if one["id"] == "read"]
    assert answer.json()["glossary"]["terms"].items() <= whole["glossary"]["terms"].items()
    assert answer.headers["cache-control"].endswith("immutable")


def test_what_was_prepared_is_not_made_again_for_who_asks(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(reader, "names", lambda: ("read",))
    assert not lessons.is_compiled("en")
    lessons.prepare(rest=0)
    assert lessons.is_compiled("en") and lessons.is_compiled("zh")
    monkeypatch.setattr(reader, "compiled", lambda *_: pytest.fail("made once more"))
    for language in LANGUAGES:
        assert [one["id"] for one in asked(lessons.address(language)).json()["lessons"]] == ["read"]


@pytest.mark.parametrize(
    "wrong", ["/lessons/0000/en.json", "/lessons/{}/fr.json", "/lessons/{}/en", "/lessons/{}/en/none.json"]
)
def test_nothing_is_kept_for_good_that_is_not_what_its_address_says(wrong: str):
    assert asked(wrong.format(lessons.version())).status_code == 404
