"""Clamps: where they hold, what they do to the rest, and what is refused."""

import numpy as np
import pytest

from gates import GRU, LSTM, RNN, Clamp, GatesError

X = np.random.default_rng(0).normal(size=(9, 3))
CELLS = [RNN.init(3, 4, 0), LSTM.init(3, 4, 1), GRU.init(3, 4, 2), GRU.init(3, 4, 3, reset="before")]
SIGNALS = [(cell, signal) for cell in CELLS for signal in cell.signals if signal != "x"]


@pytest.mark.parametrize("batch", [(), (2,)])
@pytest.mark.parametrize(("cell", "signal"), SIGNALS)
def test_a_clamp_holds_its_units_at_its_steps_and_nothing_else_before(cell, signal, batch):
    x = np.broadcast_to(X.reshape(9, *(1 for _ in batch), 3), (9, *batch, 3))
    trace = cell.run(x, clamps=[Clamp(signal, [0.5, -0.25], units=[1, 3], steps=slice(4, 6))])
    free = cell.run(x)
    value, before = getattr(trace, signal), getattr(free, signal)
    assert np.all(value[4:6][..., [1, 3]] == [0.5, -0.25])
    assert abs(value[:4] - before[:4]).max() < 1e-15
    assert np.all(value[4:6][..., [0, 2]] != 0.5)
    assert abs(trace.hidden[6:] - free.hidden[6:]).max() > 1e-6  # it has consequences


def test_steps_can_be_given_in_every_way():
    cell = CELLS[1]
    for steps in (3, [3], range(3, 4), slice(3, 4), np.int64(3), (t for t in [3])):
        trace = cell.run(X, clamps=[Clamp("forget", 0.5, steps=steps)])
        assert np.flatnonzero((trace.forget == 0.5).all(axis=1)).tolist() == [3]


def test_several_clamps_hold_at_once_and_the_last_wins():
    trace = CELLS[1].run(
        X,
        clamps=[
            Clamp("forget", 1),
            Clamp("input", 0),
            Clamp("forget", 0.25, units=2),
            Clamp("cell", 7, 0, 4),
        ],
    )
    assert np.all(trace.forget[:, [0, 1, 3]] == 1)
    assert np.all(trace.forget[:, 2] == 0.25)
    assert not trace.input.any()
    assert trace.cell[:, 0].tolist() == [0] * 4 + [7] * 5


def test_a_clamped_cell_is_what_the_output_and_the_next_step_see():
    trace = CELLS[1].run(X, clamps=[Clamp("cell", 2, steps=4)])
    assert np.array_equal(trace.hidden[4], trace.output[4] * np.tanh(2))
    assert np.array_equal(trace.previous_cell[5], np.full(4, 2.0))


def test_a_clamped_hidden_state_is_what_the_run_ends_with():
    trace = CELLS[2].run(X, clamps=[Clamp("hidden", 0.5, steps=8)])
    assert np.array_equal(trace.final_hidden, np.full(4, 0.5))


def test_a_run_in_reverse_is_clamped_at_the_same_places():
    trace = CELLS[1].run(X, clamps=[Clamp("forget", 0.5, steps=2)], reverse=True)
    assert np.flatnonzero((trace.forget == 0.5).all(axis=1)).tolist() == [2]


@pytest.mark.parametrize(
    ("clamp", "words"),
    [
        (Clamp("x", 0), "'x' cannot be clamped"),
        (Clamp("reset", 0), "Choose one of: forget, input"),
        (Clamp("forget", 0, units=4), "names units"),
        (Clamp("forget", 0, units=[-1]), "numbered from 0"),
        (Clamp("forget", 0, steps=9), "names steps"),
        (Clamp("forget", [0, 1]), "one for each clamped unit"),
        (Clamp("forget", np.nan), "one finite number"),
        (Clamp("forget", "open"), "one finite number"),
    ],
)
def test_clamps_that_do_not_fit_are_named(clamp, words):
    with pytest.raises(GatesError, match=words):
        CELLS[1].run(X, clamps=[clamp])
