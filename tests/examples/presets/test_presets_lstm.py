"""The hand-made LSTMs: their numbers at the exact end, and the story told beside them at the soft default."""

import itertools

import numpy as np
import pytest
from numpy.typing import NDArray

from gates import LSTMTrace
from gates.examples.presets.lstm import TIMER
from gates.examples.presets.registry import preset

SOFT: dict[str, float] = {}
EXACT = {"sharpness": 1.0}
BOTH = pytest.mark.parametrize("values", [SOFT, EXACT], ids=["soft", "exact"])


def run(
    name: str, values: dict[str, float] | None = None, tokens: str | list[str] | None = None
) -> LSTMTrace:
    chosen = preset("lstm", name)
    sequence = chosen.sequence if tokens is None else chosen.sequence_of(tokens)
    return chosen.build(values or SOFT).run(sequence.x)


def test_locker_exact() -> None:
    trace = run("locker", EXACT)
    np.testing.assert_allclose(trace.cell[:, 0], [0, 1, 1, 1, 1, 0, 0, 1, 1], atol=1e-6)
    shown = np.tanh(1)
    np.testing.assert_allclose(trace.hidden[:, 0], [0, 0, 0, shown, 0, 0, 0, 0, shown], atol=1e-6)


def test_locker_soft_holds_what_it_shows_only_when_asked() -> None:
    trace = run("locker")
    holds = np.array([0, 1, 1, 1, 1, 0, 0, 1, 1], dtype=bool)
    asked = np.array([token == "A" for token in preset("lstm", "locker").sequence.tokens])
    assert (trace.cell[holds, 0] > 0.95).all() and (trace.cell[~holds, 0] < 0.05).all()
    assert (trace.hidden[asked & holds, 0] > 0.7).all() and (np.abs(trace.hidden[~asked, 0]) < 0.02).all()
    assert np.abs(trace.pre.forget).max() < 16 and np.abs(trace.pre.forget).min() == pytest.approx(5)
    for gate in (trace.forget, trace.input, trace.output):
        assert gate.max() > 0.9 and gate.min() < 0.1, "all three gates move"


def test_locker_leaks_through_a_raised_output_bias() -> None:
    trace = run("locker", {"output_shift": 5.0})
    assert trace.hidden[2, 0] > 0.35
    np.testing.assert_array_equal(trace.cell, run("locker").cell)


def test_latch_exact() -> None:
    trace = run("latch", EXACT)
    shown = np.tanh(1)
    np.testing.assert_allclose(trace.hidden[:, 0], [0, shown, shown, shown, 0, 0, shown, shown], atol=1e-6)
    held = preset("lstm", "latch").build(EXACT).run([[1.0, 0.0]] + [[0.0, 0.0]] * 1000)
    assert held.cell[-1, 0] == pytest.approx(0.999998, abs=1e-6)


def test_latch_soft_and_the_half_life_it_promises() -> None:
    h = run("latch").hidden[:, 0]
    assert (h[[1, 2, 3, 6, 7]] > 0.7).all() and (np.abs(h[[0, 4, 5]]) < 0.02).all()
    idle = run("latch", {"forget_shift": -5.0}, "S––––").cell[:, 0]
    np.testing.assert_allclose(idle[1:] / idle[:-1], 0.5, atol=1e-9)


@pytest.mark.parametrize(("values", "tolerance"), [(SOFT, 0.02), (EXACT, 1e-3)], ids=["soft", "exact"])
def test_delay_line(values: dict[str, float], tolerance: float) -> None:
    x = np.random.default_rng(2).choice([-1.0, 1.0], (60, 1))
    h = preset("lstm", "delay").build(values).run(x).hidden
    for lag in range(4):
        expected = np.tanh(1) * x[: len(x) - lag, 0]
        np.testing.assert_allclose(h[lag:, lag], expected, atol=tolerance)


def test_delay_line_fades_where_the_weight_is_small() -> None:
    h = np.abs(run("delay", {"gain": 1.0}).hidden)
    assert (np.diff([h[step, step] for step in range(4)]) < -0.04).all()


def test_counter_exact() -> None:
    trace = run("counter", EXACT)
    np.testing.assert_allclose(trace.cell[:, 0] * 5, [1, 2, 1, 2, 3, 4, 3, 2, 1, 0], atol=1e-6)
    far = preset("lstm", "counter").build(EXACT | {"increment": 1.0}).run(np.repeat([1.0, -1.0], 30)[:, None])
    assert far.cell[29, 0] == pytest.approx(30, abs=1e-4)
    assert abs(far.cell[59, 0]) < 1e-4


@pytest.mark.parametrize("step", [0.05, 0.2, 0.5, 0.9])
def test_counter_soft_still_reads_the_depth(step: float) -> None:
    trace = run("counter", {"increment": step})
    np.testing.assert_array_equal(np.round(trace.cell[:, 0] / step), [1, 2, 1, 2, 3, 4, 3, 2, 1, 0])


def bracket_strings(length: int) -> NDArray[np.float64]:
    """All strings of ``length`` as (T, B, 2)."""
    opens = np.array(list(itertools.product([1.0, 0.0], repeat=length))).T
    return np.stack([opens, 1 - opens], axis=-1)


@BOTH
def test_bracket_checker_on_all_strings_up_to_length_12(values: dict[str, float]) -> None:
    cell, seen = preset("lstm", "brackets").build(values), 0
    for length in range(1, 13):
        x = bracket_strings(length)
        trace = cell.run(x)
        depth = np.cumsum(x[..., 0] - x[..., 1], axis=0)
        balanced = (depth.min(axis=0) >= 0) & (depth[-1] == 0)
        count, error = trace.cell[-1, :, 0], trace.hidden[-1, :, 1]
        np.testing.assert_array_equal((np.abs(count) < 0.1) & (error < 0.4), balanced)
        seen += x.shape[1]
    assert seen == 8190


