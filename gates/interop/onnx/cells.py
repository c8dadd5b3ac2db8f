"""A recurrent node of an ONNX graph as cells, by the equations of its operator's document."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from gates.cells.gru import GRU
from gates.cells.lstm import LSTM
from gates.cells.rnn import RNN
from gates.core.activations import Activation, FloatArray
from gates.interop.errors import InteropError
from gates.interop.onnx.activations import DEFAULTS, activations_of, described
from gates.interop.onnx.nodes import Recurrent
from gates.interop.orders import letters, to_engine
from gates.interop.report import Note
from gates.network import AnyCell, Layer


def cells_of(node: Recurrent) -> tuple[AnyCell, ...]:
    """Return a cell for each direction, in the order of ONNX: forward before reverse.

    Raises:
        InteropError: no cell has its combination of options.
    """
    by_direction = activations_of(node.name, node.kind, node.directions, node.options)
    return tuple(_cell(node, direction, activations) for direction, activations in enumerate(by_direction))


def _cell(node: Recurrent, direction: int, activations: Mapping[str, Activation]) -> AnyCell:
    kind, H = node.kind, node.hidden
    W, U = (to_engine(node.weights[name][direction], kind, "onnx") for name in ("W", "R"))
    both = node.weights.get("B", np.zeros((node.directions, 2 * len(W)), W.dtype))[direction]
    Wb, Rb = (to_engine(part, kind, "onnx") for part in np.split(both, 2))
    options: dict[str, Any] = {**activations, "clip": _clip(node)}
    if kind == "rnn":
        return RNN(W, U, Wb + Rb, **options)
    if kind == "lstm":
        cell = LSTM(W, U, Wb + Rb, peephole=_peephole(node, direction), **options)
        return _coupled(node, cell) if node.options.get("input_forget") else cell
    if not node.options.get("linear_before_reset"):
        return GRU(W, U, Wb + Rb, reset="before", **options)
    outside, b_hn = Rb.copy(), Rb[2 * H :]
    outside[2 * H :] = 0
    return GRU(W, U, Wb + outside, b_hn=b_hn, reset="after", **options)


def _clip(node: Recurrent) -> float | None:
    clip = node.options.get("clip")
    if clip is not None and not clip > 0:
        raise InteropError("interop.error.onnx.clip", layer=node.name, given=clip)
    return clip


def _peephole(node: Recurrent, direction: int) -> FloatArray | None:
    """ONNX' rows i, o, f as the engine's i, f, o."""
    if "P" not in node.weights:
        return None
    p_i, p_o, p_f = np.split(node.weights["P"][direction], 3)
    return np.stack([p_i, p_f, p_o])


def _coupled(node: Recurrent, cell: LSTM) -> LSTM:
    """The cell with f = 1 − i, as ONNX Runtime has it, where the engine's coupled cells have i = 1 − f.

    Both are one where the gate's activation φ has φ(−a) = 1 − φ(a): then f's rows are those of i, negated.
    """
    φ = cell.gate_activation
    hard = isinstance(φ, Activation) and φ.name == "hard_sigmoid" and φ.beta == 0.5
    if φ not in ("sigmoid", "hard_sigmoid") and not hard:
        name = described({"f": φ if isinstance(φ, Activation) else Activation(φ)})
        raise InteropError("interop.error.onnx.coupled", layer=node.name, given=name)
    W, U, b = (array.copy() for array in (cell.W, cell.U, cell.b))
    for array in (W, U, b):
        array[cell.rows("forget")] = -array[cell.rows("input")]
    peephole = cell.peephole
    if peephole is not None:
        peephole = np.stack([peephole[0], -peephole[0], peephole[2]])
    return LSTM(
        W, U, b, peephole=peephole, coupled=True, gate_activation=φ, clip=cell.clip,
        candidate_activation=cell.candidate_activation, cell_activation=cell.cell_activation,
    )  # fmt: skip


def layer_of(node: Recurrent, cells: tuple[AnyCell, ...]) -> Layer:
    """Return the node's cells as a layer."""
    return Layer(None, cells[0]) if node.direction == "reverse" else Layer(*cells)


def states_of(node: Recurrent) -> tuple[Any, ...] | None:
    """Return the state that each direction begins in, None for zeros."""
    if not node.initial:
        return None
    h, c = (node.initial.get(name, (None,) * node.directions) for name in ("initial_h", "initial_c"))
    return tuple(zip(h, c, strict=True)) if node.kind == "lstm" else tuple(h)


def notes_on(node: Recurrent) -> Iterator[Note]:
    """Yield what was done to the node's weights, and what of its options is not applied."""
    kind, options = node.kind, node.options
    if kind != "rnn":
        yield Note("interop.report.onnx.order", theirs=letters(kind, "onnx"), ours=letters(kind))
    yield from _on_biases(node)
    if kind == "gru":
        after = options.get("linear_before_reset")
        yield Note("interop.report.onnx.reset.after" if after else "interop.report.onnx.reset.before")
    for activations in activations_of(node.name, kind, node.directions, options):
        text = described(activations)
        if text != ", ".join(DEFAULTS[kind]) or kind == "rnn":
            yield Note("interop.report.onnx.activations", activations=text)
    if "P" in node.weights:
        yield Note("interop.report.onnx.peepholes")
    if options.get("input_forget"):
        yield Note("interop.report.onnx.coupled")
    if options.get("clip") is not None:
        yield Note("interop.report.onnx.clip", clip=f"{options['clip']:g}")
    if node.direction == "reverse":
        yield Note("interop.report.onnx.reverse")
    if node.directions == 2:
        yield Note("interop.report.both")
    if node.batch_first:
        yield Note("interop.report.onnx.layout")
    yield from node.notes


def _on_biases(node: Recurrent) -> Iterator[Note]:
    if "B" not in node.weights:
        yield Note("interop.report.biases.none")
    elif node.options.get("linear_before_reset") and node.kind == "gru":
        yield Note("interop.report.onnx.biases.gru")
    else:
        yield Note("interop.report.onnx.biases")
