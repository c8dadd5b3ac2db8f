"""From a network of this engine's to files that PyTorch and others read."""

from __future__ import annotations

import os
from pathlib import Path

from gates.interop.errors import InteropError
from gates.interop.files.registry import WRITABLE, WRITERS
from gates.network import AnyCell, Layer, Network


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
    form = WRITERS.get(path.suffix.lower())
    if form is None or form.write is None:
        raise InteropError("interop.error.suffix", path=path, formats=WRITABLE)
    if path.is_dir():
        raise InteropError("interop.error.folder.save", path=path)
    try:
        form.write(path, network, name)
    except OSError as error:
        raise InteropError("interop.error.unread", path=path, reason=error.strerror or error) from error
