"""The formats of files that are read and written. To add one, write its module and list it here.

A file is told by what is in it. The first format that takes it reads it, so a format that needs less to be
recognised stands after those that need more.
"""

from __future__ import annotations

import stat
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from gates.interop.errors import InteropError
from gates.interop.files import (
    exported,
    keras,
    keras_hdf5,
    legacy,
    npz,
    onnx,
    packed,
    pytorch,
    safetensors,
    sharded,
    torchscript,
    unsupported,
)
from gates.interop.files.format import Format, Source
from gates.interop.hints import NO_HINTS, Hints
from gates.interop.limits import check_size
from gates.interop.stacks import SourceContents

FORMATS: tuple[Format, ...] = (
    torchscript.FORMAT,
    exported.FORMAT,
    pytorch.FORMAT,
    keras.FORMAT,
    npz.FORMAT,
    legacy.FORMAT,
    keras_hdf5.FORMAT,
    sharded.FORMAT,
    safetensors.FORMAT,
    onnx.FORMAT,
)
"""What holds weights; the order matters where two would take a file."""

NAMES: Mapping[str, str] = {suffix: form.name for form in FORMATS for suffix in form.suffixes}
"""By suffix: the name of the format that it promises."""

WRITERS: Mapping[str, Format] = {
    suffix: form for form in FORMATS if form.write is not None for suffix in form.suffixes
}
"""By suffix: the format in which ``save`` writes."""

COMMON = (".json",)
"""Suffixes that other files have too: such a file is not called damaged, but unknown."""

READABLE, WRITABLE = (
    ", ".join(dict.fromkeys(form.name for form in forms if form.name not in COMMON))
    for forms in (FORMATS, WRITERS.values())
)
"""The names of the formats that are read, and of those that are written, as sentences list them."""


def read(source: str | Path | BinaryIO, max_bytes: int, hints: Hints = NO_HINTS) -> SourceContents:
    """Return what is in a file, given by path or open in binary mode.

    Raises:
        InteropError: it is missing, too large, damaged, of another format, or holds code.
    """
    with _opened(source, max_bytes, hints) as opened:
        if opened.size == 0:
            raise InteropError("interop.error.empty", path=opened.label)
        check_size(opened.label, opened.size, max_bytes)
        suffix = opened.suffix
        # A zip that is named as weights, and is none, is a damaged file and no archive of one.
        form = _format_of(opened, FORMATS if suffix in NAMES else (*FORMATS, PACKED))
        if NAMES.get(suffix, form.name) != form.name:
            raise InteropError(
                "interop.error.mislabelled", path=opened.label, suffix=suffix, actual=form.name
            )
        return form.open(opened)


def _format_of(source: Source, forms: Sequence[Format]) -> Format:
    """The first format that takes a file.

    Raises:
        InteropError: none does.
    """
    form = next((form for form in forms if form.match(source)), None)
    if form is not None:
        return form
    if (error := unsupported.of_file(source)) is not None:
        raise error
    known = source.suffix in NAMES and source.suffix not in COMMON
    if known:
        raise InteropError("interop.error.damaged", path=source.label, where=source.suffix)
    raise InteropError("interop.error.format", path=source.label, formats=READABLE)


def _read_inner(source: Source) -> SourceContents:
    """Read a file that was in an archive; an archive in it is not opened."""
    return _format_of(source, FORMATS).open(source)


PACKED = packed.format_of(NAMES, _read_inner)


@contextmanager
def _opened(source: str | Path | BinaryIO, max_bytes: int, hints: Hints) -> Iterator[Source]:
    if not isinstance(source, (str, Path)):
        yield Source(source, Path(str(getattr(source, "name", "file"))).name, max_bytes, hints=hints)
        return
    path = Path(source)
    _check_regular(path)
    try:
        with path.open("rb") as file:
            yield Source(file, str(path), max_bytes, path, hints)
    except OSError as error:
        raise InteropError("interop.error.unread", path=path, reason=error.strerror) from error


def _check_regular(path: Path) -> None:
    """Raise an InteropError if there is no plain file: to open a pipe is to wait for who writes to it."""
    try:
        mode = path.stat().st_mode
    except (FileNotFoundError, ValueError):  # ValueError: a name that no file can have
        raise unsupported.of_missing(path) or InteropError("interop.error.missing", path=path) from None
    except OSError as error:
        raise InteropError("interop.error.unread", path=path, reason=error.strerror) from error
    if stat.S_ISDIR(mode):
        raise unsupported.of_folder(path, NAMES, READABLE)
    if not stat.S_ISREG(mode):
        raise InteropError("interop.error.device", path=path)
