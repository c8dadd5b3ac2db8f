"""Arrays as they come, from NumPy or PyTorch, made into finite float arrays."""

from __future__ import annotations

from collections.abc import Iterable
from math import prod
from typing import Any, TypeAlias

import numpy as np

from gates.core.activations import FloatArray
from gates.interop.errors import InteropError

Value: TypeAlias = Any
"""A NumPy array or a PyTorch tensor. PyTorch is never imported for it: what has ``detach`` is a tensor."""

KEPT = ("float32", "float64")

MOST_LISTED = 2_000_000
"""How many numbers may stand in nested lists; arrays may be larger."""


def as_value(value: Any) -> Value | None:
    """Return ``value`` if it is a tensor or an array, nested lists of numbers as an array, else None."""
    if hasattr(value, "shape") and hasattr(value, "dtype"):
        return value
    if isinstance(value, (list, tuple)) and _is_modest(value):
        try:
            array = np.asarray(value)
        except ValueError:
            return None
        return array if array.dtype.kind in "iuf" else None
    return None


def _is_modest(value: list[Any] | tuple[Any, ...]) -> bool:
    """Whether nested lists hold a number of things that can be counted: sixty doublings would never end."""
    count, waiting = 0, [value]
    while waiting and count <= MOST_LISTED:
        part = waiting.pop()
        count += len(part)
        waiting += [item for item in part if isinstance(item, (list, tuple))]
    return count <= MOST_LISTED


def shape(value: Value) -> tuple[int, ...]:
    """Return the shape as a plain tuple."""
    return tuple(int(size) for size in value.shape)


def dtype_name(value: Value) -> str:
    """Return the name of the number type, without PyTorch's prefix."""
    return getattr(value.dtype, "name", "") or str(value.dtype).removeprefix("torch.")


def size_in_bytes(values: Iterable[Value]) -> int:
    """Return what ``values`` take when copied out; a tensor may be a view that repeats a few numbers."""
    return sum(prod(shape(value)) * int(value.dtype.itemsize) for value in values)


def as_floats(name: str, value: Value) -> FloatArray:
    """Return ``value`` as a finite array: float64 and float32 as they are, shorter floats as float32.

    Raises:
        InteropError: it holds no floating-point numbers, or NaN or infinity, or nothing at all.
    """
    if getattr(value, "is_meta", False):
        raise InteropError("interop.error.meta", array=name)
    layout = str(getattr(value, "layout", "torch.strided")).removeprefix("torch.")
    if "float" not in dtype_name(value) or layout != "strided":
        dtype = dtype_name(value) if layout == "strided" else layout
        raise InteropError("interop.error.dtype", array=name, dtype=dtype)
    if hasattr(value, "detach"):
        value = value.detach().cpu()
        value = (value if dtype_name(value) in KEPT else value.float()).numpy()
    array = np.asarray(value)
    precision = np.float64 if array.dtype.itemsize >= 8 else np.float32
    array = array.astype(precision, copy=False)
    bad = int(array.size - np.count_nonzero(np.isfinite(array)))
    if bad:
        raise InteropError("interop.error.finite", array=name, count=bad, size=array.size)
    return array
