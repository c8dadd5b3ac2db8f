"""A run of show as one file: all of its states, what they ask, and no notes."""

import json
import re
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from gates.examples.comparisons import COLUMNS, COMPARISONS
from gates.examples.notation.kinds import KINDS
from gates.export.states import EXPORTED, ExportError
from gates.lectures import file, reader
from gates.text import LANGUAGES, translator
from gates.ui import trainings
from gates.ui.web.routes import lecture
from tests.export.files import unpacked_data

LINK = "/lstm?preset=latch&step=3"


def states_of(name: str, language: str) -> list[dict[str, Any]]:
    """The states of a ready run of show as a browser sends them: without the notes."""
    states = reader.compiled(name, language)["states"]
    return [{part: value for part, value in state.items() if part != "notes"} for state in states]


def data(page: str) -> dict[str, Any]:
    (found,) = re.findall(r'id="gatescope">(.*?)</script>', page, re.DOTALL)
    told: dict[str, Any] = json.loads(found)
    whole: dict[str, Any] = unpacked_data(told)
    return whole


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_whole_lecture_is_in_one_file_without_its_notes(language: str) -> None:
    page = file.build("An hour", states_of("lstm", language), language)
    told = data(page)
    plan = reader.compiled("lstm", language)["states"]
    assert len(told["runs"]) == len(plan) == len(told["show"]["states"])
    asked = [state["question"] for state in told["show"]["states"] if state["question"]]
    assert asked == [state["question"] for state in plan if "question" in state]
    assert told["runs"][1]["title"][language] == f"2 · {plan[1]['title']}"
    assert "guess.question" in told["strings"][language], "what asks finds its words"
    said = json.dumps(told, ensure_ascii=False)
    assert plan[2]["because"] in said
    assert not any(state["notes"] in said for state in plan)
    assert len(page) < 1_000_000


def test_what_is_held_back_is_the_same_as_in_the_hall() -> None:
    """The places are those of ``frontierOf`` in lecture.test.mjs."""

    def seen(**state: Any) -> Any:
        return data(file.build("", [{"link": LINK} | state], "en"))["show"]["states"][0]["conceal"]

    def asked(kind: str, signal: str, step: int, **more: int) -> dict[str, Any]:
        return {"kind": kind, "signal": signal, "step": step, **more}

    assert seen() == [None]
    assert seen(hide="forget") == [{"step": 3, "phase": "look", "sums": False}]
    assert seen(hide="hidden") == [{"step": 3, "phase": "write", "sums": False}]
    assert seen(hide="all") == [{"step": 0, "phase": "carry"}]
    assert seen(question=asked("value", "output", 5)) == [{"step": 5, "phase": "write", "sums": False}]
    assert seen(question=asked("draw", "cell", 5)) == [{"step": 4, "phase": "carry"}]
    assert seen(hide="cell", question=asked("lane", "cell", 5)) == [
        {"step": 3, "phase": "forget", "sums": False}
    ]
    earlier = {"step": 3, "phase": "carry"}
    assert seen(question=asked("lane", "cell", 6, **{"from": 4})) == [earlier]
    late = asked("value", "output", 5, **{"from": 5})
    assert seen(question=late) == [{"step": 5, "phase": "write", "sums": False}], "no earlier step"
    assert seen(link="/gru?step=3", hide="reset") == [{"step": 2, "phase": "carry"}]
    assert seen(link="/lstm?preset=latch&step=999", hide="forget")[0]["step"] == 8, "the run's last step"


def test_states_of_several_stages_a_training_and_the_way_back_are_in_the_file_too() -> None:
    links = ("/compare?preset=first&step=2", "/gradients?cell=gru&T=12&step=3", "/train?checkpoint=0", LINK)
    hides = ("forget", "update", "all", "")
    shown = [{"link": link, "hide": hide} for link, hide in zip(links, hides, strict=True)]
    told = data(file.build("", shown, "zh"))
    compared, back, trained, alone = told["runs"]
    kinds = [COLUMNS[entry.column] for entry in COMPARISONS["first"].entries]
    assert compared["common"]["bar"] and [one["common"]["cell"] for one in compared["beside"]] == kinds
    assert back["common"]["asks"] and trained["own"]["zh"]["film"]["at"] == 0 and "beside" not in alone
    conceal = [state["conceal"] for state in told["show"]["states"]]
    assert len(conceal[0]) == 1 + len(kinds)
    for kind, place in zip(kinds, conceal[0][1:], strict=True):
        phases = KINDS[kind].phases
        hidden = (
            {"step": 2, "phase": "look", "sums": False}
            if kind == "lstm"
            else {"step": 1, "phase": phases[-1]}
        )
        assert place == hidden, "what a cell does not have hides its whole step"
    assert conceal[1:] == [[{"step": 2, "phase": "carry"}], [{"step": 0, "phase": "carry"}], [None]]
    with pytest.raises(file.StateError) as gone:
        file.build("", [{"link": LINK}, {"link": "/train?run=nowhere-1"}], "en")
    assert (gone.value.key, gone.value.number) == ("export.run", 2)


