"""``.safetensors``: a header in JSON, then the arrays."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from gates.interop.errors import InteropError, required
from gates.interop.files.format import Format, Source
from gates.interop.files.metadata import METADATA, metadata_of, parsed_metadata
from gates.interop.files.raw import SHORT, strided
from gates.interop.report import Note
from gates.interop.stacks import SourceContents
from gates.interop.torch.reading import read_arrays
from gates.interop.torch.state import state_dict
from gates.network import Network

MAX_HEADER = 16 * 2**20
KINDS: Mapping[str, str] = {
    "F64": "float64", "F32": "float32", "F16": "float16", "BF16": "bfloat16",
    "F8_E4M3": "float8_e4m3fn", "F8_E5M2": "float8_e5m2",
    "I64": "int64", "I32": "int32", "I16": "int16", "I8": "int8",
    "U64": "uint64", "U32": "uint32", "U16": "uint16", "U8": "uint8", "BOOL": "bool",
}  # fmt: skip
"""By the header's word: PyTorch's name for the kind of number."""


def match(source: Source) -> bool:
    """Whether JSON begins after the eight bytes of its length."""
    return source.head[8:9] == b"{"


def read(source: Source) -> SourceContents:
    """Return what the arrays hold.

    Raises:
        InteropError: it is damaged, or safetensors is not installed.
    """
    arrays, note, notes = load_arrays(source)
    return read_arrays(arrays, parsed_metadata(note, source.label), notes, source.hints)


def load_arrays(source: Source) -> tuple[Mapping[str, Any], object, tuple[Note, ...]]:
    """Return the arrays, what ``save`` noted, and what to report.

    Raises:
        InteropError: it is damaged, or safetensors is not installed.
    """
    file, label, size = source.file, source.label, source.size
    damaged = InteropError("interop.error.damaged", path=label, where="header")
    file.seek(0)
    length = int.from_bytes(file.read(8), "little")
    if length > min(size - 8, MAX_HEADER):
        raise damaged
    with required("safetensors", label):
        import safetensors
    file.seek(0)
    data = file.read()
    try:
        deserialize: Callable[[bytes], list[tuple[str, dict[str, Any]]]] = safetensors.deserialize
        entries = deserialize(data)
        metadata = json.loads(data[8 : 8 + length]).get("__metadata__") or {}  # MLX writes null
        note = metadata.get(METADATA)
    except Exception as error:  # SafetensorError, and what json says of bytes that are none
        raise damaged from error
    arrays = {
        name: strided(entry["data"], KINDS[entry["dtype"]], entry["shape"])
        for name, entry in entries
        if entry["dtype"] in KINDS
    }
    short = sorted({KINDS[entry["dtype"]] for _, entry in entries if entry["dtype"] in KINDS} & set(SHORT))
    notes = [Note("interop.report.converted", given=kind, dtype="float32") for kind in short]
    return arrays, note, tuple(notes)


def write(path: Path, network: Network, name: str) -> None:
    """Write the arrays under PyTorch's names, with the note of what those do not tell.

    Raises:
        InteropError: safetensors is not installed.
    """
    with required("safetensors", path):
        from safetensors.numpy import save as serialised
    path.write_bytes(serialised(state_dict(network, name), metadata={METADATA: metadata_of(network, name)}))


FORMAT = Format(".safetensors", (".safetensors",), match, read, write)
