"""Figures that Python alone computes, against numbers known from elsewhere, and states of every form."""

from typing import Any

import numpy as np
import pytest

from gates.course import questions, reader
from gates.course.expressions import LessonError
from gates.course.figures import resolve, value_of
from gates.course.runs import Runs
from gates.course.states import link_of, run_of

BPTT = {"exercise": "bptt", "at": {"step": 2}}
W = ["W", 1, 1]


def latch(w: Any, start: float) -> Any:
    """Bengio's h = tanh(w h) over 50 steps of nothing, from a start of its own."""
    weights = {"hidden": {"W": [[0]], "U": [[w]], "b": [0]}}
    exercise = {"cell": "rnn", "weights": weights, "x": [{"row": [0], "times": 50}], "h0": [start]}
    return {"exercise": exercise, "at": {"step": 50}}


def of(step: Any, figure: Any, **draws: Any) -> float:
    return value_of(figure, Runs(step, draws))


def test_two_steps_back_are_those_of_the_walkthrough() -> None:
    step = {"state": BPTT}
    total, first = {"gradient": {"weight": W}}, {"gradient": {"weight": W, "step": 1}}
    assert of(step, total) == pytest.approx(-0.8335, abs=5e-5)
    assert of(step, first) == pytest.approx(-0.1462, abs=5e-5)
    assert of(step, {"ratio": [first, total]}) == pytest.approx(0.1754, abs=5e-5)
    assert of(step, {"solution": ["loss"]}) == pytest.approx(0.09938, abs=5e-6)
    assert of(step, {"solution": ["loss_after"]}) == pytest.approx(0.04222, abs=5e-6)
    assert of(step, {"solution": ["steps", 2, "y", 1]}) == pytest.approx(1.5607, abs=5e-5)


@pytest.mark.parametrize("name", ["W", "U", "b"])
def test_the_shares_of_all_steps_make_up_a_weights_gradient(name: str) -> None:
    spec = {"cell": "lstm", "scratch": {"inputs": 2, "units": 3, "seed": 4}, "x": [[1, 0], [0, -1], [0.5, 2]]}
    step = {"state": spec | {"at": {"step": 3}, "loss": {"direction": 2}}}
    place = [name, 7] if name == "b" else [name, 7, 2]
    parts = [of(step, {"gradient": {"weight": place, "step": t}}) for t in (1, 2, 3)]
    assert sum(parts) == pytest.approx(of(step, {"gradient": {"weight": place}}), rel=1e-12)
    assert len({*parts}) == 3


def test_a_firmer_latch_passes_less_gradient() -> None:
    step = {"state": latch("$w", 0.71), "runs": {"firm": latch(2, 0.9575)}}
    before: Any = {"gradient": {"signal": "hidden", "step": 0}}
    assert of(step, before, w=1.25) == pytest.approx(3.9e-11, rel=0.02)
    assert of(step, {"run": "firm", **before}, w=1.25) == pytest.approx(1.1e-39, rel=0.1)
    told = resolve({"log10": {"run": "firm", **before}, "digits": 0}, Runs(step, {"w": 1.25}))
    assert told == {"number": pytest.approx(-38.95, abs=0.05), "digits": 0}


def test_an_experiment_is_the_gradient_pages() -> None:
    made = {"cell": "lstm", "units": 32, "steps": 100, "seeds": 10}
    runs = {"default": {"experiment": made}, "biased": {"experiment": made | {"forget": 1}}}
    step = {"state": BPTT, "runs": runs}
    first = {"gradient": {"signal": "cell", "step": 1, "norm": True}}
    assert -22.5 < of(step, {"log10": {"run": "default", **first}}) < -20.5
    assert -8.5 < of(step, {"log10": {"run": "biased", **first}}) < -7.5
    weights = {"gradient": {"weight": "W", "norm": True}}
    assert 0.3 < of(step, {"run": "default", **weights}) < 3, "of ordinary size"
    with pytest.raises(LessonError, match="gradients alone"):
        of(step, {"run": "default", "signal": "cell", "step": 1})


