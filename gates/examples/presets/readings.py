"""Numbers that a preset's text says, read off a run: where the sliders move the run, the text moves along."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from gates.inputs.sequence import Sequence

GATES = frozenset({"forget", "input", "output", "update", "reset"})
SMALLEST, LARGEST = 5e-3, 1e3
"""Sizes that are written out; others get a power of ten."""

_RAISED = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")


class Opening(float):
    """How far a gate stands open, which is never written as 0 or 1 unless it is exactly that."""


class Given(float):
    """A weight, which is written as it was set."""


@dataclass(frozen=True, eq=False)
class Reading:
    """A preset's own sequence as its cell reads it."""

    cell: Any
    sequence: Sequence
    trace: Any

    @classmethod
    def of(cls, cell: Any, sequence: Sequence) -> Reading:
        """Return the run of ``cell`` over ``sequence``."""
        return cls(cell, sequence, cell.run(sequence.x))

    def at(self, signal: str, step: int, unit: int = 1) -> float:
        """Return a signal at a step of a unit, both from 1; a negative step counts from the end."""
        values = getattr(self.trace, signal)[:, unit - 1]
        value = float(values[step - 1 if step > 0 else step])
        return Opening(value) if signal in GATES else value

    def token(self, token: str) -> int:
        """Return the step, from 1, at which the input of ``token`` first comes; its spelling may differ."""
        return 1 + int(np.argmax(self.sequence.x[:, self.sequence.columns.index(token)] == 1))


Figure = Callable[[Reading], float | int]
"""What one number of a text says: an int is a count."""


def at(signal: str, step: int, unit: int = 1) -> Figure:
    """Return the figure that is a signal at a step of a unit, both from 1."""
    return lambda run: run.at(signal, step, unit)


def said(value: float | int) -> str:
    """Return a figure as a sentence writes it: two decimals, gates by their distance from 0 or 1."""
    if isinstance(value, int):
        return str(value)
    if isinstance(value, Given):
        return f"{value:.4g}".replace("-", "−")
    if isinstance(value, Opening):
        return _opening(float(value))
    size = abs(value)
    if value != 0 and not SMALLEST <= size < LARGEST:
        return _power(value)
    return f"{value:.2f}".replace("-", "−") if value else "0"


def _opening(value: float) -> str:
    if value in (0.0, 1.0):
        return f"{value:.0f}"
    nearest = min(value, 1 - value)
    if nearest < 5e-5:
        return _power(value) if value < 0.5 else f"1 − {_power(nearest)}"
    return f"{value:.{4 if nearest < SMALLEST else 2}f}"


def _power(value: float) -> str:
    mantissa, exponent = f"{value:.0e}".split("e")
    return f"{mantissa}·10{str(int(exponent)).translate(_RAISED)}".replace("-", "−", 1)
