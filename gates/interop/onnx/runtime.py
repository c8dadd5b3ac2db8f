"""ONNX Runtime's own forward pass of one node, to compare with: a model made of nothing but that node."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import numpy as np

from gates.core.activations import FloatArray
from gates.interop.onnx import quantised
from gates.interop.onnx.nodes import Recurrent
from gates.interop.stacks import Reference

OPSET, IR_VERSION = 14, 8
"""Old enough for any ONNX Runtime of the last years to run."""

QUIET = 4  # nothing but fatal errors; what goes wrong is raised anyway


def framework() -> str:
    """Return ONNX Runtime's name and version, "" if it is not installed."""
    try:
        return f"ONNX Runtime {version('onnxruntime')}"
    except PackageNotFoundError:
        return ""


def reference_of(node: Recurrent) -> Reference | None:
    """Return the forward pass of ``node`` in ONNX Runtime: time first, (T, B, I) to (T, B, D·H), in float32.

    None if ONNX Runtime is not installed, or the file's own states are for a batch of one size.
    """
    fixed = any(part.ndim == 2 for parts in node.initial.values() for part in parts)
    if fixed or not framework():
        return None

    def run(x: FloatArray) -> FloatArray:
        y = _session(node, x.shape[1]).run(None, {"X": x.astype(np.float32)})[0]
        steps, _, batch, _ = y.shape
        return np.asarray(y).swapaxes(1, 2).reshape(steps, batch, -1)

    return run


def _session(node: Recurrent, batch: int) -> Any:
    from onnxruntime import InferenceSession, SessionOptions

    options = SessionOptions()
    options.log_severity_level = QUIET
    options.intra_op_num_threads = 1
    content = model_of(node, batch).SerializeToString()
    return InferenceSession(content, options, providers=["CPUExecutionProvider"])


def model_of(node: Recurrent, batch: int) -> Any:
    """Return a model with ``node`` alone in it, from X (T, B, I) to Y (T, D, B, H), time first."""
    from onnx import TensorProto, helper, numpy_helper

    arrays: dict[str, FloatArray] = {**node.weights, **_states(node, batch)}
    places = ["X", "W", "R", "B", "", "initial_h", "initial_c", "P"]
    inputs = [name if name == "X" or name in arrays else "" for name in places]
    tensors = {name: array.astype(np.float32) for name, array in arrays.items()}
    operator, domain = node.operator, ""
    if node.packed:
        operator, domain = quantised.OPERATOR, quantised.DOMAIN
        inputs += [name if name in node.packed else "" for name in quantised.MORE]
        tensors |= node.packed
    while not inputs[-1]:
        inputs.pop()
    options = {name: value for name, value in node.options.items() if name != "layout"}
    options["hidden_size"] = node.hidden
    made_node = helper.make_node(operator, inputs, ["Y"], domain=domain, **options)
    float32 = TensorProto.FLOAT
    graph = helper.make_graph(
        [made_node],
        "node",
        [helper.make_tensor_value_info("X", float32, ("T", batch, node.weights["W"].shape[-1]))],
        [helper.make_tensor_value_info("Y", float32, ("T", node.directions, batch, node.hidden))],
        [numpy_helper.from_array(array, name) for name, array in tensors.items()],
    )
    opsets = [helper.make_opsetid("", OPSET), *([helper.make_opsetid(domain, 1)] if domain else [])]
    return helper.make_model(graph, opset_imports=opsets, ir_version=IR_VERSION)


def _states(node: Recurrent, batch: int) -> Mapping[str, FloatArray]:
    return {name: np.repeat(np.stack(parts)[:, None], batch, axis=1) for name, parts in node.initial.items()}
