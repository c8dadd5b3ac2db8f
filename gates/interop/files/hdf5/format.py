"""The parts of HDF5 that files of Keras are made of, decoded byte by byte, each read kept inside the file.

HDF5's own library is not used on untrusted files: it allocates what sizes they state, gigabytes if they
say so. What is decoded here is the form in which h5py, and so Keras, writes by default: superblock 0,
object headers 1, groups as B-trees of symbol tables, arrays in one piece or in chunks that a B-tree lists.
Source: The HDF Group, *HDF5 File Format Specification*, version 3.0.
"""

from __future__ import annotations

import struct
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from math import prod
from typing import BinaryIO

MAGIC = b"\x89HDF\r\n\x1a\n"
UNDEFINED = 2**64 - 1
MAX_METADATA = 128 * 2**20
"""Bytes of headers, tables and texts that are read of one file; the rest is arrays."""

MAX_NODES = 100_000
MAX_NAME = 1024

DATASPACE, DATATYPE, EXTERNAL, LAYOUT, FILTERS, ATTRIBUTE, CONTINUATION, SYMBOL_TABLE = (
    0x01, 0x03, 0x07, 0x08, 0x0B, 0x0C, 0x10, 0x11,
)  # fmt: skip
NEWER = {0x02, 0x06, 0x0A, 0x15}
"""Messages of groups and attributes as HDF5 1.8 and later can write them, if it is asked to."""


class Malformed(Exception):
    """Bytes that are not as the format has them."""


class NewerFormat(Exception):
    """A structure of later versions of HDF5."""


class Link(Exception):
    """A name that stands for a link and not for an object; the name is its argument."""


@dataclass(frozen=True)
class Message:
    """One message of an object's header: what it says, and whether that stands elsewhere."""

    kind: int
    data: bytes
    shared: bool


@dataclass(frozen=True)
class Datatype:
    """A type of numbers or texts.

    kind: "float", "int", "bfloat" (bfloat16), "text" (of fixed length), "texts" (of any), "opaque", "other".
    """

    kind: str
    size: int
    order: str = "<"
    signed: bool = True

    @property
    def code(self) -> str:
        """NumPy's word for it."""
        letter = {"float": "f", "bfloat": "u", "int": "i" if self.signed else "u"}[self.kind]
        return f"{self.order}{letter}{self.size}"


@dataclass(frozen=True)
class Attribute:
    """An attribute of an object: its name, type and shape, and its bytes."""

    name: str
    datatype: Datatype
    shape: tuple[int, ...]
    data: bytes


