"""The course's data: every lesson against the engine, and the checks against lessons that are wrong."""

import copy
import json
import re
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import numpy as np
import pytest
import torch

from gates.course import checks, durations, questions, reader
from gates.course.expressions import LessonError, evaluate, figure_text, filled
from gates.course.figures import value_of
from gates.course.runs import Runs
from gates.course.states import link_of, run_of
from gates.paths import ASSETS
from gates.scenes.lab import scene as lab_scene
from gates.scenes.links.course import COURSE, CourseState
from gates.scenes.registry import PAGES
from gates.text import LANGUAGES

NAMES = reader.names()
LESSONS = 19
"""So many the course has."""


@pytest.mark.parametrize("name", NAMES)
def test_a_lesson_is_what_it_says(name: str) -> None:
    assert not list(checks.problems(name))


def test_the_lessons_stand_in_order_on_those_before_them() -> None:
    numbers = [reader.structure(name)["number"] for name in NAMES]
    assert numbers == list(range(1, LESSONS + 1))
    for index, name in enumerate(NAMES):
        assert set(reader.structure(name)["builds_on"]) <= set(NAMES[:index]), name


def refuted(told: Any) -> set[int]:
    """The numbers of the misconceptions that a part of a lesson refutes."""
    if isinstance(told, list):
        return {number for one in told for number in refuted(one)}
    if not isinstance(told, dict):
        return set()
    own = told.get("refutes", [])
    found = {own} if isinstance(own, int) else set(own.values() if own else ())
    return found.union(*(refuted(one) for name, one in told.items() if name != "refutes"))


def test_each_misconception_is_refuted_in_a_lesson() -> None:
    found = {number for name in NAMES for number in refuted(reader.structure(name))}
    assert found == set(checks.MISCONCEPTIONS)


def test_what_the_lessons_stand_on_is_what_the_science_says() -> None:
    """Figures known from elsewhere: one latch holds .958, another fades to .207; .9933¹⁰⁰ = .51; c = 4."""
    known = {
        ("same-cell", "holds", ("u", 2), ("n", 10)): 0.9575,
        ("same-cell", "fades", ("u", 0.9), ("n", 9)): 0.2073,
        ("forget", "valve", ("word", "S–R"), ("r", 3)): 0.0067,
        ("same-cell", "weights", ("n", 100)): 4.0,
        ("repair", "twice", ("u", 2), ("s", 0.4), ("n", 12)): -0.9575,
        ("holding", "share", ("u", 1.25)): 0.619,
        ("forget", "many", ("n", 100)): 0.5075,  # .511 of what S wrote
        ("forget", "half", ("b", 1)): 2.2127,
        ("forget", "half", ("b", 3)): 14.266,
        ("write", "stuck", ("first", "−"), ("word", "−+++−+++")): 3.9997,
        ("read", "behind", ("n", 1)): 0.9867,
        ("read", "ask", ("n", 1)): 0.7480,
        ("one-task", "many", ("u", 3), ("n", 100), ("s", 3)): 500,
        ("count", "rise", ("s", 0.2), ("n", 30)): 4.05e-6,
        ("shares", "share", ("w", 0.5), ("u", 0.1), ("x", 2), ("t", 2)): 0.1752,
        ("shares", "update", ("w", 0.5), ("u", 0.1), ("x", 2), ("t", 2)): 0.58335,
        ("far-back", "explode", ("n", 10)): 4.7712,
        ("learning", "longer", ("n", 200), ("d", 14)): 23.5,
        ("read-out", "delay", ("n", 2), ("first", "+")): 2,
    }
    for (name, part, *draws), value in known.items():
        step = next(one for one in reader.structure(name)["steps"] if one["id"] == part)
        run = run_of(filled(step["state"], dict(draws)))
        found = right_answer(step, dict(draws), run)
        assert found == pytest.approx(value, rel=2e-3), (name, part)


