"""From somebody's weights to a network of this engine's, with a report in words."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from gates.core.clamps import Clamp
from gates.errors import ShapeError
from gates.interop.choosing import LoadOptions, Stacks, layers_text, problem_of, resolve_stacks
from gates.interop.errors import InteropError, names_text
from gates.interop.files import unsupported
from gates.interop.files.registry import read
from gates.interop.hints import Hints
from gates.interop.keras.live import is_keras, read_keras
from gates.interop.limits import MAX_BYTES
from gates.interop.report import Note, Report
from gates.interop.stacks import SourceContents, initial_of, lengths_of, reference_of, stacked
from gates.interop.torch.modules import is_exported, is_module
from gates.interop.torch.reading import listed_arrays, read_arrays, read_exported_program, read_module
from gates.network import LayerDirection, Network, NetworkTrace, Readout

PROBE = (7, 2)
"""Steps and sequences of the input on which a network is compared with the framework that it comes from."""


@dataclass(frozen=True, eq=False)
class LoadedNetwork(Network):
    """A network from elsewhere. ``report`` says what was converted, and how.

    difference: the largest |Δ| between this network's output and the framework's own on a fixed pseudo-random
        input; None where the framework is not installed or was not asked.
    initial: the state that ``run`` begins in where none is given, if the source has one; else zeros.
    lengths: the lengths that ``run`` takes where none are given and the batch has as many sequences, if the
        source fixes them.
    """

    report: Report = field(default_factory=Report)
    difference: float | None = None
    initial: tuple[Any, ...] | None = None
    lengths: tuple[int, ...] | None = None

    def run(
        self,
        x: ArrayLike,
        state: Any = None,
        lengths: ArrayLike | None = None,
        clamps: Mapping[LayerDirection, Iterable[Clamp]] | None = None,
    ) -> NetworkTrace:
        """Run the network as ``Network.run`` does, with the source's own initial state and lengths."""
        if lengths is None and self.lengths and np.ndim(x) == 3 and np.shape(x)[1] == len(self.lengths):
            lengths = self.lengths
        return super().run(x, self.initial if state is None else state, lengths, clamps)


def load(
    source: Any,
    *,
    name: str | Sequence[str] | None = None,
    kind: str | None = None,
    activation: str | None = None,
    gate_activation: str | None = None,
    reset: str | None = None,
    readout: str | None = None,
    quantised: str | None = None,
    layout: str | None = None,
    forget_bias: float | None = None,
    max_bytes: int = MAX_BYTES,
) -> LoadedNetwork:
    """Return the recurrent layers of ``source`` as a network that shows every gate at every step.

    Nothing is guessed: where a source can be read in several ways, the error lists them with the call that
    chooses each. ``net.report`` says what was done, a sentence each.

    Args:
        source: a live PyTorch module, of which ``nn.RNN``, ``nn.LSTM``, ``nn.GRU`` and their cells are found
            wherever they are; a live layer or model of Keras; a path or binary file of a state dict (.pt,
            .pth), .safetensors, .npz, .keras, .h5 or .onnx; or a mapping of PyTorch's or Keras' names, or a
            tree of Flax, Equinox or d2l, to arrays or tensors; or a list, with ``kind`` if it is the
            ``get_weights()`` of a layer of Keras. Files are never executed.
        name: which layer, such as ``"encoder.lstm"``, if there are several. A list of names stacks them.
        kind: only layers that are ``"lstm"``, ``"gru"`` or ``"rnn"``.
        activation: ``"tanh"``, ``"relu"``, …: the squash, where weights alone do not tell it, as a state dict
            does not of a plain RNN.
        gate_activation: ``"sigmoid"`` or ``"hard_sigmoid"``, where weights alone do not tell it.
        reset: ``"before"`` or ``"after"``, where weights alone do not tell which form a GRU has.
        readout: the name of a linear layer to read the output with, such as ``"head"``.
        quantised: ``"dequantise"`` reads a DynamicQuantizeLSTM of ONNX Runtime by its weights as floats,
            which is not quite what it computes; where ONNX Runtime is installed, the difference is measured.
        layout: whose form arrays have whose names do not tell it: ``"tf1"``, ``"haiku"``, ``"mlx"``, or the
            order of gates of ``"pytorch"``, ``"keras"``, ``"d2l"``, ``"onnx"``; ``"xh"`` or ``"hx"`` where
            one linear layer a gate reads input and state together.
        forget_bias: what TensorFlow 1's LSTM adds to its forget gate beside the weights; 1 unless told.
        max_bytes: how much memory reading a file may take.

    Raises:
        AmbiguousError: there are several readings; they are in its ``readings``.
        InteropError: nothing recurrent is there, or something does not fit; the sentence names the way out.
    """
    hints = Hints(quantised, kind, layout, forget_bias)
    label, contents = _label(source), _found(source, max_bytes, hints)
    by_option = {"activation": activation, "gate_activation": gate_activation, "reset": reset}
    options = {option: value for option, value in by_option.items() if value is not None}
    stacks = resolve_stacks(contents, label, LoadOptions(name, kind, options))
    for hint, value in hints.named():
        if not any(hint in stack.applied for stack in stacks):
            raise InteropError("interop.error.option", option=hint, given=value, layer=layers_text(stacks))
    try:
        network = LoadedNetwork(stacked(stacks), initial=initial_of(stacks), lengths=lengths_of(stacks))
    except ShapeError as error:  # one layer gives another number than the next one reads
        names = ", ".join(stack.name for stack in stacks)
        raise InteropError("interop.error.sizes", names=names, problem=error) from error
    notes = [*_on_names(label, stacks), *contents.notes, *(note for stack in stacks for note in stack.notes)]
    named, readout = readout is not None, readout or contents.readout or stacks[-1].readout
    try:
        top = _readout(contents, label, readout, network.outputs) if readout else None
    except InteropError as problem:
        if named:
            raise
        notes.append(Note("interop.report.readout.left", name=readout, problem=problem))
        readout = top = None
    if top is not None:
        network = replace(network, readout=top)
        notes.append(Note("interop.report.readout", name=readout, outputs=len(top.b), inputs=network.outputs))
    difference, measured = _compared(network, stacks)
    notes += [*measured, *_on_rest(contents, stacks, readout)]
    report = Report(tuple({str(note): note for note in notes}.values()))
    return replace(network, report=report, difference=difference)


