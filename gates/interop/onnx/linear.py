"""Linear layers of an ONNX graph: a Gemm, or a MatMul with the Add behind it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from gates.core.activations import FloatArray
from gates.interop.errors import InteropError
from gates.interop.onnx.values import Unknown, Values, attributes
from gates.interop.values import as_floats
from gates.network import Readout


class Linear:
    """The linear layers of one graph by the names of their nodes."""

    def __init__(self, graph: Any, values: Values) -> None:
        self._nodes = [
            node
            for node in graph.node
            if node.op_type in ("Gemm", "MatMul") and node.domain in ("", "ai.onnx") and len(node.input) >= 2
        ]
        self._values = values
        self._readers: dict[str, list[Any]] = {}
        for node in graph.node:
            for name in node.input:
                self._readers.setdefault(name, []).append(node)

    def __call__(self, name: str) -> Readout | None:
        """Return the layer that the node called ``name`` computes, None if it is none with stored weights.

        Raises:
            InteropError: its weights are damaged or not finite.
        """
        for node in self._nodes:
            if node.name == name:
                try:
                    return self._gemm(node) if node.op_type == "Gemm" else self._matmul(node)
                except (Unknown, ValueError) as error:
                    if isinstance(error, InteropError):
                        raise
        return None

    def operands(self) -> Iterator[tuple[str, str]]:
        """Yield each linear layer's name, and a stored array that it reads."""
        stored = self._values.stored
        for node in self._nodes:
            biases = [name for add in self._adds(node) for name in add.input]
            names = map(self._values.origin, (*node.input, *biases))
            yield from ((node.name, name) for name in names if node.name and name in stored)

    def _gemm(self, node: Any) -> Readout:
        """Y = α·A·B + β·C, B transposed or not."""
        options = attributes(node)
        if options.get("transA"):
            raise ValueError("its input is transposed")
        B = self._array(node, node.input[1])
        V = (B if options.get("transB") else B.T) * B.dtype.type(options.get("alpha", 1.0))
        if len(node.input) < 3 or not node.input[2]:
            return Readout(V, np.zeros(len(V), V.dtype))
        C = self._array(node, node.input[2]) * V.dtype.type(options.get("beta", 1.0))
        return Readout(V, np.broadcast_to(np.squeeze(C), (len(V),)))

    def _matmul(self, node: Any) -> Readout:
        V = self._array(node, node.input[1]).T
        b = np.zeros(len(V), V.dtype)
        for add in self._adds(node):
            (bias,) = (name for name in add.input if name not in node.output)
            b = b + np.broadcast_to(self._array(node, bias), b.shape)
        return Readout(V, b)

    def _adds(self, node: Any) -> list[Any]:
        """The Add behind a MatMul, if nothing else reads that; a sum with something computed is no bias."""
        readers = [reader for name in node.output for reader in self._readers.get(name, ())]
        alone = node.op_type == "MatMul" and len(readers) == 1 and readers[0].op_type == "Add"
        return readers if alone else []

    def _array(self, node: Any, name: str) -> FloatArray:
        return as_floats(f"{node.name} ({name})", self._values.of(name))
