"""Names: the parts of each cell in the order of its weight rows, and its signals in reading order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from gates.core.activations import FloatArray

RNN_PARTS = ("hidden",)
LSTM_PARTS = ("input", "forget", "candidate", "output")
GRU_PARTS = ("reset", "update", "candidate")

RNN_SIGNALS = ("x", "hidden")
LSTM_SIGNALS = ("x", "forget", "input", "candidate", "cell", "output", "hidden")
GRU_SIGNALS = ("x", "reset", "update", "candidate", "hidden")


class Part(NamedTuple):
    """One part's rows of a cell's weights: W (H, I), U (H, H), b (H,). Views, not copies."""

    W: FloatArray
    U: FloatArray
    b: FloatArray


class InputPart(NamedTuple):
    """One part's rows of the weights of a cell whose gates see the input alone: W (H, I), b (H,). Views."""

    W: FloatArray
    b: FloatArray


class Terms(NamedTuple):
    """What adds up to a pre-activation: W·x, U·h₋₁ and the bias; with peepholes also p⊙c, else None.

    Where a cell has no U, ``h`` is 0.
    """

    x: FloatArray
    h: FloatArray
    bias: FloatArray
    peephole: FloatArray | None = None


class State(NamedTuple):
    """An LSTM's state: what it shows, ``hidden``, and what it keeps, ``cell``."""

    hidden: FloatArray
    cell: FloatArray


class NamedArrays(Mapping[str, FloatArray]):
    """Arrays by name, read as attributes (``pre.forget``) or as items (``pre["forget"]``)."""

    def __init__(self, arrays: Mapping[str, FloatArray]) -> None:
        self.__dict__["_arrays"] = dict(arrays)

    def __getattr__(self, name: str) -> FloatArray:
        arrays: dict[str, FloatArray] = self.__dict__.get("_arrays", {})
        try:
            return arrays[name]
        except KeyError:
            raise AttributeError(f"{name!r} is not one of {', '.join(arrays)}") from None

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError("named arrays cannot be reassigned")

    def __getitem__(self, name: str) -> FloatArray:
        arrays: dict[str, FloatArray] = self.__dict__["_arrays"]
        return arrays[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.__dict__["_arrays"])

    def __len__(self) -> int:
        return len(self.__dict__["_arrays"])

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *self]

    def __repr__(self) -> str:
        shapes = ", ".join(f"{name} {array.shape}" for name, array in self.items())
        return f"{type(self).__name__}({shapes})"
