"""What is wrong in an exercise file is named: the place, the row, and what was expected."""

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest

from gates.exercises.classics import CLASSICS, text
from gates.exercises.errors import ExerciseError
from gates.exercises.file import LARGEST_FILE, from_json, loads
from gates.text import LANGUAGES, catalogue, translator

LSTM = json.loads(text("hkust"))
GRU = json.loads(text("gru-integers-after"))
CLAIM = {"step": 2, "signal": "cell", "values": [1], "decimals": 2}


def put(*path: str | int, value: Any) -> Callable[[Any], None]:
    def change(whole: Any) -> None:
        *way, last = path
        for key in way:
            whole = whole[key]
        whole[last] = value

    return change


def drop(*path: str) -> Callable[[Any], None]:
    def change(whole: Any) -> None:
        *way, last = path
        for key in way:
            whole = whole[key]
        del whole[last]

    return change


def both(one: str, value: Any, other: str, more: Any) -> Callable[[Any], None]:
    return lambda whole: whole.update({one: value, other: more})


def second_clamp(**changes: Any) -> Callable[[Any], None]:
    plain = {"signal": "forget", "value": 1}
    return put("clamps", value=[plain, plain | changes])


WRONG: list[tuple[Any, Callable[[Any], None], str, list[str]]] = [
    (LSTM, drop("weights"), "missing", ["weights"]),
    (LSTM, drop("weights", "forget"), "missing", ["weights.forget", "candidate"]),
    (LSTM, drop("weights", "output", "U"), "missing", ["weights.output.U"]),
    (LSTM, put("colour", value=1), "unknown", ["colour", "learning_rate"]),
    (LSTM, put("weights", "forget", "p", value=[[1]]), "vector", ["weights.forget.p"]),
    (LSTM, put("weights", "forget", "p", value=[1, 2]), "count.units", ["forget.p", "all 1;", "found: 2"]),
    (LSTM, put("weights", "candidate", "p", value=[1]), "unknown", ["weights.candidate.p", "b_h"]),
    (GRU, put("weights", "reset", "p", value=[1, 2]), "unknown", ["weights.reset.p"]),
    (LSTM, put("weights", "reset", value={}), "unknown", ["weights.reset", "forget"]),
    (LSTM, put("cell", value="mgu"), "choice", ['"mgu"', "lstm, gru, rnn"]),
    (LSTM, put("form", value="row"), "choice", ['"row"', "rows [x,h]"]),
    (LSTM, put("loss", value=["x"]), "choice", ['["x"]', "half_squared"]),
    (LSTM, put("title", value=7), "text", ["title"]),
    (GRU, put("weights", "update", "U", 1, value=[1]), "ragged", ["update.U, row 2", "found: 1", "row: 2."]),
    (GRU, put("weights", "update", "U", 1, value=4), "row", ["weights.update.U", "row 2", "4 was"]),
    (GRU, put("weights", "reset", "W", 0, 0, value="a"), "number.in_row", ["reset.W", "row 1", '"a"']),
    (GRU, put("weights", "reset", "W", 0, 0, value=True), "number.in_row", ["true"]),
    (GRU, put("weights", "reset", "b", 1, value=None), "number.in_list", ["reset.b", "number 2", "null"]),
    (GRU, put("weights", "candidate", "W", value=[[1]]), "shape.rows", ["date.W", ": 1;", "expected: 2"]),
    (GRU, put("weights", "reset", "W", value=[[1, 2], [3, 4]]), "shape.columns", ["reset.W", "expected: 1"]),
    (GRU, put("weights", "reset", "b", value=[1, 2, 3]), "count.units", ["reset.b", "found: 3", "all 2"]),
    (GRU, put("weights", "reset", "b", value=[[1], [2]]), "vector", ["reset.b"]),
    (GRU, put("weights", "reset", "W", 0, 0, value=1e7), "largest.in_row", ["1,000,000"]),
    (GRU, put("h0", 0, value=-2e6), "largest.in_list", ["h0"]),
    (LSTM, put("learning_rate", value=1e9), "largest", ["learning_rate"]),
    (LSTM, put("learning_rate", value="0.1"), "number", ["learning_rate", '"0.1"']),
    (LSTM, put("x", value=[0.5, 0.7]), "row", ["x, row 1"]),
    (LSTM, put("x", 1, value=[1]), "ragged", ["x, row 2"]),
    (LSTM, put("x", value=[[1, 2]] * 1001), "large", ["1001", "1000"]),
    (LSTM, put("x", value=[]), "rows", ["x"]),
    (GRU, put("c0", value=[0, 0]), "no_cell", ["c0", "GRU"]),
    (LSTM, put("h0", value=[1, 2]), "count.units", ["h0"]),
    (LSTM, put("activations", value={"hidden": "relu"}), "activation", ["hidden", "gate, candidate, cell"]),
    (LSTM, put("activations", value={"gate": "step"}), "choice", ["step"]),
    (LSTM, put("activations", value={"gate": {"alpha": 1}}), "missing", ["activations.gate.name"]),
    (LSTM, put("activations", value={"gate": {"name": "elu", "c": 1}}), "unknown", ["gate.c", "alpha, beta"]),
    (LSTM, put("readout", value={"V": [[1, 2]]}), "readout", ["readout.V", "found: 2", "all 1"]),
    (LSTM, put("readout", value={"V": [[1]], "b": [1, 2]}), "count.outputs", ["readout.b"]),
    (LSTM, put("readout", value={"V": [[1]] * 65}), "outputs", ["65", "64"]),
    (LSTM, put("targets", value=[[1]]), "count.steps", ["targets", "found: 1", "all 2"]),
    (LSTM, put("targets", value=[0.7, 0.8]), "row", ["targets, row 1"]),
    (LSTM, put("targets", value=[[1, 2], None]), "ragged", ["targets, row 1"]),
    (LSTM, put("targets", value=[None, [None]]), "targets", ["targets"]),
    (LSTM, put("claim", value=CLAIM | {"step": 3}), "step", ["3"]),
    (LSTM, put("coupled", value=1), "flag", ["coupled", "1 was"]),
    (LSTM, put("coupled", value=True), "unknown", ["weights.input", "forget, candidate, output"]),
    (LSTM, both("coupled", True, "without", ["input"]), "coupled", ["coupled"]),
    (LSTM, put("without", value=["input"]), "unknown", ["weights.input"]),
    (LSTM, put("without", value=["candidate"]), "choice", ['"candidate"', "input, forget, output"]),
    (LSTM, put("without", value="input"), "gates", ["without", '"input"']),
    (GRU, put("without", value=["input"]), "no_cell", ["without", "GRU"]),
    (GRU, put("coupled", value=True), "no_cell", ["coupled", "GRU"]),
    (LSTM, put("clamps", value={}), "clamps", ["clamps"]),
    (LSTM, put("clamps", value=[{"signal": "forget", "value": 1}] * 201), "clamps.many", ["201", "200"]),
    (LSTM, second_clamp(signal="x"), "choice", ["clamps[2].signal", "forget"]),
    (LSTM, second_clamp(value="a"), "number", ["clamps[2].value"]),
    (LSTM, second_clamp(units=[2]), "unit", ["clamps[2].units", "from 1 to 1", "2 was"]),
    (LSTM, second_clamp(units=[True]), "unit", ["true"]),
    (LSTM, second_clamp(units=3), "vector", ["clamps[2].units", "but 3 was"]),
    (LSTM, put("asked", value="z"), "vector", ["asked", 'but "z" was']),
    (LSTM, put("asked", value=["z", 7]), "vector", ["asked", 'but ["z", 7] was']),
    (LSTM, put("asked", value=["z" * 41]), "vector", ["asked", "zzz"]),
    (LSTM, second_clamp(steps=[1, 3]), "step", ["clamps[2].steps", "from 1 to 2", "3 was"]),
    (LSTM, second_clamp(steps=[2, 1]), "clamps.steps", ["clamps[2].steps", "[2, 1]"]),
    (LSTM, second_clamp(steps=[1]), "clamps.steps", ["[1]"]),
    (LSTM, second_clamp(colour=1), "unknown", ["clamps[2].colour", "signal, value, units, steps"]),
    (LSTM, put("claim", value=CLAIM | {"decimals": 2.5}), "decimals", ["2.5"]),
]  # fmt: skip


