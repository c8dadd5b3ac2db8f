"""Files of weights: told apart by what is in them, and read without running anything from them."""

from __future__ import annotations

import json
import pickletools
import re
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from math import prod
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from gates.interop.errors import InteropError
from gates.interop.files.archives import check_size, megabytes, opened
from gates.interop.files.hdf5_format import MAGIC
from gates.interop.files.keras import is_archive, read_archive, read_hdf5
from gates.interop.groups import flatten
from gates.interop.onnx.file import is_onnx
from gates.interop.onnx.graph import read_onnx
from gates.interop.report import Note
from gates.interop.stacks import Found
from gates.interop.torch.reading import in_arrays
from gates.interop.values import size_in_bytes

MAX_BYTES = 512 * 2**20
"""Memory that reading a file may take, unless the caller allows more."""

MAX_HEADER = 16 * 2**20
MAX_PICKLE = 4 * 2**20
MAX_SHARED = 16
SUFFIXES = {
    ".pt": ".pt",
    ".pth": ".pt",
    ".bin": ".pt",
    ".ckpt": ".pt",
    ".safetensors": ".safetensors",
    ".npz": ".npz",
    ".keras": ".keras",
    ".h5": ".h5",
    ".hdf5": ".h5",
    ".onnx": ".onnx",
}
ABOUT = "gatescope"
"""The name under which :func:`gates.interop.save` keeps what PyTorch's names do not tell, as JSON."""


def _is_number(value: object) -> bool:
    """Tell whether ``value`` is a number that a float can hold, as JSON's whole numbers need not be."""
    return isinstance(value, float) or (type(value) is int and abs(value) < 2**53)


def _is_activation(value: object) -> bool:
    """Tell whether ``value`` is a name, or a mapping of name, alpha and beta."""
    if not isinstance(value, dict):
        return isinstance(value, str)
    named = value.keys() == {"name", "alpha", "beta"} and isinstance(value["name"], str)
    return named and all(value[key] is None or _is_number(value[key]) for key in ("alpha", "beta"))


OPTIONS: Mapping[str, Callable[[object], bool]] = {
    "activation": _is_activation,
    "gate_activation": _is_activation,
    "candidate_activation": _is_activation,
    "cell_activation": _is_activation,
    "clip": _is_number,
    "reset": lambda value: isinstance(value, str),
    "coupled": lambda value: isinstance(value, bool),
    "without": lambda value: isinstance(value, list) and all(isinstance(gate, str) for gate in value),
}
"""Those that a cell has beside its arrays, and what each may be."""

HARMLESS = re.compile(
    r"collections\.OrderedDict|_codecs\.encode|builtins\.set|torch\.(Size|device|Tensor)"
    r"|torch\._utils\._rebuild_(tensor|tensor_v2|parameter|parameter_with_state|qtensor)"
    r"|torch\.nn\.parameter\.Parameter|torch\._tensor\._rebuild_from_type_v2"
    r"|torch\.(storage\.)?\w*Storage|torch\.(q?u?int\d+(x\d+)?|b?float\d+\w*|bool|complex\d+)"
    r"|torch\.(per_tensor_affine|per_channel_affine|serialization\._get_layout)"
)
"""What a pickled state dict may ask for. PyTorch's weights-only reader has a list of its own besides."""


def read(source: str | Path | BinaryIO, max_bytes: int) -> Found:
    """Return what is in a file, given by path or open in binary mode.

    Raises:
        InteropError: it is missing, too large, damaged, of another format, or holds code.
    """
    with _open(source) as (file, label):
        size = file.seek(0, 2)
        if size == 0:
            raise InteropError("interop.error.empty", path=label)
        check_size(label, size, max_bytes)
        suffix = Path(label).suffix.lower()
        found = _format(file, label, max_bytes)
        if found is None:
            key = "interop.error.damaged" if suffix in SUFFIXES else "interop.error.format"
            raise InteropError(key, path=label, where=suffix)
        if SUFFIXES.get(suffix, found) != found:
            raise InteropError("interop.error.mislabelled", path=label, suffix=suffix, actual=found)
        return READERS[found](file, label, max_bytes)


@contextmanager
def _open(source: str | Path | BinaryIO) -> Iterator[tuple[BinaryIO, str]]:
    if not isinstance(source, (str, Path)):
        yield source, Path(str(getattr(source, "name", "file"))).name
        return
    path = Path(source)
    if path.is_dir():
        raise InteropError("interop.error.folder", path=path)
    try:
        with path.open("rb") as file:
            yield file, str(path)
    except FileNotFoundError:
        raise InteropError("interop.error.missing", path=path) from None
    except OSError as error:
        raise InteropError("interop.error.unread", path=path, reason=error.strerror) from error


def _format(file: BinaryIO, label: str, max_bytes: int) -> str | None:
    """Tell the format by its first bytes and, for a zip, by the names in it; None if it is none of them."""
    file.seek(0)
    head = file.read(16)
    if head[:2] == b"PK":
        with opened(file, label, max_bytes) as archive:
            return _zip_format(archive.namelist(), label)
    if head[:1] == b"\x80" and head[1:2] in (b"\x02", b"\x03", b"\x04", b"\x05"):
        raise InteropError("interop.error.legacy", path=label)
    if head.startswith(MAGIC):
        return ".h5"
    if head[8:9] == b"{":
        return ".safetensors"
    return ".onnx" if is_onnx(file) else None


def _zip_format(names: list[str], label: str) -> str | None:
    if any(name.endswith("/constants.pkl") or "/code/" in name for name in names):
        raise InteropError("interop.error.script", path=label)
    if any(re.fullmatch(r"([^/]+/)?data\.pkl", name) for name in names):
        return ".pt"
    if is_archive(names):
        return ".keras"
    return ".npz" if names and all(name.endswith(".npy") for name in names) else None


