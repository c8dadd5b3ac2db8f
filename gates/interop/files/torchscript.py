"""TorchScript: programs of PyTorch's, with their weights."""

from __future__ import annotations

from gates.interop.errors import InteropError
from gates.interop.files.format import Format, Source
from gates.interop.stacks import Found


def match(source: Source) -> bool:
    """Whether it is a zip with code in it."""
    return any(name.endswith("/constants.pkl") or "/code/" in name for name in source.entries)


def read(source: Source) -> Found:
    """Refuse it.

    Raises:
        InteropError: always.
    """
    raise InteropError("interop.error.script", path=source.label)


FORMAT = Format(".pt", (), match, read)