@BOTH
def test_bracket_checker_catches_what_the_count_misses(values: dict[str, float]) -> None:
    trace = run("brackets", values)
    assert abs(trace.cell[-1, 0]) < 0.02, "the count alone sees nothing wrong"
    assert (trace.hidden[:6, 1] < 0.05).all() and (trace.hidden[6:, 1] > 0.7).all()
    assert (trace.input[:6, 1] < 0.05).all() and trace.input[6, 1] > 0.95


@BOTH
def test_parity(values: dict[str, float]) -> None:
    bits = np.random.default_rng(0).integers(0, 2, 5000) if values else np.array([1, 0, 1, 1, 0, 0, 1, 0])
    h = preset("lstm", "parity").build(values).run(bits[:, None].astype(float)).hidden[:, 0]
    odd = np.cumsum(bits) % 2 == 1
    np.testing.assert_array_equal(h > 0.37, odd)
    assert (h[odd] > 0.7).all() and (h[~odd] < 0.05).all()


def test_integrator_exact_against_the_sum_it_stands_for() -> None:
    x = np.random.default_rng(3).uniform(-1, 1, (200, 1))
    cell = preset("lstm", "integrator").build(EXACT).run(x).cell[:, 0]
    np.testing.assert_allclose(cell, np.cumsum(np.tanh(0.1 * x[:, 0])), atol=1e-5)
    np.testing.assert_allclose(cell, 0.1 * np.cumsum(x), atol=0.01)


def test_integrator_soft_rises_rests_falls_and_leaks() -> None:
    cell = run("integrator").cell[:, 0]
    assert (np.diff(cell[:5]) > 0.09).all() and (np.abs(np.diff(cell[4:13])) < 0.005).all()
    assert cell[4] == pytest.approx(0.5, abs=0.02) and abs(cell[-1]) < 0.06
    leaking = run("integrator", {"forget_shift": -2.8})
    assert leaking.forget[0, 0] == pytest.approx(0.9, abs=1e-3)
    half_life = np.log(0.5) / np.log(leaking.cell[8, 0] / leaking.cell[7, 0])
    assert half_life == pytest.approx(6.6, abs=0.1)


@BOTH
@pytest.mark.parametrize("first", ["+", "−"])
def test_first_token_is_held_against_everything_after(values: dict[str, float], first: str) -> None:
    other = "−" if first == "+" else "+"
    h = run("first", values, first + other * 200).hidden[:, 0]
    sign = 1 if first == "+" else -1
    assert (np.abs(h - sign * np.tanh(1)) < (1e-3 if values else 0.05)).all()


@BOTH
def test_last_token(values: dict[str, float]) -> None:
    sequence = preset("lstm", "last").sequence
    h = run("last", values).hidden[:, 0]
    np.testing.assert_allclose(h, np.tanh(1) * sequence.x[:, 0], atol=1e-3 if values else 0.02)
    mixed = run("last", {"forget_shift": 5.0})
    assert mixed.forget[0, 0] == pytest.approx(0.5)
    assert mixed.hidden[4, 0] > 0.15, "the + of one step ago shines through a 0"


SENTENCES = [
    ("good", 1),
    ("bad", -1),
    ("this is not a very good movie", -1),
    ("not bad", 1),
    ("a very good idea", 1),
    ("这 部 电影 并 不 太 好", -1),
    ("不 坏", 1),
]


@BOTH
@pytest.mark.parametrize(("sentence", "verdict"), SENTENCES)
def test_not_good(values: dict[str, float], sentence: str, verdict: int) -> None:
    score = run("not_good", values, sentence.split()).hidden[-1, 1:].sum()
    assert score == pytest.approx(verdict * np.tanh(1), abs=1e-3 if values else 0.03)


def test_not_good_forgets_the_negation_where_it_is_kept_loosely() -> None:
    loose = run("not_good", {"negation_shift": -8.0}, ["not", "a", "very", "good", "movie"])
    assert loose.hidden[-1, 1:].sum() > 0.5


def test_company_a_and_b_as_on_the_video() -> None:
    a, b = run("company_a"), run("company_b")
    assert a.cell[0, 0] == pytest.approx(-0.20, abs=0.005)
    assert a.hidden[0, 0] == pytest.approx(-0.13, abs=0.005)
    assert a.hidden[-1, 0] == pytest.approx(0, abs=0.05)
    assert b.hidden[-1, 0] == pytest.approx(1, abs=0.05)
    np.testing.assert_array_equal(a.x[1:], b.x[1:])
    for trace in (a, b):
        for gate in (trace.forget, trace.input, trace.output):
            assert gate.min() > 0.02 and gate.max() < 0.999, "none is ever fully open or shut"


@BOTH
def test_the_timer_fires_every_tenth_step_by_its_peepholes_alone(values: dict[str, float]) -> None:
    idle = np.zeros((45, 1))
    trace = TIMER.build(values).run(idle)
    fires = np.flatnonzero(trace.hidden[:, 0] > 0.5) + 1
    np.testing.assert_array_equal(fires, [10, 20, 30, 40])
    assert (np.delete(trace.hidden[:, 0], fires - 1) < 0.05).all()
    assert (trace.forget[fires, 0] < 0.05).all(), "a step later the forget gate empties c"
    assert np.abs(TIMER.build(values | {"peephole": 0.0}).run(idle).hidden).max() < 1e-9
