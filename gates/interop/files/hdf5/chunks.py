"""Arrays that HDF5 keeps in chunks, packed by gzip, shuffled or summed by Fletcher: unpacked within bounds.

What h5py writes with ``compression="gzip"``. Each size is known before a byte is unpacked: how many chunks
there are, what each gives, and how long its packed bytes may be. Other filters are not read.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator, Sequence
from math import prod
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from gates.interop.files.hdf5.format import MAX_NODES, Malformed, Reader

GZIP, SHUFFLE, FLETCHER = 1, 2, 3
CHECKSUM = 4
"""Bytes that Fletcher's checksum adds to a chunk."""

SLACK = 1024
"""Bytes beyond an eighth by which packing may lengthen a chunk."""


class Chunks(NamedTuple):
    """Where an array's chunks are listed, and the shape of each."""

    address: int
    shape: tuple[int, ...]


def chunks_of(data: bytes) -> Chunks | None:
    """Return the chunks that a layout message's bytes describe, None if it is no such layout."""
    version, kind, axes = data[:3]
    if version != 3 or kind != 2 or axes < 2:
        return None
    address, *sizes = struct.unpack_from(f"<Q{axes}I", data, 3)
    return Chunks(address, tuple(sizes[:-1]))


def filters_of(data: bytes) -> list[int]:
    """Return the numbers of the filters that a message's bytes list, in the order of writing.

    Raises:
        Malformed, struct.error: the bytes are not as the format has them.
    """
    version, count = data[:2]
    if version not in (1, 2):
        raise Malformed
    offset, filters = 8 if version == 1 else 2, []
    for _ in range(count):
        (number,) = struct.unpack_from("<H", data, offset)
        named = version == 1 or number >= 256
        name = struct.unpack_from("<H", data, offset + 2)[0] if named else 0
        values = struct.unpack_from("<H", data, offset + (6 if named else 4))[0]
        offset += (8 if named else 6) + name + (-name % 8 if version == 1 else 0) + 4 * values
        offset += 4 * (values % 2) if version == 1 else 0
        filters.append(number)
    return filters


def size_of(chunks: Chunks, shape: Sequence[int], item: int) -> int:
    """Return how many bytes all chunks of an array give, edges that stand over among them.

    Raises:
        Malformed: the chunks have other axes than the array, or one that is empty.
    """
    if len(chunks.shape) != len(shape) or 0 in chunks.shape:
        raise Malformed
    return prod(chunks.shape) * item * _count(chunks, shape)


def _count(chunks: Chunks, shape: Sequence[int]) -> int:
    return prod(-(-size // step) for size, step in zip(shape, chunks.shape, strict=True))


def unpacked(
    reader: Reader, chunks: Chunks, shape: tuple[int, ...], code: str, filters: Sequence[int]
) -> NDArray[np.generic]:
    """Return the array whose chunks are listed at ``chunks.address``.

    Raises:
        Malformed: a chunk is missing, stands twice, or does not give what it should.
    """
    array = np.zeros(shape, code)
    size, places = prod(chunks.shape) * array.itemsize, set[tuple[int, ...]]()
    for start, address, length, skipped in _listed(reader, chunks):
        if start in places or any(at % step or at >= most for at, step, most in zip(
            start, chunks.shape, shape, strict=True
        )):  # fmt: skip
            raise Malformed
        places.add(start)
        if length > size + size // 8 + SLACK:
            raise Malformed
        used = [number for k, number in enumerate(filters) if not skipped >> k & 1]
        data = _through(reader.numbers(address, length), used, size, array.itemsize)
        whole = np.frombuffer(data, code).reshape(chunks.shape)
        where = tuple(slice(at, at + step) for at, step in zip(start, chunks.shape, strict=True))
        region = array[where]
        region[...] = whole[tuple(slice(most) for most in region.shape)]
    if len(places) != _count(chunks, shape):
        raise Malformed
    return array


def _listed(reader: Reader, chunks: Chunks) -> Iterator[tuple[tuple[int, ...], int, int, int]]:
    """Yield each chunk's first place, address, packed length, and the filters that it skips."""
    axes = len(chunks.shape) + 1  # the last one counts the bytes of a number
    key = 8 + 8 * axes
    waiting, seen = [chunks.address], {chunks.address}
    while waiting:
        node = waiting.pop()
        signature, kind, level, used = struct.unpack("<4sBBH", reader.at(node, 8))
        if signature != b"TREE" or kind != 1:
            raise Malformed
        for at in range(node + 24, node + 24 + used * (key + 8), key + 8):
            length, skipped, *start, address = struct.unpack(f"<II{axes}QQ", reader.at(at, key + 8))
            if level == 0:
                yield tuple(start[:-1]), address, length, skipped
                continue
            if address in seen or len(seen) > MAX_NODES:
                raise Malformed
            seen.add(address)
            waiting.append(address)


def _through(data: bytes, filters: Sequence[int], size: int, item: int) -> bytes:
    """Undo the filters, last first; what comes out is ``size`` bytes and no byte more is ever made."""
    for k in range(len(filters))[::-1]:
        more = CHECKSUM * filters[:k].count(FLETCHER)
        if filters[k] == GZIP:
            unpacking = zlib.decompressobj()
            data = unpacking.decompress(data, size + more + 1)
            if not unpacking.eof:
                raise Malformed
        elif filters[k] == FLETCHER:
            data, sums = data[:-CHECKSUM], data[-CHECKSUM:]
            if _fletcher(data) != struct.unpack("<I", sums)[0]:
                raise Malformed
        elif filters[k] == SHUFFLE:
            whole = len(data) // item * item
            unshuffled = np.frombuffer(data[:whole], "u1").reshape(item, -1).T
            data = unshuffled.tobytes() + data[whole:]
        else:
            raise Malformed
    if len(data) != size:
        raise Malformed
    return data


def _fletcher(data: bytes) -> int:
    """Fletcher's checksum of 32 bits over 16-bit words with the high byte first, as HDF5 computes it."""
    words = np.frombuffer(data + bytes(len(data) % 2), ">u2").astype("u8")
    count = np.arange(len(words), 0, -1, dtype="u8")
    first, second = int(words.sum()), 0
    for start in range(0, len(words), 2**16):  # products of 16 and 40 bits, and not too many of them at once
        second += int((words[start : start + 2**16] * count[start : start + 2**16]).sum())
    ends = [total % 65535 or (65535 if total else 0) for total in (first, second)]
    return ends[1] << 16 | ends[0]
