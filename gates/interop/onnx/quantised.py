"""Layers that compute in whole numbers: ONNX Runtime's DynamicQuantizeLSTM, by its dequantised weights.

https://github.com/microsoft/onnxruntime/blob/main/docs/ContribOperators.md: W is (D, I, 4·H) and R
(D, H, 4·H) in eight bits, turned against those of an LSTM, each with a scale and a zero point for each
direction, (D,), or for each column of it, (D, 4·H). At each step the operator also rounds x and h, which is
not done here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from gates.interop.errors import InteropError
from gates.interop.onnx.nodes import INPUTS, Recurrent, recurrent, weight_of
from gates.interop.onnx.sizes import SizesOf
from gates.interop.onnx.values import Array, Values
from gates.interop.report import Note

OPERATOR, DOMAIN = "DynamicQuantizeLSTM", "com.microsoft"
MORE = ("W_scale", "W_zero_point", "R_scale", "R_zero_point")
"""Its inputs behind those of an LSTM."""


def is_dynamic(node: Any) -> bool:
    """Whether a node is such a layer."""
    return bool(node.op_type == OPERATOR and node.domain == DOMAIN)


def dequantised(node: Any, name: str, values: Values, sizes: SizesOf) -> Recurrent:
    """Return the LSTM of a DynamicQuantizeLSTM's weights as floats.

    Raises:
        InteropError: its weights are not in the file, or its shapes do not fit.
    """
    inputs = {place: key for place, key in zip((*INPUTS, *MORE), node.input, strict=False) if key}
    packed: dict[str, Array] = {}
    for place in ("W", "R", *MORE):
        if place in inputs:
            packed[place] = weight_of(name, place, inputs[place], values)
        elif not place.endswith("zero_point"):
            raise InteropError("interop.error.damaged", path=values.label, where=f"{name} ({place})")
    plain = type(node).FromString(node.SerializeToString())
    plain.op_type, plain.domain = "LSTM", ""
    del plain.input[len(INPUTS) :]
    for place in ("W", "R"):
        key = f"{name}.{place}"
        values.put(key, _floats(key, place, packed))
        plain.input[INPUTS.index(place)] = key
    layer = recurrent(plain, name, values, sizes)
    return replace(layer, packed=packed, notes=(*layer.notes, Note("interop.report.onnx.dynamic")))


def _floats(name: str, place: str, packed: Mapping[str, Array]) -> Array:
    """(w − zero)·scale, turned as an LSTM has it."""
    whole, scale = packed[place], packed[f"{place}_scale"]
    zero = packed.get(f"{place}_zero_point", np.zeros(scale.shape, whole.dtype))
    if whole.ndim != 3 or whole.dtype not in (np.int8, np.uint8):
        shape = f"{whole.dtype} {whole.shape}"
        raise InteropError("interop.error.shape", array=name, shape=shape, expected="int8 (D, …, 4·H)")
    D, _, columns = whole.shape
    for end, array in (("scale", scale), ("zero_point", zero)):
        if array.shape not in ((D,), (D, columns)):
            raise InteropError(
                "interop.error.shape", array=f"{name}_{end}", shape=array.shape, expected=(D, columns)
            )
    wide = [array.astype(np.float32).reshape(D, 1, -1) for array in (zero, scale)]
    return ((whole.astype(np.float32) - wide[0]) * wide[1]).swapaxes(1, 2)
