"""A model made flat: its local functions inlined, and each If entered whose condition stands in the file."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterator, Mapping
from typing import Any

import numpy as np

from gates.interop.errors import InteropError
from gates.interop.limits import check_size
from gates.interop.onnx.values import Unknown, Values

MAX_NODES = 100_000
"""How many nodes there may be once functions are inlined: calls of calls multiply."""

MAX_CALLS = 90
"""How deep functions may call each other."""

MAX_ENTERED = 8
"""How many conditions may stand inside each other and still be entered."""

MAX_BRANCH = 3_000
"""How many nodes a branch may have and still be entered."""


def flattened(model: Any, label: str, max_bytes: int) -> Any:
    """Return ``model`` with its functions inlined and its constant conditions decided, where that is modest.

    What calls itself, or would become unbelievably large, stays as it is.

    Raises:
        InteropError: a function is not as ONNX has it, or inlined it would take more than ``max_bytes``.
    """
    if model.functions:
        model = _inlined(model, label, max_bytes)
    if any(node.op_type == "If" for node in model.graph.node):
        _enter(model.graph, label, max_bytes)
    return model


def subgraphs(node: Any) -> Iterator[Any]:
    """Yield the graphs that stand in a node's attributes."""
    for attribute in node.attribute:
        if attribute.HasField("g"):
            yield attribute.g
        yield from attribute.graphs


def _inlined(model: Any, label: str, max_bytes: int) -> Any:
    scale = _Scale(model)
    nodes, size = scale.of(model.graph.node, 0)
    if nodes > MAX_NODES:
        return model
    check_size(label, 2 * (model.ByteSize() + size), max_bytes)
    from onnx.inliner import inline_local_functions

    try:
        return inline_local_functions(model)
    except Exception as error:  # whatever the inliner finds wrong with a function
        raise InteropError("interop.error.damaged", path=label, where="functions") from error


class _Scale:
    """How many nodes and bytes a model has once its functions are inlined."""

    def __init__(self, model: Any) -> None:
        self._functions = {
            (function.domain, function.name, function.overload): function for function in model.functions
        }
        self._found: dict[Any, tuple[int, int]] = {}

    def of(self, nodes: Any, depth: int) -> tuple[int, int]:
        """Return nodes and bytes; more nodes than are allowed for what calls itself or goes too deep."""
        if depth > MAX_CALLS:
            return MAX_NODES + 1, 0
        total, size = 0, 0
        for node in nodes:
            key = node.domain, node.op_type, node.overload
            parts = [self._call(key, depth)] if key in self._functions else [(1, 0)]
            parts += [self.of(graph.node, depth + 1) for graph in subgraphs(node)]
            total += sum(count for count, _ in parts)
            size += sum(weight for _, weight in parts)
        return total, size

    def _call(self, key: Any, depth: int) -> tuple[int, int]:
        if key not in self._found:
            self._found[key] = MAX_NODES + 1, 0  # what calls itself has no end
            function = self._functions[key]
            nodes, size = self.of(function.node, depth + 1)
            self._found[key] = nodes, size + function.ByteSize()
        return self._found[key]


def _enter(graph: Any, label: str, max_bytes: int) -> None:
    """Put the nodes of each If's chosen branch in the If's place."""
    values = Values(graph, label, max_bytes)
    waiting = deque((node, 0) for node in graph.node)
    nodes: list[Any] = []
    tensors: list[Any] = []
    entered = False
    while waiting:
        node, depth = waiting.popleft()
        branch = _branch(node, values) if depth < MAX_ENTERED else None
        if branch is None:
            nodes.append(node)
            continue
        entered = True
        inner_nodes, stored = _in_place(node, branch)
        values.extend(inner_nodes, stored)
        tensors += stored
        waiting.extendleft((inner, depth + 1) for inner in reversed(inner_nodes))
    if entered:
        flat = [type(node).FromString(node.SerializeToString()) for node in nodes]
        del graph.node[:]
        graph.node.extend(flat)
        graph.initializer.extend(tensors)


def _branch(node: Any, values: Values) -> Any:
    """The graph that an If runs, None if it is none whose condition the file tells."""
    if node.op_type != "If" or node.domain not in ("", "ai.onnx") or len(node.input) != 1:
        return None
    try:
        condition = values.of(node.input[0])
    except Unknown:
        return None
    if condition.size != 1 or condition.dtype != np.bool_:
        return None
    branch_name = "then_branch" if condition.item() else "else_branch"
    branch = next(
        (
            attribute.g
            for attribute in node.attribute
            if attribute.name == branch_name and attribute.HasField("g")
        ),
        None,
    )
    if branch is None or branch.input or branch.sparse_initializer or len(branch.output) != len(node.output):
        return None
    return branch if _count(branch) <= MAX_BRANCH else None


def _count(graph: Any) -> int:
    waiting, total = deque([graph]), 0
    while waiting and total <= MAX_BRANCH:
        inner_graph = waiting.popleft()
        total += len(inner_graph.node) + len(inner_graph.initializer)
        waiting += [inner for node in inner_graph.node for inner in subgraphs(node)]
    return total


def _in_place(node: Any, branch: Any) -> tuple[list[Any], list[Any]]:
    """The nodes and arrays of an If's branch, under names of their own, and its outputs under the If's."""
    from onnx import helper

    copy = type(branch).FromString(branch.SerializeToString())
    first = next((output for output in node.output if output), node.name)
    names = {name: f"{first}/{name}" for name in _defined(copy)}
    for tensor in copy.initializer:
        tensor.name = names[tensor.name]
    for inner_node in copy.node:
        _rename(inner_node, names)
    outputs = [
        helper.make_node("Identity", [names.get(inner.name, inner.name)], [output])
        for inner, output in zip(copy.output, node.output, strict=True)
        if output
    ]
    return [*copy.node, *outputs], list(copy.initializer)


def _defined(graph: Any) -> Collection[str]:
    outputs = {output for node in graph.node for output in node.output if output}
    return outputs | {tensor.name for tensor in graph.initializer}


def _rename(node: Any, names: Mapping[str, str]) -> None:
    """Give a node's values, also where graphs inside it use them, their new names."""
    node.input[:] = [names.get(name, name) for name in node.input]
    node.output[:] = [names.get(name, name) for name in node.output]
    for graph in subgraphs(node):
        local = {*_defined(graph), *(value.name for value in graph.input)}
        seen = {old: new for old, new in names.items() if old not in local}
        for inner in graph.node:
            _rename(inner, seen)
        for output in graph.output:
            output.name = seen.get(output.name, output.name)
