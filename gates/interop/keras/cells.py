"""Keras' arrays made into this engine's cells, and back.

Keras multiplies from the left: kernel (I, G·U), recurrent_kernel (U, G·U), gates side by side in the order
i, f, c, o of an LSTM and z, r, h of a GRU, whose z keeps. A GRU with reset_after has two biases (2, 3U), the
second inside the reset. The cuDNN layers of Keras 2 keep each gate's input kernel transposed in Fortran's
order, each recurrent kernel transposed, and two biases in one array, (8U,) or (6U,).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gates.cells.gru import GRU
from gates.cells.lstm import LSTM
from gates.cells.rnn import RNN
from gates.core.activations import AnyActivation, FloatArray
from gates.interop.errors import InteropError
from gates.interop.orders import PARTS, from_engine, to_engine
from gates.interop.values import Value, as_floats, shape
from gates.network import AnyCell

Arrays = Mapping[str, Value]
Floats = Mapping[str, FloatArray]

NAMES = ("kernel", "recurrent_kernel", "bias")
"""A layer's arrays, in Keras' order."""

KINDS = {"LSTM": "lstm", "GRU": "gru", "SimpleRNN": "rnn", "CuDNNLSTM": "lstm", "CuDNNGRU": "gru"}
FACTORS = {len(parts): kind for kind, parts in PARTS.items()}


def kind_of(arrays: Arrays) -> str | None:
    """Return the kind of cell that arrays of these shapes are of: rnn, gru or lstm; None if of none."""
    recurrent = shape(arrays["recurrent_kernel"]) if "recurrent_kernel" in arrays else ()
    if len(recurrent) != 2 or 0 in recurrent or recurrent[1] % recurrent[0]:
        return None
    return FACTORS.get(recurrent[1] // recurrent[0])


def is_cudnn(arrays: Arrays) -> bool:
    """Whether the bias is that of a cuDNN layer of Keras 2: two for each gate, in one row."""
    bias, recurrent = (shape(arrays[name]) if name in arrays else () for name in ("bias", "recurrent_kernel"))
    return (
        len(bias) == 1 and len(recurrent) == 2 and bias[0] == 2 * recurrent[1] and recurrent[1] > recurrent[0]
    )


def reset_of(arrays: Arrays) -> str | None:
    """Return where a GRU's reset acts by the shape of its bias, None if it has none."""
    if "bias" not in arrays:
        return None
    return "after" if is_cudnn(arrays) or len(shape(arrays["bias"])) == 2 else "before"


def plain_arrays(layer: str, kind: str, arrays: Arrays, reset: str = "after") -> dict[str, FloatArray]:
    """Return a cell's arrays checked and in Keras' own layout, those of a cuDNN layer brought into it.

    Raises:
        InteropError: one is missing or has a shape that does not fit, or values that are no finite floats.
    """
    missing = [name for name in ("kernel", "recurrent_kernel") if name not in arrays]
    if missing:
        raise InteropError("interop.keras.error.incomplete", layer=layer, missing=", ".join(missing))
    if unknown := [name for name in arrays if name not in NAMES]:
        raise InteropError("interop.keras.error.extra", layer=layer, extra=", ".join(unknown))
    if kind_of(arrays) != kind:
        raise InteropError(
            "interop.keras.error.shape", array=f"{layer}.recurrent_kernel",
            shape=shape(arrays["recurrent_kernel"]), expected=f"(U, {len(PARTS[kind])}·U)",
        )  # fmt: skip
    units, columns = shape(arrays["recurrent_kernel"])
    inputs = (shape(arrays["kernel"]) or (0,))[0]
    bias = (2, columns) if kind == "gru" and reset == "after" else (columns,)
    cudnn = is_cudnn(arrays) and kind != "rnn"
    expected = {
        "kernel": (inputs, columns),
        "recurrent_kernel": (units, columns),
        "bias": (2 * columns,) if cudnn else bias,
    }
    for name, value in arrays.items():
        if shape(value) != expected[name] or 0 in expected[name]:
            raise InteropError(
                "interop.keras.error.shape",
                array=f"{layer}.{name}",
                shape=shape(value),
                expected=expected[name],
            )
    floats = {name: as_floats(f"{layer}.{name}", value) for name, value in arrays.items()}
    return _from_cudnn(floats, kind) if cudnn else floats


def cell_of(
    kind: str, arrays: Floats, activations: Mapping[str, AnyActivation], reset: str = "after"
) -> AnyCell:
    """Return the cell of arrays in Keras' layout. activations: ``activation`` and, with gates, ``gate``."""
    W, U = (to_engine(arrays[name].T, kind, "keras") for name in ("kernel", "recurrent_kernel"))
    zeros = np.zeros((2, len(W)) if kind == "gru" and reset == "after" else len(W), W.dtype)
    bias = arrays.get("bias", zeros)
    squash, gate = activations["activation"], activations.get("gate", "sigmoid")
    if kind == "rnn":
        return RNN(W, U, bias, activation=squash)
    if kind == "lstm":
        b = to_engine(bias, kind, "keras")
        return LSTM(W, U, b, gate_activation=gate, candidate_activation=squash, cell_activation=squash)
    if reset == "before":
        b = to_engine(bias, kind, "keras")
        return GRU(W, U, b, reset="before", gate_activation=gate, candidate_activation=squash)
    outside, inside = (to_engine(row, kind, "keras") for row in bias)
    rz = slice(0, 2 * U.shape[1])
    b, b_hn = outside.copy(), inside[2 * U.shape[1] :]
    b[rz] += inside[rz]
    return GRU(W, U, b, b_hn=b_hn, gate_activation=gate, candidate_activation=squash)


def arrays_of(cell: AnyCell) -> list[FloatArray]:
    """Return kernel, recurrent_kernel and bias of a cell, in Keras' layout."""
    kernel, recurrent = (np.ascontiguousarray(from_engine(w, cell.kind, "keras").T) for w in (cell.W, cell.U))
    bias = from_engine(cell.b, cell.kind, "keras")
    if isinstance(cell, GRU) and cell.reset == "after":
        inside = np.zeros_like(bias)
        inside[2 * cell.hidden :] = cell.b_hn
        bias = np.stack([bias, inside])
    return [kernel, recurrent, bias]


def _from_cudnn(arrays: Floats, kind: str) -> dict[str, FloatArray]:
    """Return a cuDNN layer's arrays in Keras' layout.

    As ``preprocess_weights_for_loading`` in Keras 2 does it: an LSTM's two biases are added up, a GRU's kept.
    """
    gates = len(PARTS[kind])

    def each(matrix: FloatArray, transform: Any) -> FloatArray:
        return np.hstack([transform(gate) for gate in np.hsplit(matrix, gates)])

    def from_fortran(gate: NDArray[Any]) -> NDArray[Any]:
        return gate.T.reshape(gate.shape, order="F")

    biases = arrays["bias"].reshape(2, -1)
    return {
        "kernel": each(arrays["kernel"], from_fortran),
        "recurrent_kernel": each(arrays["recurrent_kernel"], np.transpose),
        "bias": biases if kind == "gru" else biases.sum(axis=0),
    }
