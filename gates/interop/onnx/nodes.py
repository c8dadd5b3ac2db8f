"""An LSTM, GRU or RNN node of an ONNX graph as cells, by the equations of its operator's document.

ONNX' LSTM has i, o, f, c and its GRU z, r, h for rows; W is (D, G·H, I), R (D, G·H, H), B (D, 2·G·H) with Wb
before Rb, P (D, 3·H) with i, o, f, for D directions. Its GRU resets before the product unless
linear_before_reset says after, and its z keeps.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import isfinite
from typing import Any

import numpy as np

from gates.activations import Activation, FloatArray
from gates.gru import GRU
from gates.interop.errors import InteropError
from gates.interop.onnx.activations import DEFAULTS, activations_of, described
from gates.interop.onnx.values import Array, Unknown, Values, array_of, attributes
from gates.interop.orders import PARTS, letters, to_engine
from gates.interop.report import Note
from gates.interop.values import as_floats, dtype_name
from gates.lstm import LSTM
from gates.network import AnyCell, Layer
from gates.rnn import RNN

DIRECTIONS = {"forward": 1, "reverse": 1, "bidirectional": 2}
INPUTS = ("X", "W", "R", "B", "sequence_lens", "initial_h", "initial_c", "P")
QUANTISED = ("DequantizeLinear", "DynamicQuantizeLinear", "QuantizeLinear")
FILLED = (
    "Cast", "Expand", "Gather", "Identity", "Reshape", "Slice", "Split", "Squeeze", "Tile", "Transpose",
    "Unsqueeze",
)  # fmt: skip
"""What changes an array's shape, but not what all of it is filled with."""

ATTRIBUTES: Mapping[str, type] = {
    "activation_alpha": float,
    "activation_beta": float,
    "activations": str,
    "clip": float,
    "direction": str,
    "hidden_size": int,
    "input_forget": int,
    "layout": int,
    "linear_before_reset": int,
}
KINDS = {"LSTM": "lstm", "GRU": "gru", "RNN": "rnn"}


@dataclass(frozen=True)
class Recurrent:
    """A node as it stands in the file: its attributes, and its weights under ONNX' names.

    initial: initial_h and initial_c where the file has them, (H,) or (B, H) for each direction.
    lengths: sequence_lens where the file has it, a number for each sequence of a batch.
    """

    name: str
    operator: str
    options: Mapping[str, Any]
    weights: Mapping[str, FloatArray]
    initial: Mapping[str, tuple[FloatArray, ...]]
    notes: tuple[Note, ...]
    lengths: tuple[int, ...] | None = None

    @property
    def kind(self) -> str:
        """The engine's word for it."""
        return KINDS[self.operator]

    @property
    def direction(self) -> str:
        """Which way it reads: forward, reverse or bidirectional."""
        return str(self.options.get("direction", "forward"))

    @property
    def directions(self) -> int:
        """How many ways it reads."""
        return DIRECTIONS[self.direction]

    @property
    def batch_first(self) -> bool:
        """Whether its sequences come and go batch first."""
        return bool(self.options.get("layout"))

    @property
    def hidden(self) -> int:
        """The number of units of one direction."""
        return int(self.weights["R"].shape[-1])


def recurrent(node: Any, name: str, values: Values) -> Recurrent:
    """Return a node's attributes and weights, checked.

    Raises:
        InteropError: it is quantised, its weights are not in the file, or its shapes do not fit.
    """
    options = _options(node, name, values.label)
    given = {place: own for place, own in zip(INPUTS, node.input, strict=False) if own}
    held: dict[str, Array] = {
        place: _weight(name, place, given[place], values) for place in ("W", "R", "B", "P") if place in given
    }
    if missing := [place for place in ("W", "R") if place not in held]:
        raise InteropError("interop.error.damaged", path=values.label, where=f"{name} ({', '.join(missing)})")
    values.take(sum(array.nbytes for array in held.values()))
    weights: dict[str, FloatArray] = {
        place: as_floats(f"{name}.{place}", array) for place, array in held.items()
    }
    notes = [
        Note("interop.report.converted", given=dtype_name(held[place]), dtype=str(array.dtype))
        for place, array in weights.items()
        if dtype_name(held[place]) != str(array.dtype)
    ]
    found = Recurrent(name, node.op_type, options, weights, {}, ())
    _check(found)
    initial = dict(_initial(found, given, values, notes))
    lengths = _lengths(name, given["sequence_lens"], values, notes) if "sequence_lens" in given else None
    return Recurrent(name, node.op_type, options, weights, initial, tuple(notes), lengths)


def _options(node: Any, name: str, label: str) -> dict[str, Any]:
    """The node's attributes, each of the kind that the operator's document says."""
    options = attributes(node)
    for option, value in options.items():
        kind = ATTRIBUTES.get(option)
        parts = value if isinstance(value, list) else [value]
        fits = kind is None or all(isinstance(part, kind) for part in parts)
        listed = isinstance(value, list) == option.startswith("activation")
        finite = all(isfinite(part) for part in parts if isinstance(part, float))
        if kind is not None and not (fits and listed and finite):
            raise InteropError("interop.error.damaged", path=label, where=f"{name} ({option})")
    if options.get("direction", "forward") not in DIRECTIONS:
        raise InteropError("interop.error.damaged", path=label, where=f"{name} (direction)")
    return options


def _weight(layer: str, place: str, name: str, values: Values) -> Array:
    try:
        return values.of(name)
    except Unknown as unknown:
        operator = "" if unknown.node is None else unknown.node.op_type
        if operator in QUANTISED or "Integer" in operator:
            raise InteropError("interop.error.quantised", layer=layer) from None
        by = operator or unknown.name
        raise InteropError("interop.error.onnx.computed", array=f"{layer}.{place}", by=by) from None


