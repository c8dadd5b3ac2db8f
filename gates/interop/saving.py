"""From a network of this engine's to files that PyTorch and others read."""

from __future__ import annotations

import json
import os
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from gates.activations import Activation, FloatArray
from gates.gru import GRU
from gates.interop.errors import InteropError
from gates.interop.files.registry import ABOUT, SUFFIXES
from gates.interop.onnx.saving import write_onnx
from gates.interop.torch.convert import arrays_of, places_of, suffix_of
from gates.lstm import LSTM
from gates.network import AnyCell, Layer, Network

READOUT = "readout"


def state_dict(network: Network | AnyCell, name: str = "") -> dict[str, FloatArray]:
    """Return the weights under PyTorch's names and in its order, as NumPy arrays.

    ``module.load_state_dict({k: torch.from_numpy(v) for k, v in state_dict(net).items()})`` fills a torch
    module of the same kind and sizes. Biases go into bias_ih; bias_hh is 0, but for a GRU's b_hn.

    Args:
        network: a network, or a cell for a layer of its own.
        name: what stands before each name, such as ``"encoder.lstm"``.

    A read-out adds ``readout.weight`` and ``readout.bias``.
    """
    network = network if isinstance(network, Network) else Network((Layer(network),))
    arrays = arrays_of(network, name)
    if network.readout is not None:
        arrays |= {f"{READOUT}.weight": network.readout.V, f"{READOUT}.bias": network.readout.b}
    return arrays


def save(network: Network | AnyCell, path: str | os.PathLike[str], *, name: str = "") -> None:
    """Write a network's weights; the path's end chooses the format. ``load`` gives an equal network back.

    ``.pt`` or ``.pth`` is a state dict for ``module.load_state_dict(torch.load(path))``; ``.npz`` and
    ``.safetensors`` hold the same names, and also what PyTorch cannot build (peepholes, coupled gates, a
    reset before the product, layers of different sizes). All three note the options that names do not tell.
    ``.onnx`` is a model from x (T, B, I) to output (T, B, n) that others run, in float32, which is all that
    ONNX Runtime computes an LSTM in; float64 weights are rounded.

    Args:
        network: a network, or a cell for a layer of its own.
        path: where to write; an existing file is replaced.
        name: what stands before each name, such as ``"encoder.lstm"``.

    Raises:
        InteropError: the path ends in none of these or cannot be written, or PyTorch cannot build, or ONNX
            not say, what the network is.
    """
    path = Path(path)
    network = network if isinstance(network, Network) else Network((Layer(network),))
    suffix = SUFFIXES.get(path.suffix.lower(), "")
    write = WRITERS.get(suffix)
    if write is None and suffix != ".onnx":
        raise InteropError("interop.error.suffix", path=path)
    if write is _write_torch and (obstacles := ", ".join(beyond_torch(network))):
        raise InteropError("interop.error.torch", what=obstacles)
    cells = {suffix_of(place): _options(cell) for place, cell in places_of(network)}
    about = {"cells": {name: cells}} | ({"readout": READOUT} if network.readout else {})
    try:
        if write is None:
            write_onnx(path, network, name)
        else:
            write(path, state_dict(network, name), json.dumps(about))
    except OSError as error:
        raise InteropError("interop.error.unread", path=path, reason=error.strerror or error) from error


def _options(cell: AnyCell) -> dict[str, Any]:
    """What a cell is beside its arrays, as JSON has it; activations and clip where they are unusual."""
    told: dict[str, Any] = {}
    for name, value in cell.options.items():
        if isinstance(value, Activation):
            told[name] = asdict(value)
        elif name == "without":
            told[name] = sorted(value)
        elif name not in cell.squash_options or name == "activation" or name in cell.other_squashes:
            told[name] = value
    return told


def beyond_torch(network: Network) -> Iterator[str]:
    """Yield what keeps a network from being one ``nn.RNN``, ``nn.LSTM`` or ``nn.GRU``."""
    cells = network.cells
    for cell in cells:
        if isinstance(cell, GRU) and cell.reset == "before":
            yield 'reset="before"'
        if isinstance(cell, LSTM):
            yield from ["coupled=True"] if cell.coupled else []
            yield from [f"without={sorted(cell.without)}"] if cell.without else []
            yield from ["peephole"] if cell.peephole is not None else []
        for name, value in cell.other_squashes.items():
            if (name, value) != ("activation", "relu"):
                yield f"{name}={value!r}"
    if len({(cell.kind, cell.hidden, cell.outputs, getattr(cell, "activation", "")) for cell in cells}) > 1:
        yield " + ".join(f"{cell.kind.upper()}({cell.inputs}, {cell.hidden})" for cell in cells)
    if len({len(layer.cells) for layer in network.layers}) > 1:
        yield "bidirectional=?"
    if any(layer.forward is None for layer in network.layers):
        yield "backward"


def _write_torch(path: Path, arrays: Mapping[str, FloatArray], about: str) -> None:
    try:
        import torch
    except ImportError:
        raise InteropError("interop.error.package", package="torch", path=path) from None
    state = OrderedDict((name, torch.from_numpy(array.copy())) for name, array in arrays.items())
    state._metadata = {ABOUT: about}  # type: ignore[attr-defined]  # PyTorch keeps its versions there
    with path.open("wb") as file:
        torch.save(state, file)


def _write_npz(path: Path, arrays: Mapping[str, FloatArray], about: str) -> None:
    with path.open("wb") as file:
        np.savez(file, allow_pickle=False, **arrays, **{ABOUT: np.array(about)})


def _write_safetensors(path: Path, arrays: Mapping[str, FloatArray], about: str) -> None:
    try:
        from safetensors.numpy import save as serialised
    except ImportError:
        raise InteropError("interop.error.package", package="safetensors", path=path) from None
    path.write_bytes(serialised(dict(arrays), metadata={ABOUT: about}))


WRITERS: Mapping[str, Callable[[Path, Mapping[str, FloatArray], str], None]] = {
    ".pt": _write_torch,
    ".npz": _write_npz,
    ".safetensors": _write_safetensors,
}
