"""Design exercises count by what the cell does on hidden sequences; strips are told apart by c and h."""

import math

import numpy as np
import pytest

from gates import __main__ as command
from gates.exercises.errors import ExerciseError
from gates.exercises.puzzles.designs import DESIGNS, HIDDEN, design
from gates.exercises.puzzles.strips import (
    DECIMALS,
    GATES,
    LEAST_DEVIATION,
    LETTERS,
    reason,
    smallest_deviation,
    strips,
)
from gates.text import LANGUAGES, catalogue


@pytest.mark.parametrize("name", DESIGNS)
@pytest.mark.parametrize("seed", range(4))
def test_a_design_has_a_solution_and_does_not_begin_with_it(name: str, seed: int) -> None:
    own = design(name, seed)
    judged = own.judge(own.solution)
    assert judged.solved and judged.miss is None and judged.hidden.of == HIDDEN
    assert not own.judge(dict.fromkeys(own.blanks, 0.0)).solved or own.solution == {"b_z": 0.0}
    start = own.initial[:, None]
    start = (np.zeros_like(start), start) if own.exercise.kind == "lstm" else start
    run = own.with_answers(own.solution).cell.run(own.x, start).memory[..., 0]
    low, high = np.moveaxis(own.bands, -1, 0)
    asked, middle = ~np.isnan(low), (low + high) / 2
    np.testing.assert_allclose(run[asked], middle[asked], atol=1e-3)
    share = 0.1 if name == "forget-on" else 0.05
    wide = np.where(middle == 0, 0.05, share * np.abs(middle))[asked]
    np.testing.assert_allclose((high - low)[asked] / 2, wide, atol=1e-12)
    assert asked.all() or (asked[-1].all() and not asked[:-1].any())
    again = design(name, seed)
    assert (again.x == own.x).all() and again.values == own.values
    assert all(f"design.{own.id}" in catalogue(language) for language in LANGUAGES)


def test_half_is_left_after_so_many_steps() -> None:
    seen = set()
    for seed in range(12):
        own = design("half-life", seed)
        steps = int(str(own.values["steps"]))
        seen.add(steps)
        f = 0.5 ** (1 / steps)
        assert own.solution["b_f"] == pytest.approx(math.log(f / (1 - f)))
        for off in (-0.3, 0.3):
            judged = own.judge({"b_f": own.solution["b_f"] + off})
            assert judged.hidden.right == 0 and judged.miss is not None and judged.miss.step == steps - 1
    assert len(seen) > 3


def test_a_z_that_writes_wants_the_other_sign() -> None:
    found = {own.id: own for own in (design("kept-by-z", seed) for seed in range(12))}
    assert set(found) == {"kept-by-z-keep", "kept-by-z-write"}
    for own in found.values():
        share, steps = float(str(own.values["share"])), int(str(own.values["steps"]))
        keep = share ** (1 / steps)
        sign = 1 if own.id.endswith("keep") else -1
        assert own.solution["b_z"] == pytest.approx(sign * math.log(keep / (1 - keep)))
        assert not own.judge({"b_z": -own.solution["b_z"]}).solved


def test_forgetting_on_a_symbol_is_found_in_any_weights_that_do_it() -> None:
    own = design("forget-on", 3)
    symbol = str(own.values["symbol"])
    at = "RS".index(symbol)
    other = {f"W_f[1,{k + 1}]": -9.0 if k == at else 7.0 for k in range(3)} | {"b_f": 1.0}
    assert own.judge(other).solved
    weak = own.judge(other | {"b_f": -5.0})  # forgets everywhere a little
    assert not weak.solved and weak.miss is not None
    assert any(symbol not in tokens for tokens in own.tokens)
    never = own.judge(dict.fromkeys(own.blanks, 0.0) | {"b_f": 20.0})
    assert 0 < never.hidden.right < HIDDEN  # right where nothing is to be forgotten
    with pytest.raises(ExerciseError, match=r"W_f\[1,1\]"):
        own.judge({"b_f": 1.0})
    with pytest.raises(ExerciseError, match="W_i"):
        own.judge(other | {"W_i": 1.0})


