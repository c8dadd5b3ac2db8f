"""What an ONNX model holds: its recurrent nodes as stacks, and which of them it puts one on the other."""

from __future__ import annotations

import re
from collections import Counter, deque
from collections.abc import Iterator
from typing import Any, BinaryIO

import numpy as np

from gates.interop.errors import InteropError, names_text
from gates.interop.hints import NO_HINTS, Hints
from gates.interop.onnx.cells import cells_of, layer_of, notes_on, states_of
from gates.interop.onnx.file import METADATA, READOUT, parsed
from gates.interop.onnx.flat import flattened, subgraphs
from gates.interop.onnx.linear import Linear
from gates.interop.onnx.named import contents_by_names
from gates.interop.onnx.nodes import KINDS, Recurrent, recurrent
from gates.interop.onnx.quantised import dequantised, is_dynamic
from gates.interop.onnx.runtime import framework, reference_of
from gates.interop.onnx.sizes import SizesOf
from gates.interop.onnx.values import Array, Unknown, Values
from gates.interop.report import Note
from gates.interop.stacks import SourceContents, Stack

RECURRENT = re.compile("LSTM|GRU|RNN")
QUANTISED = re.compile("Quanti|QLinear|Integer")
PROBE = (5, 3)
"""Steps and sequences on which it is tried whether one layer's output is the other's input."""

MAX_PROBE = 10**6
MAX_LAYERS = 1_000
SHOWN = 12


def read_onnx(file: BinaryIO, label: str, max_bytes: int, hints: Hints = NO_HINTS) -> SourceContents:
    """Return what an ONNX file holds.

    Raises:
        InteropError: it is damaged, too large, too old, or has no LSTM, GRU or RNN.
    """
    model = parsed(file, label, max_bytes)
    try:
        return _Model(flattened(model, label, max_bytes), label, max_bytes, hints).contents()
    except UnicodeDecodeError as error:  # texts of attributes are bytes in the format
        raise InteropError("interop.error.damaged", path=label, where="UTF-8") from error


