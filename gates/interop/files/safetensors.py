"""``.safetensors``: a header in JSON, then the arrays."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gates.interop.errors import InteropError
from gates.interop.files.about import ABOUT, about, told
from gates.interop.files.format import Format, Source
from gates.interop.report import Note
from gates.interop.stacks import Found
from gates.interop.torch.reading import in_arrays
from gates.interop.torch.state import state_dict
from gates.network import Network

MAX_HEADER = 16 * 2**20


def match(source: Source) -> bool:
    """Whether JSON begins after the eight bytes of its length."""
    return source.head[8:9] == b"{"


def read(source: Source) -> Found:
    """Return what the arrays hold.

    Raises:
        InteropError: it is damaged, or safetensors is not installed.
    """
    file, label, size = source.file, source.label, source.size
    damaged = InteropError("interop.error.damaged", path=label, where="header")
    file.seek(0)
    length = int.from_bytes(file.read(8), "little")
    if length > min(size - 8, MAX_HEADER):
        raise damaged
    try:
        import safetensors
    except ImportError:
        raise InteropError("interop.error.package", package="safetensors", path=label) from None
    file.seek(0)
    data = file.read()
    try:
        deserialize: Callable[[bytes], list[tuple[str, dict[str, Any]]]] = safetensors.deserialize
        entries = deserialize(data)
        note = json.loads(data[8 : 8 + length]).get("__metadata__", {}).get(ABOUT)
    except Exception as error:  # SafetensorError, and what json says of bytes that are none
        raise damaged from error
    arrays = {name: _tensor(entry) for name, entry in entries}
    short = any(entry["dtype"] == "BF16" for _, entry in entries)
    notes = (Note("interop.report.converted", given="bfloat16", dtype="float32"),) if short else ()
    return in_arrays(arrays, told(note, label), notes)


def _tensor(entry: Mapping[str, Any]) -> NDArray[Any]:
    """One tensor of a safetensors file. What is not of a kind that weights have comes as bare bytes."""
    kinds = {"F64": "<f8", "F32": "<f4", "F16": "<f2", "BF16": "<u2", "I64": "<i8", "I32": "<i4", "I8": "i1"}
    if entry["dtype"] not in kinds:
        return np.frombuffer(entry["data"], np.uint8)
    array: NDArray[Any] = np.frombuffer(entry["data"], kinds[entry["dtype"]]).reshape(entry["shape"])
    if entry["dtype"] == "BF16":  # bfloat16 is the upper half of float32
        array = (array.astype("<u4") << 16).view("<f4")
    return array


def write(path: Path, network: Network, name: str) -> None:
    """Write the arrays under PyTorch's names, with the note of what those do not tell.

    Raises:
        InteropError: safetensors is not installed.
    """
    try:
        from safetensors.numpy import save as serialised
    except ImportError:
        raise InteropError("interop.error.package", package="safetensors", path=path) from None
    path.write_bytes(serialised(state_dict(network, name), metadata={ABOUT: about(network, name)}))


FORMAT = Format(".safetensors", (".safetensors",), match, read, write)
