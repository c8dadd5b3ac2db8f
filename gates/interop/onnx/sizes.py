"""How large a value of an ONNX graph is, as far as the file tells without being run.

Exporters take the batch from the model's input and the rest from constants, so a size may be known in part.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import Any

import numpy as np

from gates.interop.errors import InteropError
from gates.interop.onnx.values import MAX_DEPTH, Unknown, Values, attributes

Sizes = tuple[int | None, ...]

MOST = 16
"""Axes beyond which a size is not followed."""


class SizesOf:
    """The sizes of a graph's values: a number for each axis, None for one that only a run would tell."""

    def __init__(self, graph: Any, values: Values) -> None:
        self._values = values
        self._declared = {
            info.name: tuple(dim.dim_value or None for dim in info.type.tensor_type.shape.dim)
            for info in graph.input
            if info.type.tensor_type.HasField("shape")
        }
        self._found: dict[tuple[str, bool], Sizes | None] = {}

    def of(self, name: str, depth: int = 0) -> Sizes | None:
        """Return the sizes of a value, None where not even their number is known."""
        return self._once(name, False, depth)

    def _once(self, name: str, as_list: bool, depth: int) -> Sizes | None:
        """The sizes of a value; with ``as_list``, what it says itself where it is a list of sizes."""
        key = name, as_list
        if key not in self._found:
            self._found[key] = None  # what needs itself is never known
            if depth <= MAX_DEPTH:
                sizes = self._as_list(name, depth) if as_list else self._size(name, depth)
                self._found[key] = sizes if sizes is not None and len(sizes) <= MOST else None
        return self._found[key]

    def _list(self, name: str) -> Any:
        """A short list of whole numbers that the file holds; larger arrays are not read for their sizes."""
        sizes = self.of(name)
        if sizes is None or None in sizes or prod(size or 0 for size in sizes) > MOST:
            return None
        try:
            array = self._values.of(name)
        except (Unknown, InteropError):
            return None
        return array if array.dtype.kind in "iu" else None

    def _size(self, name: str, depth: int) -> Sizes | None:
        if (dims := self._values.dims(name)) is not None:
            return dims
        node, _ = self._values.made.get(name, (None, 0))
        if node is None or not node.input:
            return self._declared.get(name)
        if node.op_type in ("Identity", "Cast"):
            return self.of(node.input[0], depth + 1)
        if node.op_type == "Transpose":
            return _transposed(self.of(node.input[0], depth + 1), attributes(node).get("perm"))
        if node.op_type not in ("ConstantOfShape", "Expand", "Reshape"):
            return None
        target = self._once(node.input[-1], True, depth + 1)
        if node.op_type == "ConstantOfShape":
            return target
        if node.op_type == "Expand":
            return _broadcast(self.of(node.input[0], depth + 1), target)
        return target and tuple(size if size is not None and size > 0 else None for size in target)

    def _as_list(self, name: str, depth: int) -> Sizes | None:
        node, _ = self._values.made.get(name, (None, 0))
        if node is None or not node.input:
            array = self._list(name)
            return None if array is None else tuple(np.ravel(array).tolist())
        if node.op_type in ("Identity", "Cast"):
            return self._once(node.input[0], True, depth + 1)
        if node.op_type == "Shape":
            options = attributes(node)
            sizes = self.of(node.input[0], depth + 1)
            return None if sizes is None else sizes[options.get("start", 0) : options.get("end")]
        if node.op_type == "Concat":
            parts = [self._once(part, True, depth + 1) for part in node.input[: MOST + 1]]
            return None if None in parts else tuple(size for part in parts for size in part or ())
        if node.op_type == "Gather":
            return _chosen(self._once(node.input[0], True, depth + 1), self._list(node.input[1]))
        if node.op_type == "Unsqueeze":  # of one number, for a list of sizes has one axis
            inner = self._once(node.input[0], True, depth + 1)
            return inner if inner is not None and len(inner) == 1 else (None,)
        return None


def _transposed(sizes: Sizes | None, order: Sequence[int] | None) -> Sizes | None:
    if sizes is None:
        return None
    order = order or range(len(sizes))[::-1]
    return tuple(sizes[axis] for axis in order) if sorted(order) == list(range(len(sizes))) else None


def _broadcast(sizes: Sizes | None, target: Sizes | None) -> Sizes | None:
    if sizes is None or target is None:
        return None
    length = max(len(sizes), len(target))
    pairs = zip((1,) * (length - len(sizes)) + sizes, (1,) * (length - len(target)) + target, strict=True)
    return tuple(b if a == 1 else a if b == 1 or a == b or b is None else None for a, b in pairs)


def _chosen(sizes: Sizes | None, which: Any) -> Sizes | None:
    if which is None:
        return None
    if sizes is None:
        return (None,) * int(which.size)
    places = np.ravel(which).tolist()
    if any(not -len(sizes) <= place < len(sizes) for place in places):
        return None
    return tuple(sizes[place] for place in places)
