"""σ: safe everywhere, and accurate relative to itself where it is tiny."""

import math
import warnings

import numpy as np
import pytest

from gates.activations import sigmoid, softmax


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
