"""Numbers as the lab keeps them: float64, bounded, and never changed."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from gates.inputs.sequence import InputError

Floats = NDArray[np.float64]

LIMIT = 1e6
"""Magnitude that a weight, an input, a state, a target or a clamp may have."""


def checked_numbers(name: str, value: Any, *, open_places: bool = False) -> Floats:
    """Return numbers as a read-only array of their own; NaN where a place may be open.

    Raises:
        InputError: ``error.lab.value``, one of them is out of bounds.
    """
    array = np.array(value, dtype=np.float64, order="C")
    wrong = ~(np.abs(array) <= LIMIT)  # NaN too
    if open_places:
        wrong &= ~np.isnan(array)
    if wrong.any():
        raise InputError("error.lab.value", name=name, value=f"{array[wrong][0]:g}", limit=f"{LIMIT:,.0f}")
    array.flags.writeable = False
    return array


def decimal_sum(first: Any, second: Any) -> Floats:
    """Return sums as the decimals have them: 0.1 + 0.2 is 0.3."""
    total = np.add(first, second)
    return np.array([float(f"{value:.15g}") for value in total.ravel()], np.float64).reshape(total.shape)


def decimal_difference(total: Any, second: Any) -> Floats:
    """Return what is left of sums without the second addend, likewise."""
    return decimal_sum(total, np.negative(second))
