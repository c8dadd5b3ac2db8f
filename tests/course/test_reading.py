"""What is read of a lesson, part by part: rows, links of a variant, terms, its time, runs of many seeds."""

import json
from typing import Any

import numpy as np
import pytest

from gates.analysis.ensembles import Setting
from gates.course import checks, durations, inputs, reader
from gates.course.expressions import LessonError
from gates.course.questions import STAGED
from gates.course.runs import Experiment, Runs, _rows
from gates.course.states import run_of
from gates.text import documents
from gates.text.documents import Documents


def test_rows_are_spelled_in_five_ways_and_in_no_other() -> None:
    told = [0.5, [1, 2], None, {"row": [3], "times": 2}, {"signs": 4, "seed": 1}, {"bits": 4, "seed": 1}]
    bits = np.random.default_rng(1).integers(2, size=4).tolist()
    signs = [[2 * bit - 1] for bit in bits]
    assert inputs.rows(told) == [[0.5], [1, 2], None, [3], [3], *signs, *[[bit] for bit in bits]]
    with pytest.raises(LessonError, match="no row: a"):
        inputs.rows(["a"])


def test_an_exercise_has_its_rows_and_its_targets_spelled_out_and_nothing_else() -> None:
    told = {"cell": "rnn", "x": [{"row": [1], "times": 2}], "targets": [None, 0.5], "asked": [3]}
    assert inputs.expand_exercise(told) == {
        "cell": "rnn",
        "x": [[1], [1]],
        "targets": [None, [0.5]],
        "asked": [3],
    }
    assert inputs.expand_exercise({"x": "the same"}) == {"x": "the same"}


def test_the_rows_of_many_runs_are_the_exercises_or_its_own() -> None:
    assert _rows({"exercise": {"x": [[1]]}, "x": [[2]]}) == [[1]]
    assert _rows({"example": "latch", "x": [[2]]}) == [[2]]
    with pytest.raises(LessonError, match="rows of their own"):
        _rows({"example": "latch"})


def test_of_many_seeds_a_gradient_is_their_geometric_mean() -> None:
    spec = {"experiment": {"cell": "lstm", "units": 4, "steps": 6, "seed": 3, "seeds": 3}}
    figure = {"signal": "cell", "step": 1, "norm": True}
    each = [
        Experiment({"experiment": spec["experiment"] | {"seed": seed, "seeds": 1}}).gradient(figure)
        for seed in (3, 4, 5)
    ]
    assert len({f"{one:.6g}" for one in each}) == 3
    assert Experiment(spec).gradient(figure) == pytest.approx(np.exp(np.mean(np.log(each))), rel=1e-12)
    with pytest.raises(LessonError, match="a norm alone"):
        Experiment(spec).gradient({"signal": "cell", "step": 1})


def test_an_experiment_makes_the_cells_that_it_describes_and_has_the_gradients_of_where_they_begin() -> None:
    told = {"units": 4, "steps": 6, "seed": 3, "gain": 0.5, "init": "orthogonal", "forget": 2, "update": 1}
    setting = Setting(hidden=4, gain=0.5, init="orthogonal", forget_bias=2, update_bias=1)
    for kind in ("lstm", "gru"):
        made = Experiment({"experiment": {"cell": kind, **told}})
        found, expected = made.passed[0].trace.source, setting.cell(kind, 8, 3)
        assert all(np.array_equal(found.arrays()[name], own) for name, own in expected.arrays().items())
    h, c = Experiment({"experiment": {"cell": "lstm", **told}}).passed[0].gradients.state
    for signal, state in (("hidden", h), ("cell", c)):
        norm = Experiment({"experiment": {"cell": "lstm", **told}}).gradient(
            {"signal": signal, "step": 0, "norm": True}
        )
        assert norm == pytest.approx(np.linalg.norm(state))


def test_a_run_that_nobody_named_is_named_as_missing() -> None:
    with pytest.raises(LessonError, match="no run is called other"):
        Runs({"state": {}}, {})["other"]


