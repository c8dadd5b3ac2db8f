"""``model.safetensors.index.json`` and the like: a model in several files, as Hugging Face splits it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from gates import strict_json
from gates.interop.errors import InteropError
from gates.interop.files import pytorch, safetensors
from gates.interop.files.format import Format, Source
from gates.interop.limits import check_size
from gates.interop.report import Note
from gates.interop.stacks import SourceContents
from gates.interop.torch.reading import read_arrays

MAX_TABLE = 16 * 2**20
MAX_FILES = 1_000


def match(source: Source) -> bool:
    """Whether it is JSON that maps weights to files, near its beginning as it always is."""
    return source.head.lstrip()[:1] == b"{" and b'"weight_map"' in source.head


def read(source: Source) -> SourceContents:
    """Return what all the files beside the index hold.

    Raises:
        InteropError: the index is damaged or was given without its folder, or a file is missing, damaged or
            does not hold what the index says; or all are too large together.
    """
    if source.path is None:
        raise InteropError("interop.error.shard.alone", path=source.label)
    arrays: dict[str, Any] = {}
    notes: dict[str, Note] = {}
    left = source.max_bytes
    for file_name, names in _shards(source).items():
        path = source.path.parent / file_name
        try:
            with path.open("rb") as file:
                shard = Source(file, str(path), left, path)
                check_size(shard.label, shard.size, left)
                left -= shard.size
                shard_arrays, shard_notes = _shard_arrays(shard)
        except OSError:
            raise InteropError("interop.error.shard.missing", path=source.label, shard=file_name) from None
        for name in names:
            if name not in shard_arrays:
                raise InteropError("interop.error.shard.other", path=str(path), array=name)
            arrays[name] = shard_arrays[name]
        notes |= {str(note): note for note in shard_notes}
    return read_arrays(arrays, notes=tuple(notes.values()), hints=source.hints)


def _shards(source: Source) -> dict[str, list[str]]:
    """The names in each file, by the file's name; a name that leads out of the folder is none."""
    damaged = InteropError("interop.error.damaged", path=source.label, where="weight_map")
    check_size(source.label, source.size, min(source.max_bytes, MAX_TABLE))
    source.file.seek(0)
    shards: dict[str, list[str]] = {}
    try:
        for name, shard in strict_json.loads(source.file.read())["weight_map"].items():
            if not isinstance(shard, str) or Path(shard).name != shard or "\\" in shard:
                raise damaged
            shards.setdefault(shard, []).append(name)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        if isinstance(error, InteropError):
            raise
        raise damaged from error
    if len(shards) > MAX_FILES:
        raise damaged
    return shards


def _shard_arrays(source: Source) -> tuple[Mapping[Any, Any], tuple[Note, ...]]:
    for form in (pytorch, safetensors):
        if form.match(source):
            arrays, _, notes = form.load_arrays(source)
            if isinstance(arrays, Mapping):
                return arrays, notes
    raise InteropError("interop.error.damaged", path=source.label, where="shard")


FORMAT = Format(".json", (".json",), match, read)
