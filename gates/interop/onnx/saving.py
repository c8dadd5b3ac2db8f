"""A network written as an ONNX model, in the operators' own terms; what they cannot say is named.

The reverse of ``gates.interop.onnx.nodes``. Numbers are float32, in which ONNX Runtime computes.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from gates.cells.gru import GRU
from gates.cells.lstm import LSTM
from gates.core.activations import Activation, FloatArray
from gates.interop.errors import InteropError, required
from gates.interop.onnx.activations import DEFAULTS, FIELDS, ONNX_NAMES, attributes_of
from gates.interop.onnx.file import METADATA, READOUT
from gates.interop.onnx.runtime import IR_VERSION, OPSET
from gates.interop.orders import from_engine
from gates.network import AnyCell, Layer, Network

OPERATORS = {"lstm": "LSTM", "gru": "GRU", "rnn": "RNN"}


def write_onnx(path: Path, network: Network, name: str) -> None:
    """Write a network as a model from ``x`` (T, B, I) to ``output`` (T, B, n), and ``scores`` if it has some.

    Its nodes are called ``name_l0``, ``name_l1``, …, or after their kind. A state to begin in is written too.

    Raises:
        InteropError: onnx is not installed, or ONNX cannot say what the network is.
    """
    with required("onnx", path):
        import onnx  # noqa: F401
    if obstacles := ", ".join(dict.fromkeys(_beyond_onnx(network))):
        raise InteropError("interop.error.onnx.unsaid", what=obstacles)
    path.write_bytes(_model(network, name).SerializeToString())


def _beyond_onnx(network: Network) -> Iterator[str]:
    """Yield what keeps a network from being LSTM, GRU and RNN nodes."""
    for cell in network.cells:
        if isinstance(cell, LSTM):
            yield from [f"without={sorted(cell.without)}"] if cell.without else []
            yield from [f"projection={cell.outputs}"] if cell.projection is not None else []
        for field in FIELDS[cell.kind]:
            activation = _activation(cell, field)
            if activation.name not in ONNX_NAMES:
                yield f"{field}={activation.name!r}"
        if isinstance(cell, LSTM) and cell.coupled and not _symmetric(_activation(cell, "gate_activation")):
            yield f"coupled=True, gate_activation={cell.gate_activation!r}"
    for layer in network.layers:
        if len({_same_for_both(cell) for cell in layer.cells}) > 1:
            yield " | ".join(map(repr, layer.cells))


def _same_for_both(cell: AnyCell) -> tuple[Any, ...]:
    """What two directions of one node must have in common."""
    return cell.kind, cell.hidden, cell.clip, getattr(cell, "reset", None), getattr(cell, "coupled", None)


def _activation(cell: AnyCell, field: str) -> Activation:
    """An activation of a cell with its parameters; the identity as ONNX has it."""
    value = getattr(cell, field)
    activation = value if isinstance(value, Activation) else Activation(value)
    return Activation("affine", 1.0, 0.0) if activation.name == "identity" else activation


def _symmetric(activation: Activation) -> bool:
    """Whether φ(−a) = 1 − φ(a), by which i = 1 − f here is f = 1 − i there."""
    return activation.name == "sigmoid" or (activation.name, activation.beta) == ("hard_sigmoid", 0.5)


def _model(network: Network, name: str) -> Any:
    from onnx import TensorProto, helper, numpy_helper

    graph = _Graph()
    value = "x"
    states = getattr(network, "initial", None) or (None,) * len(network.cells)
    for k, layer in enumerate(network.layers):
        initial, states = states[: len(layer.cells)], states[len(layer.cells) :]
        value = graph.layer(layer, f"{name or layer.cells[0].kind}_l{k}", value, initial)
    graph.node("Identity", [value], "output")
    outputs = ["output"]
    if network.readout is not None:
        graph.arrays |= {f"{READOUT}.weight": network.readout.V.T, f"{READOUT}.bias": network.readout.b}
        graph.node("MatMul", ["output", f"{READOUT}.weight"], "product", READOUT)
        graph.node("Add", ["product", f"{READOUT}.bias"], "scores")
        outputs.append("scores")

    def described(name: str, size: int) -> Any:
        return helper.make_tensor_value_info(name, TensorProto.FLOAT, ("T", "B", size))

    sizes = (network.outputs, 0 if network.readout is None else len(network.readout.b))
    graph_proto = helper.make_graph(
        graph.nodes,
        "network",
        [described("x", network.inputs)],
        [described(output, size) for output, size in zip(outputs, sizes, strict=False)],
        [numpy_helper.from_array(array, key) for key, array in graph.stored()],
    )
    model = helper.make_model(
        graph_proto,
        opset_imports=[helper.make_opsetid("", OPSET)],
        ir_version=IR_VERSION,
        producer_name=METADATA,
    )
    if network.readout is not None:
        helper.set_model_props(model, {METADATA: json.dumps({"readout": READOUT})})
    return model


class _Graph:
    """Nodes and the arrays that they read, as they are put together."""

    def __init__(self) -> None:
        self.nodes: list[Any] = []
        self.arrays: dict[str, FloatArray] = {}

    def stored(self) -> Iterator[tuple[str, Any]]:
        """Yield each array by name: weights in float32, shapes and indices in int64."""
        for name, array in self.arrays.items():
            yield name, np.ascontiguousarray(array, np.int64 if array.dtype.kind == "i" else np.float32)

    def node(self, operator: str, inputs: Sequence[str], output: str, name: str = "", **options: Any) -> str:
        """Add a node, and return its output's name."""
        from onnx import helper

        self.nodes.append(helper.make_node(operator, inputs, [output], name=name or output, **options))
        return output

    def layer(self, layer: Layer, name: str, value: str, states: Sequence[Any]) -> str:
        """Add a layer that reads ``value``, and return the name of its output (T, B, n)."""
        cells = layer.cells
        arrays = _arrays(cells)
        self.arrays |= {f"{name}.{place}": array for place, array in arrays.items()}
        begins = self._begins(name, value, cells, states)
        places = ["W", "R", "B", "", "initial_h", "initial_c", "P"]
        inputs = [f"{name}.{place}" if place in arrays else begins.get(place, "") for place in places]
        while not inputs[-1]:
            inputs.pop()
        direction = "bidirectional" if len(cells) == 2 else "forward" if layer.forward else "reverse"
        self.node(
            OPERATORS[cells[0].kind], [value, *inputs], f"{name}.Y", name,
            direction=direction, hidden_size=cells[0].hidden, **_options(cells),
        )  # fmt: skip
        transposed = self.node("Transpose", [f"{name}.Y"], f"{name}.turned", perm=[0, 2, 1, 3])
        self.arrays["merge"] = np.array([0, 0, -1])
        return self.node("Reshape", [transposed, "merge"], f"{name}.output")

    def _begins(
        self, name: str, value: str, cells: Sequence[AnyCell], states: Sequence[Any]
    ) -> dict[str, str]:
        """Add the states to begin in, repeated over the batch, and return their names by ONNX' names."""
        pairs = [
            state if isinstance(cell, LSTM) else (state,) for cell, state in zip(cells, states, strict=True)
        ]
        initial: dict[str, str] = {}
        for k, place in enumerate(("initial_h", "initial_c")):
            parts = [None if pair is None or k >= len(pair) else pair[k] for pair in pairs]
            if all(part is None for part in parts):
                continue
            stacked = _stacked(parts, cells)
            self.arrays[f"{name}.{place}"] = stacked
            initial[place] = f"{name}.{place}"
            if stacked.shape[1] == 1:
                initial[place] = self._repeated(f"{name}.{place}", value, len(cells), cells[0].hidden)
        return initial

    def _repeated(self, state: str, value: str, directions: int, hidden: int) -> str:
        """Repeat a state (D, 1, H) for each sequence of the batch that ``value`` (T, B, n) has."""
        self.arrays |= {"1": np.array([1]), "2": np.array([2])}
        self.arrays |= {f"{state}.D": np.array([directions]), f"{state}.H": np.array([hidden])}
        shape = self.node("Shape", [value], f"{state}.input")
        batch = self.node("Slice", [shape, "1", "2"], f"{state}.B")
        size = self.node("Concat", [f"{state}.D", batch, f"{state}.H"], f"{state}.shape", axis=0)
        return self.node("Expand", [state, size], f"{state}.batch")


