"""Clamps: hold a signal at a value while a cell runs, and see what changes.

A clamp is an intervention. At its steps the signal's equation is computed as ever, its result is thrown away
and the given value stands in its place; everything that reads the signal afterwards reads that value. So

- a clamped *gate* or *candidate* enters the state's equation with the given value (its pre-activation is
  still recorded, and has no effect);
- a clamped *cell* is what tanh, the output peephole, and the next step see;
- a clamped *hidden* is what the run returns at that step and what the next step (or the final state) sees.

In the backward pass nothing flows from a clamped value to what its equation would have read.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias, TypeVar, cast

import numpy as np
from numpy.typing import ArrayLike

from gates.core.activations import FloatArray
from gates.core.sequences import BoolArray, ReadingOrder
from gates.errors import ClampError

Hold: TypeAlias = Callable[[str, FloatArray], FloatArray]
AnyArray = TypeVar("AnyArray", bound=np.ndarray[Any, Any])


def no_clamp(signal: str, value: FloatArray) -> FloatArray:
    """Return the value unchanged: the hold of a step without clamps."""
    return value


@dataclass(frozen=True)
class Clamp:
    """Hold ``signal`` at ``value``.

    signal: any of the cell's signals except ``x``.
    value: one number, or one for each chosen unit.
    units: which units, numbered from 0; None means all.
    steps: which timesteps of the sequence, numbered from 0: a number, a range, a slice or several numbers;
        None means all.

    Where several clamps meet, the last one holds.
    """

    signal: str
    value: ArrayLike
    units: int | Iterable[int] | None = None
    steps: int | Iterable[int] | slice | None = None


@dataclass(frozen=True)
class ResolvedClamps:
    """Clamps resolved for one run: for each clamped signal, where it is held and at what.

    masks and values: (T, n), or (T, B, n) for a batch, in the run's reading order.
    """

    masks: Mapping[str, BoolArray]
    values: Mapping[str, FloatArray]

    def __bool__(self) -> bool:
        return bool(self.masks)

    def at(self, t: int) -> Hold:
        """Return the hold for step ``t``."""
        if not self.masks:
            return no_clamp

        def hold(signal: str, value: FloatArray) -> FloatArray:
            mask = self.masks.get(signal)
            return value if mask is None else np.where(mask[t], self.values[signal][t], value)

        return hold

    def gradient_mask(self, t: int) -> Hold:
        """Return the hold's counterpart on the way back through step ``t``: 0 where a signal was clamped."""

        def unclamped(signal: str, d: FloatArray) -> FloatArray:
            mask = self.masks.get(signal)
            return d if mask is None else np.where(mask[t], d.dtype.type(0), d)

        return unclamped


NO_CLAMPS = ResolvedClamps({}, {})


class Clampable(Protocol):
    """What clamps need to know of a cell."""

    @property
    def widths(self) -> Mapping[str, int]:
        """How many units each signal has that can be clamped."""

    @property
    def never_negative(self) -> Collection[str]:
        """The signals that cannot be held below 0."""

    @property
    def dtype(self) -> np.dtype[Any]:
        """The dtype of the values: float32 or float64."""


def resolve_clamps(
    clamps: Iterable[Clamp], cell: Clampable, reading: ReadingOrder, batch: tuple[int, ...]
) -> ResolvedClamps:
    """Return ``clamps`` as masks and values for a run of ``cell``; ``batch`` is () or (B,).

    Raises:
        ClampError: a clamp names a signal, unit, step or value that this run does not have.
    """
    masks: dict[str, BoolArray] = {}
    values: dict[str, FloatArray] = {}
    for clamp in clamps:
        size = _width(clamp, cell)
        steps = _indices(clamp.signal, "steps", clamp.steps, reading.steps)
        units = _indices(clamp.signal, "units", clamp.units, size)
        if clamp.signal not in masks:
            masks[clamp.signal] = np.zeros((reading.steps, size), dtype=bool)
            values[clamp.signal] = np.zeros((reading.steps, size), dtype=cell.dtype)
        where = np.ix_(steps, units)
        masks[clamp.signal][where] = True
        values[clamp.signal][where] = _value(clamp, cell, len(units))
    return ResolvedClamps(
        {name: _for_batch(mask, reading, batch) for name, mask in masks.items()},
        {name: _for_batch(value, reading, batch) for name, value in values.items()},
    )


def _width(clamp: Clamp, cell: Clampable) -> int:
    if clamp.signal not in cell.widths:
        choices = ", ".join(cell.widths)
        raise ClampError("error.engine.clamp_signal", signal=repr(clamp.signal), choices=choices)
    return cell.widths[clamp.signal]


def _indices(signal: str, kind: str, selection: int | Iterable[int] | slice | None, count: int) -> list[int]:
    if selection is None:
        return list(range(count))
    if isinstance(selection, slice):
        return list(range(*selection.indices(count)))
    indices = (
        [int(selection)] if isinstance(selection, (int, np.integer)) else [int(index) for index in selection]
    )
    if any(not 0 <= index < count for index in indices):
        raise ClampError(f"error.engine.clamp_{kind}", signal=signal, given=indices, count=count)
    return indices


def _value(clamp: Clamp, cell: Clampable, units: int) -> FloatArray:
    try:
        value = np.asarray(clamp.value, dtype=np.float64)
        np.broadcast_to(value, (units,))
    except (TypeError, ValueError):
        value = np.asarray(np.nan)
    if clamp.signal in cell.never_negative and (value < 0).any():
        raise ClampError("error.engine.clamp_negative", signal=clamp.signal, given=repr(clamp.value))
    if not np.isfinite(value).all():
        raise ClampError("error.engine.clamp_value", signal=clamp.signal, given=repr(clamp.value))
    return value


def _for_batch(array: AnyArray, reading: ReadingOrder, batch: tuple[int, ...]) -> AnyArray:
    if not batch:
        return reading.reorder(array)
    steps, size = array.shape
    return reading.reorder(cast(AnyArray, np.broadcast_to(array[:, None], (steps, *batch, size))))
