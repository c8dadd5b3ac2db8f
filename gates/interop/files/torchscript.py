"""TorchScript: programs of PyTorch's. Their weights are read by name, and nothing of the program is run."""

from __future__ import annotations

import io
import pickle
import zipfile
from collections.abc import Callable, Iterator, Mapping
from math import prod
from typing import Any

from gates.interop.errors import InteropError
from gates.interop.files.archives import opened
from gates.interop.files.format import Format, Source
from gates.interop.files.pickles import scanned
from gates.interop.files.raw import SHORT, strided
from gates.interop.limits import check_size, megabytes
from gates.interop.report import Note
from gates.interop.stacks import SourceContents
from gates.interop.torch.reading import read_arrays

MAX_PICKLE = 4 * 2**20
DEPTH = 50
STORAGES: Mapping[str, str] = {
    "DoubleStorage": "float64", "FloatStorage": "float32", "HalfStorage": "float16",
    "BFloat16Storage": "bfloat16", "LongStorage": "int64", "IntStorage": "int32", "ShortStorage": "int16",
    "CharStorage": "int8", "ByteStorage": "uint8", "BoolStorage": "bool",
}  # fmt: skip


def match(source: Source) -> bool:
    """Whether it is a zip with code in it."""
    return any(name.endswith("/constants.pkl") or "/code/" in name for name in source.entries)


def read(source: Source) -> SourceContents:
    """Return what the program's modules hold, as far as the names of their weights tell.

    Raises:
        InteropError: it is damaged or too large, or holds no recurrent layer under PyTorch's names.
    """
    label = source.label
    with opened(source.file, label, source.max_bytes) as archive:
        entry = next((entry for entry in archive.infolist() if entry.filename.endswith("data.pkl")), None)
        if entry is None:
            raise InteropError("interop.error.damaged", path=label, where="data.pkl")
        if entry.file_size > MAX_PICKLE:
            raise InteropError("interop.error.crowded", path=label, size=megabytes(entry.file_size))
        scanned(io.BytesIO(archive.read(entry)), label)
        reader = _Reader(archive, entry, label, source.max_bytes)
        try:
            arrays = dict(_arrays(reader.load(), "", 0))
        except InteropError:
            raise
        except Exception as error:  # whatever a malformed pickle leads to
            raise InteropError("interop.error.damaged", path=label, where=entry.filename) from error
    notes = [Note("interop.report.program")]
    notes += [Note("interop.report.converted", given=kind, dtype="float32") for kind in sorted(reader.short)]
    return read_arrays(arrays, notes=tuple(notes), hints=source.hints)


class _Module:
    """What stands for any object of the program: its attributes, and nothing that could be called."""

    attributes: Mapping[str, Any] = {}

    def __setstate__(self, state: Any) -> None:
        self.attributes = state if isinstance(state, dict) else {}


def _arrays(module: Any, prefix: str, depth: int) -> Iterator[tuple[str, Any]]:
    if not isinstance(module, _Module) or depth > DEPTH:
        return
    for name, value in module.attributes.items():
        if isinstance(value, _Module):
            yield from _arrays(value, f"{prefix}{name}.", depth + 1)
        elif hasattr(value, "dtype"):
            yield f"{prefix}{name}", value


class _Reader(pickle.Unpickler):
    """Opens a program's data: its objects as :class:`_Module`, its tensors as arrays, all else refused."""

    def __init__(self, archive: zipfile.ZipFile, entry: zipfile.ZipInfo, label: str, max_bytes: int) -> None:
        super().__init__(io.BytesIO(archive.read(entry)))
        self._archive = archive
        self._root = entry.filename.removesuffix("data.pkl")
        self._label, self._left = label, max_bytes
        self.short: set[str] = set()

    def find_class(self, module: str, name: str) -> Any:
        """Return what stands for ``module.name``; only what is listed here is ever called."""
        known: Mapping[tuple[str, str], Callable[..., Any]] = {
            ("torch._utils", "_rebuild_tensor_v2"): self._tensor,
            ("torch.jit._pickle", "restore_type_tag"): lambda value, tag: value,
            ("collections", "OrderedDict"): lambda *_: {},
            ("torch", "device"): lambda *_: None,
        }
        if module == "__torch__" or module.startswith("__torch__."):
            return _Module
        if module == "torch" and name in STORAGES:
            return STORAGES[name]
        if module == "torch.jit._pickle" and name.startswith("build_"):
            return lambda values, *_: values
        if (module, name) in known:
            return known[module, name]
        raise InteropError("interop.error.code", path=self._label, names=f"{module}.{name}")

    def persistent_load(self, pid: Any) -> tuple[str, str]:
        """Return a storage's kind and name."""
        _, kind, name, *_ = pid
        return str(kind), str(name)

    def _tensor(
        self, storage: tuple[str, str], offset: int, shape: tuple[int, ...], strides: tuple[int, ...], *_: Any
    ) -> Any:
        kind, name = storage
        self._left -= 8 * prod(shape)
        check_size(self._label, -self._left, 0)
        if kind in SHORT:
            self.short.add(kind)
        return strided(self._archive.read(f"{self._root}data/{name}"), kind, shape, strides, offset)


FORMAT = Format(".pt", (), match, read)