def _stacked(parts: Sequence[Any], cells: Sequence[AnyCell]) -> FloatArray:
    """States (H,) or (B, H), zeros for None, as (D, B, H); B is 1 for those that every sequence shares."""
    arrays = [
        np.zeros((1, cell.hidden)) if part is None else np.atleast_2d(part)
        for part, cell in zip(parts, cells, strict=True)
    ]
    batch = max(len(array) for array in arrays)
    return np.stack([np.broadcast_to(array, (batch, array.shape[1])) for array in arrays])


def _arrays(cells: Sequence[AnyCell]) -> dict[str, FloatArray]:
    """W, R, B and P of one node."""
    parts = [_direction(cell) for cell in cells]
    if any("P" in part for part in parts):
        parts = [{"P": np.zeros(3 * cell.hidden)} | part for cell, part in zip(cells, parts, strict=True)]
    return {
        place: np.stack([part[place] for part in parts])
        for place in ("W", "R", "B", "P")
        if place in parts[0]
    }


def _direction(cell: AnyCell) -> dict[str, FloatArray]:
    W, U, b, peephole = cell.W, cell.U, cell.b, getattr(cell, "peephole", None)
    if isinstance(cell, LSTM) and cell.coupled:
        W, U, b = (_coupled(array, cell) for array in (W, U, b))
        peephole = peephole if peephole is None else np.stack([-peephole[1], peephole[1], peephole[2]])
    recurrent = np.zeros_like(b)
    if isinstance(cell, GRU):
        recurrent[cell.rows("candidate")] = cell.b_hn
    W, U, b, recurrent = (from_engine(array, cell.kind, "onnx") for array in (W, U, b, recurrent))
    arrays = {"W": W, "R": U, "B": np.concatenate([b, recurrent])}
    if peephole is None:
        return arrays
    p_i, p_f, p_o = peephole
    return arrays | {"P": np.concatenate([p_i, p_o, p_f])}


def _coupled(array: FloatArray, cell: LSTM) -> FloatArray:
    """Rows for f = 1 − i where the cell has i = 1 − f: those of i are those of f, negated."""
    array = array.copy()
    array[cell.rows("input")] = -array[cell.rows("forget")]
    return array


def _options(cells: Sequence[AnyCell]) -> dict[str, Any]:
    """The node's attributes beside direction and size, those that are not ONNX' defaults."""
    kind, first = cells[0].kind, cells[0]
    activations = [_activation(cell, field) for cell in cells for field in FIELDS[kind]]
    options = dict(attributes_of(activations))
    if options["activations"] == [*DEFAULTS[kind]] * len(cells):
        options = {}
    if first.clip is not None:
        options["clip"] = first.clip
    if isinstance(first, LSTM) and first.coupled:
        options["input_forget"] = 1
    if isinstance(first, GRU) and first.reset == "after":
        options["linear_before_reset"] = 1
    return options
