"""An LSTM, GRU or RNN node of an ONNX graph: its attributes, weights and states, checked against each other.

ONNX' LSTM has i, o, f, c and its GRU z, r, h for rows; W is (D, G·H, I), R (D, G·H, H), B (D, 2·G·H) with Wb
before Rb, P (D, 3·H) with i, o, f, for D directions. Its GRU resets before the product unless
linear_before_reset says after, and its z keeps.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from math import isfinite
from typing import Any

import numpy as np

from gates.core.activations import FloatArray
from gates.interop.errors import InteropError
from gates.interop.onnx.sizes import Sizes, SizesOf
from gates.interop.onnx.values import Array, Unknown, Values, array_of, attributes
from gates.interop.orders import PARTS
from gates.interop.report import Note
from gates.interop.values import as_floats, dtype_name

DIRECTIONS = {"forward": 1, "reverse": 1, "bidirectional": 2}
INPUTS = ("X", "W", "R", "B", "sequence_lens", "initial_h", "initial_c", "P")
QUANTISED = ("DequantizeLinear", "DynamicQuantizeLinear", "QuantizeLinear")
FILLED = (
    "Cast", "Expand", "Gather", "Identity", "Reshape", "Slice", "Split", "Squeeze", "Tile", "Transpose",
    "Unsqueeze",
)  # fmt: skip
"""What changes an array's shape, but not what all of it is filled with."""

COMMON = ("activation_alpha", "activation_beta", "activations", "clip", "direction", "hidden_size", "layout")
TAKES: Mapping[str, tuple[int, tuple[str, ...]]] = {
    "LSTM": (8, (*COMMON, "input_forget")),
    "GRU": (6, (*COMMON, "linear_before_reset")),
    "RNN": (6, COMMON),
}
"""By operator: how many of ``INPUTS`` it has, and which attributes."""

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
    packed: the weights in eight bits, their scales and zero points, where the weights were made from those.
    """

    name: str
    operator: str
    options: Mapping[str, Any]
    weights: Mapping[str, FloatArray]
    initial: Mapping[str, tuple[FloatArray, ...]]
    notes: tuple[Note, ...]
    lengths: tuple[int, ...] | None = None
    packed: Mapping[str, Array] = field(default_factory=dict)

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


def recurrent(node: Any, name: str, values: Values, sizes: SizesOf) -> Recurrent:
    """Return a node's attributes and weights, checked.

    Raises:
        InteropError: it is quantised, its weights are not in the file, or its shapes do not fit.
    """
    options = _options(node, name, values.label)
    inputs = {place: value for place, value in zip(INPUTS, node.input, strict=False) if value}
    _no_more(node, name, options)
    arrays: dict[str, Array] = {
        place: weight_of(name, place, inputs[place], values)
        for place in ("W", "R", "B", "P")
        if place in inputs
    }
    if missing := [place for place in ("W", "R") if place not in arrays]:
        raise InteropError("interop.error.damaged", path=values.label, where=f"{name} ({', '.join(missing)})")
    values.take(sum(array.nbytes for array in arrays.values()))
    weights: dict[str, FloatArray] = {
        place: as_floats(f"{name}.{place}", array) for place, array in arrays.items()
    }
    notes = [
        Note("interop.report.converted", given=dtype_name(arrays[place]), dtype=str(array.dtype))
        for place, array in weights.items()
        if dtype_name(arrays[place]) != str(array.dtype)
    ]
    if whole := [place for place in arrays if values.passes(inputs[place], "DequantizeLinear")]:
        notes.append(Note("interop.report.onnx.dequantised", arrays=", ".join(whole)))
    layer = Recurrent(name, node.op_type, options, weights, {}, ())
    _check(layer)
    reads = ("B", "T") if layer.batch_first else ("T", "B")
    _check_sizes(layer, "X", sizes.of(inputs.get("X", "")), (*reads, layer.weights["W"].shape[-1]))
    initial = dict(_initial(layer, inputs, values, sizes, notes))
    lengths = _lengths(name, inputs["sequence_lens"], values, notes) if "sequence_lens" in inputs else None
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


def weight_of(layer: str, place: str, name: str, values: Values) -> Array:
    """Return what a node reads at a place, where the file holds it.

    Raises:
        InteropError: it is computed, or damaged.
    """
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


def _no_more(node: Any, name: str, options: Mapping[str, Any]) -> None:
    """Raise an InteropError if the node has an input or an attribute that its operator does not."""
    inputs, known = TAKES[node.op_type]
    beyond = [option for option in options if option not in known]
    beyond += [value for value in node.input[inputs:] if value]
    if beyond:
        listed = ", ".join(beyond)
        raise InteropError("interop.error.onnx.beyond", layer=name, operator=node.op_type, extra=listed)


def _check_sizes(node: Recurrent, place: str, sizes: Sizes | None, expected: tuple[int | str, ...]) -> None:
    """Raise an InteropError if what is known of an input's sizes is not as expected; texts are for any."""
    if sizes is None:
        return
    known = zip(sizes, expected, strict=False)
    if len(sizes) != len(expected) or any(
        isinstance(fixed, int) and size not in (None, fixed) for size, fixed in known
    ):
        shape = tuple("?" if size is None else size for size in sizes)
        raise InteropError(
            "interop.error.onnx.sizes", array=f"{node.name}.{place}", shape=shape, expected=expected
        )


def _initial(
    node: Recurrent, inputs: Mapping[str, str], values: Values, sizes: SizesOf, notes: list[Note]
) -> Iterator[tuple[str, tuple[FloatArray, ...]]]:
    """Yield the initial states that the file itself holds, and note those that it does not."""
    D, H = node.directions, node.hidden
    expected = ("B", D, H) if node.batch_first else (D, "B", H)
    for place in ("initial_h", "initial_c"):
        if place not in inputs:
            continue
        _check_sizes(node, place, sizes.of(inputs[place]), expected)
        try:
            state = _known_state(node, inputs[place], values)
            _check_sizes(node, place, state.shape, expected)
        except Unknown:
            if not _is_zero(inputs[place], values):
                notes.append(Note("interop.report.onnx.state", state=place, by=_maker(inputs[place], values)))
            continue
        array = as_floats(f"{node.name}.{place}", state)
        array = np.swapaxes(array, 0, 1) if node.batch_first else array
        if not array.any():
            continue
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
    shape = (1, node.directions, node.hidden) if node.batch_first else (node.directions, 1, node.hidden)
    try:
        return np.broadcast_to(values.of(maker.input[0]), shape)
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


def _lengths(name: str, lengths_name: str, values: Values, notes: list[Note]) -> tuple[int, ...] | None:
    """The sequence_lens that the file itself holds; where it is an input of the model, a note says so."""
    try:
        lengths = values.of(lengths_name)
    except Unknown:
        notes.append(Note("interop.report.onnx.lengths.input", name=lengths_name))
        return None
    if lengths.ndim != 1 or lengths.dtype.kind not in "iu":
        raise InteropError("interop.error.damaged", path=values.label, where=f"{name} (sequence_lens)")
    listed = ", ".join(str(int(length)) for length in lengths[:20]) + ", …" * (lengths.size > 20)
    notes.append(Note("interop.report.onnx.lengths", lengths=listed, batch=lengths.size))
    return tuple(lengths.tolist())
