"""The route that makes a file of a page: the same file as the command's, or a sentence."""

import json

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from gates.export import page, states
from gates.scenes.links.course import LESSONS
from gates.text import translator
from gates.ui.web.requests.fair_queue import Limits
from gates.ui.web.routes import share, takeaway

LATCH = "/lstm?lang=zh&preset=latch&step=3"


@pytest.fixture(autouse=True)
def nobody_configured_it(monkeypatch):
    monkeypatch.delenv(share.CONFIGURED, raising=False)


def asked(address, language="en", **more):
    browser = TestClient(Starlette(routes=[*takeaway.routes()]))
    told = json.dumps({"address": address, **more})
    return browser.post(takeaway.ADDRESS, content=told, headers={"accept-language": language})


def test_it_is_the_file_of_the_command_with_a_way_back():
    answer = asked(f"https://gates.example.org{LATCH}")
    assert answer.status_code == 200
    assert answer.text == page.build([f"https://gates.example.org{LATCH}"])
    assert answer.headers["content-disposition"] == 'attachment; filename="gatescope-lstm-latch.html"'


def test_what_stands_beside_a_stage_comes_with_it():
    links = [f"https://host{LATCH}", "https://host/lstm?preset=delay"]
    answer = asked(links[0], beside=links[1:])
    assert answer.text == page.build(links)
    assert answer.headers["content-disposition"] == 'attachment; filename="gatescope-lstm-latch.html"'
    assert asked(links[0], beside=[None]).status_code == asked(links[0], beside=3).status_code == 422


@pytest.mark.parametrize("site", ["https://gates.example.org/below", "http://127.0.0.1:8501"])
def test_a_lessons_file_leads_back_to_the_lesson(site):
    lesson = "/course?lesson=same-cell&part=3"
    answer = asked(f"{site}{LATCH}", lesson=f"{site}{lesson}")
    here = "127" in site
    assert answer.text == page.build([LATCH if here else f"{site}{LATCH}"], lesson=lesson)
    found = states.lesson(f"{site}{lesson}&lang=zh")
    title = LESSONS.words("same-cell", "zh")["title"]
    assert found["path"] == lesson
    assert found["title"]["zh"] == f"{LESSONS.structure('same-cell')['number']} · {title}"
    assert answer.text != page.build([LATCH if here else f"{site}{LATCH}"])


@pytest.mark.parametrize("lesson", ["https://host/course", "https://host/course?lesson=none", "x", 3])
def test_a_way_back_to_no_lesson_is_refused(lesson):
    assert asked(f"https://host{LATCH}", lesson=lesson).status_code == 422


def test_no_way_leads_back_to_a_readers_own_machine():
    assert asked(f"http://127.0.0.1:8501{LATCH}").text == page.build([LATCH])


def test_the_configured_address_is_where_it_leads_back(monkeypatch):
    monkeypatch.setenv(share.CONFIGURED, "https://gates.example.org/")
    answer = asked(f"http://127.0.0.1:8501{LATCH}")
    assert answer.text == page.build([LATCH], "https://gates.example.org")


@pytest.mark.parametrize(
    ("address", "key"),
    [
        ("https://host/lstm?preset=nothing", "export.value"),
        ("https://host/train?run=elsewhere", "export.run"),
        ("https://host/course", "export.page"),
        ("nowhere", "export.link"),
        (None, "export.none"),
        ({}, "export.none"),
        ("https://host/lstm?data=" + "a" * 2**16, "export.link.long"),
    ],
)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_what_cannot_be_taken_away_gets_a_sentence_in_the_readers_language(address, key, language):
    answer = asked(address, language)
    assert answer.status_code == 422
    assert answer.text.startswith(translator(language).catalogue[key].partition("{")[0])


def test_who_asks_for_too_much_is_told_so():
    browser = TestClient(Starlette(routes=[*takeaway.routes(Limits(tab_rate=0.001))]))
    content = json.dumps({"address": f"https://host{LATCH}"})
    assert browser.post(takeaway.ADDRESS, content=content).status_code == 200
    second = browser.post(takeaway.ADDRESS, content=content, headers={"accept-language": "zh"})
    assert (second.status_code, second.text) == (429, translator("zh")("error.busy"))
    assert int(second.headers["retry-after"]) > 0