def _read_torch(file: BinaryIO, label: str, max_bytes: int) -> Found:
    with opened(file, label, max_bytes) as archive:
        entry = next(entry for entry in archive.infolist() if entry.filename.endswith("data.pkl"))
        if entry.file_size > MAX_PICKLE:
            raise InteropError("interop.error.crowded", path=label, size=megabytes(entry.file_size))
        _refuse_code(archive.read(entry), label)
    try:
        import torch
    except ImportError:
        raise InteropError("interop.error.package", package="torch", path=label) from None
    file.seek(0)
    try:
        held = torch.load(file, map_location="cpu", weights_only=True)
    except Exception as error:  # whatever a malformed file leads to inside PyTorch
        raise InteropError("interop.error.damaged", path=label, where="data.pkl") from error
    arrays = flatten(held if isinstance(held, Mapping) else {})
    check_size(label, size_in_bytes(arrays.values()), max_bytes)
    about = getattr(held, "_metadata", {})
    return in_arrays(arrays, _about(about.get(ABOUT) if isinstance(about, Mapping) else None, label))


def _refuse_code(pickled: bytes, label: str) -> None:
    """Raise an InteropError if a pickle would call more than what rebuilds tensors, and name that.

    Also if it puts tuples together from the same tuples over and over: each doubling doubles the time to
    hash them, and a hundred bytes would take for ever.
    """
    asked: list[str] = []
    texts: list[str] = []
    memo: list[str] = []  # the operation that made each thing that may be fetched again
    fetched = 0
    previous = ""
    try:
        for operation, argument, _ in pickletools.genops(pickled):
            name = operation.name
            if name in ("GLOBAL", "INST"):
                asked.append(str(argument).replace(" ", "."))
            elif name == "STACK_GLOBAL":
                asked.append(".".join(texts[-2:]))
            elif isinstance(argument, str):
                texts.append(argument)
            if name in ("PUT", "BINPUT", "LONG_BINPUT", "MEMOIZE"):
                place = len(memo) if name == "MEMOIZE" else int(str(argument))
                memo += [""] * (min(place, len(pickled)) + 1 - len(memo))
                memo[place] = previous
            fetched += name == "DUP" or (name.endswith("GET") and "TUPLE" in memo[int(str(argument))])
            previous = name
    except Exception as error:  # it ends in the middle, or is no pickle
        raise InteropError("interop.error.damaged", path=label, where="data.pkl") from error
    if beyond := [name for name in dict.fromkeys(asked) if not HARMLESS.fullmatch(name)]:
        raise InteropError("interop.error.code", path=label, names=", ".join(beyond[:5]))
    if fetched > MAX_SHARED:
        raise InteropError("interop.error.damaged", path=label, where="data.pkl")


def _read_npz(file: BinaryIO, label: str, max_bytes: int) -> Found:
    with opened(file, label, max_bytes) as archive:
        arrays = {
            entry.filename.removesuffix(".npy"): _read_npy(archive, entry, label)
            for entry in archive.infolist()
        }
    about = arrays.pop(ABOUT, None)
    return in_arrays(arrays, _about(about, label))


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


def _read_safetensors(file: BinaryIO, label: str, max_bytes: int) -> Found:
    damaged = InteropError("interop.error.damaged", path=label, where="header")
    size = file.seek(0, 2)
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
        about = json.loads(data[8 : 8 + length]).get("__metadata__", {}).get(ABOUT)
    except Exception as error:  # SafetensorError, and what json says of bytes that are none
        raise damaged from error
    arrays = {name: _tensor(entry) for name, entry in entries}
    short = any(entry["dtype"] == "BF16" for _, entry in entries)
    notes = (Note("interop.report.converted", given="bfloat16", dtype="float32"),) if short else ()
    return in_arrays(arrays, _about(about, label), notes)


def _tensor(entry: Mapping[str, Any]) -> NDArray[Any]:
    """One tensor of a safetensors file. What is not of a kind that weights have comes as bare bytes."""
    kinds = {"F64": "<f8", "F32": "<f4", "F16": "<f2", "BF16": "<u2", "I64": "<i8", "I32": "<i4", "I8": "i1"}
    if entry["dtype"] not in kinds:
        return np.frombuffer(entry["data"], np.uint8)
    array: NDArray[Any] = np.frombuffer(entry["data"], kinds[entry["dtype"]]).reshape(entry["shape"])
    if entry["dtype"] == "BF16":  # bfloat16 is the upper half of float32
        array = (array.astype("<u4") << 16).view("<f4")
    return array


def _about(text: object, label: str) -> Mapping[str, Any]:
    """What ``save`` noted: ``{"cells": {name: {"_l0": {option: value}}}, "readout": name}``."""
    if text is None:
        return {}
    try:
        about = json.loads(str(text))
        for cells in about["cells"].values():
            for options in cells.values():
                if not all(OPTIONS[option](value) for option, value in options.items()):
                    raise TypeError
        if not isinstance(about.get("readout", ""), str):
            raise TypeError
    except (AttributeError, KeyError, TypeError, ValueError, RecursionError):
        raise InteropError("interop.error.damaged", path=label, where=ABOUT) from None
    return dict(about)


READERS: Mapping[str, Callable[[BinaryIO, str, int], Found]] = {
    ".pt": _read_torch,
    ".npz": _read_npz,
    ".safetensors": _read_safetensors,
    ".keras": read_archive,
    ".h5": read_hdf5,
    ".onnx": read_onnx,
}
