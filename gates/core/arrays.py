"""Checks at the engine's doors: what comes in is finite floats of the right shape, or a named error."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, DTypeLike

from gates.core.activations import FloatArray
from gates.errors import DtypeError, NotFiniteError, ShapeError

_FLOATS = (np.float32, np.float64)


def as_floats(
    name: str, values: ArrayLike, dtype: DTypeLike | None = None, *, finite: bool = True
) -> FloatArray:
    """Return ``values`` as a float array of their own shape, finite unless ``finite`` is False.

    float32 and float64 are kept unless ``dtype`` is given; whole numbers become float64.

    Raises:
        DtypeError: the values are ragged, or not real numbers of at most 64 bits.
        NotFiniteError: some value is NaN or infinite.
    """
    try:
        array: np.ndarray[Any, Any] = np.asarray(values)
    except ValueError:  # NumPy's word for rows of different lengths
        raise DtypeError("error.engine.ragged", name=name) from None
    if array.dtype == object:
        raise DtypeError("error.engine.ragged", name=name)
    if array.dtype.kind in "iu":
        array = array.astype(np.float64)
    if array.dtype.type not in _FLOATS:
        raise DtypeError("error.engine.dtype", name=name, dtype=str(array.dtype))
    if dtype is not None:
        array = array.astype(dtype, copy=False)
    if finite:
        check_finite(name, array)
    return array


def check_finite(name: str, array: FloatArray) -> None:
    """Raise a NotFiniteError that says where ``array`` holds NaN or infinity, if it does."""
    finite = np.isfinite(array)
    if not finite.all():
        bad = np.argwhere(~finite)
        position = tuple(int(index) for index in bad[0])
        raise NotFiniteError(
            "error.engine.finite", name=name, count=len(bad), size=array.size, position=position
        )


def check_shape(name: str, array: FloatArray, expected: tuple[int, ...], key: str = "shape") -> None:
    """Raise a ShapeError unless ``array`` has exactly the shape ``expected``."""
    if array.shape != expected:
        raise ShapeError(f"error.engine.{key}", name=name, shape=array.shape, expected=expected)


def state_part(
    name: str,
    state: ArrayLike | None,
    shape: tuple[int, ...],
    batch: tuple[int, ...],
    dtype: Any,
    *,
    empty: float = 0.0,
) -> FloatArray:
    """Return one array of a state, checked: all ``empty`` for None, one sequence's repeated over a batch.

    ``empty`` may be infinite, and then so may the numbers given.

    Raises:
        GatesError: it has neither ``shape`` nor ``batch`` + ``shape``, or holds no finite numbers.
    """
    if state is None:
        return np.full((*batch, *shape), empty, dtype)
    array = as_floats(name, state, dtype, finite=False)
    check_finite(name, array if np.isfinite(empty) else np.where(array == empty, 0, array))
    if array.shape == shape and batch:
        array = np.broadcast_to(array, (*batch, *shape))
    check_shape(name, array, (*batch, *shape))
    return array


def frozen_copy(array: FloatArray, dtype: DTypeLike) -> FloatArray:
    """Return a contiguous copy that cannot be written to."""
    copy = np.array(array, dtype=dtype, order="C")
    copy.flags.writeable = False
    return copy


def matvec(M: FloatArray, v: FloatArray) -> FloatArray:
    """Return M·v for one vector ``v`` (n,), or for each row of ``v`` (…, n)."""
    return v @ M.T


def concat_last(*blocks: FloatArray) -> FloatArray:
    """Return arrays (…, n), (…, m), … side by side: (…, n + m + …)."""
    return np.concatenate(blocks, axis=-1)
