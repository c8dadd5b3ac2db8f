"""Untrusted HDF5 files, as Keras writes them: plain groups, texts and arrays, and nothing else.

HDF5 can do much that a file of weights has no need of: links, arrays put together from other files, filters
of somebody's own, references, opaque bytes. None of that is followed or read; it is refused by name.

Why not pyfive, the reader in Python: version 1.3.0 unpacks a chunk to whatever its bytes give, so that a file
of 1 MB whose only array says (4, 4) took 2.1 GB and 10 s before the shape was found wrong; no look at shapes
beforehand prevents that. It also needs numcodecs, which is compiled.
"""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from math import prod
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from gates.interop.errors import InteropError
from gates.interop.files.hdf5 import chunks as packed
from gates.interop.files.hdf5 import format as form
from gates.interop.limits import check_size

MAX_ENTRIES = 100_000
MAX_DEPTH = 32
MAX_TEXT = 16 * 2**20
"""Bytes of the texts of one attribute: a model's whole configuration is one."""


class Tree:
    """An open HDF5 file. Groups and arrays are named by their paths, such as ``layers/lstm/cell/vars/0``.

    groups: the names of the arrays directly in each group, by its path, "" for the root.
    arrays: the messages of their headers, by path.
    """

    def __init__(self, file: BinaryIO, label: str, max_bytes: int) -> None:
        self.label = label
        self._reader = form.Reader(file)
        self._left = self._max_bytes = max_bytes
        self.groups: dict[str, list[str]] = {}
        self.arrays: dict[str, list[form.Message]] = {}
        self._attributes: dict[str, list[form.Message]] = {}
        self._walk()

    def below(self, group: str) -> list[str]:
        """Return the names of the arrays that stand directly in a group, those that are numbers in order."""
        return sorted(self.groups.get(group, ()), key=lambda name: (len(name), name))

    def texts(self, group: str, name: str) -> list[str]:
        """Return the texts of a group's attribute, none if it has no such attribute.

        Raises:
            InteropError: it holds something other than texts, or unbelievably many.
        """
        return self._texts(self._attributes[group], group, name)

    def text(self, group: str, name: str) -> str | None:
        """Return an attribute's only text, None if it has none."""
        texts = self.texts(group, name)
        return texts[0] if texts else None

    def array(self, path: str) -> NDArray[Any]:
        """Return one array, after a look at what it claims to be.

        Raises:
            InteropError: it holds no numbers, is packed, has not the bytes that it claims, or is too large.
        """
        messages = {message.kind: message for message in self.arrays[path]}
        datatype = self._datatype(path)
        if datatype.kind not in ("float", "bfloat", "int") or messages[form.DATATYPE].shared:
            raise InteropError("interop.hdf5.error.numbers", path=self.label, name=path)
        shape = form.shape_of(messages[form.DATASPACE].data)
        if shape is None:
            raise form.Malformed
        size = prod(shape) * datatype.size
        check_size(self.label, self._max_bytes - self._left + size, self._max_bytes)
        array: NDArray[Any]
        if (chunks := packed.chunks_of(messages[form.LAYOUT].data)) is not None:
            array = self._unpacked(path, chunks, shape, datatype)
        else:
            place = form.contiguous(messages[form.LAYOUT].data)
            if place is None or {form.FILTERS, form.EXTERNAL} & messages.keys():
                raise self._not_read(path)
            data = place if isinstance(place, bytes) else self._reader.numbers(*place) if size else b""
            if len(data) != size:
                raise InteropError("interop.error.damaged", path=self.label, where=path)
            array = np.frombuffer(data, datatype.code).reshape(shape)
        self._left -= size
        if datatype.kind == "bfloat":  # bfloat16 is the upper half of float32
            array = (array.astype("<u4") << 16).view("<f4")
        return array

    def _unpacked(
        self, path: str, chunks: packed.Chunks, shape: tuple[int, ...], datatype: form.Datatype
    ) -> NDArray[Any]:
        """An array in chunks, once it is known how much all of them give."""
        listed = [message.data for message in self.arrays[path] if message.kind == form.FILTERS]
        filters = packed.filters_of(listed[0]) if listed else []
        if not set(filters) <= {packed.GZIP, packed.SHUFFLE, packed.FLETCHER}:
            raise self._not_read(path)
        unpacked_size = packed.size_of(chunks, shape, datatype.size)
        check_size(self.label, self._max_bytes - self._left + unpacked_size, self._max_bytes)
        self._left -= unpacked_size  # also of edges that stand over, so that unpacking ends in time
        try:
            return packed.unpacked(self._reader, chunks, shape, datatype.code, filters)
        except (form.Malformed, zlib.error, struct.error):
            raise InteropError("interop.error.damaged", path=self.label, where=path) from None

    def _not_read(self, path: str) -> InteropError:
        named = (json.dumps(text, ensure_ascii=False) for text in (self.label, path))
        return InteropError("interop.hdf5.error.packed", **dict(zip(("path", "name"), named, strict=True)))

    def _datatype(self, path: str) -> form.Datatype:
        """An array's type; Keras keeps bfloat16 as opaque bytes beside an attribute that says so."""
        messages = self.arrays[path]
        datatype = form.datatype_of(next(m.data for m in messages if m.kind == form.DATATYPE))
        if datatype == form.Datatype("opaque", 2) and self._texts(messages, path, "dtype") == ["bfloat16"]:
            return form.Datatype("bfloat", 2)
        return datatype

    def _texts(self, messages: list[form.Message], path: str, name: str) -> list[str]:
        for message in messages:
            if message.kind != form.ATTRIBUTE or (attribute := form.attribute_of(message.data)).name != name:
                continue
            count = prod(attribute.shape)
            if count == 0:  # an empty list, whose type Keras leaves to chance
                return []
            if attribute.datatype.kind not in ("text", "texts") or message.shared:
                raise InteropError("interop.hdf5.error.text", path=self.label, name=f"{path}@{name}")
            # A type of no bytes would let any number of texts fit in nothing.
            if attribute.datatype.size == 0 or count * attribute.datatype.size > len(attribute.data):
                raise form.Malformed
            return list(self._limited(self._reader.strings(attribute)))
        return []

    def _limited(self, texts: Iterator[str]) -> Iterator[str]:
        """Yield texts as long as they are not unbelievably long together."""
        total = 0
        for text in texts:
            total += len(text)
            check_size(self.label, total, MAX_TEXT)
            yield text

    def _walk(self) -> None:
        """Find all groups and arrays, each once, from the root down."""
        waiting, seen = [("", self._reader.root())], set[int]()
        while waiting:
            path, address = waiting.pop()
            if address in seen or path.count("/") > MAX_DEPTH:  # a group inside itself, or endless depth
                raise InteropError("interop.hdf5.error.link", path=self.label, name=path)
            seen.add(address)
            try:
                waiting += self._sort(path, self._reader.messages(address))
            except form.Link as link:
                name = f"{path}/{link}".lstrip("/")
                raise InteropError("interop.hdf5.error.link", path=self.label, name=name) from None
            if len(seen) + len(waiting) > MAX_ENTRIES:
                raise InteropError("interop.hdf5.error.entries", path=self.label, count=MAX_ENTRIES)

    def _sort(self, path: str, messages: list[form.Message]) -> list[tuple[str, int]]:
        """Note an object as the group or the array that it is; return what a group holds, last first."""
        kinds = {message.kind: message for message in messages}
        if form.SYMBOL_TABLE in kinds:
            self.groups[path] = []
            self._attributes[path] = messages
            entries = list(islice(self._reader.entries(kinds[form.SYMBOL_TABLE].data), MAX_ENTRIES))
            return [(f"{path}/{name}".lstrip("/"), address) for name, address in reversed(entries)]
        if form.NEWER & kinds.keys():
            raise form.NewerFormat
        if {form.DATASPACE, form.DATATYPE, form.LAYOUT} <= kinds.keys():
            self.arrays[path] = messages
            group, _, name = path.rpartition("/")
            self.groups[group].append(name)
        return []


@contextmanager
def opened_tree(file: BinaryIO, label: str, max_bytes: int) -> Iterator[Tree]:
    """Open ``file`` as HDF5, with arrays of ``max_bytes`` in sum at most.

    Raises:
        InteropError: the file is damaged or holds what no file of weights does.
    """
    try:
        yield Tree(file, label, max_bytes)
    except InteropError:
        raise
    except form.NewerFormat:
        raise InteropError("interop.hdf5.error.newer", path=label) from None
    except Exception as error:  # bytes that are not as they should be fail in a dozen ways
        raise InteropError("interop.error.damaged", path=label, where="HDF5") from error
