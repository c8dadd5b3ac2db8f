"""What is no file of weights but often given as one: told apart, so that the sentence names a way out."""

from __future__ import annotations

import json
import re
from collections.abc import Container
from itertools import islice
from pathlib import Path

from gates.interop.errors import InteropError, names_text
from gates.interop.files.format import Source

MAX_LISTED = 1_000
TENSORFLOW = re.compile(r".*\.(index|meta|data-\d{5}-of-\d{5})")
ADDRESS = re.compile(r"https?:/+", re.IGNORECASE)


def of_file(source: Source) -> InteropError | None:
    """Return what to say of a file that no format takes, None if nothing is known of it."""
    start = source.head.lstrip()[:200].lower()
    if source.head.startswith(b"version https://git-lfs"):
        return InteropError("interop.error.unsupported.lfs", path=source.label, size=source.size)
    if start.startswith((b"<!doctype html", b"<html")):
        return InteropError("interop.error.unsupported.html", path=source.label)
    if source.head.startswith(b"\x93NUMPY"):
        return InteropError("interop.error.unsupported.npy", path=source.label)
    if TENSORFLOW.fullmatch(Path(source.label).name):
        return _checkpoint(source.label)
    return None


def of_missing(path: Path) -> InteropError | None:
    """Return what to say where there is no such file, but the path is known for something else."""
    if ADDRESS.match(str(path)):
        return address(str(path))
    if path.with_name(f"{path.name}.index").exists():
        return _checkpoint(str(path))
    return None


def _checkpoint(path: str) -> InteropError:
    """What to say of a TensorFlow checkpoint, given by a file of it, what all begin with, or its folder."""
    named = TENSORFLOW.fullmatch(Path(path).name)
    prefix = path[: -len(named[1]) - 1] if named else path
    quoted = json.dumps(prefix, ensure_ascii=False)
    return InteropError("interop.error.unsupported.checkpoint", path=path, prefix=quoted)


def address(text: str) -> InteropError:
    """Return what to say of an address on the net."""
    whole = ADDRESS.sub(lambda match: match[0].rstrip("/") + "//", text)
    name = whole.partition("?")[0].rstrip("/").rpartition("/")[2] or "model.pt"
    quoted = (json.dumps(part, ensure_ascii=False) for part in (whole, name))
    return InteropError(
        "interop.error.unsupported.address", **dict(zip(("url", "file"), quoted, strict=True))
    )


def of_folder(path: Path, suffixes: Container[str], formats: str) -> InteropError:
    """Return what to say of a folder: what wrote it, the files in it that can be read, or the formats."""
    try:
        names = sorted(entry.name for entry in islice(path.iterdir(), MAX_LISTED))
    except OSError:
        names = []
    if "saved_model.pb" in names:
        return InteropError("interop.error.unsupported.tensorflow", path=path)
    if any(name.endswith(".index") for name in names):
        return _checkpoint(str(path))
    marks = {"_METADATA", "_CHECKPOINT_METADATA", "manifest.ocdbt", "_sharding"}
    if marks & set(names) or (path / "default" / "_METADATA").exists():
        return InteropError("interop.error.unsupported.orbax", path=path)
    inside = [json.dumps(str(path / name)) for name in names if Path(name).suffix.lower() in suffixes]
    if not inside:
        return InteropError("interop.error.folder.empty", path=path, formats=formats)
    return InteropError("interop.error.folder", path=path, names=names_text(inside))
