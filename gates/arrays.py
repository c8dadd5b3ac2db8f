"""Checks at the engine's doors: what comes in is finite floats of the right shape, or a named error."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, DTypeLike

from gates.activations import FloatArray
from gates.errors import DtypeError, NotFiniteError, ShapeError

_FLOATS = (np.float32, np.float64)


def as_floats(
    name: str, values: ArrayLike, dtype: DTypeLike | None = None, *, finite: bool = True
) -> FloatArray:
    """Return ``values`` as a float array, finite unless ``finite`` is False.

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


def owned(array: FloatArray, dtype: DTypeLike) -> FloatArray:
    """Return a contiguous copy that cannot be written to."""
    copy = np.array(array, dtype=dtype, order="C")
    copy.flags.writeable = False
    return copy


def times(M: FloatArray, v: FloatArray) -> FloatArray:
    """Return M·v for one vector ``v`` (n,), or for each row of ``v`` (…, n)."""
    return v @ M.T


def beside(*blocks: FloatArray) -> FloatArray:
    """Return arrays (…, n), (…, m), … side by side: (…, n + m + …)."""
    return np.concatenate(blocks, axis=-1)
