"""The squashing functions of gated cells: their values, and their slopes."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from gates.errors import OptionError

FloatArray: TypeAlias = NDArray[np.floating[Any]]


def sigmoid(a: FloatArray) -> FloatArray:
    """Return σ(a) = 1 / (1 + e⁻ᵃ), elementwise.

    Safe from overflow, and accurate relative to σ itself in the low tail (σ(−40) is 4.2e-18, not 0), which
    the form ½(1 + tanh ½a) is not. It saturates where the number format does: σ(40) is 1 in float64, σ(17)
    in float32.
    """
    with np.errstate(over="ignore"):  # e⁻ᵃ = ∞ gives 0, less than one denormal away from the truth
        return np.asarray(np.reciprocal(1 + np.exp(-a)))


def sigmoid_slope(s: FloatArray) -> FloatArray:
    """Return σ′, elementwise, where σ has the value ``s``: s(1 − s)."""
    return s * (1 - s)


def tanh_slope(t: FloatArray) -> FloatArray:
    """Return tanh′, elementwise, where tanh has the value ``t``: 1 − t²."""
    return 1 - t * t


def relu(a: FloatArray, out: FloatArray | None = None) -> FloatArray:
    """Return max(0, a), elementwise."""
    return np.maximum(a, 0, out=out)


def softplus(a: FloatArray) -> FloatArray:
    """Return log(1 + eᵃ), elementwise; safe from overflow."""
    return np.asarray(np.logaddexp(0, a))


def softmax(scores: FloatArray) -> FloatArray:
    """Return e^s / Σ e^s over the last axis of scores (…, K); safe from overflow."""
    weights = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return np.asarray(weights / weights.sum(axis=-1, keepdims=True))


class Function(NamedTuple):
    """A function by name: its value of (a, α, β), its slope of (a, its value, α, β), its own α and β.

    α or β is None where the function has no such parameter.
    """

    value: Callable[[FloatArray, float, float], FloatArray]
    slope: Callable[[FloatArray, FloatArray, float, float], FloatArray]
    alpha: float | None = None
    beta: float | None = None


def _normal(a: FloatArray) -> FloatArray:
    """Return Φ(a), the share of a standard normal distribution below a: what gelu multiplies a with."""
    shares = np.frompyfunc(lambda v: 0.5 * math.erfc(-v / math.sqrt(2)), 1, 1)(a)
    return np.asarray(shares, dtype=a.dtype)


def _normal_density(a: FloatArray) -> FloatArray:
    return np.asarray(np.exp(-a * a / 2) / math.sqrt(2 * math.pi))


def _mish_slope(a: FloatArray) -> FloatArray:
    t = np.tanh(softplus(a))
    return np.asarray(t + a * tanh_slope(t) * sigmoid(a))


SELU_SCALE, SELU_ALPHA = 1.0507009873554805, 1.6732632423543772

FUNCTIONS: Mapping[str, Function] = MappingProxyType(
    {
        "sigmoid": Function(lambda a, α, β: sigmoid(a), lambda a, y, α, β: sigmoid_slope(y)),
        "tanh": Function(lambda a, α, β: np.tanh(a), lambda a, y, α, β: tanh_slope(y)),
        "relu": Function(lambda a, α, β: relu(a), lambda a, y, α, β: _indicator(a > 0, a)),
        "identity": Function(lambda a, α, β: a.copy(), lambda a, y, α, β: np.ones_like(a)),
        "affine": Function(lambda a, α, β: α * a + β, lambda a, y, α, β: np.full_like(a, α), 1.0, 0.0),
        "hard_sigmoid": Function(
            lambda a, α, β: np.clip(α * a + β, 0, 1),
            lambda a, y, α, β: α * _indicator((y > 0) & (y < 1), a),
            0.2,
            0.5,
        ),
        "hard_tanh": Function(
            lambda a, α, β: np.clip(a, -1, 1), lambda a, y, α, β: _indicator(abs(a) < 1, a)
        ),
        "scaled_tanh": Function(
            lambda a, α, β: α * np.tanh(β * a),
            lambda a, y, α, β: α * β * tanh_slope(np.tanh(β * a)),
            1.0,
            1.0,
        ),
        "softsign": Function(lambda a, α, β: a / (1 + abs(a)), lambda a, y, α, β: (1 / (1 + abs(a))) ** 2),
        "softplus": Function(lambda a, α, β: softplus(a), lambda a, y, α, β: sigmoid(a)),
        "leaky_relu": Function(
            lambda a, α, β: np.where(a > 0, a, α * a), lambda a, y, α, β: np.where(a > 0, _ones(a), α), 0.01
        ),
        "thresholded_relu": Function(
            lambda a, α, β: np.where(a >= α, a, 0), lambda a, y, α, β: _indicator(a >= α, a), 1.0
        ),
        "elu": Function(
            lambda a, α, β: relu(a) + α * np.expm1(np.minimum(a, 0)),
            lambda a, y, α, β: np.where(a > 0, _ones(a), α * np.exp(np.minimum(a, 0))),
            1.0,
        ),
        "selu": Function(
            lambda a, α, β: SELU_SCALE * (relu(a) + SELU_ALPHA * np.expm1(np.minimum(a, 0))),
            lambda a, y, α, β: SELU_SCALE * np.where(a > 0, _ones(a), SELU_ALPHA * np.exp(np.minimum(a, 0))),
        ),
        "silu": Function(
            lambda a, α, β: a * sigmoid(a), lambda a, y, α, β: sigmoid(a) * (1 + a * sigmoid(-a))
        ),
        "gelu": Function(
            lambda a, α, β: a * _normal(a), lambda a, y, α, β: _normal(a) + a * _normal_density(a)
        ),
        "mish": Function(lambda a, α, β: a * np.tanh(softplus(a)), lambda a, y, α, β: _mish_slope(a)),
        "exponential": Function(lambda a, α, β: np.exp(a), lambda a, y, α, β: y),
        "relu6": Function(
            lambda a, α, β: np.clip(a, 0, 6), lambda a, y, α, β: _indicator((y > 0) & (y < 6), a)
        ),
        "hard_silu": Function(
            lambda a, α, β: a * np.clip(a / 6 + 0.5, 0, 1),
            lambda a, y, α, β: np.where(abs(a) < 3, a / 3 + 0.5, _indicator(a > 0, a)),
        ),
        "log_sigmoid": Function(lambda a, α, β: -softplus(-a), lambda a, y, α, β: sigmoid(-a)),
        "tanh_shrink": Function(lambda a, α, β: a - np.tanh(a), lambda a, y, α, β: np.tanh(a) ** 2),
    }
)
"""What a cell's option may name. α and β are ONNX', with its defaults where it has some. gelu is exact."""

BY_VALUE = frozenset({"sigmoid", "tanh", "relu"})
"""The functions whose slopes follow from their values alone."""


def _indicator(there: NDArray[np.bool_], like: FloatArray) -> FloatArray:
    """Return 1 there and 0 elsewhere."""
    return there.astype(like.dtype)


def _ones(a: FloatArray) -> FloatArray:
    return np.ones_like(a)


@dataclass(frozen=True)
class Activation:
    """A squashing function by name, with its parameters where it has some: ``Activation("elu", alpha=0.5)``.

    alpha, beta: None means the function's own: hard_sigmoid is max(0, min(1, alpha·a + beta)) with .2 and .5
    as in ONNX and Keras 2 (Keras 3 and PyTorch: 1/6 and .5); leaky_relu's slope below 0 is .01 (Keras: .2).

    Raises:
        OptionError: no function has this name, or it has no such parameter.
    """

    name: str
    alpha: float | None = None
    beta: float | None = None

    def __post_init__(self) -> None:
        function = _function("activation", self.name)
        defaults = {"alpha": function.alpha, "beta": function.beta}
        takes = ", ".join(parameter for parameter, value in defaults.items() if value is not None) or "–"
        for parameter, default in defaults.items():
            value = getattr(self, parameter)
            if value is None:
                value = default
            elif default is None or not math.isfinite(value):
                raise OptionError(
                    "error.engine.activation", name=self.name, parameter=parameter, value=value, takes=takes
                )
            object.__setattr__(self, parameter, None if value is None else float(value))

    def __call__(self, a: FloatArray) -> FloatArray:
        """Return the function's values at ``a``, elementwise; what is too large for the format is ∞."""
        with np.errstate(over="ignore"):
            return np.asarray(FUNCTIONS[self.name].value(a, *self._parameters))

    def derivative(self, a: FloatArray, y: FloatArray | None = None) -> FloatArray:
        """Return the function's slopes at ``a``, elementwise; ``y``, its values there, if they are known."""
        with np.errstate(over="ignore", under="ignore"):
            y = self(a) if y is None else y
            return np.asarray(FUNCTIONS[self.name].slope(a, y, *self._parameters))

    @property
    def _parameters(self) -> tuple[float, float]:
        return (math.nan if self.alpha is None else self.alpha, math.nan if self.beta is None else self.beta)