def test_sentences_say_what_the_outline_of_the_course_has() -> None:
    """Figures that were computed before the lessons were written, by the engine or by torch."""
    known: dict[tuple[Any, ...], float] = {
        ("same-cell", "holds", "held", ("u", 2), ("n", 9)): 0.958,
        ("same-cell", "fades", "last", ("u", 0.9), ("n", 9)): 0.207,
        ("repair", "flip", "last", ("u", 2), ("weak", 1.8), ("s", 0.5), ("n", 8)): -0.957,
        ("holding", "which", "softback", ("soft", 1.25), ("firm", 2), ("n", 50)): 3.9e-11,
        ("holding", "which", "firmback", ("soft", 1.25), ("firm", 2), ("n", 50)): 1.13e-39,
        ("gate-values", "end", "f1"): 0.835,
        ("gate-values", "end", "f4"): 0.943,
        ("fader", "muted", "old", ("s", 0.5), ("n", 2)): 0.980,
        ("fader", "muted", "new", ("s", 0.5), ("n", 2)): 0.9735,
        ("fader", "muted", "z", ("s", 0.5), ("n", 2)): 0.993,
        ("two-grus", "after", "was", ("s", 0.5), ("n", 3)): 0.065,
        ("two-grus", "after", "new", ("s", 0.5), ("n", 3)): 1.0,
        ("shares", "share", "one", ("w", 0.5), ("u", 0.1), ("x", 2), ("t", 2)): -0.146,
        ("shares", "share", "whole", ("w", 0.5), ("u", 0.1), ("x", 2), ("t", 2)): -0.8335,
        ("shares", "update", "loss", ("w", 0.5), ("u", 0.1), ("x", 2), ("t", 2)): 0.0994,
        ("shares", "update", "after", ("w", 0.5), ("u", 0.1), ("x", 2), ("t", 2)): 0.0422,
        ("layer", "end", "first"): 2,
        ("layer", "end", "last"): 1,
    }
    for (name, part, figure, *draws), value in known.items():
        step = next(one for one in reader.structure(name)["steps"] if one["id"] == part)
        said = filled({**step.get("given", {}), **step.get("figures", {})}[figure], dict(draws))
        found = value_of(said, Runs(step, dict(draws)))
        assert found == pytest.approx(value, rel=5e-3), (name, part, figure)


def test_a_backward_direction_ends_in_the_first_row() -> None:
    """As PyTorch has it for h = ReLU(x + h₋₁) on 0 0 1 1: output[0, H:] = 2, and output[-1, H:] = 1."""
    steps = {step["id"]: step for step in reader.structure("layer")["steps"]}
    back = run_of(steps["end"]["state"]).trace.hidden[:, 0]
    assert back.tolist() == [1, 2, 2, 2]
    for draws in reader.draws_of(steps["final"]):
        network = torch.nn.RNN(1, 1, nonlinearity="relu", bias=False, bidirectional=True)
        for name, weight in network.named_parameters():
            torch.nn.init.constant_(weight, 2.0 if "hh" in name else 1.0)
        output = network(torch.tensor(draws["x"], dtype=torch.float32)[:, None])[0][:, 1].tolist()
        hidden = run_of(filled(steps["final"]["state"], draws)).trace.hidden[:, 0]
        assert hidden.tolist() == output[::-1]
        assert draws["a"] == draws["x"][0] and draws["z"] == draws["x"][-1] == output[-1]


def test_an_lstm_layer_has_as_many_numbers_as_pytorch_counts() -> None:
    step = next(one for one in reader.structure("layer")["steps"] if one["id"] == "count")
    for draws in reader.draws_of(step):
        network = torch.nn.LSTM(draws["i"], draws["h"])
        count = sum(weight.numel() for weight in network.parameters())
        assert value_of(filled(step["truth"], draws), Runs(step, draws)) == count


def right_answer(step: Any, draws: Any, run: Any) -> float:
    """The last number of the answer to a question on the stage; the first of a course of levels."""
    if step["kind"] in questions.STAGED:
        asked = questions.stage_question(step, filled(step["ask"], draws), Runs(step, draws))
        answer = questions.truth(asked, run.trace)
        return answer[-1] if isinstance(answer, list) else answer
    told = filled(step["truth"], draws)
    return value_of(told[0] if isinstance(told, list) else told, Runs(step, draws))


