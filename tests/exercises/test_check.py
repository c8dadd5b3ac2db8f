"""Judging: the tolerance of rounding, follow-through, and causes that are named only where they alone fit."""

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pytest

from gates import __main__ as command
from gates.examples.lab.state import Clamped
from gates.exercises import generate as generating
from gates.exercises.check import Answer, judge, read_answer
from gates.exercises.classics import CLASSICS, classic
from gates.exercises.errors import ExerciseError
from gates.exercises.mistakes import SolutionPaths, mistakes
from gates.exercises.model import Exercise
from gates.text import LANGUAGES, catalogue, translator

generate = cache(generating.generate)
ways_of = cache(
    lambda template, seed: SolutionPaths(generate(template, seed), generate(template, seed).asked)
)
σ, tanh = (lambda a: 1 / (1 + np.exp(-a))), np.tanh


@pytest.mark.parametrize(
    ("text", "value", "tolerance"),
    [("0.66", 0.66, 0.005), ("−.6", -0.6, 0.005), ("0,663", 0.663, 5e-4), ("1", 1, 0.005),
     (" +2. ", 2, 0.005), ("0．5", 0.5, 0.005), ("0.1234567890", 0.123456789, 5e-7)],
)  # fmt: skip
def test_an_answer_is_held_to_its_rounding(text: str, value: float, tolerance: float) -> None:
    answer = read_answer(text)
    assert answer is not None and answer.value == pytest.approx(value)
    assert answer.tolerance == pytest.approx(tolerance)


@pytest.mark.parametrize("text", ["", "h", "0.5.5", "1e3", "nan", "--1", "0." + "1" * 39, "=1"])
def test_what_is_no_number_is_no_answer(text: str) -> None:
    assert read_answer(text) is None


def test_the_longest_answer_is_read() -> None:
    assert read_answer("0." + "1" * 38) == Answer(float("0." + "1" * 38), 5e-7)


def test_rounding_is_right_and_a_digit_beside_it_is_not() -> None:
    ways = SolutionPaths(classic("hkust"))  # h₂ = 0.638403
    said = {text: judge(ways, {"h2": text}, ["h2"])[0].status for text in ("0.64", "0.638", "0.63", "0.639")}
    assert said == {"0.64": "right", "0.638": "right", "0.63": "wrong", "0.639": "wrong"}


def test_what_follows_from_a_slip_earns_its_points_and_the_first_wrong_line_alone_has_a_cause() -> None:
    ways = SolutionPaths(classic("hkust"))
    names = ["i1", "f1", "g1", "o1", "c1", "h1"]
    answers = {"i1": "0.81", "f1": "0.68", "g1": "0.79", "o1": "0.88"}
    c = 0.68 * 0.7 + 0.81 * 0.79 + 0.25  # a slip
    answers |= {"c1": f"{c:.2f}", "h1": f"{0.88 * tanh(round(c, 2)):.2f}"}
    found = {verdict.name: verdict for verdict in judge(ways, answers, names)}
    assert [found[name].status for name in names] == ["right"] * 4 + ["wrong", "carried"]
    assert found["c1"].cause == "none" and found["h1"].cause == "" and found["h1"].earns_points
    assert [found[name].earns_points for name in names] == [True] * 4 + [False, True]
    missing = judge(ways, {}, names)[0]
    assert missing.status == "missing" and not missing.earns_points
    with pytest.raises(ExerciseError, match="q1"):
        judge(ways, {}, ["q1"])


def test_a_second_wrong_line_has_no_cause_of_its_own() -> None:
    first, second = judge(SolutionPaths(classic("hkust")), {"i1": "0.11", "f1": "0.12"}, ["i1", "f1"])
    assert (first.status, first.cause) == ("wrong", "none")
    assert (second.status, second.cause) == ("wrong", "")


def test_a_number_that_two_mistakes_make_has_several_causes() -> None:
    """Without U h₋₁ and with the h of the step before it is the same: that one is 0."""
    assert judge(SolutionPaths(classic("lee-rnn")), {"a_h2[1]": "2"}, ["a_h2[1]"])[0].cause == "several"


def test_an_answer_is_near_up_to_its_tolerance_and_not_beyond() -> None:
    answer = Answer(0.0, 0.005)
    limit = 0.005 * (1 + 1e-9) + 1e-12
    assert answer.is_near(limit) and answer.is_near(-limit)
    assert not answer.is_near(np.nextafter(limit, 1)) and not answer.is_near(np.nextafter(-limit, -1))


