"""The lab's exercise on paper: at an address of its own, as it is on the stage, and offered on the page."""

from dataclasses import replace
from urllib.parse import parse_qsl, urlencode, urlsplit

import numpy as np
import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from gates.cells.lstm import LSTM
from gates.examples.lab.state import LabState
from gates.exercises.file import loads, to_json
from gates.exercises.generate import generate
from gates.exercises.solve import solve
from gates.scenes.lab import scene as lab_scene
from gates.scenes.lab import worksheet
from gates.scenes.links.codec import LONGEST, length
from gates.scenes.links.lab import LAB
from gates.scenes.registry import PAGES
from gates.scenes.state import State
from gates.text import LANGUAGES, translator
from gates.ui.lab import takeaway
from gates.ui.web import server
from gates.ui.web.routes import worksheets
from tests.pages.visits import opened


def client() -> TestClient:
    return TestClient(Starlette(routes=list(worksheets.routes()), middleware=list(server.middleware())))


def state(**query: str) -> State:
    found, _, problems = LAB.read(query, PAGES["lab"].opening)
    assert not problems
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_sheet_is_the_exercise_on_the_stage(language: str) -> None:
    shown = state(begin="exercise", exercise="hkust", lang=language, check="1")
    key = client().get("/" + worksheet.link(shown, "key", "letter"))
    assert key.status_code == 200 and key.headers["content-security-policy"] == worksheets.POLICY
    assert (
        "size: letter" in key.text
        and "script" not in key.text.split("<body")[1].split("gatescope-exercise")[0]
    )
    assert translator(language)("exercise.hkust.title") in key.text and "0.6384" in key.text
    blank = client().get("/" + worksheet.link(shown, "worksheet", "a4", "<b>Week 3</b>"))
    assert "&lt;b&gt;Week 3&lt;/b&gt;" in blank.text and "0.6384" not in blank.text

    lab = lab_scene.build(shown).lab
    edited = lab_scene.edited(shown, replace(lab, b=lab.b + 0.25))
    again = loads(client().get("/" + worksheet.link(edited, "both", "a4", "x")).text)
    assert again.title == "x" and again.asked == ()
    assert np.array_equal(solve(again).trace.hidden, lab_scene.build(edited).trace.hidden)


def test_a_fresh_exercise_is_printed_with_its_number_and_what_it_asks() -> None:
    shown = state(begin="exercise", exercise="lstm-two", seed="10", lang="en")
    again = loads(client().get("/" + worksheet.link(shown, "both", "a4")).text)
    assert again.title == "Two steps of an LSTM · no. 10"
    assert to_json(replace(again, title="")) == to_json(generate("lstm-two", 10))


def test_what_is_no_exercise_for_paper_is_said() -> None:
    long = lab_scene.build(shown := state(begin="exercise", exercise="lee-lstm", lang="en"))
    lab = replace(long.lab, x=np.zeros((13, 3)), tokens=("0",) * 13)
    for wrong, said in (
        (shown, None),
        (lab_scene.edited(shown, lab), "12 steps"),
    ):
        answer = client().get("/" + worksheet.link(wrong, "key", "a4"))
        assert (answer.status_code, said is None or said in answer.text) == (422 if said else 200, True)
    query = dict(parse_qsl(urlsplit(worksheet.link(shown, "key", "a4")).query))
    odd = client().get("/worksheet?" + urlencode(query | {"part": "x", "paper": "<b>"}))
    assert odd.status_code == 200 and "size: a4" in odd.text.lower()
    assert client().get("/worksheet?" + urlencode(query | {"exercise": "none"})).status_code == 422


def test_the_page_offers_worksheet_and_key_and_no_key_while_numbers_are_checked() -> None:
    app = opened("lab", begin="exercise", exercise="hkust", lang="en", check="1")
    app.session_state["lab.tabs"] = app.tabs[-1].label
    app.run()
    offered = {one.proto.label: one.proto for one in app.get("link_button")}
    blank, key = offered["Worksheet to print"], offered["Answer key to print"]
    assert key.disabled and not blank.disabled and "part=worksheet" in blank.url
    app.text_input(key="lab.sheet.title").set_value("Week 3 & 4").run()
    app.segmented_control(key="lab.sheet.paper").set_value("letter").run()
    blank = next(one.proto for one in app.get("link_button") if "part=worksheet" in one.proto.url)
    given = dict(parse_qsl(urlsplit(blank.url).query))
    assert (given["title"], given["paper"]) == ("Week 3 & 4", "letter")
    assert not app.exception


def test_what_is_too_long_for_an_address_is_saved_as_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    """The largest exercise that fits on paper: 8 units that read 8 steps of 8 numbers, none of them short."""
    x = np.random.default_rng(3).normal(size=(8, 8))
    lab = LabState.of(LSTM.init(8, 8, rng=3), x=x, tokens=tuple("abcdefgh"))
    shown = lab_scene.edited(state(begin="exercise", exercise="hkust", lang="zh"), lab)
    query = LAB.write(shown)
    assert length(query) > LONGEST
    offered = {}
    show = takeaway.st.download_button

    def note(label: str, **told: object) -> bool:
        offered[label] = told
        return bool(show(label, **told))

    monkeypatch.setattr(takeaway.st, "download_button", note)
    app, t = opened("lab", **query), translator("zh")
    app.session_state["lab.tabs"] = app.tabs[-1].label
    app.run()
    assert not app.exception and not app.get("link_button")
    for part in ("worksheet", "key"):
        told = offered[t(f"takeaway.{part}")]
        assert told["file_name"] == f"gatescope-{part}.html"
        assert told["data"]() == worksheet.page(shown, part, "a4")
    again = loads(worksheet.page(shown, "both", "a4"))
    assert np.array_equal(solve(again).trace.hidden, lab_scene.build(shown).trace.hidden)
