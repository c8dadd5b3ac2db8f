"""What a read-out shows of its scores, and losses of that: their values, and their gradients by the scores.

Scores are s = V·h + b, what is shown y = ψ(s). Without a read-out h itself stands for the scores, ψ is the
identity, and the gradient is that by h.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import NamedTuple, TypeVar

import numpy as np
from numpy.typing import ArrayLike

from gates.core.activations import FloatArray, sigmoid, sigmoid_slope, softmax, softplus, tanh_slope
from gates.core.arrays import as_floats, check_shape
from gates.errors import OptionError

Entry = TypeVar("Entry")


class _OutputFunction(NamedTuple):
    """ψ: its value of the scores, and ∂L/∂s of (∂L/∂y, y)."""

    value: Callable[[FloatArray], FloatArray]
    backward: Callable[[FloatArray, FloatArray], FloatArray]


def _softmax_backward(d: FloatArray, y: FloatArray) -> FloatArray:
    return np.asarray(y * (d - (d * y).sum(axis=-1, keepdims=True)))


OUTPUT_FUNCTIONS: Mapping[str, _OutputFunction] = MappingProxyType(
    {
        "identity": _OutputFunction(lambda s: s, lambda d, y: d),
        "sigmoid": _OutputFunction(sigmoid, lambda d, y: d * sigmoid_slope(y)),
        "tanh": _OutputFunction(lambda s: np.tanh(s), lambda d, y: d * tanh_slope(y)),
        "softmax": _OutputFunction(softmax, _softmax_backward),
    }
)
"""What may stand between scores and what is shown."""


class _Measure(NamedTuple):
    """A loss of what is shown: its value for each number of (y, target), and ∂L/∂y."""

    value: Callable[[FloatArray, FloatArray], FloatArray]
    slope: Callable[[FloatArray, FloatArray], FloatArray]


def _xlogy(t: FloatArray, y: FloatArray) -> FloatArray:
    """Return t·log y, 0 where t is 0."""
    return np.asarray(np.where(t == 0, 0, t * np.log(np.where(t == 0, 1, y))))


def _divide(t: FloatArray, y: FloatArray) -> FloatArray:
    """Return t/y, 0 where t is 0."""
    return np.asarray(np.where(t == 0, 0, t / np.where(t == 0, 1, y)))


LOSSES: Mapping[str, _Measure] = MappingProxyType(
    {
        "half_squared": _Measure(lambda y, t: (y - t) ** 2 / 2, lambda y, t: y - t),
        "squared": _Measure(lambda y, t: (y - t) ** 2, lambda y, t: 2 * (y - t)),
        "mean_squared": _Measure(lambda y, t: (y - t) ** 2, lambda y, t: 2 * (y - t)),
        "binary_cross_entropy": _Measure(
            lambda y, t: -_xlogy(t, y) - _xlogy(1 - t, 1 - y),
            lambda y, t: _divide(1 - t, 1 - y) - _divide(t, y),
        ),
        "cross_entropy": _Measure(lambda y, t: -_xlogy(t, y), lambda y, t: -_divide(t, y)),
    }
)
"""The losses: sums over steps and numbers, ``mean_squared`` their mean. ``cross_entropy``'s target is a
distribution a step, ``binary_cross_entropy``'s are numbers in [0, 1]; where what is shown is a softmax or a
sigmoid, they are computed from the scores, so that nothing is lost where those saturate."""


@dataclass(frozen=True, eq=False)
class Loss:
    """A loss of one run.

    value: the loss. steps: what each step adds to it, (T, …). outputs: what was shown, (T, …, K).
    d_scores: ∂L/∂ the scores, (T, …, K), as ``Network.backward`` takes them.
    """

    value: float
    steps: FloatArray
    outputs: FloatArray
    d_scores: FloatArray


def show(scores: FloatArray, activation: str = "identity") -> FloatArray:
    """Return what a read-out shows of its scores (…, K): identity, sigmoid, tanh or softmax of them.

    Raises:
        OptionError: there is no such activation.
    """
    return _lookup("activation", activation, OUTPUT_FUNCTIONS).value(scores)


def loss(name: str, scores: ArrayLike, targets: ArrayLike, activation: str = "identity") -> Loss:
    """Return a loss of a run, with all that it is made of.

    name: one of ``LOSSES``. scores: (T, …, K). activation: what is shown of them. targets: as scores, NaN for
    numbers that do not count, such as all those of a step without a target.

    Raises:
        OptionError: there is no such loss or activation. ShapeError: the targets are not as the scores.
    """
    measure, output_function = (
        _lookup("loss", name, LOSSES),
        _lookup("activation", activation, OUTPUT_FUNCTIONS),
    )
    s = as_floats("scores", scores)
    t = as_floats("targets", targets, s.dtype, finite=False)
    check_shape("targets", t, s.shape)
    counts = ~np.isnan(t)
    t = np.where(counts, t, 0)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):  # ∞ where a target is impossible
        y = output_function.value(s)
        match name, activation:
            case "binary_cross_entropy", "sigmoid":
                each, d = np.where(counts, softplus(s) - t * s, 0), np.where(counts, y - t, 0)
            case "cross_entropy", "softmax":
                each, d = t * (_log_sum(s) - s), y * t.sum(axis=-1, keepdims=True) - t
            case _:
                each = np.where(counts, measure.value(y, t), 0)
                d = output_function.backward(np.where(counts, measure.slope(y, t), 0), y)
    if name == "mean_squared":
        count = max(1, int(np.count_nonzero(counts)))
        each, d = each / count, d / count
    steps = each.sum(axis=-1)
    return Loss(float(steps.sum()), steps, y, d)


def _log_sum(s: FloatArray) -> FloatArray:
    """Return log Σ e^s over the last axis, which stays."""
    top = s.max(axis=-1, keepdims=True)
    return np.asarray(top + np.log(np.exp(s - top).sum(axis=-1, keepdims=True)))


def _lookup(option: str, name: str, table: Mapping[str, Entry]) -> Entry:
    if name not in table:
        raise OptionError("error.engine.option", name=option, value=repr(name), choices=", ".join(table))
    return table[name]