# Each mistake made by hand, in NumPy, on a generated exercise of one unit; W, U, b by part.


def sums(own: Exercise, h: float, x: float) -> dict[str, float]:
    return {p: float(w.W[0, 0] * x + w.U[0, 0] * h + w.b[0]) for p, w in own.parts.items()}


def lstm(own: Exercise, **wrong: Any) -> dict[str, float]:
    assert own.h0 is not None and own.c0 is not None
    h, c, x = float(own.h0[0]), float(own.c0[0]), float(own.x[0, 0])
    a = sums(own, wrong.get("h", h), x)
    w = own.parts
    if wrong.get("swapped_b"):
        shift = float(w["forget"].b[0] - w["input"].b[0])
        a |= {"input": a["input"] + shift, "forget": a["forget"] - shift}
    if wrong.get("no_b"):
        a = {p: value - float(w[p].b[0]) for p, value in a.items()}
    gate = wrong.get("gate", σ)
    i, f, o = (gate(a[p]) for p in ("input", "forget", "output"))
    g = wrong.get("squash", tanh)(a["candidate"])
    if wrong.get("crossed"):
        i, f = f, i
    new = wrong.get("f", f) * c + i * g
    return {"i1": i, "f1": f, "g1": g, "o1": o, "c1": new, "h1": o * wrong.get("show", tanh)(new)}


LSTM: list[tuple[str, str, dict[str, Any]]] = [
    ("no_h", "i1", {"h": 0}),
    ("no_b", "i1", {"no_b": True}),
    ("swapped.b.input.forget", "i1", {"swapped_b": True}),
    ("tanh_gates", "f1", {"gate": tanh}),
    ("sigmoid_candidate", "g1", {"squash": σ}),
    ("no_tanh.candidate", "g1", {"squash": lambda a: a}),
    ("no_tanh.cell", "h1", {"show": lambda c: c}),
    ("no_forget", "c1", {"f": 0}),
    ("all_kept", "c1", {"f": 1}),
    ("swapped.input.forget", "c1", {"crossed": True}),
]


@pytest.mark.parametrize(("cause", "line", "wrong"), LSTM)
def test_an_lstms_mistake_is_named_from_its_number(cause: str, line: str, wrong: dict[str, Any]) -> None:
    named = 0
    for seed in (0, 1):
        own = generate("lstm-step", seed)
        right = lstm(own)
        ways = ways_of("lstm-step", seed)
        assert all(ways.right[name] == pytest.approx(value, abs=1e-12) for name, value in right.items())
        before = own.asked[: own.asked.index(line)]
        answers = {name: f"{right[name]:.6f}" for name in before} | {line: f"{lstm(own, **wrong)[line]:.4f}"}
        verdict = next(each for each in judge(ways, answers, own.asked, 4) if each.name == line)
        assert verdict.status == "wrong" and verdict.cause in (cause, "several")
        named += verdict.cause == cause
    assert named  # another mistake may come to the same number; then none is named


def gru(own: Exercise, turn: Callable[[float], float], reset: str) -> float:
    assert own.h0 is not None
    h, x, n = float(own.h0[0]), float(own.x[0, 0]), own.parts["candidate"]
    a = sums(own, h, x)
    r, z = σ(a["reset"]), σ(a["update"])
    W, U, b = (float(array.ravel()[0]) for array in (n.W, n.U, n.b))
    new = tanh(W * x + b + (r * U * h if reset != "none" else U * h))
    return float(turn(z) * h + (1 - turn(z)) * new)


def test_a_z_read_the_other_way_and_a_reset_left_out_are_named() -> None:
    for template, keep in (("gru-step", lambda z: z), ("gru-write", lambda z: 1 - z)):
        own = generate(template, 5)
        ways = SolutionPaths(own, ("h1",))
        assert ways.right["h1"] == pytest.approx(gru(own, keep, "before"), abs=1e-12)
        other = gru(own, lambda z, keep=keep: 1 - keep(z), "before")
        assert judge(ways, {"h1": f"{other:.4f}"}, ["h1"], 4)[0].cause == "z_other_way"
        assert judge(ways, {"h1": f"{gru(own, keep, 'none'):.4f}"}, ["h1"], 4)[0].cause == "no_reset"


