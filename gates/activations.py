"""The squashing functions of gated cells, and their slopes written in terms of their outputs."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

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
    """Return σ′ where σ has the value ``s``: s(1 − s)."""
    return s * (1 - s)


def tanh_slope(t: FloatArray) -> FloatArray:
    """Return tanh′ where tanh has the value ``t``: 1 − t²."""
    return 1 - t * t


def relu(a: FloatArray, out: FloatArray | None = None) -> FloatArray:
    """Return max(0, a), elementwise."""
    return np.maximum(a, 0, out=out)


def relu_slope(r: FloatArray) -> FloatArray:
    """Return the slope of relu where it has the value ``r``: 1 above 0, else 0 (PyTorch's choice at 0)."""
    return (r > 0).astype(r.dtype)


def softmax(scores: FloatArray) -> FloatArray:
    """Return e^s / Σ e^s over the last axis; safe from overflow."""
    weights = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return np.asarray(weights / weights.sum(axis=-1, keepdims=True))