@pytest.mark.parametrize(("base", "change", "key", "names"), WRONG)
def test_what_is_wrong_is_named(base: Any, change: Callable[[Any], None], key: str, names: list[str]) -> None:
    value = copy.deepcopy(base)
    change(value)
    with pytest.raises(ExerciseError) as wrong:
        from_json(value)
    assert wrong.value.key == f"error.exercise.{key}"
    for name in names:
        assert name in str(wrong.value)
    assert translator("zh")(wrong.value.key, **wrong.value.values) != str(wrong.value)


def changed(base: Any, **changes: Any) -> dict[str, Any]:
    return copy.deepcopy(base) | changes


def test_targets_of_a_cross_entropy_are_shares() -> None:
    value = json.loads(text("rnn-readout"))
    value |= {"readout": {"V": [[1, 0], [0, 1]], "activation": "softmax"}, "loss": "cross_entropy"}
    for row, key in (([0.5, 0.6], "sum"), ([1, None], "sum"), ([-0.5, 1.5], "range")):
        with pytest.raises(ExerciseError) as wrong:
            from_json(value | {"targets": [None, row]})
        assert wrong.value.key == f"error.exercise.target.{key}" and "row 2" in str(wrong.value)


def test_a_z_that_writes_is_turned_only_where_that_is_exact() -> None:
    assert from_json(changed(GRU, update="write", activations={"gate": "hard_sigmoid"})).sign("update") == -1
    with pytest.raises(ExerciseError, match="relu"):
        from_json(changed(GRU, update="write", activations={"gate": "relu"}))


