"""Every squash: its values and slopes, safe everywhere, and in every cell; σ accurate where it is tiny."""

import math
import warnings

import numpy as np
import pytest
import torch

from gates import GRU, LSTM, RNN
from gates.core.activations import FUNCTIONS, Activation, Squash, sigmoid, softmax
from tests.cells.gradients import CLAMPS, assert_gradients_equal_autograd
from tests.cells.torch_loops import squash

EACH = [
    *map(Activation, FUNCTIONS),
    Activation("affine", -1.5, 0.3),
    Activation("hard_sigmoid", 1 / 6),
    Activation("scaled_tanh", 1.7159, 2 / 3),
    Activation("leaky_relu", 0.2),
    Activation("thresholded_relu", 0.1),
    Activation("elu", 0.7),
]
FARTHEST = [-1e300, -1e5, -800.0, -90.0, 90.0, 800.0, 1e5, 1e300]


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_sigmoid_is_relatively_accurate_in_both_tails(dtype):
    a = np.linspace(-85, 85, 4001).astype(dtype)
    e = [math.exp(value) for value in a.tolist()]  # in float64, from the very same numbers
    expected = np.array([value / (1 + value) for value in e])
    found = sigmoid(a)
    assert found.dtype == dtype
    assert abs(found / expected - 1).max() < 8 * np.finfo(dtype).eps


def test_tiny_gates_are_not_zero():
    assert sigmoid(np.array(-40.0)) == pytest.approx(4.248354255291589e-18, rel=1e-14)
    assert 1 - sigmoid(np.array(20.0)) == pytest.approx(2.06e-9, rel=1e-2)


def test_sigmoid_saturates_where_the_format_does():
    assert sigmoid(np.float32([16]))[0] < 1
    assert sigmoid(np.float32([17]))[0] == 1
    assert sigmoid(np.array([36.0]))[0] < 1
    assert sigmoid(np.array([40.0]))[0] == 1


def test_nothing_overflows():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert sigmoid(np.array([-1e308, -800.0, 0, 800, 1e308])).tolist() == [0, 0, 0.5, 1, 1]
        assert softmax(np.array([1e308, 0])).tolist() == [1, 0]
        assert softmax(np.array([[0.0, 0], [-1e300, -1e300]])).tolist() == [[0.5, 0.5]] * 2


@pytest.mark.parametrize("activation", EACH, ids=str)
def test_values_and_slopes_are_torchs(activation):
    a = np.concatenate([4 * np.random.default_rng(0).normal(size=200), FARTHEST[2:-2]])
    a_t = torch.tensor(a, requires_grad=True)
    y_t = squash(activation)(a_t)
    y_t.sum().backward()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        y, slope = activation(a), activation.derivative(a)
    assert np.allclose(y, y_t.detach().numpy(), rtol=1e-14, atol=1e-15)
    assert np.allclose(slope, np.broadcast_to(a_t.grad.numpy(), a.shape), rtol=1e-12, atol=1e-14)
    assert np.array_equal(activation.derivative(a, y), slope)


def test_a_slope_is_found_from_values_that_are_known_already():
    """They are not computed again: what is given stands in the slope."""
    a, y = np.array([0.3]), np.array([0.5])
    assert Activation("tanh").derivative(a, y) == 0.75
    assert Activation("sigmoid").derivative(a, y) == 0.25


@pytest.mark.parametrize("activation", EACH, ids=str)
def test_nothing_is_ever_nan_or_warned_of(activation):
    for dtype, limit in ((np.float64, 1e300), (np.float32, 1e30)):
        a = np.clip(np.array(FARTHEST), -limit, limit).astype(dtype)
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            y, slope = activation(a), activation.derivative(a)
        assert (y.dtype, slope.dtype) == (dtype, dtype)
        assert not np.isnan(y).any() and not np.isnan(slope).any()
        assert np.isfinite(slope).all() or activation.name == "exponential"


