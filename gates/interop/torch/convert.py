"""PyTorch's weights and this engine's cells, made into each other.

PyTorch adds two biases, b_ih + b_hh. An LSTM and a plain RNN only ever use their sum. A GRU's candidate does
not: n = tanh(W_n x + b_in + r⊙(U_n h₋₁ + b_hn)), so b_hn stays apart.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from gates.cells.gru import GRU
from gates.cells.lstm import LSTM
from gates.cells.rnn import RNN
from gates.core.activations import Activation, FloatArray
from gates.interop.errors import InteropError
from gates.interop.groups import BIASES, PEEPHOLES, REQUIRED, Block, CellPlace, Group
from gates.interop.orders import from_engine, letters, to_engine
from gates.interop.report import Note
from gates.interop.values import as_floats, dtype_name
from gates.network import AnyCell, Layer, Network

STACKED = (*REQUIRED, *BIASES)
"""The arrays whose rows are a cell's parts, one below another."""

OPTIONS = {cell.kind: cell.option_names for cell in (RNN, LSTM, GRU)}
"""What a cell has beside its arrays, by kind."""


def layers_of(group: Group) -> tuple[Layer, ...]:
    """Return the layers of ``group``."""
    layers: dict[int, Layer] = {}
    for place, block in group.blocks().items():
        declared = group.options.get(place, {})
        options = {name: _option(declared[name]) for name in OPTIONS[block.kind] if name in declared}
        arrays = {name: as_floats(group.full(name, place), value) for name, value in block.parameters.items()}
        cell, layer = _cell(block, arrays, options), layers.get(place.layer, Layer(None))
        layers[place.layer] = layer._replace(**{"backward" if place.backward else "forward": cell})
    return tuple(layers.values())


def _option(value: Any) -> Any:
    """Return an option as a cell takes it: an activation with parameters is told as a mapping."""
    return Activation(**value) if isinstance(value, Mapping) else value


def _cell(block: Block, arrays: Mapping[str, FloatArray], options: Mapping[str, Any]) -> AnyCell:
    kind, H = block.kind, block.hidden
    stacked = {name: to_engine(arrays[name], kind, "pytorch") for name in STACKED if name in arrays}
    W, U = stacked["weight_ih"], stacked["weight_hh"]
    b = stacked.get("bias_ih", np.zeros(len(W), W.dtype))
    b_hh = stacked.get("bias_hh", np.zeros(len(W), W.dtype))
    if kind == "gru":
        outside, b_hn = b_hh.copy(), b_hh[2 * H :]
        outside[2 * H :] = 0
        return GRU(W, U, b + outside, b_hn=b_hn, **options)
    if kind == "lstm":
        peephole = arrays.get("peephole")
        if PEEPHOLES[0] in arrays:
            peephole = np.stack([arrays[part] for part in PEEPHOLES])
        return LSTM(W, U, b + b_hh, peephole=peephole, projection=arrays.get("weight_hr"), **options)
    return RNN(W, U, b + b_hh, **options)


def arrays_of(network: Network, name: str = "") -> dict[str, FloatArray]:
    """Return the network's arrays under PyTorch's names and in its order, ``name`` before each of them.

    Each bias goes into bias_ih; bias_hh is 0, but for a GRU's b_hn. A peephole, for which PyTorch has no
    name, is called ``peephole_l0`` and so on, (3, H), rows i, f, o.
    """
    prefix = f"{name}." if name else ""
    return {
        f"{prefix}{parameter}{suffix_of(place)}": array
        for place, cell in places_of(network)
        for parameter, array in _parameters(cell).items()
    }


def places_of(network: Network) -> Iterator[tuple[CellPlace, AnyCell]]:
    """Yield each cell with its place, layer by layer, forward before backward.

    Raises:
        InteropError: a cell is of a kind that no framework has.
    """
    for k, layer in enumerate(network.layers):
        for backward, cell in enumerate(layer):
            if cell is not None:
                if cell.kind not in OPTIONS:
                    raise InteropError("interop.error.cell", kind=type(cell).__name__)
                yield CellPlace(k, bool(backward)), cell


def suffix_of(place: CellPlace) -> str:
    """Return the end of PyTorch's names for a place: ``_l0``, ``_l0_reverse``, …"""
    return f"_l{place.layer}" + "_reverse" * place.backward


def _parameters(cell: AnyCell) -> dict[str, FloatArray]:
    b_hh = np.zeros_like(cell.b)
    if isinstance(cell, GRU):
        b_hh[2 * cell.hidden :] = cell.b_hn
    stacked = {"weight_ih": cell.W, "weight_hh": cell.U, "bias_ih": cell.b, "bias_hh": b_hh}
    parameters = {name: from_engine(array, cell.kind, "pytorch") for name, array in stacked.items()}
    if isinstance(cell, LSTM):
        extra = {"weight_hr": cell.projection, "peephole": cell.peephole}
        parameters |= {name: array for name, array in extra.items() if array is not None}
    return parameters


def notes_on(group: Group, layers: Sequence[Layer]) -> tuple[Note, ...]:
    """Return what was done to the weights of ``group``, and what stayed as it was."""
    cells = [cell for layer in layers for cell in layer.cells]
    biased = any("bias_ih" in parameters for parameters in group.arrays.values())
    notes = [note for cell in cells for note in _on_cell(cell, biased)]
    if len(layers[0].cells) == 2:
        notes.append(Note("interop.report.both"))
    dtypes = {dtype_name(value) for parameters in group.arrays.values() for value in parameters.values()}
    dtype = str(np.result_type(*(cell.dtype for cell in cells)))
    notes += [Note("interop.report.converted", given=name, dtype=dtype) for name in sorted(dtypes - {dtype})]
    return tuple({str(note): note for note in notes}.values())


def _on_cell(cell: AnyCell, biased: bool) -> Iterator[Note]:
    if isinstance(cell, RNN):
        yield Note("interop.report.activation", activation=cell.activation)
        yield Note("interop.report.as_is")
    else:
        yield Note("interop.report.order", order=letters(cell.kind))
    if not biased:
        yield Note("interop.report.biases.none")
    elif isinstance(cell, GRU) and cell.reset == "after":
        yield Note("interop.report.biases.gru")
    else:
        yield Note("interop.report.biases")
    if isinstance(cell, GRU):
        yield Note(f"interop.report.reset.{cell.reset}")
    if isinstance(cell, LSTM) and cell.projection is not None:
        yield Note("interop.report.projection", outputs=cell.outputs, hidden=cell.hidden)
