"""Bytes as text in a page: compressed, and in signs that neither HTML nor JSON has to escape."""

from __future__ import annotations

import base64
import zlib

_SAFE = str.maketrans("&<>", ",.:")
_OWN = str.maketrans(",.:", "&<>")


def packed(data: bytes) -> str:
    """Return bytes compressed, in base 85, a sixteenth shorter than base 64.

    ``assets/file/packed.js`` is the other end.
    """
    shortest = min((_deflated(data, way) for way in (zlib.Z_DEFAULT_STRATEGY, zlib.Z_RLE)), key=len)
    return base64.b85encode(shortest).decode().translate(_SAFE)


_MEMORY = 5
"""Of 9: with less of it blocks are shorter, each with codes of its own, which save more than they take."""


def _deflated(data: bytes, strategy: int) -> bytes:
    """Looking for what came before pays off in words, but not in numbers."""
    compressor = zlib.compressobj(9, memLevel=_MEMORY, strategy=strategy)
    return compressor.compress(data) + compressor.flush()


def unpacked(text: str) -> bytes:
    """Return the bytes that :func:`packed` made a text of."""
    return zlib.decompress(base64.b85decode(text.translate(_OWN)))