def test_a_variant_says_what_is_asked_and_which_answer_only_the_browser_knows() -> None:
    seen = set()
    for name in reader.names():
        for step in reader.structure(name)["steps"]:
            if step["kind"] not in {*STAGED, "do", "number"} or step["kind"] in seen:
                continue
            seen.add(step["kind"])
            draws = reader.draws_of(step)[-1]
            found = reader.variant(step, draws)
            assert "$" not in json.dumps(found)
            if step["kind"] in STAGED:
                assert found["truth"] is None and found["ask"]["kind"] == step["kind"]
            else:
                assert "ask" not in found and (found["truth"] is None) == (step["kind"] == "do")
            assert (found["until"] is None) == ("until" not in step)
    assert {"do", "number"} < seen


@pytest.mark.parametrize("part", ["text", "question", "task", "reason", "done"])
def test_a_term_is_explained_wherever_everybody_reads_it(part: str) -> None:
    known: set[str] = set()
    assert reader._terms({part: "The forget gate keeps."}, (), "en", known) == ["forget-gate"]
    assert known == {"forget-gate"}
    assert reader._terms({part: "The forget gate keeps."}, (), "en", known) == []


def test_a_term_that_only_some_answers_bring_is_explained_again_later() -> None:
    known: set[str] = set()
    for own in (
        {"mistakes": {"one": "The forget gate keeps."}},
        {"one": {"text": "Yes", "because": "The forget gate keeps."}},
        {"why": {"one": {"because": "The forget gate keeps."}}},
    ):
        assert reader._terms(own, (), "en", known) == ["forget-gate"] and known == set()


PLAN: Any = {
    "number": 2,
    "steps": [
        {"id": "a", "kind": "tell"},
        {"id": "b", "kind": "choice", "options": ["x", "y"], "right": "x"},
        {"id": "c", "kind": "value"},
    ],
}
SAID: Any = {
    "en": {"lead": "one two 3", "steps": {"a": {"text": "four {f} six"}, "b": {"question": "seven?"}}},
    "zh": {"lead": "一二三 LSTM", "steps": {"a": {"text": "四五 0.5"}, "b": {"question": "六？"}}},
}


@pytest.mark.parametrize(("language", "read"), [("en", 7), ("zh", 8)])
def test_the_first_question_comes_after_what_stands_before_it(language: str, read: int) -> None:
    found = durations.first_question(PLAN, SAID[language], language)
    assert found == pytest.approx(60 * read / durations.READING[language])


def test_documents_are_listed_by_their_numbers_and_read_once(tmp_path: Any) -> None:
    for name, number in (("a", 2), ("b", 1)):
        (tmp_path / f"{name}.json").write_text(json.dumps({"number": number}), encoding="utf-8")
        (tmp_path / f"{name}.zh.json").write_text(json.dumps({"title": f"{name}字"}), encoding="utf-8")
    found = Documents(tmp_path)
    assert (found.ids(), found.names()) == (("a", "b"), ("b", "a"))
    assert found.words("a", "zh") == {"title": "a字"} and found.structure("b") is found.structure("b")
    (tmp_path / "c.json").write_text("[]", encoding="utf-8")
    with pytest.raises(ValueError, match=r"^c\.json is no object$"):
        documents.read(tmp_path / "c.json")


def test_an_answer_that_stands_in_the_run_before_it_is_found() -> None:
    before = {"cell": "rnn", "through": "latch", "tokens": ["S", ["–", 4]], "at": {"step": 5}}
    after = before | {"tokens": ["S", ["–", 8]], "at": {"step": 9}}
    step: Any = {"truth": {"signal": "hidden", "step": 3}, "before": before, "state": after}
    seen = float(run_of(before).trace.hidden[2, 0])
    assert list(checks._concealed(step, {}, seen)) == ["the answer stands in the run that is shown before"]
    assert list(checks._concealed(step, {}, seen + 1e-6)) == []
    assert list(checks._concealed(step | {"state": before}, {}, 7.0)) == [
        "the same is shown before and after"
    ]


def test_what_is_to_be_done_is_said_with_what_was_drawn() -> None:
    step = next(one for one in reader.structure("same-cell")["steps"] if one["id"] == "lose")
    drawn = {**step, "until": {**step["until"], "below": "$limit"}}
    found = reader.variant(drawn, {**reader.draws_of(step)[0], "limit": 0.25})
    assert found["until"] == {**step["until"], "below": 0.25}
