"""HDF5 files from strangers, as Keras writes them: plain groups, texts and whole arrays, and nothing else.

HDF5 can do much that a file of weights has no need of: links to other files, arrays put together from other
files, filters that unfold, references, opaque bytes. None of that is followed or read; it is refused by name.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from math import prod
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from gates.interop.archives import check_size, megabytes
from gates.interop.errors import InteropError

MAGIC = b"\x89HDF\r\n\x1a\n"
MAX_ENTRIES = 100_000
MAX_DEPTH = 32
MAX_TEXT = 16 * 2**20
"""Bytes of the texts of one attribute: a model's whole configuration is one."""


class Tree:
    """An open HDF5 file. Groups and arrays are named by their paths, such as ``layers/lstm/cell/vars/0``."""

    def __init__(self, file: Any, label: str, max_bytes: int) -> None:
        self.label = label
        self._file = file
        self._left = max_bytes
        self._max_bytes = max_bytes
        # The names of the arrays directly in each group, by its path; and all arrays' paths, in order.
        self.groups: dict[str, list[str]] = {"": []}
        self.arrays: dict[str, None] = {}
        self._walk(file, "", set())

    def below(self, group: str) -> list[str]:
        """Return the names of the arrays that stand directly in a group, those that are numbers in order."""
        return sorted(self.groups.get(group, ()), key=lambda name: (len(name), name))

    def texts(self, group: str, name: str) -> list[str]:
        """Return the texts of a group's attribute, none if it has no such attribute.

        Raises:
            InteropError: it holds something other than texts, or unbelievably many.
        """
        import h5py

        owner = self._file[group] if group else self._file
        if name not in owner.attrs:
            return []
        attribute = h5py.h5a.open(owner.id, name.encode())
        space = attribute.get_space()
        if space.get_simple_extent_npoints() == 0:  # an empty list, whose type Keras leaves to chance
            return []
        if (
            size := attribute.get_storage_size()
        ) > MAX_TEXT or space.get_simple_extent_npoints() > MAX_ENTRIES:
            raise InteropError("interop.error.crowded", path=self.label, size=megabytes(size))
        if attribute.get_type().get_class() != h5py.h5t.STRING:
            raise InteropError("interop.hdf5.error.text", path=self.label, name=f"{group}@{name}")
        values = np.atleast_1d(np.asarray(owner.attrs[name], dtype=object)).ravel()
        texts = [
            value.decode("utf8", "replace") if isinstance(value, bytes) else str(value) for value in values
        ]
        check_size(self.label, sum(map(len, texts)), MAX_TEXT)
        return texts

    def text(self, group: str, name: str) -> str | None:
        """Return an attribute's only text, None if it has none."""
        texts = self.texts(group, name)
        return texts[0] if texts else None

    def array(self, path: str) -> NDArray[Any]:
        """Return one array, after a look at what it claims to be.

        Raises:
            InteropError: it holds no numbers, has no bytes of its own in the file, or is too large.
        """
        import h5py

        dataset = self._file[path]
        if dataset.id.get_type().get_class() not in (h5py.h5t.FLOAT, h5py.h5t.INTEGER):
            raise InteropError("interop.hdf5.error.numbers", path=self.label, name=path)
        layout = dataset.id.get_create_plist().get_layout()
        if layout not in (h5py.h5d.CONTIGUOUS, h5py.h5d.COMPACT) or dataset.external:
            raise InteropError("interop.hdf5.error.packed", path=self.label, name=path)
        if dataset.shape is None:
            raise InteropError("interop.error.damaged", path=self.label, where=path)
        size = prod(map(int, dataset.shape)) * dataset.dtype.itemsize
        check_size(self.label, self._max_bytes - self._left + size, self._max_bytes)
        if dataset.id.get_storage_size() != size:
            raise InteropError("interop.error.damaged", path=self.label, where=path)
        self._left -= size
        array: NDArray[Any] = dataset[()]
        return np.asarray(array)

    def _walk(self, group: Any, path: str, seen: set[int]) -> None:
        import h5py

        address = int(h5py.h5o.get_info(group.id).addr)
        if address in seen or path.count("/") > MAX_DEPTH:
            raise InteropError("interop.hdf5.error.link", path=self.label, name=path)
        seen.add(address)
        for name in group:
            full = f"{path}/{name}".removeprefix("/")
            if len(self.groups) + len(self.arrays) > MAX_ENTRIES:
                raise InteropError("interop.hdf5.error.entries", path=self.label, count=MAX_ENTRIES)
            if not isinstance(group.get(name, getlink=True), h5py.HardLink):
                raise InteropError("interop.hdf5.error.link", path=self.label, name=full)
            kind = group.get(name, getclass=True)
            if kind is h5py.Group:
                self.groups[full] = []
                self._walk(group[name], full, seen)
            elif kind is h5py.Dataset:
                self.arrays[full] = None
                self.groups[path].append(name)


@contextmanager
def opened_tree(file: BinaryIO, label: str, max_bytes: int) -> Iterator[Tree]:
    """Open ``file`` as HDF5, with arrays of ``max_bytes`` in sum at most.

    Raises:
        InteropError: h5py is missing, or the file is damaged or holds what no file of weights does.
    """
    try:
        import h5py
    except ImportError:
        raise InteropError("interop.error.package", package="h5py", path=label) from None
    try:
        with h5py.File(file, "r") as opened:
            yield Tree(opened, label, max_bytes)
    except InteropError:
        raise
    except Exception as error:  # HDF5 and h5py raise a dozen kinds for bytes that are not as they should be
        raise InteropError("interop.error.damaged", path=label, where="HDF5") from error
