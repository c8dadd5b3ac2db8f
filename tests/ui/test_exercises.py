"""Exercise files in the lab: opened, saved, published ones in the list; and what is no exercise."""

import json
from dataclasses import replace

import numpy as np
import pytest

from gates.examples.lab.state import Clamped
from gates.exercises.classics import CLASSICS, classic, text
from gates.exercises.file import dumps, loads
from gates.exercises.solve import solve
from gates.scenes.lab import exercises
from gates.scenes.lab import scene as lab_scene
from gates.scenes.links.lab import LAB
from gates.scenes.registry import PAGES
from gates.scenes.state import State
from gates.text import LANGUAGES, translator
from gates.ui import files

LAB_PAGE = PAGES["lab"].opening


def opened(data: str) -> State:
    state, _, problems = LAB.read(files.load(data.encode(), "lab"), LAB_PAGE)
    assert not problems
    return state


@pytest.mark.parametrize("name", CLASSICS)
def test_an_exercise_file_opens_in_the_lab_and_is_saved_as_the_same(name: str) -> None:
    shown = lab_scene.build(opened(text(name)))
    expected = solve(classic(name))
    assert np.array_equal(shown.trace.hidden, expected.trace.hidden)
    if expected.loss is not None:
        assert np.array_equal(shown.more_arrays["task.losses"], expected.loss.steps)
    again = loads(dumps(exercises.of_lab(shown.lab, shown.sequence.x)))
    assert np.array_equal(solve(again).trace.hidden, expected.trace.hidden)


@pytest.mark.parametrize("name", CLASSICS)
def test_a_published_exercise_is_chosen_by_a_link_and_can_be_gone_back_to(name: str) -> None:
    state, _, problems = LAB.read({"begin": "exercise", "exercise": name}, LAB_PAGE)
    assert not problems and state.cell == classic(name).kind
    shown = lab_scene.build(state)
    assert not shown.edited and not shown.random and shown.lab.x is None
    assert np.array_equal(shown.trace.hidden, solve(classic(name)).trace.hidden)
    assert LAB.read(LAB.write(state), LAB_PAGE)[0] == state
    again = loads(dumps(exercises.of_lab(shown.lab, shown.sequence.x)))
    assert again.form == classic(name).form
    for language in LANGUAGES:
        assert translator(language)(f"exercise.{name}.title")


def test_a_file_whose_z_writes_opens_with_a_z_that_writes() -> None:
    content = json.loads(text("gru-integers-after")) | {"update": "write"}
    state = opened(json.dumps(content))
    assert state.update == "write" and lab_scene.build(state).lab.form == ("columns", "gates", "write")
    assert np.array_equal(lab_scene.build(state).trace.hidden, solve(loads(json.dumps(content))).trace.hidden)


@pytest.mark.parametrize(
    ("change", "key"),
    [
        ({"weights": {"input": {"W": [[1]], "U": [[1]], "b": [0]}}}, "error.exercise"),
        ({"x": [["a"]]}, "error.exercise"),
        ({"colour": "red"}, "error.exercise"),
        ({"activations": {"candidate": {"name": "elu", "alpha": 0.5}}}, "error."),
    ],
)
def test_what_is_no_exercise_is_said_in_both_languages(change: dict, key: str) -> None:
    content = json.loads(text("hkust")) | change
    with pytest.raises(files.FileError) as refused:
        files.load(json.dumps(content).encode(), "lab")
    assert refused.value.key.startswith(key)
    for language in LANGUAGES:
        assert translator(language)(refused.value.key, **refused.value.values)


def test_an_exercise_is_for_the_lab() -> None:
    with pytest.raises(files.FileError) as refused:
        files.load(text("hkust").encode(), "lstm")
    assert refused.value.key == "file.reason.exercise"


def test_what_a_file_cannot_say_has_a_sentence() -> None:
    lab = exercises.to_lab(classic("hkust"))
    assert exercises.beyond(lab) is None
    for change in ({"clamps": (Clamped("forget", 1.0),)}, {"peephole": np.ones((3, 1))}, {"coupled": True}):
        missing = exercises.beyond(replace(lab, **change))
        assert missing and all(translator(language)(missing) for language in LANGUAGES)