def problems_after(change: Any, monkeypatch: pytest.MonkeyPatch) -> str:
    """What the checks say of the first lesson after a change of its structure and its English words."""
    plan = copy.deepcopy(reader.structure("same-cell"))
    said = {language: copy.deepcopy(reader.words("same-cell", language)) for language in LANGUAGES}
    steps = {step["id"]: step for step in plan["steps"]}
    change(steps, said["en"]["steps"])
    monkeypatch.setattr(reader, "structure", lambda _: plan)
    monkeypatch.setattr(reader, "words", lambda _, language: said[language])
    return "\n".join(checks.problems("same-cell"))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda steps, said: said["lose"].update(text="h is 0.77"), "says 0.77"),
        (lambda steps, said: said["holds"].update(question="Is it {held}?"), "cannot know {held}"),
        (lambda steps, said: said["holds"]["why"].pop("push"), "why.push.text is missing"),
        (lambda steps, said: steps["weights"].update(before=steps["weights"]["state"]), "shown before and"),
        (lambda steps, said: steps["weights"].update(range=[0, 1]), "out of range"),
        (
            lambda steps, said: steps["weights"]["mistakes"]["copies"].update(of={"number": 4.1}),
            "too near",
        ),
        (lambda steps, said: steps["holds"]["mistakes"].update(dies={"of": "zero"}), "told from each other"),
        (lambda steps, said: steps["holds"]["mistakes"]["gone"].update(of="sinks"), "no shape: sinks"),
        (lambda steps, said: steps["holds"]["ask"].update(steps=40), "nothing is there to ask"),
        (lambda steps, said: steps["holds"]["given"].update(h={"signal": "hidden", "step": 2}), "h is said"),
        (lambda steps, said: steps["lose"]["solution"].update(recurrent=1.9), "does not do it"),
        (lambda steps, said: steps["lose"]["until"].update(below=2), "is done before"),
        (lambda steps, said: steps["holds"]["state"].update(through="none"), "no link"),
        (lambda steps, said: steps["holds"]["state"].update(at={"step": 40}), "the run has not"),
        (lambda steps, said: steps["holds"]["why"].update(right="hope"), "one of them right"),
        (lambda steps, said: steps["holds"]["draw"].pop("u"), "$u is not drawn"),
        (lambda steps, said: said["end"].update(text="much " * 800), "en takes 1"),
        (lambda steps, said: said["holds"].update(text="Before that, " * 60), "en asks first after"),
        (lambda steps, said: steps["holds"].update(beside={"state": steps["holds"]["state"]}), "run twice"),
    ],
)
def test_a_lesson_that_is_wrong_is_found(change: Any, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert said in problems_after(change, monkeypatch)


@pytest.mark.parametrize("name", NAMES)
def test_the_lab_follows_with_the_run_that_a_lesson_ends_on(name: str) -> None:
    link = urlsplit(reader.compiled(name, "en")["lab"])
    state, place, wrong = PAGES[link.path[1:]].read(dict(parse_qsl(link.query)))
    last = reader.structure(name)["steps"][-1]
    spec = filled(last["state"], reader.draws_of(last)[0])
    assert (wrong, state.in_lab, place.step) == ([], True, spec["at"]["step"])
    shown, told = lab_scene.build(state).trace, run_of(spec).trace
    np.testing.assert_array_equal(shown.hidden, told.hidden)
    np.testing.assert_array_equal(shown.x, told.x)


def test_a_lesson_is_as_long_as_what_is_read_and_done_in_it() -> None:
    plan = {
        "number": 2,
        "steps": [
            {"id": "told", "kind": "tell"},
            {"id": "asked", "kind": "draw", "why": {"right": "a", "options": ["a", "b", "c"]}},
            {"id": "lines", "kind": "worked", "lines": ["i1", "c1"], "blank": ["c1"]},
        ],
    }
    why = {"question": "w w", **{name: {"text": "w", "because": "w w w"} for name in "abc"}}
    said = {
        "lead": "One {h} = 2 · 3",
        "steps": {
            "told": {"title": "w", "text": "w w w"},
            "asked": {"title": "w", "text": "w", "question": "w w", "reason": "w", "why": why},
            "lines": {"title": "w", "text": "w", "question": "w", "reason": "w"},
        },
    }
    words = 4 + 4 + (1 + 1 + 2 + 1 + 2 + 3 + 3 + 1.5) + 4  # of three reasons one, and half of the right one
    seconds = 3 * durations.LOOK + durations.ANSWERING["draw"] + durations.WHY + durations.LINE
    assert durations.minutes(plan, said, "en") == pytest.approx(words / 215 + seconds / 60)
    assert durations.first_question(plan, said, "en") == pytest.approx(60 * (4 + 4 + 4) / 215)
    assert durations.length("单元 1 的 f = {f}，tanh", "zh") == 2 + 1 + 1 + 1 + 1 + 1
    assert durations.problems(plan, said, "en") == ["takes 2.2 minutes"]
    assert durations.problems({**plan, "number": 1}, said, "en")[1].startswith("asks first")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_review_takes_about_two_minutes(language: str) -> None:
    most = re.search(
        r"MOST = (\d+);", (ASSETS / "course" / "review" / "review.js").read_text(encoding="utf-8")
    )
    assert most
    times = [
        durations.in_review(step, reader.words(name, language)["steps"][step["id"]], language)
        for name in NAMES
        for step in reader.structure(name)["steps"]
        if step["kind"] in questions.ASKING
    ]
    assert round(int(most[1]) * sum(times) / len(times)) == 2
    assert int(most[1]) * max(times) < 4


def test_figures_are_made_of_the_run() -> None:
    run = run_of({"cell": "rnn", "through": "latch", "tokens": ["S", ["–", 2]]})
    h = run.trace.hidden[:, 0]

    def value(figure: Any) -> float:
        return evaluate(figure, run.trace, run.sliders)

    second = {"signal": "hidden", "step": 2}
    assert value(second) == h[1]
    assert value({"rest": second}) == 1 - h[1]
    assert value({"ratio": [second, {"number": 2}]}) == h[1] / 2
    assert value({"power": [second, {"number": 3}]}) == h[1] ** 3
    assert value({"sum": [second, {"number": -1}]}) == h[1] - 1
    assert value({"weight": ["W", 1, 2]}) == -4 and value({"slider": "recurrent"}) == 2
    assert value({"halflife": {"number": 0.5}}) == 1
    with pytest.raises(LessonError):
        value({"guess": 1})
    assert figure_text({"digits": 2}, -0.001) == "0.00" and figure_text({"digits": 3}, -0.9575) == "−0.958"


def test_a_held_gate_is_in_the_link() -> None:
    clamp = {"signal": "input", "value": 1, "units": [1], "steps": [2, 2]}
    spec = {"cell": "lstm", "through": "first", "tokens": ["−+"], "clamps": [clamp]}
    assert link_of(spec).startswith("/lab?")
    assert run_of(spec).trace.input[1].tolist()[0] == 1 and run_of(spec).trace.input[0, 0] < 1


def test_the_link_names_the_lesson_and_its_part() -> None:
    state, _, wrong = COURSE.read({"lesson": "forget", "part": "3", "lang": "zh"}, CourseState())
    assert (state.lesson, state.part, state.lang, wrong) == ("forget", 3, "zh", [])
    _, _, wrong = COURSE.read({"lesson": "nowhere", "part": "0"}, CourseState())
    assert [one.values["name"] for one in wrong] == ["lesson", "part"]


def test_what_a_browser_gets_is_json_without_an_answer_to_what_was_not_asked() -> None:
    for name in NAMES:
        for language in LANGUAGES:
            lesson = reader.compiled(name, language)
            assert json.loads(json.dumps(lesson, allow_nan=False)) == lesson
