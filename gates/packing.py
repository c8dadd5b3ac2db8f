"""Bytes as text that an address may hold, and untrusted deflated bytes, which unfold to a limit."""

from __future__ import annotations

import base64
import zlib

LARGEST = 800_000
"""Bytes that anything packed may unfold to: 200,000 characters, the longest input, of any script."""


def to_text(data: bytes) -> str:
    """Return bytes in the base64 alphabet that addresses allow, without padding."""
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def from_text(text: str) -> bytes:
    """Return the bytes of :func:`to_text`, with padding or without.

    Raises:
        ValueError: something else stands in the text.
    """
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)


def deflate(data: bytes) -> bytes:
    """Return bytes as small as zlib makes them, with a checksum."""
    return zlib.compress(data, 9)


def inflate(packed: bytes) -> tuple[bytes, bytes]:
    """Return the bytes that were deflated, and what stands behind them.

    Raises:
        ValueError: they are damaged, or unfold to more than ``LARGEST`` bytes.
    """
    stream = zlib.decompressobj()
    try:
        data = stream.decompress(packed, LARGEST + 1)
    except zlib.error as damaged:
        raise ValueError("damaged") from damaged
    if len(data) > LARGEST or not stream.eof:
        raise ValueError("damaged or too large")
    return data, stream.unused_data