class Reader:
    """Reads numbers and structures at addresses of a file, never beyond its end."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._size = file.seek(0, 2)
        self._metadata = 0
        self._heaps: dict[int, dict[int, bytes]] = {}

    def numbers(self, address: int, size: int) -> bytes:
        """Return the ``size`` bytes of an array at ``address``.

        Raises:
            Malformed: the file ends before.
        """
        if address > self._size or size > self._size - address:
            raise Malformed
        self._file.seek(address)
        data = self._file.read(size)
        if len(data) != size:
            raise Malformed
        return data

    def at(self, address: int, size: int) -> bytes:
        """Return ``size`` bytes at ``address`` that say what is where; of those there are only so many.

        Raises:
            Malformed: the file ends before, or more than ``MAX_METADATA`` was read.
        """
        self._metadata += size
        if self._metadata > MAX_METADATA:
            raise Malformed
        return self.numbers(address, size)

    def root(self) -> int:
        """Return the address of the root group's header.

        Raises:
            Malformed: the file does not begin as the format has it.
            NewerFormat: it is of a form that is not read.
        """
        start = self.at(0, 96)
        if start[:8] != MAGIC:
            raise Malformed
        if start[8] != 0 or start[13:15] != b"\x08\x08":
            raise NewerFormat
        base, _, _, driver = struct.unpack_from("<4Q", start, 24)
        if base != 0 or driver != UNDEFINED:
            raise NewerFormat
        return int(struct.unpack_from("<Q", start, 64)[0])

    def messages(self, address: int) -> list[Message]:
        """Return the messages of the header at ``address``.

        Raises:
            Malformed, struct.error: the bytes are not as the format has them.
            NewerFormat: the header is of a form that is not read.
        """
        version, _, count, _, size = struct.unpack("<BBHII", self.at(address, 12))
        if version != 1:
            raise NewerFormat if self.at(address, 4) == b"OHDR" else Malformed
        blocks, seen = [(address + 16, size)], {address + 16}
        parsed: list[Message] = []
        for start, length in blocks:
            data, offset = self.at(start, length), 0
            while offset + 8 <= length and len(parsed) < count:
                kind, size, flags = struct.unpack_from("<HHB", data, offset)
                content = data[offset + 8 : offset + 8 + size]
                offset += 8 + size
                parsed.append(Message(kind, content, bool(flags & 2)))
                if kind == CONTINUATION:
                    following, more = struct.unpack("<QQ", content[:16])
                    if following not in seen:
                        seen.add(following)
                        blocks.append((following, more))
        return parsed

    def entries(self, table: bytes) -> Iterator[tuple[str, int]]:
        """Yield names and header addresses of what a group holds. ``table``: its symbol table message.

        Raises:
            Link: a name stands for a link and not for an object.
        """
        tree, heap = struct.unpack("<QQ", table[:16])
        signature, _, size, _, names = struct.unpack("<4sIQQQ", self.at(heap, 32))
        if signature != b"HEAP":
            raise Malformed
        waiting, seen = deque([tree]), {tree}
        while waiting:
            node = waiting.popleft()
            if self.at(node, 4) == b"SNOD":
                yield from self._symbols(node, names, size)
                continue
            signature, kind, _, used = struct.unpack("<4sBBH", self.at(node, 8))
            if signature != b"TREE" or kind != 0:
                raise Malformed
            children = struct.unpack(f"<{2 * used}Q", self.at(node + 32, 16 * used))[::2]
            if seen & set(children) or len(seen) > MAX_NODES:
                raise Malformed
            seen |= set(children)
            waiting += children

    def strings(self, attribute: Attribute) -> Iterator[str]:
        """Yield the texts of an attribute that holds texts."""
        size = attribute.datatype.size
        for k in range(prod(attribute.shape)):
            part = attribute.data[k * size : (k + 1) * size]
            if attribute.datatype.kind == "texts":
                length, heap, index = struct.unpack("<IQI", part)
                part = self._global_heap(heap).get(index, b"")[:length]
            yield part.split(b"\0")[0].decode("utf8", "replace")

    def _symbols(self, node: int, names: int, size: int) -> Iterator[tuple[str, int]]:
        count = struct.unpack("<H", self.at(node + 6, 2))[0]
        for name, header, cached, _ in struct.iter_unpack("<QQQ16s", self.at(node + 8, 40 * count)):
            if name >= size:
                raise Malformed
            text = self.at(names + name, min(MAX_NAME, size - name)).split(b"\0")[0].decode("utf8", "replace")
            if cached & 0xFFFFFFFF == 2:  # a symbolic link
                raise Link(text)
            if not text or "/" in text:
                raise Malformed
            yield text, header

    def _global_heap(self, address: int) -> dict[int, bytes]:
        """The objects of one collection of the global heap, by number."""
        if address not in self._heaps:
            signature, _, size = struct.unpack("<4sIQ", self.at(address, 16))
            if signature != b"GCOL":
                raise Malformed
            data, offset, objects = self.at(address, size), 16, {}
            while offset + 16 <= size:
                index, _, _, length = struct.unpack_from("<HHIQ", data, offset)
                if index == 0:  # free space
                    break
                objects[index] = data[offset + 16 : offset + 16 + length]
                offset += 16 + length + -length % 8
            self._heaps[address] = objects
        return self._heaps[address]


def attribute_of(data: bytes) -> Attribute:
    """Return the attribute that a message's bytes describe.

    Raises:
        Malformed, struct.error: the bytes are not as the format has them.
    """
    version, _, name, datatype, dataspace = struct.unpack_from("<BBHHH", data)
    if version not in (1, 2, 3):
        raise Malformed
    offset, step = 8 + (version == 3), 8 if version == 1 else 1
    parts = []
    for size in (name, datatype, dataspace):
        parts.append(data[offset : offset + size])
        offset += size + -size % step
    text = parts[0].split(b"\0")[0].decode("utf8", "replace")
    shape = shape_of(parts[2])
    return Attribute(text, datatype_of(parts[1]), () if shape is None else shape, data[offset:])


def shape_of(data: bytes) -> tuple[int, ...] | None:
    """Return the shape that a dataspace message's bytes describe, None if it is of nothing at all.

    Raises:
        Malformed, struct.error: the bytes are not as the format has them.
    """
    version, rank, _, kind = struct.unpack_from("<4B", data)
    if version not in (1, 2) or rank > 32:
        raise Malformed
    if version == 2 and kind == 2:
        return None
    return struct.unpack_from(f"<{rank}Q", data, 8 if version == 1 else 4)


def datatype_of(data: bytes) -> Datatype:
    """Return the type that a datatype message's bytes describe."""
    size = struct.unpack_from("<I", data, 4)[0]
    kind, bits = data[0] & 15, data[1]
    order = ">" if bits & 1 else "<"
    if kind == 0 and size in (1, 2, 4, 8):
        return Datatype("int", size, order, bool(bits & 8))
    if kind == 1:
        precision, *_, exponent, _, mantissa = struct.unpack_from("<HBBBB", data, 10)
        known = {(2, 5, 10): "float", (4, 8, 23): "float", (8, 11, 52): "float", (2, 8, 7): "bfloat"}
        if precision == 8 * size and not bits & 64 and (size, exponent, mantissa) in known:
            return Datatype(known[size, exponent, mantissa], size, order)
    if kind == 3:
        return Datatype("text", size)
    if kind == 9 and bits & 15 == 1 and size == 16:
        return Datatype("texts", size)
    return Datatype("opaque" if kind == 5 else "other", size)


def contiguous(data: bytes) -> tuple[int, int] | bytes | None:
    """Return where a layout message says that an array's bytes stand, (address, size), or the bytes.

    None if they are chunked or put together from elsewhere.
    """
    version, kind = data[0], data[1]
    if version not in (3, 4) or kind not in (0, 1):
        return None
    if kind == 0:
        size = struct.unpack_from("<H", data, 2)[0]
        return data[4 : 4 + size]
    address, size = struct.unpack_from("<QQ", data, 2)
    return address, size