class _Model:
    def __init__(self, model: Any, label: str, max_bytes: int, hints: Hints) -> None:
        self.model = model
        self.hints = hints
        self.label = label
        self.values = Values(model.graph, label, max_bytes)
        self.sizes = SizesOf(model.graph, self.values)
        self.nodes = {name: node for name, node in _named(model.graph) if RECURRENT.search(node.op_type)}
        self.read: dict[str, Recurrent] = {}
        self.outputs: dict[str, str] = {}
        self.infos = {info.name: info for info in model.graph.value_info}

    def contents(self) -> SourceContents:
        """Return the stacks of the graph, those that stand where they cannot be read among them."""
        if len(self.nodes) > MAX_LAYERS:
            raise InteropError(
                "interop.error.onnx.many", path=self.label, count=len(self.nodes), limit=MAX_LAYERS
            )
        stacks = [self._stack(name, node) for name, node in self.nodes.items()]
        stacks += [
            Stack(name, problem=InteropError("interop.error.onnx.inside", layer=name, place=place))
            for name, place in self._hidden()
        ]
        if not stacks and (named := contents_by_names(self.values)) is not None:
            return named
        if not stacks:
            operators = list(dict.fromkeys(node.op_type for node in self.model.graph.node))
            listed = names_text(operators, SHOWN)
            raise InteropError("interop.error.onnx.none", path=self.label, operators=listed)
        linear = Linear(self.model.graph, self.values)
        chains = tuple(self._chains([stack.name for stack in stacks]))
        return SourceContents(tuple(stacks), chains, self._arrays(linear), linear, self._readout())

    def _readout(self) -> str | None:
        """The node that a model written here says is its read-out."""
        for entry in self.model.metadata_props:
            if entry.key == METADATA:
                return READOUT if READOUT in entry.value else None
        return None

    def _arrays(self, linear: Linear) -> dict[str, tuple[int, ...]]:
        """The shapes of the file's arrays, named by the layers that read them."""
        stored, used = self.values.stored, self.values.used
        arrays = {
            f"{layer}.{place}": array.shape
            for layer, node in self.read.items()
            for place, array in node.weights.items()
        }
        owners = {name: f"{layer}.{name.rpartition('.')[2]}" for layer, name in linear.operands()}
        return arrays | {owners.get(name, name): shape for name, shape in stored.items() if name not in used}

    def _stack(self, name: str, node: Any) -> Stack:
        try:
            layer = self.read[name] = self._recurrent(name, node)
            cells = cells_of(layer)
            self.outputs |= {output: name for output in node.output[:1] if output}
        except InteropError as problem:
            return Stack(name, problem=problem)
        reference = reference_of(layer)
        notes = [*notes_on(layer)]
        if not framework():
            notes.append(Note("interop.report.onnx.alone"))
        elif reference and cells[0].dtype == np.float64:
            notes.append(Note("interop.report.onnx.single", dtype="float64"))
        return Stack(
            name,
            (layer_of(layer, cells),),
            tuple(notes),
            initial=states_of(layer),
            lengths=layer.lengths,
            reference=reference,
            framework=framework(),
            applied=("quantised",) if layer.packed else (),
        )

    def _recurrent(self, name: str, node: Any) -> Recurrent:
        """A node's attributes and weights, those of a quantised one as floats if that is asked for."""
        if is_dynamic(node):
            if self.hints.quantised is None:
                raise InteropError("interop.error.onnx.dynamic", layer=name)
            return dequantised(node, name, self.values, self.sizes)
        if QUANTISED.search(node.op_type):
            raise InteropError("interop.error.quantised", layer=name)
        if node.op_type not in KINDS or node.domain not in ("", "ai.onnx"):
            operator = f"{node.domain}.{node.op_type}".removeprefix(".")
            raise InteropError("interop.error.onnx.operator", layer=name, operator=operator)
        return recurrent(node, name, self.values, self.sizes)

    def _hidden(self) -> Iterator[tuple[str, str]]:
        """Yield the recurrent nodes inside an If, a Loop, a Scan or a function, and where they stand."""
        waiting = deque(
            (f"{node.op_type} {node.name}".strip(), graph)
            for node in self.model.graph.node
            for graph in subgraphs(node)
        )
        waiting += [(function.name, function) for function in self.model.functions]
        while waiting:
            place, graph = waiting.popleft()
            for node in graph.node:
                if RECURRENT.search(node.op_type):
                    yield f"{place}/{node.name or node.op_type}", place
                waiting += [
                    (f"{place}/{node.op_type} {node.name}".strip(), inner) for inner in subgraphs(node)
                ]

    def _chains(self, names: list[str]) -> Iterator[tuple[str, ...]]:
        """Yield the stacks as the graph puts them one on the other, bottom first, or alone."""
        below = {name: below_name for name in self.read if (below_name := self._below(name)) is not None}
        lower = set(below.values())
        for top in names:
            if top in lower:
                continue
            chain = [top]
            while chain[-1] in below and below[chain[-1]] not in chain:
                chain.append(below[chain[-1]])
            yield tuple(chain[::-1])

    def _below(self, name: str) -> str | None:
        """The layer whose whole output is what ``name`` reads, whatever moved its axes about on the way."""
        reads = self.nodes[name].input[0]
        lower, output = self._source(reads)
        if lower is None:
            return None
        source = self.read[lower]
        steps, batch = self._sizes(output, source)
        D, H = source.directions, source.hidden
        probe: Array = np.arange(steps * batch * D * H).reshape(steps, batch, D, H)
        as_output = probe.swapaxes(0, 1) if source.batch_first else probe.swapaxes(1, 2)
        expected = probe.reshape(steps, batch, D * H)
        expected = expected.swapaxes(0, 1) if self.read[name].batch_first else expected
        try:
            actual = self.values.evaluate(reads, {output: as_output})
        except (Unknown, InteropError):  # a shape that only another input fits
            return None
        return lower if np.array_equal(actual, expected) else None

    def _source(self, name: str) -> tuple[str | None, str]:
        """Go back from a value to the recurrent layer whose Y it comes from, and the name of that Y."""
        output = self.values.origin(name)
        return self.outputs.get(output), output

    def _sizes(self, output: str, source: Recurrent) -> tuple[int, int]:
        """Steps and sequences of a layer's Y, where the file fixes them."""
        info = self.infos.get(output)
        dims = [] if info is None else [dim.dim_value for dim in info.type.tensor_type.shape.dim]
        if len(dims) != 4:
            return PROBE
        declared = (dims[1], dims[0]) if source.batch_first else (dims[0], dims[2])
        steps, batch = (size if size > 0 else default for size, default in zip(declared, PROBE, strict=True))
        return (steps, batch) if steps * batch * source.directions * source.hidden <= MAX_PROBE else PROBE


def _named(graph: Any) -> Iterator[tuple[str, Any]]:
    """Yield the nodes with names of their own: where theirs is missing or repeated, that of their output."""
    counts = Counter(node.name for node in graph.node)
    for index, node in enumerate(graph.node):
        name = node.name if counts[node.name] == 1 else ""
        name = name or next((output for output in node.output if output), "")
        yield name if name and counts[name] < 2 - (name != node.name) else f"{node.op_type}_{index}", node
