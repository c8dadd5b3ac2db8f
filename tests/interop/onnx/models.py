"""ONNX models with distinct random weights, written node by node, and ONNX Runtime's answer to them."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

import numpy as np
import onnxruntime
import pytest
from numpy.typing import NDArray
from onnx import ModelProto, NodeProto, TensorProto, helper, numpy_helper

from gates.interop import InteropError, LoadedNetwork, load
from gates.text import translator

Arrays = dict[str, NDArray[Any]]

EXACT = 1e-6
PARTS = {"LSTM": 4, "GRU": 3, "RNN": 1}
STEPS, BATCH = 7, 3
PLACES = {
    "LSTM": ("X", "W", "R", "B", "sequence_lens", "initial_h", "initial_c", "P"),
    "GRU": ("X", "W", "R", "B", "sequence_lens", "initial_h"),
    "RNN": ("X", "W", "R", "B", "sequence_lens", "initial_h"),
}


def weights(operator: str, inputs: int = 3, hidden: int = 4, directions: int = 1, seed: int = 0) -> Arrays:
    """W, R and B of a node, all different."""
    rng, rows = np.random.default_rng(seed), PARTS[operator] * hidden
    shapes = {"W": (rows, inputs), "R": (rows, hidden), "B": (2 * rows,)}
    return {
        name: (0.4 * rng.standard_normal((directions, *shape))).astype(np.float32)
        for name, shape in shapes.items()
    }


def random(*shape: int, seed: int = 5) -> NDArray[Any]:
    return np.random.default_rng(seed).standard_normal(shape).astype(np.float32)


def sequence(inputs: int = 3) -> NDArray[Any]:
    return random(STEPS, BATCH, inputs, seed=6)


def node(operator: str, arrays: Arrays, prefix: str = "", x: str = "X", y: str = "Y", **options: Any) -> Any:
    """A node that reads ``arrays`` under its own names for them, and gives Y, Y_h and Y_c."""
    inputs = [x, *(prefix + place if place in arrays else "" for place in PLACES[operator][1:])]
    while not inputs[-1]:
        inputs.pop()
    options.setdefault("hidden_size", arrays["R"].shape[-1])
    return helper.make_node(operator, inputs, [y], name=f"{prefix}{operator.lower()}", **options)


def stored(arrays: Arrays, prefix: str = "") -> list[TensorProto]:
    return [numpy_helper.from_array(array, prefix + name) for name, array in arrays.items()]


def model(
    nodes: Sequence[NodeProto],
    tensors: Sequence[TensorProto],
    x: Sequence[int | str] = ("T", "B", 3),
    outputs: Sequence[str] = ("Y",),
    opset: int = 14,
) -> ModelProto:
    """A model of ``nodes`` from X to ``outputs``."""
    graph = helper.make_graph(
        list(nodes),
        "graph",
        [helper.make_tensor_value_info("X", TensorProto.FLOAT, x)],
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in outputs],
        list(tensors),
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=8)


def single(operator: str, arrays: Arrays, opset: int = 14, **options: Any) -> ModelProto:
    """A model of one node alone."""
    return model([node(operator, arrays, **options)], stored(arrays), opset=opset)


def answer(made: ModelProto, x: NDArray[Any]) -> NDArray[Any]:
    """ONNX Runtime's first output."""
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    session = onnxruntime.InferenceSession(
        made.SerializeToString(), options, providers=["CPUExecutionProvider"]
    )
    return np.asarray(session.run(None, {session.get_inputs()[0].name: x})[0])


def flat(y: NDArray[Any]) -> NDArray[Any]:
    """A node's Y (T, D, B, H) as (T, B, D·H)."""
    steps, _, batch, _ = y.shape
    return y.swapaxes(1, 2).reshape(steps, batch, -1)


def loaded(made: Any, **options: Any) -> LoadedNetwork:
    return load(io.BytesIO(made.SerializeToString()), **options)


def agrees(made: Any, tolerance: float = EXACT, **options: Any) -> LoadedNetwork:
    """Load a model of one node; its output is ONNX Runtime's, and so says the measured difference."""
    network, x = loaded(made), sequence()
    theirs = flat(answer(made, x))
    ours = network.run(x, **options).output
    assert ours.dtype == np.float32 and ours.shape == theirs.shape
    assert np.abs(ours - theirs).max() <= tolerance
    assert network.difference is not None and network.difference <= tolerance
    assert "ONNX Runtime" in str(network.report)
    return network


def refused(made: Any, said: str, **options: Any) -> None:
    with pytest.raises(InteropError, match=said) as caught:
        loaded(made, **options)
    assert caught.value.key in translator("zh")
