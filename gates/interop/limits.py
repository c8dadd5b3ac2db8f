"""How much memory a source may take: counted from what it says of itself, before anything is unpacked."""

from __future__ import annotations

from gates.interop.errors import InteropError

MAX_BYTES = 512 * 2**20
"""Memory that reading a file may take, unless the caller allows more."""


def megabytes(size: int) -> str:
    """Return ``size`` bytes in MB, as a person reads them."""
    return f"{size / 2**20:,.1f}"


def check_size(label: str, size: int, max_bytes: int) -> None:
    """Raise an InteropError if ``size`` bytes are more than may be used."""
    if size > max_bytes:
        raise InteropError(
            "interop.error.large", path=label, size=megabytes(size), limit=megabytes(max_bytes)
        )