def test_a_sign_is_carried_through_a_hundred_others_or_not() -> None:
    def many(u: float) -> Any:
        weights = {"hidden": {"W": [[1]], "U": [[u]], "b": [0]}}
        return {"exercise": {"cell": "rnn", "weights": weights, "x": [1, {"signs": 100, "seed": "$seed"}]}}

    step = {"state": BPTT, "runs": {"firm": many(3), "soft": many(2)}}

    def held(name: str) -> float:
        last = {"run": name, "signal": "hidden", "step": 101}
        return of(step, {"count": {"of": last, "seeds": 500, "above": 0}})

    assert held("firm") == 500 and 100 < held("soft") < 400


def test_what_was_recorded_of_a_training_can_be_said_and_shown() -> None:
    step = {"state": {"film": "parity", "checkpoint": 500, "tokens": ["0110"], "at": {"step": 4}}}
    metric = {"curve": {"film": "parity", "series": "metric", "step": 100}}
    assert of(step, metric) > 0.99 and of(step, {"curve": {**metric["curve"], "step": 60}}) < 0.6
    assert link_of(step["state"]).startswith("/lab?") and run_of(step["state"]).sequence.tokens[1] == "1"
    with pytest.raises(LessonError, match="kept no network"):
        link_of({**step["state"], "checkpoint": 3})


def test_what_a_trained_example_reached_can_be_said() -> None:
    step = {"state": BPTT}
    reached = {cell: of(step, {"score": {"cell": cell, "task": "recall"}}) for cell in ("rnn", "lstm", "gru")}
    guessed = of(step, {"score": {"cell": "rnn", "task": "recall", "without_memory": True}})
    assert reached["lstm"] == reached["gru"] == 1 and reached["rnn"] < guessed < 0.3
    with pytest.raises(LessonError, match="trained on chess"):
        of(step, {"score": {"cell": "rnn", "task": "chess"}})
    assert of(step, {"published": "lstm"}) == 1.1
    with pytest.raises(LessonError, match="nothing is published of minlstm"):
        of(step, {"published": "minlstm"})


def test_a_trained_example_is_scored_on_sequences_of_any_length() -> None:
    step = {"state": BPTT}
    score = {"cell": "lstm", "task": "dyck1", "length": 30}
    assert of(step, {"score": score}) > 0.98 and of(step, {"score": {**score, "length": 200}}) < 0.3
    assert of(step, {"score": {**score, "length": 200, "without_memory": True}}) < 0.1
    assert of(step, {"score": {"cell": "lstm", "task": "parity", "length": 200}}) == 1
    sine = {"cell": "lstm", "task": "sine"}
    assert of(step, {"score": sine}) < 5e-4 and 0.4 < of(step, {"score": {**sine, "seen": 10}}) < 0.6
    with pytest.raises(LessonError, match="no series"):
        of(step, {"score": {**score, "seen": 10}})
    with pytest.raises(LessonError, match="of no length"):
        of(step, {"score": {"cell": "lstm", "task": "sentiment", "length": 30}})


def test_a_direction_reads_from_the_end() -> None:
    weights = {"hidden": {"W": [[1]], "U": [[1]], "b": [0]}}
    relu = {"cell": "rnn", "activations": {"hidden": "relu"}, "weights": weights, "x": [0, 0, 1, 1]}
    back = {"exercise": relu, "reverse": True, "at": {"step": 4}}
    step = {"state": {"exercise": relu, "at": {"step": 4}}, "runs": {"back": back}}
    assert of(step, {"run": "back", "signal": "hidden", "step": 3}) == 2
    assert of(step, {"signal": "hidden", "step": 3}) == 1
    assert link_of(back) != link_of(step["state"])
    random = {
        "cell": "lstm",
        "through": "random",
        "units": 5,
        "seed": 3,
        "tokens": ["aab"],
        "at": {"step": 1},
    }
    assert run_of(random).trace.hidden.shape == (3, 5)
    assert run_of(random | {"reverse": True}).sequence.tokens == ("b", "a", "a")


