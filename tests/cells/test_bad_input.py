"""What does not fit is refused with a sentence that names it, and a key with the values to say it again."""

import pickle
import string
from dataclasses import FrozenInstanceError, replace

import numpy as np
import pytest

from gates import GRU, LSTM, RNN, Network, Readout
from gates.analysis import flow
from gates.core.activations import Activation
from gates.errors import DtypeError, NotFiniteError, OptionError, ShapeError
from gates.text import catalogue

W, U, b = np.ones((8, 3)), np.ones((8, 2)), np.ones(8)
CELL = LSTM(W, U, b)
X = np.ones((5, 3))
NET = Network((CELL,))
UNEVEN = Network((CELL, GRU.init(2, 3, 0)))
SCORED = Network((CELL,), Readout(np.ones((4, 2)), np.ones(4)))


def spoilt(value):
    array = W.copy()
    array[2, 1] = value
    return array


@pytest.mark.parametrize(
    ("make", "error", "words"),
    [
        (lambda: LSTM(np.ones((7, 3)), U, b), ShapeError, r"W has shape \(7, 3\).*input, forget, candidate"),
        (lambda: LSTM(np.ones(8), U, b), ShapeError, "W has shape"),
        (lambda: LSTM(np.ones((0, 3)), U, b), ShapeError, "W has shape"),
        (lambda: LSTM(W, np.ones((8, 3)), b), ShapeError, r"U has shape \(8, 3\), but \(8, 2\) is needed"),
        (lambda: LSTM(W, U, np.ones(16)), ShapeError, r"b has shape \(16,\).*add them up"),
        (lambda: LSTM(W, U, b, peephole=np.ones((2, 3))), ShapeError, r"peephole has shape \(2, 3\)"),
        (lambda: LSTM(W, U, b, projection=np.ones((3, 2))), ShapeError, "U has shape"),
        (lambda: LSTM(W, U, b, projection=np.ones(2)), ShapeError, "projection has shape"),
        (lambda: GRU(np.ones((6, 3)), np.ones((6, 2)), np.ones(6), b_hn=np.ones(3)), ShapeError, "b_hn has"),
        (lambda: LSTM(spoilt(np.nan), U, b), NotFiniteError, r"W contains NaN.*1 of 24.*\(2, 1\)"),
        (lambda: LSTM(spoilt(np.inf), U, b), NotFiniteError, "W contains NaN or infinity"),
        (lambda: LSTM(W.astype(complex), U, b), DtypeError, "W holds complex128"),
        (lambda: LSTM(W.astype(np.float16), U, b), DtypeError, "W holds float16"),
        (lambda: LSTM(W.astype(bool), U, b), DtypeError, "W holds bool"),
        (lambda: LSTM(W.astype(str), U, b), DtypeError, "W holds"),
        (lambda: LSTM([[1, 2], [3]], U, b), DtypeError, "W is not a regular array"),
        (lambda: LSTM(W, U, b, without={"candidate"}), OptionError, "input, forget, output"),
        (lambda: LSTM(W, U, b, coupled=True, without={"forget"}), OptionError, "neither the input gate"),
        (
            lambda: RNN(W, np.ones((8, 8)), b, activation="swoosh"),
            OptionError,
            "activation cannot.*tanh, relu",
        ),
        (lambda: LSTM(W, U, b, gate_activation=np.tanh), OptionError, "gate_activation cannot be <ufunc"),
        (
            lambda: LSTM(W, U, b, candidate_activation=None),
            OptionError,
            "candidate_activation cannot be None",
        ),
        (lambda: LSTM(W, U, b, clip=0), OptionError, "clip must be a positive number"),
        (lambda: LSTM(W, U, b, clip=np.nan), OptionError, "but nan was given"),
        (lambda: LSTM(W, U, b, clip="3"), OptionError, "but '3' was given"),
        (lambda: Activation("tanh", alpha=2), OptionError, "tanh cannot have alpha = 2.*for: –"),
        (lambda: Activation("elu", beta=2), OptionError, "elu cannot have beta = 2.*for: alpha"),
        (lambda: Activation("affine", 1, np.inf), OptionError, "beta = inf.*for: alpha, beta"),
        (lambda: GRU.init(3, 2, 0, reset="never"), OptionError, "before, after"),
        (lambda: replace(GRU.init(3, 2, 0), reset="before"), OptionError, "has no b_hn"),
        (lambda: CELL.run(np.ones((5, 4))), ShapeError, r"x has shape \(5, 4\).*inputs = 3"),
        (lambda: CELL.run(np.ones(3)), ShapeError, "x has shape"),
        (lambda: CELL.run(np.ones((0, 3))), ShapeError, "x has shape"),
        (lambda: CELL.run(np.ones((5, 2, 2, 3))), ShapeError, "x has shape"),
        (lambda: CELL.run([[1, 2, 3], [1, 2]]), DtypeError, "x is not a regular array"),
        (lambda: CELL.run([["a", "b", "c"]]), DtypeError, "x holds"),
        (lambda: CELL.run(np.full((5, 3), np.nan)), NotFiniteError, "x contains NaN"),
        (lambda: CELL.run(X, np.zeros(2)), ShapeError, r"a pair \(h, c\)"),
        (lambda: CELL.run(X, (np.zeros(2), np.zeros(3))), ShapeError, "c₀ has shape"),
        (
            lambda: CELL.run(np.ones((5, 4, 3)), (np.zeros((3, 2)), None)),
            ShapeError,
            "h₀ has shape",
        ),
        (lambda: CELL.run(X, lengths=[5]), ShapeError, "lengths need a batch"),
        (lambda: CELL.run(np.ones((5, 2, 3)), lengths=[5]), ShapeError, "each of the 2 sequences"),
        (lambda: CELL.run(np.ones((5, 2, 3)), lengths=[5, 0]), ShapeError, "from 1 to 5"),
        (lambda: CELL.run(np.ones((5, 2, 3)), lengths=[5, 6]), ShapeError, "from 1 to 5"),
        (lambda: CELL.run(np.ones((5, 2, 3)), lengths=[5.0, 1.0]), ShapeError, "whole number"),
        (lambda: CELL.run([[[1, 2, 3]], [[1, 2]]], lengths=[2]), DtypeError, "x is not a regular array"),
        (lambda: CELL.run(np.full((5, 2, 3), np.nan), lengths=[5, 1]), NotFiniteError, "x contains NaN"),
        (lambda: CELL.step(np.ones(4)), ShapeError, "x has shape"),
        (lambda: Network(()), OptionError, "at least one layer"),
        (
            lambda: Network((CELL,), Readout(np.ones((4, 3)), np.ones(4))),
            ShapeError,
            "reads 3 numbers.*gives 2",
        ),
        (lambda: Readout(np.ones((4, 3)), np.ones(3)), ShapeError, "b has shape"),
        (lambda: Readout(np.ones(4), np.ones(4)), ShapeError, r"V has shape \(4,\), but \(K, n\) is"),
        (lambda: Readout(spoilt(np.nan), np.ones(8)), NotFiniteError, "V contains NaN"),
        (lambda: Readout(W, np.full(8, np.inf)), NotFiniteError, "b contains NaN"),
        (lambda: NET.backward(NET.run(X), d_scores=np.ones((5, 2))), OptionError, "no read-out"),
        (lambda: NET.backward(NET.run(X), np.ones((5, 3))), ShapeError, "d_output has shape"),
        (lambda: Network((CELL,)).backward(NET.run(X)), OptionError, "another network"),
        (lambda: SCORED.backward(SCORED.run(X), d_scores=np.ones((5, 2))), ShapeError, "d_scores has shape"),
        (lambda: NET.run(X, np.zeros((1, 2))), ShapeError, r"a pair \(h, c\)|one state for each"),
        (lambda: UNEVEN.run(X, [None] * 3), ShapeError, "2 directions.*3"),
        (lambda: UNEVEN.run(X, 5), ShapeError, "2 directions.*int"),
        (lambda: UNEVEN.run(X).final_hidden, ShapeError, r"cannot be stacked.*\(2,\), \(3,\)"),
        (
            lambda: flow.split_by_path(GRU.init(3, 2, 0).run(X)),
            OptionError,
            "Only an LSTM has a cell path.*a GRU",
        ),
        (lambda: CELL.part("reset"), OptionError, "input, forget, candidate, output"),
    ],
)
def test_bad_input_is_named(make, error, words):
    with pytest.raises(error, match=words) as caught:
        make()
    assert caught.value.key in catalogue("en")
    placeholders = {
        name for _, name, _, _ in string.Formatter().parse(catalogue("en")[caught.value.key]) if name
    }
    assert placeholders <= set(caught.value.values)
    again = pickle.loads(pickle.dumps(caught.value))
    assert (type(again), str(again)) == (error, str(caught.value))