@pytest.mark.parametrize("activation", EACH, ids=str)
@pytest.mark.parametrize("kind", ["rnn", "lstm", "gru"])
def test_every_cell_runs_with_it_there_and_back(kind, activation):
    cell = {
        "rnn": lambda: RNN(**weights(1), activation=activation, clip=1.3),
        "lstm": lambda: LSTM(
            **weights(4), gate_activation="hard_sigmoid", candidate_activation=activation,
            cell_activation=activation, clip=1.1,
        ),
        "gru": lambda: GRU(
            **weights(3), gate_activation=activation, candidate_activation="softsign", clip=1.2
        ),
    }[kind]()  # fmt: skip
    assert_gradients_equal_autograd(cell, CLAMPS["one of each"](cell), (3,))


def weights(parts):
    rng = np.random.default_rng(parts)
    shapes = {"W": (4 * parts, 2), "U": (4 * parts, 4), "b": (4 * parts,)}
    return {name: 0.3 * rng.normal(size=shape) for name, shape in shapes.items()}


def test_the_defaults_are_what_the_names_say_and_run_fast():
    """A default given by name, or in full, is the same cell, and takes the fast way."""
    x = np.random.default_rng(1).normal(size=(9, 2))
    plain = LSTM(**weights(4))
    said = LSTM(**weights(4), gate_activation=Activation("sigmoid"), cell_activation=Activation("tanh"))
    assert said.gate_activation == "sigmoid" and said.options == plain.options and not said.other_squashes
    assert np.array_equal(said.run(x).hidden, plain.run(x).hidden)
    far = LSTM(**weights(4), clip=1e9)  # clips nothing, but goes by the equations
    assert far.other_squashes == {"clip": 1e9}
    assert abs(far.run(x).hidden - plain.run(x).hidden).max() < 1e-15


def test_an_option_keeps_parameters_where_they_are_not_the_functions_own():
    assert RNN(**weights(1), activation=Activation("elu")).activation == "elu"
    assert RNN(**weights(1), activation=Activation("elu", 1.0)).activation == "elu"
    soft = Activation("elu", alpha=0.5)
    assert RNN(**weights(1), activation=soft).activation == soft
    assert Activation("hard_sigmoid") == Activation("hard_sigmoid", 0.2, 0.5)
    keras = Activation("hard_sigmoid", alpha=1 / 6)
    assert keras(np.array([-3.0, 0, 1.5, 3])).tolist() == [0, 0.5, 0.75, 1]


def test_a_clip_cuts_what_the_squash_sees_and_not_what_is_recorded():
    cell = RNN(**weights(1), activation="identity", clip=0.25)
    trace = cell.run(3 * np.random.default_rng(2).normal(size=(30, 2)))
    assert abs(trace.pre.hidden).max() > 1
    assert np.array_equal(trace.hidden, np.clip(trace.pre.hidden, -0.25, 0.25))
    wide = LSTM(**weights(4), clip=0.01, cell_activation="identity").run(
        np.ones((200, 2)), (np.zeros(4), 9 * np.ones(4))
    )
    assert abs(wide.cell[0]).min() > 1  # c itself is not clipped


def test_float32_stays_float32_with_every_option():
    soft = Activation("elu", alpha=0.5)
    narrow = {name: array.astype(np.float32) for name, array in weights(4).items()}
    cell = LSTM(
        **narrow, gate_activation="hard_sigmoid", candidate_activation=soft, cell_activation="gelu",
        clip=np.float64(2),
    )  # fmt: skip
    trace = cell.run(np.ones((5, 2)))
    assert {getattr(trace, name).dtype for name in trace.over_time} == {np.dtype(np.float32)}
    assert cell.backward(trace, np.ones((5, 4))).weights.W.dtype == np.float32
    assert Squash.of(soft, 2.0)(np.zeros(3, np.float32)).dtype == np.float32