def _check(node: Recurrent) -> None:
    """Raise an InteropError unless the arrays' shapes fit each other and the attributes."""
    D, G, H, W = node.directions, len(PARTS[node.kind]), node.hidden, node.weights["W"]
    H = int(node.options.get("hidden_size", H))
    inputs = W.shape[-1] if W.ndim else 0
    expected = {"R": (D, G * H, H), "W": (D, G * H, inputs), "B": (D, 2 * G * H), "P": (D, 3 * H)}
    for name in ("R", "W", "B", "P"):
        if name in node.weights and (node.weights[name].shape != expected[name] or 0 in expected[name]):
            raise InteropError(
                "interop.error.shape",
                array=f"{node.name}.{name}",
                shape=node.weights[name].shape,
                expected=expected[name],
            )


def cells_of(node: Recurrent) -> tuple[AnyCell, ...]:
    """Return a cell for each direction, in the order of ONNX: forward before reverse.

    Raises:
        InteropError: no cell has its combination of options.
    """
    activations = activations_of(node.name, node.kind, node.directions, node.options)
    return tuple(_cell(node, direction, own) for direction, own in enumerate(activations))


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


# The states that it begins in


def states_of(node: Recurrent) -> tuple[Any, ...] | None:
    """Return the state that each direction begins in, None for zeros."""
    if not node.initial:
        return None
    h, c = (node.initial.get(name, (None,) * node.directions) for name in ("initial_h", "initial_c"))
    return tuple(zip(h, c, strict=True)) if node.kind == "lstm" else tuple(h)


def _initial(
    node: Recurrent, given: Mapping[str, str], values: Values, notes: list[Note]
) -> Iterator[tuple[str, tuple[FloatArray, ...]]]:
    """Yield the initial states that the file itself holds, and note those that it does not."""
    for place in ("initial_h", "initial_c"):
        if place not in given:
            continue
        try:
            held = _known_state(node, given[place], values)
        except Unknown:
            if not _is_zero(given[place], values):
                notes.append(Note("interop.report.onnx.state", state=place, by=_maker(given[place], values)))
            continue
        array = as_floats(f"{node.name}.{place}", held)
        array = np.swapaxes(array, 0, 1) if node.batch_first and array.ndim == 3 else array
        if not array.any():
            continue
        if array.ndim != 3 or array.shape[::2] != (node.directions, node.hidden):
            expected = (node.directions, "B", node.hidden)
            raise InteropError(
                "interop.error.shape", array=f"{node.name}.{place}", shape=array.shape, expected=expected
            )
        shared = (array == array[:, :1]).all()
        notes.append(
            Note("interop.report.onnx.starts", state=place)
            if shared
            else Note("interop.report.onnx.starts.batch", state=place, batch=array.shape[1])
        )
        yield place, tuple(array[:, 0] if shared else array)


def _known_state(node: Recurrent, name: str, values: Values) -> Array:
    """A state that the file holds, as it is or repeated over a batch of whatever size.

    Raises:
        Unknown: the file does not hold it.
    """
    maker, _ = values.made.get(name, (None, 0))
    if maker is None or maker.op_type != "Expand":
        return values.of(name)
    one = (1, node.directions, node.hidden) if node.batch_first else (node.directions, 1, node.hidden)
    try:
        return np.broadcast_to(values.of(maker.input[0]), one)
    except ValueError:  # it is for a batch of some size, and Expand's own shape tells which
        return values.of(name)


def _is_zero(name: str, values: Values) -> bool:
    """Whether a value is all 0, whatever gives it its size: exporters take that from the input's batch."""
    for _ in range(100):
        node, _ = values.made.get(name, (None, 0))
        if node is None or not node.input:
            break
        if node.op_type == "ConstantOfShape":
            value = attributes(node).get("value")
            return value is None or not array_of(value, name, values.label).any()
        if node.op_type not in FILLED:
            break
        name = node.input[0]
    try:
        return not values.of(name).any()
    except Unknown:
        return False


def _maker(name: str, values: Values) -> str:
    node, _ = values.made.get(name, (None, 0))
    return name if node is None else node.name or node.op_type


def _lengths(name: str, given: str, values: Values, notes: list[Note]) -> tuple[int, ...] | None:
    """The sequence_lens that the file itself holds; where it is an input of the model, a note says so."""
    try:
        held = values.of(given)
    except Unknown:
        notes.append(Note("interop.report.onnx.lengths.input", name=given))
        return None
    if held.ndim != 1 or held.dtype.kind not in "iu":
        raise InteropError("interop.error.damaged", path=values.label, where=f"{name} (sequence_lens)")
    listed = ", ".join(str(int(length)) for length in held[:20]) + ", …" * (held.size > 20)
    notes.append(Note("interop.report.onnx.lengths", lengths=listed, batch=held.size))
    return tuple(held.tolist())


# What is said of it


def notes_on(node: Recurrent) -> Iterator[Note]:
    """Yield what was done to the node's weights, and what of its options is not applied."""
    kind, options = node.kind, node.options
    if kind != "rnn":
        yield Note("interop.report.onnx.order", theirs=letters(kind, "onnx"), ours=letters(kind))
    yield from _on_biases(node)
    if kind == "gru":
        after = options.get("linear_before_reset")
        yield Note("interop.report.onnx.reset.after" if after else "interop.report.onnx.reset.before")
    for own in activations_of(node.name, kind, node.directions, options):
        text = described(own)
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
