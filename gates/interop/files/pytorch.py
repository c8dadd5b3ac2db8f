"""``.pt`` and ``.pth``: state dicts as PyTorch has written them since version 1.6, zips around a pickle."""

from __future__ import annotations

import io
import re
from collections import OrderedDict
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from gates.interop.errors import InteropError, required
from gates.interop.files.archives import opened
from gates.interop.files.format import Format, Source
from gates.interop.files.isolated import opened_isolated
from gates.interop.files.metadata import METADATA, metadata_of, parsed_metadata
from gates.interop.files.pickles import refuse_code
from gates.interop.limits import check_size
from gates.interop.mappings import as_mapping, flatten
from gates.interop.report import Note
from gates.interop.stacks import SourceContents
from gates.interop.torch.reading import read_arrays
from gates.interop.torch.state import beyond_torch, state_dict
from gates.interop.trees.reading import read_parameter_list
from gates.interop.values import size_in_bytes
from gates.network import Network

MAX_PICKLE = 4 * 2**20
"""Bytes of a pickle that is opened in this process; a longer one takes memory and time by itself."""

READ_PROTOCOL = 2
"""The pickle protocol that PyTorch writes, and the only one that its weights-only reader is made for."""

PICKLE = re.compile(r"([^/]+/)?data\.pkl")


def match(source: Source) -> bool:
    """Whether it is a zip with a pickle where PyTorch puts it."""
    return any(PICKLE.fullmatch(name) for name in source.entries)


def read(source: Source) -> SourceContents:
    """Return what a state dict holds, read by PyTorch's own weights-only reader.

    Raises:
        InteropError: it asks for code to be run, is damaged or too large, or PyTorch is not installed.
    """
    arrays, note, notes = load_arrays(source)
    if isinstance(arrays, list):
        return read_parameter_list(arrays)
    return read_arrays(arrays, parsed_metadata(note, source.label), notes, source.hints)


def load_arrays(source: Source) -> tuple[Mapping[Any, Any] | list[Any], object, tuple[Note, ...]]:
    """Return a state dict or a list of tensors, what ``save`` noted, and what to report.

    Raises:
        InteropError: it asks for code to be run, is damaged or too large, or PyTorch is not installed.
    """
    file, label, max_bytes = source.file, source.label, source.max_bytes
    with required("torch", label):
        import torch
    with opened(file, label, max_bytes) as archive:
        entry = next(entry for entry in archive.infolist() if entry.filename.endswith("data.pkl"))
        if entry.file_size <= MAX_PICKLE:
            protocol = refuse_code(io.BytesIO(archive.read(entry)), label)
    if entry.file_size > MAX_PICKLE:  # a long list of words, say, or something that takes long to open
        return opened_isolated(source)
    file.seek(0)
    try:
        saved = torch.load(file, map_location="cpu", weights_only=True)
    except Exception as error:  # whatever a malformed file leads to inside PyTorch
        if protocol > READ_PROTOCOL:
            raise InteropError("interop.error.protocol", path=label, protocol=protocol) from error
        raise InteropError("interop.error.damaged", path=label, where="data.pkl") from error
    if isinstance(saved, (list, tuple)) and saved and all(hasattr(part, "detach") for part in saved):
        check_size(label, size_in_bytes(saved), max_bytes)
        return list(saved), None, ()
    mapping = as_mapping(saved, label)
    check_size(label, size_in_bytes(flatten(mapping).values()), max_bytes)
    metadata = getattr(saved, "_metadata", {})
    return mapping, metadata.get(METADATA) if isinstance(metadata, Mapping) else None, ()


def write(path: Path, network: Network, name: str) -> None:
    """Write a state dict, which PyTorch reads.

    Raises:
        InteropError: PyTorch cannot build the network, or is not installed.
    """
    if obstacles := ", ".join(beyond_torch(network)):
        raise InteropError("interop.error.torch", what=obstacles)
    with required("torch", path):
        import torch
    arrays = state_dict(network, name)
    state = OrderedDict((key, torch.from_numpy(array.copy())) for key, array in arrays.items())
    state._metadata = {METADATA: metadata_of(network, name)}  # type: ignore[attr-defined]  # PyTorch keeps its versions there
    with path.open("wb") as file:
        torch.save(state, file)


FORMAT = Format(".pt", (".pt", ".pth", ".bin", ".ckpt"), match, read, write)
