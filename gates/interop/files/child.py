"""The process in which a checkpoint is opened: ``gates.interop.files.isolated`` starts it, and nothing else.

    python -m gates.interop.files.child CHECKPOINT ANSWER LABEL MAX_BYTES SECONDS

The answer is eight bytes of length, JSON, and the arrays' bytes one behind the other.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, BinaryIO

from gates.interop.errors import InteropError
from gates.interop.files.isolated import CODE_OF_MEMORY
from gates.interop.files.metadata import METADATA
from gates.interop.files.pickles import refuse_code
from gates.interop.files.raw import KINDS
from gates.interop.limits import check_size
from gates.interop.mappings import as_mapping, flatten
from gates.interop.values import dtype_name, size_in_bytes

LEGACY_PICKLES = 4
"""A file from before PyTorch 1.6 is a magic number, a version, the machine and then what was saved."""


def main(checkpoint: Path, answer: Path, label: str, max_bytes: int, seconds: int) -> None:
    """Open ``checkpoint`` and write its arrays, or why there are none, to ``answer``.

    Raises:
        MemoryError: there is not enough memory for it.
    """
    import torch  # before the limit, for what it takes is not the file's

    _limit(max_bytes, seconds)
    try:
        with checkpoint.open("rb") as file:
            _refuse(file, label)
            file.seek(0)
            try:
                loaded = torch.load(file, map_location="cpu", weights_only=True)
            except MemoryError:
                raise
            except Exception as error:  # whatever a malformed file leads to inside PyTorch
                if "allocate memory" in str(error):
                    raise MemoryError from error
                raise InteropError("interop.error.damaged", path=label, where="data.pkl") from error
        mapping = as_mapping(loaded, label)
        arrays = {name: value for name, value in flatten(mapping).items() if _is_plain(value)}
        check_size(label, size_in_bytes(arrays.values()), max_bytes)
        note = getattr(loaded, "_metadata", {})
        about = note.get(METADATA) if isinstance(note, Mapping) else None
        _write(answer, arrays, about if isinstance(about, str) else None)
    except InteropError as problem:
        problem_json = json.dumps({"key": problem.key, "values": problem.values}, default=str).encode()
        answer.write_bytes(len(problem_json).to_bytes(8, "little") + problem_json)


def _limit(max_bytes: int, seconds: int) -> None:
    """Limit memory and time from here on. Of address space PyTorch maps far more than it takes.

    Of time, the start counts too: where that alone is above the second limit, the system kills the process as
    it does where memory is short, so that limit is far from the first.
    """
    import resource

    status = Path("/proc/self/status").read_text(encoding="ascii")
    taken = int(status.partition("VmData:")[2].split()[0]) * 1024
    resource.setrlimit(resource.RLIMIT_DATA, (taken + max_bytes, taken + max_bytes))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 60))


def _refuse(file: BinaryIO, label: str) -> None:
    import zipfile

    if not zipfile.is_zipfile(file):
        file.seek(0)
        refuse_code(file, label, LEGACY_PICKLES)
        return
    with zipfile.ZipFile(file) as archive:
        entry = next(entry for entry in archive.infolist() if entry.filename.endswith("data.pkl"))
        with archive.open(entry) as pickled:
            refuse_code(pickled, label)  # type: ignore[arg-type]  # it reads, and no more is asked of it


def _is_plain(value: Any) -> bool:
    """Whether it is a tensor whose numbers stand in bytes: none that is sparse, quantised or without any."""
    is_dense = hasattr(value, "detach") and str(value.layout) == "torch.strided" and not value.is_meta
    return is_dense and dtype_name(value) in KINDS


def _write(answer: Path, arrays: Mapping[str, Any], about: str | None) -> None:
    table, start = [], 0
    for name, value in arrays.items():
        size = value.numel() * value.element_size()
        table.append((name, dtype_name(value), list(value.shape), start, size))
        start += size
    header = json.dumps({"arrays": table, "about": about}).encode()
    import torch

    with answer.open("wb") as file:
        file.write(len(header).to_bytes(8, "little") + header)
        for value in arrays.values():
            plain = value.detach().resolve_conj().resolve_neg().contiguous().reshape(-1)
            file.write(plain.view(torch.uint8).numpy().data if plain.numel() else b"")


if __name__ == "__main__":
    try:
        main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], *map(int, sys.argv[4:]))
    except MemoryError:
        os._exit(CODE_OF_MEMORY)