def test_mistakes_in_time_and_on_the_way_back_are_named() -> None:
    own = generate("rnn-three", 2)
    w, x = own.parts["hidden"], own.x[:, 0]
    assert own.h0 is not None
    W, U, b = float(w.W[0, 0]), float(w.U[0, 0]), float(w.b[0])
    h0 = float(own.h0[0])
    h1, again = tanh(W * x[0] + U * h0 + b), tanh(W * x[1] + U * h0 + b)
    answers = {"h1": f"{h1:.4f}", "h2": f"{again:.4f}"}
    assert judge(SolutionPaths(own), answers, own.asked, 4)[1].cause == "old_state"
    answers["h2"] = f"{tanh(W * x[0] + U * h1 + b):.4f}"
    assert judge(SolutionPaths(own), answers, own.asked, 4)[1].cause == "last_x"

    back = generate("rnn-bptt", 1)
    ways = SolutionPaths(back)
    right = {name: f"{ways.right[name]:.4f}" for name in back.asked}
    for name, wrong, cause in (
        ("dW_h", ways.right["da_h2"] * float(back.x[1, 0]), "last_share"),
        ("da_h2", -ways.right["da_h2"], "minus"),
        ("da_h2", ways.right["dh2"], "no_slope"),
        ("new W_h", 2 * float(back.parts["hidden"].W[0, 0]) - ways.right["new W_h"], "uphill"),
    ):
        found = {each.name: each for each in judge(ways, right | {name: f"{wrong:.4f}"}, back.asked, 4)}
        assert (found[name].status, found[name].cause) == ("wrong", cause)


def test_a_held_value_that_was_not_used_and_a_coupled_gate_that_was_not_turned_are_named() -> None:
    own = generate("lstm-step", 1)
    right = lstm(own)
    held = replace(own, clamps=(Clamped("forget", 0.25),))
    ways = SolutionPaths(held, ("c1", "h1"))
    assert own.c0 is not None and "f1" not in ways.right
    c = 0.25 * float(own.c0[0]) + right["i1"] * right["g1"]
    assert ways.right["c1"] == pytest.approx(c, abs=1e-12)
    assert ways.right["h1"] == pytest.approx(right["o1"] * tanh(c), abs=1e-12)
    assert judge(ways, {"c1": f"{right['c1']:.4f}"}, ["c1"], 4)[0].cause == "not_held"
    parts = {name: part for name, part in own.parts.items() if name != "input"}
    coupled = SolutionPaths(replace(own, parts=parts, coupled=True, asked=()), ("i1", "c1"))
    assert coupled.right["i1"] == pytest.approx(1 - right["f1"], abs=1e-12)
    assert judge(coupled, {"i1": f"{right['f1']:.4f}"}, ["i1"], 4)[0].cause == "not_turned"


@pytest.mark.parametrize(
    ("name", "cause"),
    [("mistake-hkust", "old_state"), ("mistake-mitx", "swapped.b.input.forget"), ("mistake-bptt", "none")],
)
def test_the_causes_of_the_published_wrong_answers_are_found(name: str, cause: str) -> None:
    own = classic(name)
    claim = own.claim
    assert claim is not None
    line = f"h{claim.step}"
    verdict = judge(
        SolutionPaths(own), {line: f"{claim.values[0]:.{claim.decimals}f}"}, [line], claim.decimals
    )[0]
    assert verdict.status == "wrong" and verdict.cause == cause


def test_the_command_checks_line_by_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["solve", "hkust", "--check", "h1=.71", "c1=1.114"]) == 0
    assert capsys.readouterr().out == "c1 = 1.114  right\nh1 = .71  right\n"
    assert command.main(["solve", "hkust", "--check", "h2=0.5839", "h1=x", "--language", "zh"]) == 1
    assert capsys.readouterr().out.splitlines() == [
        "h1 = x  不是数", "h2 = 0.5839  错  " + translator("zh")("mistake.old_state"),
    ]  # fmt: skip
    for word, said in (("0.7", "0.66"), ("q1=2", "q1"), ("h3=1", "h3")):
        assert command.main(["solve", "hkust", "--check", word]) == 2
        assert said in capsys.readouterr().err


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_cause_has_its_sentence(language: str) -> None:
    known = catalogue(language)
    held = {"clamps": (Clamped("hidden", 1.0),)}
    for own in [
        *(replace(classic(name), **held) for name in CLASSICS),
        replace(classic("hkust"), coupled=True),
    ]:
        assert all(f"mistake.{mistake.cause}" in known for mistake in mistakes(own))
