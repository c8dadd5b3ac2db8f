"""``.pt`` from before PyTorch 1.6, opened in a process of its own; a bare pickle of anything else is not."""

from __future__ import annotations

from gates.interop.errors import InteropError
from gates.interop.files.format import Format, Source
from gates.interop.files.isolated import opened_isolated
from gates.interop.files.metadata import parsed_metadata
from gates.interop.stacks import SourceContents
from gates.interop.torch.reading import read_arrays

MAGIC = b"\x80\x02\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19."
"""The first of the pickles that such a file is: PyTorch's magic number."""


def match(source: Source) -> bool:
    """Whether it begins like a pickle of protocol 2 to 5."""
    return source.head[:1] == b"\x80" and source.head[1:2] in (b"\x02", b"\x03", b"\x04", b"\x05")


def read(source: Source) -> SourceContents:
    """Return what a state dict holds.

    Raises:
        InteropError: it is another pickle, holds code, is damaged, or takes too much time or memory.
    """
    if not source.head.startswith(MAGIC):
        raise InteropError("interop.error.pickle", path=source.label)
    arrays, note, notes = opened_isolated(source)
    return read_arrays(arrays, parsed_metadata(note, source.label), notes, source.hints)


FORMAT = Format(".pt", (), match, read)
