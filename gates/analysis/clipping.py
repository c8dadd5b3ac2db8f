"""Gradient clipping: by the norm of the whole gradient, or entry by entry."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from gates.analysis.flow import vector_norms
from gates.core.activations import FloatArray

Mode = Literal["norm", "value"]


@dataclass(frozen=True, eq=False)
class Clipped:
    """A gradient before and after clipping, by the names of the weights.

    before, after: norms of the whole gradient. angle: degrees between the two, 0 if only the norm
    changed; NaN where one of them is 0 or not finite.
    """

    weights: Mapping[str, FloatArray]
    before: float
    after: float
    angle: float


def clip(weights: Mapping[str, FloatArray], threshold: float, mode: Mode = "norm") -> Clipped:
    """Return the gradient ``weights`` clipped at ``threshold``.

    "norm": scaled to norm ``threshold`` if it is larger, its direction kept (Pascanu et al. 2013).
    "value": each entry brought into ±threshold, which turns its direction.

    A gradient that is not finite stays so by "norm": ∞ scaled down is no number. By "value" infinities become
    ±threshold.
    """
    before = norm(weights)
    if mode == "value":
        clipped = {name: np.clip(w, -threshold, threshold) for name, w in weights.items()}
    else:
        factor = min(1.0, threshold / before) if before > 0 else 1.0
        with np.errstate(invalid="ignore"):
            clipped = {name: factor * w for name, w in weights.items()}
    return Clipped(clipped, before, norm(clipped), _angle(weights, clipped))


def norm(weights: Mapping[str, FloatArray]) -> float:
    """Return the Euclidean norm of all entries together, as one vector."""
    return float(vector_norms(_flat(weights)))


def _flat(weights: Mapping[str, FloatArray]) -> FloatArray:
    return np.concatenate([np.ravel(w) for w in weights.values()])


def _angle(before: Mapping[str, FloatArray], after: Mapping[str, FloatArray]) -> float:
    a, b = _flat(before), _flat(after)
    size_a, size_b = vector_norms(a), vector_norms(b)
    if not (np.isfinite(size_a * size_b) and size_a > 0 and size_b > 0):
        return float("nan")
    cosine = float((a / size_a) @ (b / size_b))
    return float(np.degrees(np.arccos(np.clip(cosine, -1, 1))))
