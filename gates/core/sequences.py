"""In which order a run reads its timesteps: forward or in reverse, with batches of different lengths."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeVar, cast

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gates.core.activations import FloatArray
from gates.errors import ShapeError

BoolArray = NDArray[np.bool_]
IntArray = NDArray[np.intp]
AnyArray = TypeVar("AnyArray", bound=np.ndarray[Any, Any])


def as_lengths(lengths: ArrayLike | None, shape: tuple[int, ...]) -> IntArray | None:
    """Return checked lengths (B,) for an input of shape (T, B, I); None if every sequence fills all T steps.

    Raises:
        ShapeError: the input is not a batch, or a length is not a whole number from 1 to T.
    """
    if lengths is None:
        return None
    if len(shape) != 3:
        raise ShapeError("error.engine.no_batch", shape=shape)
    steps, batch = shape[:2]
    values = np.asarray(lengths)
    fits = (
        values.shape == (batch,)
        and values.dtype.kind in "iu"
        and bool(np.all((values >= 1) & (values <= steps)))
    )
    if not fits:
        raise ShapeError("error.engine.lengths", steps=steps, batch=batch, given=values.tolist())
    return values.astype(np.intp)


@dataclass(frozen=True)
class ReadingOrder:
    """The order in which a run reads T steps of a sequence, or of a batch of sequences with own lengths.

    A reverse reading begins at each sequence's *last valid* step, so that padding is read last, as PyTorch's
    packed sequences do. Turning an array from sequence order into reading order, and back, is the same
    operation (``reorder``).
    """

    steps: int
    reverse: bool = False
    lengths: IntArray | None = None

    def reorder(self, array: AnyArray) -> AnyArray:
        """Return ``array`` (T, …) in the other order: sequence order to reading order, or back."""
        if not self.reverse:
            return array
        if self.lengths is None:
            return cast(AnyArray, array[::-1])
        t = np.arange(self.steps)[:, None]
        source = np.where(t < self.lengths, self.lengths - 1 - t, t)
        return cast(AnyArray, array[source, np.arange(self.lengths.size)])

    def mask(self) -> BoolArray | None:
        """Return which steps are valid, (T, B, 1); None if all are."""
        if self.lengths is None:
            return None
        return (np.arange(self.steps)[:, None] < self.lengths)[:, :, None]

    def zero_padding(self, array: FloatArray) -> FloatArray:
        """Return ``array`` (T, B, …) with 0 at the steps beyond each sequence's length."""
        mask = self.mask()
        if mask is None:
            return array
        return np.where(
            mask.reshape(*mask.shape[:2], *(1 for _ in array.shape[2:])), array, array.dtype.type(0)
        )

    def at_last(self, array: FloatArray) -> FloatArray:
        """Return what ``array`` (T, …), in sequence order, holds at the step that is read last."""
        if self.reverse:
            return np.asarray(array[0])
        if self.lengths is None:
            return np.asarray(array[-1])
        return np.asarray(array[self.lengths - 1, np.arange(self.lengths.size)])

    def add_at_last(self, array: FloatArray, values: FloatArray) -> None:
        """Add ``values`` to ``array`` (T, …), in sequence order, in place, at the step that is read last."""
        if self.reverse:
            array[0] += values
        elif self.lengths is None:
            array[-1] += values
        else:
            array[self.lengths - 1, np.arange(self.lengths.size)] += values
