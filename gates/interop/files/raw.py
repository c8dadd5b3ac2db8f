"""Arrays out of raw bytes, as several formats keep them: each claim is checked before memory is taken."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

KINDS: Mapping[str, str] = {
    "float64": "<f8", "float32": "<f4", "float16": "<f2", "bfloat16": "<u2",
    "float8_e4m3fn": "u1", "float8_e5m2": "u1",
    "int64": "<i8", "int32": "<i4", "int16": "<i2", "int8": "i1",
    "uint64": "<u8", "uint32": "<u4", "uint16": "<u2", "uint8": "u1", "bool": "?",
    "complex64": "<c8", "complex128": "<c16",
}  # fmt: skip
"""By PyTorch's name: how the numbers stand in the file."""

SHORT = ("bfloat16", "float8_e4m3fn", "float8_e5m2")
"""What NumPy has no type for, and float32 holds exactly."""


def strided(
    data: bytes, kind: str, shape: Sequence[Any], strides: Sequence[int] | None = None, offset: int = 0
) -> NDArray[Any]:
    """Return the array that ``data`` holds, short floats as float32.

    strides, offset: counted in numbers; None for rows one behind the other.

    Raises:
        ValueError: there is no such kind, or there are not as many numbers as the shape says.
    """
    if kind not in KINDS:
        raise ValueError(f"unknown kind {kind}")
    whole = len(data) // np.dtype(KINDS[kind]).itemsize
    numbers: NDArray[Any] = np.frombuffer(data, KINDS[kind], count=whole)
    if min(shape, default=0) < 0 or offset < 0:
        raise ValueError("a size below 0")
    count = int(prod(shape))
    array: NDArray[Any]
    if strides is None:
        array = numbers[offset : offset + count].reshape(shape)
    else:
        if len(strides) != len(shape) or min(strides, default=0) < 0:
            raise ValueError("strides that do not fit")
        reach = offset + sum((size - 1) * step for size, step in zip(shape, strides, strict=True))
        if count > numbers.size or (count and reach >= numbers.size):
            raise ValueError("beyond its bytes")
        steps = [step * numbers.itemsize for step in strides]
        array = np.lib.stride_tricks.as_strided(numbers[offset:], tuple(shape), steps, writeable=False)
    return np.ascontiguousarray(_widened(array, kind)).reshape(shape)


def _widened(array: NDArray[Any], kind: str) -> NDArray[Any]:
    if kind == "bfloat16":  # the upper half of float32
        wide: NDArray[Any] = array.astype("<u4") << 16
        short: NDArray[Any] = wide.view("<f4")
        return short
    if kind.startswith("float8"):
        table = _float8(exponent_bits=4 if "e4" in kind else 5)
        array = table[array]
    return array


def _float8(exponent_bits: int) -> NDArray[np.float32]:
    """All 256 numbers of eight bits: sign, exponent, mantissa (Micikevicius et al. 2022, arXiv 2209.05433).

    Of E4M3 only the last pattern is NaN, and there is no infinity; E5M2 is as IEEE 754 has it.
    """
    bits = np.arange(256)
    mantissa_bits = 7 - exponent_bits
    bias, top = 2 ** (exponent_bits - 1) - 1, 2**exponent_bits - 1
    exponent, mantissa = bits >> mantissa_bits & top, bits & (2**mantissa_bits - 1)
    share = mantissa / 2.0**mantissa_bits
    value = np.where(exponent == 0, share * 2.0 ** (1 - bias), (1 + share) * 2.0 ** (exponent - bias))
    if exponent_bits == 5:
        value = np.where(exponent == top, np.where(mantissa == 0, np.inf, np.nan), value)
    else:
        value = np.where((exponent == top) & (mantissa == 7), np.nan, value)
    return np.where(bits >> 7, -value, value).astype(np.float32)