def _label(source: Any) -> str:
    """Return the word for a source in sentences and in the calls that they show."""
    if isinstance(source, (str, os.PathLike)):
        return json.dumps(os.fspath(source), ensure_ascii=False)
    if isinstance(source, (Mapping, list, tuple)):
        return "arrays"
    if is_keras(source):
        return "model"
    return "file" if _is_binary_file(source) else "module"


def _found(source: Any, max_bytes: int, hints: Hints) -> SourceContents:
    if is_keras(source):  # first: with PyTorch as its backend, a layer of Keras is a module of PyTorch too
        return read_keras(source)
    if is_module(source):
        return read_module(source)
    if is_exported(source):
        return read_exported_program(source)
    if isinstance(source, Mapping):
        return read_arrays(source, hints=hints)
    if isinstance(source, (list, tuple)):
        return listed_arrays(source, hints)
    if isinstance(source, str) and unsupported.ADDRESS.match(source):
        raise unsupported.address(source)
    if isinstance(source, (str, os.PathLike)) or _is_binary_file(source):
        return read(Path(source) if isinstance(source, os.PathLike) else source, max_bytes, hints)
    raise InteropError("interop.error.source", type=type(source).__name__)


def _is_binary_file(source: Any) -> bool:
    return hasattr(source, "readinto") and bool(source.seekable())


def _readout(contents: SourceContents, label: str, name: str, inputs: int) -> Readout:
    linear = contents.linear(name)
    if linear is None or linear.V.shape[1] != inputs:
        raise InteropError("interop.error.readout", source=label, name=name, inputs=inputs)
    return linear


def _compared(network: LoadedNetwork, stacks: Stacks) -> tuple[float | None, Iterator[Note]]:
    """Return how far the network's output is from the framework's own, and what to say of it."""
    reference = reference_of(stacks)
    if reference is None:
        return None, iter(())
    x = np.random.default_rng(0).standard_normal((*PROBE, network.inputs)).astype(network.cells[0].dtype)
    by = ", ".join(dict.fromkeys(stack.framework for stack in stacks))
    try:
        expected = reference(x)
    except Exception as error:  # whatever stops another framework's forward pass must not stop this one
        return None, iter([Note("interop.report.uncompared", framework=by, reason=type(error).__name__)])
    steps, batch = PROBE
    actual = network.run(x, lengths=[steps] * batch)  # the reference reads each sequence whole
    difference = float(np.abs(actual.output - expected).max())
    return difference, iter(
        [
            Note(
                "interop.report.compared",
                framework=by,
                difference=f"{difference:.1e}",
                steps=steps,
                batch=batch,
            )
        ]
    )


def _on_names(label: str, stacks: Stacks) -> Iterator[Note]:
    layer, names = layers_text(stacks), ", ".join(stack.name for stack in stacks)
    if names:
        yield Note("interop.report.named", layer=layer, name=names, source=label)
    else:
        yield Note("interop.report.found", layer=layer, source=label)
    if len(stacks) > 1:
        yield Note("interop.report.stacked", names=names)


def _on_rest(contents: SourceContents, stacks: Stacks, readout: str | None) -> Iterator[Note]:
    used = {stack.name for stack in stacks} | ({readout} if readout else set())
    unread = {name for stack in stacks for name in stack.unread}
    left = [name for name in contents.arrays if _owner(name) not in used or name in unread]
    if left:
        yield Note("interop.report.left", count=len(left), names=names_text(left))
    for stack in contents.stacks:
        if stack.name not in used and (problem := problem_of((stack,))):
            yield Note("interop.report.broken", problem=problem)


def _owner(name: str) -> str:
    """The module that a parameter belongs to, also if a parametrisation stands between them."""
    head, separator, _ = f".{name}".partition(".parametrizations.")
    return (head if separator else f".{name}".rpartition(".")[0]).removeprefix(".")