def test_whole_numbers_are_fine_and_become_float64():
    cell = LSTM(W.astype(int), U.tolist(), b)
    assert cell.run([[1, 2, 3]]).hidden.dtype == np.float64


def test_float32_is_kept_and_mixtures_become_float64():
    narrow = [array.astype(np.float32) for array in (W, U, b)]
    assert LSTM(*narrow).run(X).hidden.dtype == np.float32
    assert LSTM(narrow[0], U, b).dtype == np.float64


def test_a_cell_cannot_change():
    weights = W.copy()
    cell = LSTM(weights, U, b)
    weights[:] = 0
    assert cell.W.all()
    with pytest.raises(ValueError, match="read-only"):
        cell.W[0, 0] = 5
    with pytest.raises(FrozenInstanceError):
        cell.W = weights


def test_a_cell_survives_pickling():
    cell = GRU.init(3, 2, 0)
    again = pickle.loads(pickle.dumps(cell))
    assert np.array_equal(again.run(X).hidden, cell.run(X).hidden)


def test_an_exploding_relu_ends_in_infinity_not_in_an_error():
    cell = RNN([[1.0]], [[1e200]], [0.0], activation="relu")
    trace = cell.run(np.ones((5, 1)))
    assert np.isinf(trace.hidden[-1]).all()


