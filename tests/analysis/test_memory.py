"""Memory tests: what a change leaves behind, and for how long."""

from dataclasses import replace

import numpy as np
import pytest

from gates import LSTM, RNN
from gates.analysis.perturbation import half_life, leave_out, state_difference


def integrator(bias):
    """An LSTM of one unit that adds up its input and loses 1 − σ(bias) of it at each step."""
    return LSTM(np.array([[0], [0], [0.01], [0]]), np.zeros((4, 1)), np.array([40, bias, 0, 40]))


def test_a_leak_of_a_tenth_has_a_half_life_of_six_and_a_half_steps():
    found = state_difference(integrator(np.log(9)), np.ones((40, 1)), at=3)
    assert half_life(found.memory, 3) == pytest.approx(np.log(0.5) / np.log(0.9), rel=1e-6)
    assert np.array_equal(found.memory[:3], np.zeros(3))  # nothing before the change


def test_what_is_kept_to_the_end_has_no_half_life():
    found = state_difference(integrator(40.0), np.ones((40, 1)), at=3)
    assert half_life(found.memory, 3) is None
    assert found.cell is found.memory and found.hidden[-1] > 0


def test_an_echo_is_the_difference_of_two_runs():
    cell = RNN.init(2, 4, 0)
    x = np.random.default_rng(1).normal(size=(9, 2))
    gone = x.copy()
    gone[5] = 0
    found = state_difference(cell, x, 5)
    assert found.hidden == pytest.approx(np.linalg.norm(cell.run(x).hidden - cell.run(gone).hidden, axis=1))
    assert found.at == 5 and found.cell is None and found.memory is found.hidden


def test_where_there_is_no_input_one_is_put_in():
    x = np.zeros((3, 2))
    assert leave_out(x, 1).tolist() == [[0, 0], [1, 0], [0, 0]]
    assert not x.any()


@pytest.mark.parametrize(
    ("difference", "life"),
    [
        ([8, 4, 2, 1], 1.0),
        ([8, 1, 8, 0], 2.0),  # it comes back: counted to its last fall
        ([8, 0, 0, 0], 0.0),
        ([0, 0, 0, 0], 0.0),
        ([8, 7, 6, 5], None),
        ([4, 2.8284271247461903, 1], 1 + 0.5 * np.log(2) / np.log(2.8284271247461903)),
    ],
)
def test_half_lives(difference, life):
    assert half_life(np.array(difference, dtype=float), 0) == (life if life is None else pytest.approx(life))


def test_a_unit_without_memory_forgets_at_once():
    cell = RNN.init(2, 4, 0)
    found = state_difference(replace(cell, U=np.zeros((4, 4))), np.ones((6, 2)), 2)
    assert half_life(found.memory, 2) == 0
