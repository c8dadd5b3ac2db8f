"""``.pt`` from before PyTorch 1.6, and bare pickles: not opened."""

from __future__ import annotations

from gates.interop.errors import InteropError
from gates.interop.files.format import Format, Source
from gates.interop.stacks import Found


def match(source: Source) -> bool:
    """Whether it begins like a pickle of protocol 2 to 5."""
    return source.head[:1] == b"\x80" and source.head[1:2] in (b"\x02", b"\x03", b"\x04", b"\x05")


def read(source: Source) -> Found:
    """Refuse it.

    Raises:
        InteropError: always.
    """
    raise InteropError("interop.error.legacy", path=source.label)


FORMAT = Format(".pt", (), match, read)
