"""Weights that come in many arrays, a few for each gate, put together into a cell."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from gates.cells.gru import GRU
from gates.cells.lstm import LSTM
from gates.cells.rnn import RNN
from gates.core.activations import FloatArray
from gates.interop.errors import InteropError
from gates.interop.orders import PARTS
from gates.interop.report import Note
from gates.interop.stacks import Stack
from gates.interop.values import Value, as_floats, dtype_name, shape
from gates.network import AnyCell, Layer, Readout

CELLS: Mapping[str, type[RNN] | type[LSTM] | type[GRU]] = {"rnn": RNN, "lstm": LSTM, "gru": GRU}


class CheckedArrays:
    """The arrays of one layer, taken one by one and checked; what nobody takes is an error."""

    def __init__(self, layer: str, framework: str, arrays: Mapping[str, Value]) -> None:
        self.layer = layer
        self.framework = framework
        self._left = dict(arrays)
        self.dtypes = sorted({dtype_name(value) for value in arrays.values()})

    def __contains__(self, name: str) -> bool:
        return name in self._left

    def sizes(self, name: str) -> tuple[int, int]:
        """Return a matrix's rows and columns.

        Raises:
            InteropError: it is missing, or no matrix.
        """
        actual = self.shape(name)
        if len(actual) != 2 or 0 in actual:
            raise InteropError(
                "interop.error.shape", array=self._in_source(name), shape=actual, expected="(rows, columns)"
            )
        return actual[0], actual[1]

    def take(self, name: str, expected: tuple[int, ...]) -> FloatArray:
        """Return an array as finite floats.

        Raises:
            InteropError: it is missing, has another shape, or holds no finite numbers.
        """
        actual = self.shape(name)
        if actual != expected or 0 in actual:
            raise InteropError(
                "interop.error.shape", array=self._in_source(name), shape=actual, expected=expected
            )
        return as_floats(self._in_source(name), self._left.pop(name))

    def all_taken(self) -> None:
        """Raise an InteropError if something is left over."""
        if self._left:
            extra = ", ".join(self._left)
            raise InteropError(
                "interop.error.tree.extra", layer=self.word, framework=self.framework, extra=extra
            )

    def shape(self, name: str) -> tuple[int, ...]:
        """Return an array's shape.

        Raises:
            InteropError: it is missing.
        """
        if name not in self._left:
            raise InteropError(
                "interop.error.tree.missing", layer=self.word, framework=self.framework, missing=name
            )
        return shape(self._left[name])

    def _in_source(self, name: str) -> str:
        return f"{self.layer}.{name}".removeprefix(".")

    @property
    def word(self) -> str:
        """The layer's name to show: a tree's only layer may have none."""
        return self.layer or next(iter(self._left), self.framework)


@dataclass(frozen=True)
class Gate:
    """One part's weights as the engine has them: W (H, I), U (H, H), b (H,)."""

    W: FloatArray
    U: FloatArray
    b: FloatArray


def assembled(kind: str, gates: Mapping[str, Gate], **options: Any) -> AnyCell:
    """Return a cell from the weights of its parts, by name."""
    rows = [gates[part] for part in PARTS[kind]]
    W, U, b = (np.concatenate([getattr(gate, name) for gate in rows]) for name in ("W", "U", "b"))
    return CELLS[kind](W, U, b, **options)


def stack_of(arrays: CheckedArrays, cell: AnyCell, notes: Iterable[Note], **more: Any) -> Stack:
    """Return a cell as a stack of one layer, with what was done to its numbers and ``more`` of the fields."""
    dtype = str(cell.dtype)
    converted = [
        Note("interop.report.converted", given=name, dtype=dtype) for name in arrays.dtypes if name != dtype
    ]
    return Stack(arrays.layer, (Layer(cell),), (*notes, *converted), **more)


def by_owner(pattern: re.Pattern[str], arrays: Mapping[str, Value]) -> dict[str, dict[str, Value]]:
    """Return the arrays whose names fit ``pattern``, by owner and then by the rest of the name."""
    owners: dict[str, dict[str, Value]] = {}
    for name, value in arrays.items():
        if match := pattern.fullmatch(name):
            owners.setdefault(match["owner"] or "", {})[match["name"]] = value
    return owners


def transposed(kernel: Value | None, bias: Value | None, name: str) -> Readout | None:
    """Return a linear layer from a kernel (in, out) and a bias, None if the kernel is none."""
    if kernel is None or len(shape(kernel)) != 2:
        return None
    V = as_floats(name, kernel).T
    return Readout(V, np.zeros(len(V), V.dtype) if bias is None else as_floats(f"{name} (bias)", bias))
