"""The arrays of a recurrent layer under PyTorch's names: kind and sizes are read off their shapes."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from gates.interop.errors import InteropError, names_text
from gates.interop.orders import PARTS
from gates.interop.report import Note
from gates.interop.values import Value, shape

REQUIRED = ("weight_ih", "weight_hh")
BIASES = ("bias_ih", "bias_hh")
NAME = re.compile(
    r"(?:(?P<owner>.*)\.)?(?P<parameter>weight_ih|weight_hh|weight_hr|bias_ih|bias_hh|peephole)"
    r"(?P<place>_l(?P<layer>\d{1,4})(?P<reverse>_reverse)?)?"
)
PEEPHOLES = ("peephole_i", "peephole_f", "peephole_o")
FACTORS = {len(parts): kind for kind, parts in PARTS.items()}


class CellPlace(NamedTuple):
    """Where a cell stands: its layer, and whether it reads from the end."""

    layer: int
    backward: bool = False


@dataclass(frozen=True)
class Block:
    """One direction of one layer as PyTorch stores it: parameters by name; kind and sizes, read off them."""

    parameters: Mapping[str, Value]
    kind: str
    inputs: int
    hidden: int
    outputs: int


@dataclass(frozen=True, eq=False)
class Group:
    """The arrays of one recurrent layer, cell or stack, under their common name.

    layered: the names end in ``_l0`` and so on, as those of ``nn.LSTM``; a ``nn.LSTMCell``'s do not.
    unknown: arrays that belong to the layer, and are no weights that it is known to have.
    unread: arrays next to a layer that is the whole model; they may be the model's, and are not read.
    names: what the source calls a parameter where that is not PyTorch's name for it.
    problem: what keeps the arrays from being read at all.
    options: what the source tells of each cell beyond its arrays (activation, reset, …), if it does.
    layer: the source's own word for it, such as ``LSTM(3, 4)``, if it has one.
    """

    name: str
    layered: bool
    arrays: Mapping[CellPlace, Mapping[str, Value]]
    unknown: tuple[str, ...] = ()
    options: Mapping[CellPlace, Mapping[str, Any]] = field(default_factory=dict)
    notes: tuple[Note, ...] = ()
    names: Mapping[tuple[CellPlace, str], str] = field(default_factory=dict)
    unread: tuple[str, ...] = ()
    problem: InteropError | None = None

    def full(self, parameter: str, place: CellPlace) -> str:
        """Return the array's name in the source."""
        if (place, parameter) in self.names:
            return self.names[place, parameter]
        suffix = f"_l{place.layer}" + "_reverse" * place.backward if self.layered else ""
        return f"{self.name}.{parameter}{suffix}".removeprefix(".")

    def blocks(self) -> dict[CellPlace, Block]:
        """Return the cells by place, bottom first, their shapes checked against each other.

        Raises:
            InteropError: arrays are missing or left over, or their shapes do not fit.
        """
        if self.problem is not None:
            raise self.problem
        if self.unknown:
            raise self._beyond(self.unknown)
        blocks: dict[CellPlace, Block] = {}
        expected: int | None = None
        for layer in range(1 + max(place.layer for place in self.arrays)):
            places = self._places(layer)
            for place in places:
                blocks[place] = self._block(place, expected)
            expected = sum(blocks[place].outputs for place in places)
        return blocks

    @property
    def label(self) -> str:
        """The name to show: a source's only layer may have none."""
        return self.name or self.full("weight_ih", min(self.arrays))

    def _beyond(self, names: Sequence[str]) -> InteropError:
        """What to say of arrays that make another layer of this one."""
        start = f"{self.name}." if self.name else ""
        parts = dict.fromkeys(f"{start}{name.removeprefix(start).partition('.')[0]}." for name in names)
        extra = names_text(names)
        return InteropError("interop.error.extra", layer=self.label, extra=extra, parts=tuple(parts))

    def _places(self, layer: int) -> list[CellPlace]:
        """The directions of one layer: those that the source tells, else as many as any layer has."""
        both = any(place.backward for place in self.arrays)
        directions = [CellPlace(layer), CellPlace(layer, True)][: 1 + both]
        return [place for place in directions if place in self.options] if self.options else directions

    def _block(self, place: CellPlace, inputs: int | None) -> Block:
        arrays = self.arrays.get(place, {})
        missing = [self.full(name, place) for name in self._wanted() if name not in arrays]
        if missing:
            raise InteropError("interop.error.incomplete", layer=self.label, missing=", ".join(missing))
        kind, hidden, outputs = self._sizes(place, arrays)
        rows = hidden * len(PARTS[kind])
        if inputs is None:  # the first layer reads whatever it reads
            inputs = (shape(arrays["weight_ih"]) or (0,))[-1]
        expected = {
            "weight_ih": (rows, inputs),
            "weight_hh": (rows, outputs),
            "weight_hr": (outputs, hidden),
            "bias_ih": (rows,),
            "bias_hh": (rows,),
            "peephole": (3, hidden),
            **dict.fromkeys(PEEPHOLES, (hidden,)),
        }
        beyond = [self.full(name, place) for name in arrays if kind != "lstm" and "peephole" in name]
        if beyond:
            raise self._beyond(beyond)
        for name, value in arrays.items():
            self._check(name, place, value, expected[name])
        return Block(arrays, kind, inputs, hidden, outputs)

    def _wanted(self) -> tuple[str, ...]:
        """What every cell must have: biases and a projection if one of them has some."""
        present = {name for parameters in self.arrays.values() for name in parameters}
        biases = BIASES if present & set(BIASES) else ()
        projection = ("weight_hr",) if "weight_hr" in present else ()
        return (*REQUIRED, *biases, *projection)

    def _sizes(self, place: CellPlace, arrays: Mapping[str, Value]) -> tuple[str, int, int]:
        """Return kind, hidden and outputs: weight_hh is (G·H, H), or (4H, P) beside a weight_hr (P, H)."""
        recurrent = shape(arrays["weight_hh"])
        if len(recurrent) != 2 or 0 in recurrent:
            raise self._no_form(place, recurrent)
        rows, columns = recurrent
        if "weight_hr" in arrays:
            hidden = rows // 4
            self._check("weight_hr", place, arrays["weight_hr"], (columns, hidden))
            return "lstm", hidden, columns
        if rows % columns or rows // columns not in FACTORS:
            raise self._no_form(place, recurrent)
        return FACTORS[rows // columns], columns, columns

    def _no_form(self, place: CellPlace, recurrent: tuple[int, ...]) -> InteropError:
        """What to say of a recurrent weight that no RNN, GRU or LSTM has, by the cells that do have such."""
        array, W = self.full("weight_hh", place), self.full("weight_ih", place)
        if len(recurrent) == 1 and recurrent[0]:
            return InteropError("interop.error.form.vector", array=array, shape=recurrent)
        if len(recurrent) > 2:
            return InteropError("interop.error.form.kernel", layer=self.label, array=array, shape=recurrent)
        if len(recurrent) == 2 and 0 not in recurrent:
            rows, columns = recurrent
            if columns % rows == 0 and columns // rows in FACTORS:
                return InteropError("interop.error.form.transposed", array=array, shape=recurrent)
            if rows == 2 * columns:
                return InteropError("interop.error.form.two", array=array, shape=recurrent, W=W)
        return InteropError("interop.error.factor", array=array, shape=recurrent)

    def _check(self, name: str, place: CellPlace, value: Value, expected: tuple[int, ...]) -> None:
        if shape(value) != expected:
            raise InteropError(
                "interop.error.shape", array=self.full(name, place), shape=shape(value), expected=expected
            )