def test_a_signal_that_the_app_makes_is_read() -> None:
    made = {"name": "sine", "steps": 30, "period": 12}
    state = {"cell": "lstm", "through": "trained-sine", "signal": made, "at": {"step": 3}}
    assert run_of(state).trace.x[3, 0] == pytest.approx(1) and run_of(state).trace.steps == 30
    assert "signal=sine" in link_of(state)


def test_a_drawing_has_courses_by_name() -> None:
    state = {"cell": "rnn", "through": "latch", "tokens": ["S", ["–", 6]], "at": {"step": 2}}
    step = {"kind": "draw", "state": state, "ask": {"signal": "hidden", "step": 3, "steps": 3}}
    runs = Runs(step, {})
    asked = questions.stage_question(step, step["ask"], runs)
    h = run_of(state).trace.hidden[:, 0]
    assert questions.truth(asked, run_of(state).trace) == h[2:5].tolist()
    assert questions.named_course("flat", asked, run_of(state).trace) == [h[1]] * 3
    assert questions.named_course("fades", asked, run_of(state).trace) == [h[1] / 2, h[1] / 4, h[1] / 8]
    assert questions.named_course("grows", asked, run_of(state).trace)[1] == pytest.approx(
        h[1] + 2 * (h[1] - h[0])
    )
    assert questions.named_course("zero", {**asked, "step": 1}, run_of(state).trace) == [0, 0, 0]
    mistakes = {"gone": {"of": "zero"}, "fades": {"of": "fades"}}
    told = reader.variant(step | {"mistakes": mistakes}, {})
    assert told["mistakes"]["gone"] == [{"number": 0.0}] * 3
    assert questions.indistinguishable(told["ask"], h[2:5].tolist(), told["mistakes"], 3) == []
    lane = questions.stage_question(step | {"kind": "lane"}, {"signal": "hidden", "step": 3}, runs)
    before = {"signal": "hidden", "step": 2, "unit": 1}
    assert questions.value_of_mistake(lane, before, runs) == {"number": pytest.approx(h[1])}, (
        "a figure that names its unit"
    )
    flat = {"flat": [{"number": value} for value in h[2:5] + 0.01]}
    assert "too near" in questions.indistinguishable(told["ask"], h[2:5].tolist(), flat, 3)[0]
    with pytest.raises(LessonError, match="nothing is there"):
        questions.stage_question(step, {"signal": "hidden", "step": 3, "steps": 30}, runs)


def test_a_mistake_about_a_unit_s_value_is_that_value() -> None:
    """Not the unit's place, which is the answer only where a unit is asked for."""
    state = {"cell": "gru", "through": "silenced", "tokens": ["S–M"], "at": {"step": 3}}
    step = {"kind": "lane", "state": state, "ask": {"signal": "hidden", "step": 3, "unit": 2}}
    runs = Runs(step, {})
    asked, before = (
        questions.stage_question(step, step["ask"], runs),
        {"signal": "hidden", "step": 2, "unit": 2},
    )
    assert questions.value_of_mistake(asked, before, runs) == {"number": run_of(state).trace.hidden[1, 1]}


def test_a_choice_is_one_of_units_or_of_cells() -> None:
    state = {
        "cell": "lstm",
        "through": "random",
        "units": 4,
        "seed": 1,
        "tokens": ["abab"],
        "at": {"step": 4},
    }
    size = np.abs(run_of(state).trace.hidden[3])
    step = {"kind": "unit", "state": state, "ask": {"signal": "hidden", "step": 4}}
    asked = questions.stage_question(step, step["ask"], Runs(step, {}))
    assert questions.truth(asked, run_of(state).trace) == int(size.argmax())
    cells = {"here": {"signal": "hidden", "step": 4, "unit": 2}, "there": {"number": -3}}
    step |= {"kind": "cell", "ask": {"signal": "hidden", "step": 4, "cells": cells}}
    asked = questions.stage_question(step, step["ask"], Runs(step, {}))
    assert questions.truth(asked, run_of(state).trace) == 1
    assert questions.value_of_mistake(asked, {"cell": "here"}, Runs(step, {})) == {"number": 0}
    assert questions.indistinguishable(asked, 1, {"here": {"number": 0}}, 3) == []
    assert questions.indistinguishable(asked, 1, {"there": {"number": 1}}, 3)