@pytest.mark.parametrize(
    ("content", "key"),
    [
        ("", "json"),
        ("[1, 2]", "whole"),
        ("{" * 100_000, "json"),
        ('{"cell": "lstm", "cell": "gru"}', "json"),
        (b"\xff\xfe{", "encoding"),
        (" " * (LARGEST_FILE + 1), "size"),
    ],
)
def test_what_is_no_exercise_is_refused(content: str | bytes, key: str) -> None:
    with pytest.raises(ExerciseError) as wrong:
        loads(content)
    assert wrong.value.key == f"error.exercise.{key}"


@pytest.mark.parametrize("spelled", ["NaN", "Infinity", "-1e400", "1" * 400, "9" * 5000])
def test_a_number_that_is_not_finite_is_named_with_its_place(spelled: str) -> None:
    for path, key, name in (
        (("x", 1, 0), "finite.in_row", "x, row 2, number 1"),
        (("h0", 1), "finite.in_list", "h0, number 2"),
        (("weights", "reset", "b", 0), "finite.in_list", "weights.reset.b, number 1"),
        (("learning_rate",), "finite", "learning_rate"),
    ):
        value = copy.deepcopy(GRU)
        put(*path, value="@")(value)
        with pytest.raises(ExerciseError) as wrong:
            loads(json.dumps(value).replace('"@"', spelled))
        assert wrong.value.key == f"error.exercise.{key}" and name in str(wrong.value)


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_published_example_is_named(language: str) -> None:
    for name in CLASSICS:
        assert f"exercise.{name}.title" in catalogue(language) and f"exercise.{name}.about" in catalogue(
            language
        )


def test_what_only_other_cells_have_may_stand_there_at_its_default() -> None:
    everything = {"gate": "sigmoid", "candidate": "tanh", "cell": "tanh", "hidden": "tanh"}
    exercise = from_json(changed(LSTM, activations=everything, reset="after", update="write", clamps=[]))
    assert from_json(changed(GRU, coupled=False, without=[])).without == () == exercise.clamps
    assert exercise.activations == {} and (exercise.reset, exercise.update) == ("before", "keep")