def test_cells_and_traces_say_what_they_are_in_one_line():
    cell = LSTM(W, U, b, coupled=True, peephole=np.ones((3, 2)), without={"output"})
    assert repr(cell) == "LSTM(inputs=3, hidden=2, peephole, coupled, without=['output'], float64)"
    assert repr(replace(CELL, clip=3, cell_activation="identity")) == (
        "LSTM(inputs=3, hidden=2, cell_activation='identity', clip=3.0, float64)"
    )
    assert repr(GRU.init(3, 2, 0)) == "GRU(inputs=3, hidden=2, reset='after', float64)"
    trace = cell.run(X)
    assert repr(trace) == (
        "LSTMTrace(x (5, 3), forget (5, 2), input (5, 2), candidate (5, 2), cell (5, 2), output (5, 2), "
        f"hidden (5, 2), source={cell})"
    )
    assert repr(trace.pre) == "NamedArrays(input (5, 2), forget (5, 2), candidate (5, 2), output (5, 2))"
    assert repr(NET.run(X)) == f"NetworkTrace(output (5, 2), layers={NET.run(X).layers})"


def test_named_arrays_are_read_by_name_and_name_what_there_is():
    pre = CELL.run(X).pre
    assert pre.forget is pre["forget"] and list(pre) == list(CELL.parts) and len(pre) == 4
    assert {*CELL.parts} <= {*dir(pre)}
    with pytest.raises(AttributeError, match=r"'forgot' is not one of input, forget, candidate, output$"):
        pre.forgot  # noqa: B018
    with pytest.raises(AttributeError, match="cannot be reassigned"):
        pre.forget = X
