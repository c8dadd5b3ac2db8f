"""``.npz``: named arrays of NumPy in a zip."""

from __future__ import annotations

import zipfile
from math import prod
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gates.interop.errors import InteropError
from gates.interop.files.archives import opened
from gates.interop.files.format import Format, Source
from gates.interop.files.metadata import METADATA, metadata_of, parsed_metadata
from gates.interop.stacks import SourceContents
from gates.interop.torch.reading import read_arrays
from gates.interop.torch.state import state_dict
from gates.network import Network


def match(source: Source) -> bool:
    """Whether it is a zip of arrays and nothing else."""
    return bool(source.entries) and all(name.endswith(".npy") for name in source.entries)


def read(source: Source) -> SourceContents:
    """Return what the arrays hold.

    Raises:
        InteropError: one is damaged, or holds pickled objects.
    """
    with opened(source.file, source.label, source.max_bytes) as archive:
        arrays = {
            entry.filename.removesuffix(".npy"): _read_npy(archive, entry, source.label)
            for entry in archive.infolist()
        }
    note = arrays.pop(METADATA, None)
    return read_arrays(arrays, parsed_metadata(note, source.label), hints=source.hints)


def _read_npy(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, label: str) -> NDArray[Any]:
    """Return one array, after a look at its header: NumPy would allocate whatever that says."""
    damaged = InteropError("interop.error.damaged", path=label, where=entry.filename)
    with archive.open(entry) as stream:
        version = np.lib.format.read_magic(stream)
        if version not in ((1, 0), (2, 0)):
            raise damaged
        header = (
            np.lib.format.read_array_header_1_0 if version[0] == 1 else np.lib.format.read_array_header_2_0
        )
        shape, fortran, dtype = header(stream)
        if dtype.hasobject:
            raise InteropError("interop.error.code", path=label, names=f"{entry.filename} (pickle)")
        if stream.tell() + prod(shape) * dtype.itemsize != entry.file_size:
            raise damaged
        return np.ndarray(shape, dtype, stream.read(), order="F" if fortran else "C")


def write(path: Path, network: Network, name: str) -> None:
    """Write the arrays under PyTorch's names, with the note of what those do not tell."""
    note = {METADATA: np.array(metadata_of(network, name))}
    with path.open("wb") as file:
        np.savez(file, allow_pickle=False, **state_dict(network, name), **note)


FORMAT = Format(".npz", (".npz",), match, read, write)
