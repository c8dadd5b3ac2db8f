"""``.zip`` and ``.tar.gz``: one file of weights in an archive, perhaps with a text or a licence beside it."""

from __future__ import annotations

import gzip
import io
import tarfile
import zlib
from collections.abc import Callable, Container, Iterator
from contextlib import contextmanager
from pathlib import PurePosixPath
from typing import BinaryIO

from gates.interop.errors import InteropError, names_text
from gates.interop.files.archives import opened
from gates.interop.files.format import Format, Source
from gates.interop.limits import check_size
from gates.interop.stacks import SourceContents

MAX_MEMBERS = 10_000

ReadInner = Callable[[Source], SourceContents]


def format_of(suffixes: Container[str], read_inner: ReadInner) -> Format:
    """Return the format of archives of files named by ``suffixes``, which ``read_inner`` reads."""

    def match(source: Source) -> bool:
        return _is_tar(source) or any(_is_weights(name, suffixes) for name in source.entries)

    def read(source: Source) -> SourceContents:
        members = _tar if _is_tar(source) else _zip
        try:
            with members(source) as (names, content):
                inside = [name for name in names if _is_weights(name, suffixes)]
                if len(inside) != 1:
                    listed = names_text(inside)
                    raise InteropError(
                        "interop.error.packed", path=source.label, count=len(inside), names=listed
                    )
                unpacked = content(inside[0])
        except InteropError:
            raise
        except Exception as error:  # gzip, zlib and tarfile raise many kinds for damaged bytes
            raise InteropError("interop.error.damaged", path=source.label, where="tar") from error
        name = f"{source.label}/{inside[0]}"
        return read_inner(Source(io.BytesIO(unpacked), name, source.max_bytes, hints=source.hints))

    return Format(".zip", (".zip", ".gz", ".tgz", ".tar"), match, read)


def _is_weights(name: str, suffixes: Container[str]) -> bool:
    path = PurePosixPath(name)
    hidden = path.name.startswith(".") or "__MACOSX" in path.parts
    return path.suffix.lower() in suffixes and not hidden and not name.endswith("/")


def _is_tar(source: Source) -> bool:
    if source.head[257:262] == b"ustar":
        return True
    if source.head[:2] != b"\x1f\x8b":
        return False
    source.file.seek(0)
    try:
        return gzip.GzipFile(fileobj=source.file).read(262)[257:262] == b"ustar"
    except (OSError, EOFError, ValueError, zlib.error):
        return False


@contextmanager
def _zip(source: Source) -> Iterator[tuple[list[str], Callable[[str], bytes]]]:
    with opened(source.file, source.label, source.max_bytes) as archive:
        yield archive.namelist(), archive.read


@contextmanager
def _tar(source: Source) -> Iterator[tuple[list[str], Callable[[str], bytes]]]:
    source.file.seek(0)
    packed = source.head[:2] == b"\x1f\x8b"
    stream: BinaryIO = gzip.GzipFile(fileobj=source.file) if packed else source.file  # type: ignore[assignment]
    with tarfile.open(fileobj=_Limited(stream, source), mode="r:") as archive:
        members: dict[str, tarfile.TarInfo] = {}
        for count, member in enumerate(archive):
            if count >= MAX_MEMBERS:
                raise InteropError("interop.error.damaged", path=source.label, where="tar")
            if member.isfile():
                members[member.name] = member

        def content(name: str) -> bytes:
            check_size(source.label, members[name].size, source.max_bytes)
            member = archive.extractfile(members[name])
            return b"" if member is None else member.read()

        yield list(members), content


class _Limited(io.RawIOBase):
    """A stream of which no more than may be used is ever unpacked, however often it is asked."""

    def __init__(self, stream: BinaryIO, source: Source) -> None:
        self._stream, self._source = stream, source

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._stream.tell()

    def seek(self, position: int, whence: int = 0) -> int:
        if whence == 0:
            check_size(self._source.label, position, 2 * self._source.max_bytes)
        return self._stream.seek(position, whence)

    def read(self, size: int = -1) -> bytes:
        limit = self._source.max_bytes
        check_size(self._source.label, size, limit)
        return self._stream.read(size if size >= 0 else limit + 1)
