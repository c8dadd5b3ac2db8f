"""``.pt`` and ``.pth``: state dicts as PyTorch has written them since version 1.6, zips around a pickle."""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Mapping
from pathlib import Path

from gates.interop.errors import InteropError
from gates.interop.files.about import ABOUT, about, told
from gates.interop.files.archives import opened
from gates.interop.files.format import Format, Source
from gates.interop.files.pickles import refuse_code
from gates.interop.limits import check_size, megabytes
from gates.interop.mappings import flatten
from gates.interop.stacks import Found
from gates.interop.torch.reading import in_arrays
from gates.interop.torch.state import beyond_torch, state_dict
from gates.interop.values import size_in_bytes
from gates.network import Network

MAX_PICKLE = 4 * 2**20
PICKLE = re.compile(r"([^/]+/)?data\.pkl")


def match(source: Source) -> bool:
    """Whether it is a zip with a pickle where PyTorch puts it."""
    return any(PICKLE.fullmatch(name) for name in source.entries)


def read(source: Source) -> Found:
    """Return what a state dict holds, read by PyTorch's own weights-only reader.

    Raises:
        InteropError: it asks for code to be run, is damaged or too large, or PyTorch is not installed.
    """
    file, label, max_bytes = source.file, source.label, source.max_bytes
    with opened(file, label, max_bytes) as archive:
        entry = next(entry for entry in archive.infolist() if entry.filename.endswith("data.pkl"))
        if entry.file_size > MAX_PICKLE:
            raise InteropError("interop.error.crowded", path=label, size=megabytes(entry.file_size))
        refuse_code(archive.read(entry), label)
    try:
        import torch
    except ImportError:
        raise InteropError("interop.error.package", package="torch", path=label) from None
    file.seek(0)
    try:
        held = torch.load(file, map_location="cpu", weights_only=True)
    except Exception as error:  # whatever a malformed file leads to inside PyTorch
        raise InteropError("interop.error.damaged", path=label, where="data.pkl") from error
    held = held if isinstance(held, Mapping) else {}
    check_size(label, size_in_bytes(flatten(held).values()), max_bytes)
    metadata = getattr(held, "_metadata", {})
    note = metadata.get(ABOUT) if isinstance(metadata, Mapping) else None
    return in_arrays(held, told(note, label))


def write(path: Path, network: Network, name: str) -> None:
    """Write a state dict, which PyTorch reads.

    Raises:
        InteropError: PyTorch cannot build the network, or is not installed.
    """
    if obstacles := ", ".join(beyond_torch(network)):
        raise InteropError("interop.error.torch", what=obstacles)
    try:
        import torch
    except ImportError:
        raise InteropError("interop.error.package", package="torch", path=path) from None
    arrays = state_dict(network, name)
    state = OrderedDict((own, torch.from_numpy(array.copy())) for own, array in arrays.items())
    state._metadata = {ABOUT: about(network, name)}  # type: ignore[attr-defined]  # PyTorch keeps its versions there
    with path.open("wb") as file:
        torch.save(state, file)


FORMAT = Format(".pt", (".pt", ".pth", ".bin", ".ckpt"), match, read, write)