AnyActivation: TypeAlias = str | Activation
"""How an option gives an activation: by its name, or with parameters other than the function's own."""


def canonical_activation(option: str, value: AnyActivation) -> AnyActivation:
    """Return an option's ``value`` in its shortest form: the bare name wherever that says it all.

    Raises:
        OptionError: it names no function; the sentence lists those there are.
    """
    if isinstance(value, Activation):
        return value.name if value == Activation(value.name) else value
    _function(option, value)
    return value


def _function(option: str, name: object) -> Function:
    if not isinstance(name, str) or name not in FUNCTIONS:
        choices = ", ".join(FUNCTIONS)
        raise OptionError("error.engine.option", name=option, value=repr(name), choices=choices)
    return FUNCTIONS[name]


@dataclass(frozen=True)
class Squash:
    """An activation as a cell applies it: to its argument clipped to ±``clip``, if there is a clip."""

    activation: Activation
    clip: float | None = None

    @classmethod
    def of(cls, value: AnyActivation, clip: float | None = None) -> Squash:
        """Return the squash that a cell's options ask for."""
        return cls(value if isinstance(value, Activation) else Activation(value), clip)

    def __call__(self, a: FloatArray) -> FloatArray:
        """Return the values at ``a``, elementwise."""
        return self.activation(a if self.clip is None else np.clip(a, -self.clip, self.clip))

    def derivative(self, y: FloatArray, argument: Callable[[], FloatArray]) -> FloatArray:
        """Return the slopes where the values are ``y``: 0 beyond the clip.

        ``argument`` gives what was squashed; it is called only if the slopes do not follow from the values.
        """
        name = self.activation.name
        if name in BY_VALUE and self.clip is None:
            return FUNCTIONS[name].slope(y, y, math.nan, math.nan)
        a = argument()
        slopes = self.activation.derivative(a, y)
        if self.clip is not None:
            slopes = np.where(abs(a) <= self.clip, slopes, slopes.dtype.type(0))
        return slopes


def checked_clip(option: str, clip: Any) -> float | None:
    """Return an option's ``clip`` as a plain number, or None.

    Raises:
        OptionError: it is neither a positive number nor None.
    """
    if clip is None:
        return None
    if isinstance(clip, bool) or not isinstance(clip, (int, float, np.integer, np.floating)) or not clip > 0:
        raise OptionError("error.engine.clip", name=option, given=repr(clip))
    return float(clip)
