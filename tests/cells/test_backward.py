"""Gradients of everything, against autograd through plain loops and against central differences."""

from dataclasses import replace

import numpy as np
import pytest

from gates import GatesError
from tests.cells.gradients import (
    CELLS,
    CLAMPS,
    RNG,
    B,
    H,
    I,
    T,
    as_parts,
    assert_gradients_equal_autograd,
    assert_gradients_equal_central_differences,
    assert_lengths_are_a_loop_over_single_sequences,
    assert_one_state_is_for_each_sequence,
    in_pairs,
    problem,
)

CASES = in_pairs(CELLS, CLAMPS, ((), (B,)))


@pytest.mark.parametrize("case", CASES, ids=str)
def test_every_gradient_equals_autograd(case):
    name, clamping, batch = case
    assert_gradients_equal_autograd(CELLS[name], CLAMPS[clamping](CELLS[name]), batch)


@pytest.mark.parametrize("name", CELLS)
def test_gradients_equal_central_differences(name):
    assert_gradients_equal_central_differences(CELLS[name])


@pytest.mark.parametrize("reverse", [False, True])
@pytest.mark.parametrize("name", ["rnn tanh", "lstm peephole", "lstm projection", "gru after", "gru before"])
def test_lengths_and_reverse_are_a_loop_over_single_sequences(name, reverse):
    cell = CELLS[name]
    assert_lengths_are_a_loop_over_single_sequences(cell, reverse, CLAMPS["one of each"](cell))


@pytest.mark.parametrize("name", CELLS)
def test_one_state_is_where_each_sequence_of_a_batch_begins(name):
    assert_one_state_is_for_each_sequence(CELLS[name])


def test_final_state_is_one_more_thing_the_loss_reads():
    cell = CELLS["lstm"]
    x, state, _ = problem(cell, (B,), np.random.default_rng(9))
    trace = cell.run(x, state)
    d_h, d_c = np.zeros((2, T, B, H))
    d_h[-1], d_c[-1] = RNG.normal(size=(2, B, H))
    one = cell.backward(trace, d_h, d_c)
    other = cell.backward(trace, d_final=(d_h[-1], d_c[-1]))
    assert np.array_equal(one.weights.U, other.weights.U)
    assert np.array_equal(one.state.cell, other.state.cell)


@pytest.mark.parametrize("name", CELLS)
def test_float32_stays_float32(name):
    wide = CELLS[name]
    cell = replace(wide, **{name: array.astype(np.float32) for name, array in wide.arrays().items()})
    trace = cell.run(np.ones((T, I), np.float32))
    grads = cell.backward(trace, np.ones((T, cell.outputs)))
    arrays = [*grads.weights.values(), *grads.signals.values(), *grads.signals.pre.values()]
    arrays += [grads.inputs, *as_parts(grads.state), *as_parts(trace.final_state), trace.hidden]
    assert {array.dtype for array in arrays} == {np.dtype(np.float32)}


def test_wrong_traces_and_shapes_are_named():
    cell, other = CELLS["lstm"], CELLS["gru after"]
    trace = cell.run(np.ones((T, I)))
    with pytest.raises(GatesError, match="another cell"):
        replace(cell, b=cell.b + 1).backward(trace, np.ones((T, H)))
    with pytest.raises(GatesError, match="d_hidden has shape"):
        cell.backward(trace, np.ones((T, H + 1)))
    with pytest.raises(GatesError, match="GRU has no cell"):
        other.backward(other.run(np.ones((T, I))), d_cell=np.ones((T, H)))
