"""Untrusted zip files: what they claim is checked against limits before anything is unpacked."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO

from gates.interop.errors import InteropError
from gates.interop.limits import check_size, megabytes

MAX_DIRECTORY = 16 * 2**20
"""Bytes of a table of contents: some hundred thousand entries, far more than a model has arrays."""

PLAIN = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


@contextmanager
def opened(file: BinaryIO, label: str, max_bytes: int) -> Iterator[zipfile.ZipFile]:
    """Open ``file`` as a zip whose entries unpack to ``max_bytes`` at most, by what its own table says.

    An entry cannot unpack to more than it says: zipfile stops there.

    Raises:
        InteropError: it is no zip, cut off, encrypted, too large or has too many entries.
    """
    damaged = InteropError("interop.error.damaged", path=label, where="zip")
    try:
        # The table is read as a whole on opening, so its size is asked for first, where zipfile will look.
        end = zipfile._EndRecData(file)  # type: ignore[attr-defined]
        if end is None:
            raise damaged
        if (table := int(end[zipfile._ECD_SIZE])) > MAX_DIRECTORY:  # type: ignore[attr-defined]
            raise InteropError("interop.error.crowded", path=label, size=megabytes(table))
        with zipfile.ZipFile(file) as archive:
            _check_entries(archive.infolist(), label, max_bytes)
            yield archive
    except InteropError:
        raise
    except (
        Exception
    ) as error:  # zipfile and zlib raise a dozen kinds for bytes that are not as they should be
        raise damaged from error


def _check_entries(entries: list[zipfile.ZipInfo], label: str, max_bytes: int) -> None:
    check_size(label, sum(entry.file_size for entry in entries), max_bytes)
    for entry in entries:
        encrypted = entry.flag_bits & 1
        lies = entry.compress_type == zipfile.ZIP_STORED and entry.file_size != entry.compress_size
        if encrypted or lies or entry.compress_type not in PLAIN:
            raise InteropError("interop.error.damaged", path=label, where=entry.filename)