def test_one_of_several_stages_or_all_of_them_are_asked_in_the_file_too() -> None:
    value = {"kind": "value", "signal": "forget", "stage": 2, "unit": 1, "step": 3}
    which = {"kind": "cell", "unit": 1, "step": 2, "steps": 5}
    shown = [{"link": "/compare?preset=first&step=2", "question": asked} for asked in (value, which)]
    told = data(file.build("", shown, "zh"))
    states = told["show"]["states"]
    assert [state["question"] for state in states] == [value, which]
    kinds = [COLUMNS[entry.column] for entry in COMPARISONS["first"].entries]
    before = [
        {"step": 3, "phase": "look", "sums": False}
        if kind == "lstm"
        else {"step": 2, "phase": KINDS[kind].phases[-1]}
        for kind in kinds
    ]
    assert states[0]["conceal"][1:] == before, "what one is asked for shows in none"
    assert states[1]["conceal"][1:] == [{"step": 1, "phase": KINDS[kind].phases[-1]} for kind in kinds]
    assert "holds.question" in told["strings"]["zh"]
    for run in told["runs"]:
        headers = [one["common"] | one["own"]["zh"] for one in run["beside"]]
        assert all(header["heading"] == header["called"] for header in headers), "no heading says how it ends"
    for wrong in (
        {**value, "stage": 1},  # a plain RNN has none
        {**value, "stage": 4},
        {**value, "stage": 0},
        {"kind": "cell", "unit": 1},
    ):
        with pytest.raises(ValueError, match="question"):
            file.build("", [{"link": "/compare?preset=first", "question": wrong}], "en")
    with pytest.raises(ValueError, match="question"):
        file.build("", [{"link": LINK, "question": which}], "en")


def test_what_is_no_run_of_show_is_refused() -> None:
    for wrong in (
        {"link": 3},
        {"link": LINK, "title": "x" * 1000},
        {"link": LINK, "hide": "nothing"},
        {"link": LINK, "question": "f"},
        {"link": LINK, "question": {"kind": "cell", "step": 1}},
        {"link": LINK, "question": {"kind": "value", "signal": "reset", "step": 1}},
        {"link": LINK, "question": {"kind": "value", "signal": "forget"}},
        {"link": LINK, "question": {"kind": "value", "signal": "forget", "step": True}},
        {"link": LINK, "question": {"kind": "value", "signal": "forget", "step": 10**6}},
    ):
        with pytest.raises(ValueError) as found:
            file.build("", [wrong], "en")
        assert not isinstance(found.value, ExportError), wrong
    with pytest.raises(ExportError, check=lambda wrong: wrong.key == "export.none"):
        file.build("", [], "en")
    with pytest.raises(ExportError, check=lambda wrong: wrong.key == "export.many"):
        file.build("", [{"link": LINK}] * (file.MOST_STATES + 1), "en")


def test_the_route_gives_the_file_or_says_which_state_is_wrong() -> None:
    def asked(**changes: Any) -> Any:
        body = {"title": "T", "states": [{"link": LINK}], "address": "https://gates.example.org"} | changes
        browser = TestClient(Starlette(routes=lecture.routes()))  # anew, for one may ask for a few only
        return browser.post(lecture.FILE, json=body, headers={"accept-language": "zh"})

    good = asked()
    assert good.status_code == 200 and "gatescope-lecture.html" in good.headers["content-disposition"]
    assert data(good.text)["site"] == "https://gates.example.org"
    assert data(asked(address="http://localhost:8501").text)["site"] is None
    wrong = asked(states=[{"link": LINK}, {"link": "/course"}])
    assert wrong.status_code == 422
    pages = ", ".join(f"/{name}" for name in EXPORTED)
    problem = translator("zh")("export.page", page="course", pages=pages)
    assert wrong.text == translator("zh")("lecture.file.state", state=2, problem=problem)
    with pytest.MonkeyPatch.context() as patch:  # trainings are looked for among those of this server
        patch.setattr(trainings, "folder", "of this server".format)
        patch.setattr(file, "build", lambda *told: told[-1]())
        assert asked().text == "of this server"
    for changes in (
        {"title": 3},
        {"states": "x"},
        {"states": [1]},
        {"address": "x"},
        {"states": [{"link": 1}]},
    ):
        assert asked(**changes).status_code == 422
