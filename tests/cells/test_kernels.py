"""The fast run against the definition: every array of the trace, for every cell."""

import numpy as np
import pytest

from gates import GRU, LSTM, RNN
from gates.core.clamps import NO_CLAMPS

CELLS = {
    "tanh": lambda **o: RNN.init(3, 5, 0, **o),
    "relu": lambda **o: RNN.init(3, 5, 1, activation="relu", **o),
    "lstm": lambda **o: LSTM.init(3, 5, 2, **o),
    "before": lambda **o: GRU.init(3, 5, 3, reset="before", **o),
    "after": lambda **o: GRU.init(3, 5, 4, reset="after", **o),
}


def by_steps(cell, x, state):
    """What the definition gives: step after step by the cell's public ``step``."""
    steps = []
    for x_t in x:
        steps.append(cell.step(x_t, state))
        state = steps[-1].state
    return {name: np.stack([getattr(step, name) for step in steps]) for name in steps[0].over_time}


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("batch", [(), (1,), (4,)])
@pytest.mark.parametrize("kind", CELLS)
def test_fast_run_is_the_step_repeated(kind, batch, dtype):
    cell = CELLS[kind](dtype=dtype)
    rng = np.random.default_rng(5)
    x = (3 * rng.normal(size=(11, *batch, 3))).astype(dtype)
    state = [rng.normal(size=(*batch, 5)).astype(dtype) for _ in range(2 if kind == "lstm" else 1)]
    state = tuple(state) if kind == "lstm" else state[0]

    trace, expected = cell.run(x, state), by_steps(cell, x, state)

    for name in trace.over_time:
        array = getattr(trace, name)
        assert array.dtype == dtype
        assert array.shape == expected[name].shape
        scale = max(1, abs(expected[name]).max())
        assert abs(array - expected[name]).max() <= 20 * np.finfo(dtype).eps * scale, name


@pytest.mark.parametrize("kind", CELLS)
def test_fast_run_is_the_readable_run(kind):
    cell = CELLS[kind]()
    x = np.random.default_rng(6).normal(size=(11, 4, 3))
    state = cell.as_state(None, (4,))
    trace, arrays = cell.run(x), super(type(cell), cell)._forward(x, state, NO_CLAMPS)
    for name, array in arrays.items():
        assert abs(getattr(trace, name) - array).max() <= 1e-14


def test_saturated_gates_hold_exactly_in_the_fast_run():
    """f = 1 and i = 0 as far as float64 can tell, not by a clamp but by biases."""
    cell = LSTM.init(2, 3, 0).with_bias("forget", 50).with_bias("input", -800)
    c = np.array([0.1, -7.3, 1e5])
    trace = cell.run(np.random.default_rng(0).normal(size=(50, 2)), (np.zeros(3), c))
    assert np.array_equal(trace.cell, np.broadcast_to(c, (50, 3)))
    assert np.all(trace.forget == 1)

    keeper = GRU.init(2, 3, 0).with_bias("update", 50)
    h = np.array([0.1, -0.73, 0.9])
    assert np.array_equal(keeper.run(np.ones((50, 2)), h).hidden, np.broadcast_to(h, (50, 3)))


def test_tiny_gates_are_recorded_as_they_are():
    cell = LSTM.init(2, 3, 0).with_bias("input", -40)
    x = np.random.default_rng(0).normal(size=(5, 2))
    trace = cell.run(x)
    e = np.exp(trace.pre.input)
    assert np.all(trace.input > 0)
    assert abs(trace.input / (e / (1 + e)) - 1).max() < 1e-15
    assert abs(trace.cell[0] / (trace.input[0] * trace.candidate[0]) - 1).max() < 1e-15
