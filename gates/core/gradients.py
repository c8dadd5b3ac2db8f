"""What a backward pass returns, and the products over time that weights' gradients are made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from gates.core.activations import FloatArray
from gates.core.signals import NamedArrays, State


class SignalGradients(NamedArrays):
    """∂L/∂(signal) at every step by the trace's names, and those of the pre-activations as ``pre.<part>``."""

    def __init__(self, arrays: Mapping[str, FloatArray], pre: Mapping[str, FloatArray]) -> None:
        super().__init__(arrays)
        self.__dict__["pre"] = NamedArrays(pre)

    pre: NamedArrays


@dataclass(frozen=True, eq=False)
class Gradients:
    """The gradients of a loss L with respect to everything in a run.

    weights: by the cell's own names: W, U, b; a GRU's b_hn; an LSTM's peephole and projection if it has them.
        Summed over a batch. Rows that an option leaves unused have gradient 0.
    inputs: ∂L/∂x, (T, …, I).
    state: ∂L/∂ the initial state: h₀ (…, H), an LSTM's as the pair (hidden, cell).
    signals: ∂L/∂ each signal at each step, (T, …, H), with all that follows from it, now and later: what L
        would change if this value were another. ``signals.pre`` has the pre-activations', which are 0 where
        a gate is clamped.
    """

    weights: NamedArrays
    inputs: FloatArray
    state: FloatArray | State
    signals: SignalGradients


def flat(array: FloatArray) -> FloatArray:
    """Return ``array`` (T, …, n) with all steps and sequences in one axis, (n, T·…)."""
    return np.moveaxis(array, -1, 0).reshape(array.shape[-1], -1)


def over_time(d: FloatArray, v: FloatArray) -> FloatArray:
    """Return Σ d vᵀ over all steps and sequences, (n, m), for ``d`` (n, T·…), flat, and ``v`` (T, …, m)."""
    return np.asarray(d @ flat(v).T)
