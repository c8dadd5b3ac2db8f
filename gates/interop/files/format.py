"""What a format of files is: how it is recognised, read and, if it can be, written."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import BinaryIO

from gates.interop.files.archives import opened
from gates.interop.hints import NO_HINTS, Hints
from gates.interop.stacks import SourceContents
from gates.network import Network

HEAD = 4096
"""Bytes of a file's beginning that a format may look at."""


@dataclass(eq=False)
class Source:
    """An open file, and what a format may ask of it before it is read.

    file: seekable, in binary mode. label: what sentences call it. max_bytes: memory that it may take.
    path: where it lies, None for a file given open. hints: what the caller tells of it.
    """

    file: BinaryIO
    label: str
    max_bytes: int
    path: Path | None = None
    hints: Hints = NO_HINTS

    @cached_property
    def head(self) -> bytes:
        """The first ``HEAD`` bytes."""
        self.file.seek(0)
        return self.file.read(HEAD)

    @cached_property
    def size(self) -> int:
        """All its bytes."""
        return self.file.seek(0, 2)

    @cached_property
    def entries(self) -> Sequence[str]:
        """The names in a zip, checked against the limits; none where it is no zip.

        Raises:
            InteropError: it is a zip, but damaged or too large.
        """
        if self.head[:2] != b"PK":
            return ()
        with opened(self.file, self.label, self.max_bytes) as archive:
            return archive.namelist()

    @property
    def suffix(self) -> str:
        """The end of its name, such as ``.pt``, in lower case."""
        return Path(self.label).suffix.lower()


@dataclass(frozen=True)
class Format:
    """One format of files.

    name: its usual suffix, which also says in sentences what a file holds.
    suffixes: all that its files are named by; one that is named by another format's is refused.
    match: tells it by what is in the file, never by the name.
    open: reads it, without running anything from it, from a source that ``match`` took.
    write: writes a network under a name; None if it is only read.
    """

    name: str
    suffixes: tuple[str, ...]
    match: Callable[[Source], bool]
    open: Callable[[Source], SourceContents]
    write: Callable[[Path, Network, str], None] | None = None
