"""A graph that computes a recurrent cell step by step: its arrays, by the names that PyTorch gave them."""

from __future__ import annotations

from typing import Any

from gates.interop.groups import NAME
from gates.interop.onnx.values import Unknown, Values
from gates.interop.report import Note
from gates.interop.stacks import SourceContents
from gates.interop.torch.reading import read_arrays

MOVED = ("Cast", "Constant", "DequantizeLinear", "Identity")
"""What may stand between a stored array and a parameter's name: of equal arrays, exporters keep one."""


def contents_by_names(values: Values) -> SourceContents | None:
    """Return what the stored arrays hold under PyTorch's names, None if none is called so.

    Raises:
        InteropError: an array is damaged, or all are too large.
    """
    moved = [name for name, (node, _) in values.made.items() if node.op_type in MOVED]
    named = [name for name in (*values.stored, *moved) if _is_parameter(name)]
    if not any("weight_hh" in name for name in named):
        return None
    arrays: dict[str, Any] = {}
    for name in dict.fromkeys((*values.stored, *named)):
        try:
            arrays[name] = values.of(name)
        except Unknown:
            continue
    contents = read_arrays(arrays, notes=(Note("interop.report.onnx.names"),))
    return contents if contents.stacks else None


def _is_parameter(name: str) -> bool:
    return NAME.fullmatch(name) is not None