def test_strips_can_be_told_apart_in_one_way_alone() -> None:
    answers = set()
    for seed in range(4):
        own = strips(seed)
        assert smallest_deviation(own.solution) >= LEAST_DEVIATION
        trace = own.solution.trace
        c = trace.forget * trace.previous_cell + trace.input * trace.candidate
        np.testing.assert_allclose(c, trace.cell, atol=1e-12)
        shown = own.unnamed
        assert np.array_equal(shown[own.answer], getattr(trace, own.asked)[:, 0])
        assert sorted(own.order) == sorted(GATES)
        answers.add((own.asked, own.answer))
        assert LEAST_DEVIATION > 6 * 10.0**-DECIMALS  # more than rounding what is shown can hide
    assert len(answers) > 1


def test_the_command_asks_and_judges(capsys: pytest.CaptureFixture[str]) -> None:
    own = design("half-life", 2)
    assert command.main(["puzzle", "half-life", "--seed", "2"]) == 0
    assert f"after {own.values['steps']} steps" in capsys.readouterr().out
    assert (
        command.main(["puzzle", "half-life", "--seed", "2", "--answer", f"b_f={own.solution['b_f']:.3f}"])
        == 0
    )
    assert f"{HIDDEN} of {HIDDEN}" in capsys.readouterr().out
    assert command.main(["puzzle", "half-life", "--seed", "2", "--answer", "b_f=-3", "--language", "zh"]) == 1
    assert "应在" in capsys.readouterr().out
    assert command.main(["puzzle", "half-life", "--seed", "2", "--answer", "3"]) == 2
    assert "b_f=1.5" in capsys.readouterr().err
    which = strips(5)
    assert command.main(["puzzle", "which-strip", "--seed", "5"]) == 0
    assert capsys.readouterr().out.count("\n") == 2 + 7  # a sentence, the start, and x, A, B, C, g, c, h
    for letter in "ABC":
        assert command.main(["puzzle", "which-strip", "--seed", "5", "--answer", letter]) == (
            letter != which.answer
        )
    assert command.main(["puzzle", "which-strip", "--answer", "D"]) == 2


@pytest.mark.parametrize("seed", range(12))
def test_a_strips_reason_is_the_engines_arithmetic_and_shows_the_difference(seed: int) -> None:
    own = strips(seed)
    named = dict(zip(LETTERS, own.order, strict=True))
    for said in LETTERS:
        why = reason(own, said)
        t, trace = why.step - 1, own.solution.trace
        right = float((trace.cell if why.signal == "c" else trace.hidden)[t, 0])
        assert why.shown == right
        if said == own.answer:
            assert why.value == pytest.approx(right, abs=1e-12)
            continue
        assert abs(why.value - why.shown) >= LEAST_DEVIATION
        others = [letter for letter in LETTERS if letter != said]
        ways = []
        for rest in (others, others[::-1]):
            letters = {own.asked: said} | dict(zip((g for g in GATES if g != own.asked), rest, strict=True))
            i, f, o = (own.solution.signal(named[letters[gate]])[:, 0] for gate in GATES)
            c = f * trace.previous_cell[:, 0] + i * trace.candidate[:, 0]
            off = np.stack(
                [np.abs(c - trace.cell[:, 0]), np.abs(o * trace.tanh_cell[:, 0] - trace.hidden[:, 0])]
            )
            value = c[t] if why.signal == "c" else o[t] * trace.tanh_cell[t, 0]
            ways.append((off.max(), float(value)))
        assert why.value == pytest.approx(min(ways)[1], abs=1e-12)
        assert abs(why.value - why.shown) == pytest.approx(min(ways)[0], abs=1e-12)
