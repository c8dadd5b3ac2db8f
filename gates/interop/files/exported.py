"""``.pt2``: programs of ``torch.export``. Their weights are read by name, and nothing of them is run."""

from __future__ import annotations

import json
import re
from typing import Any

from gates.interop.errors import InteropError
from gates.interop.files.archives import opened
from gates.interop.files.format import Format, Source
from gates.interop.files.raw import SHORT, strided
from gates.interop.limits import check_size
from gates.interop.report import Note
from gates.interop.stacks import SourceContents
from gates.interop.torch.reading import read_arrays

MAX_TABLE = 16 * 2**20
TABLE = re.compile(r"(.*/)?data/weights/(\w+)_weights_config\.json")
OLD = re.compile(r"(.*/)?serialized_state_dict\.(pt|json)")
KINDS = {1: "uint8", 2: "int8", 3: "int16", 4: "int32", 5: "int64", 6: "float16", 7: "float32", 8: "float64",
         12: "bool", 13: "bfloat16"}  # fmt: skip
"""The numbers by which ``torch.export`` names the kinds."""


def match(source: Source) -> bool:
    """Whether it is a zip with weights where ``torch.export.save`` puts them."""
    return any(TABLE.fullmatch(name) or OLD.fullmatch(name) for name in source.entries)


def read(source: Source) -> SourceContents:
    """Return what the program's modules hold, as far as the names of their weights tell.

    Raises:
        InteropError: it is damaged or too large, was written before PyTorch 2.8, or holds no recurrent layer.
    """
    label = source.label
    arrays: dict[str, Any] = {}
    short: set[str] = set()
    tables = [name for name in source.entries if TABLE.fullmatch(name)]
    if not tables:
        raise InteropError("interop.error.exported", path=label)
    with opened(source.file, label, source.max_bytes) as archive:
        for table in tables:
            check_size(label, archive.getinfo(table).file_size, MAX_TABLE)
            folder = table.rpartition("/")[0]
            try:
                for name, entry in json.loads(archive.read(table))["config"].items():
                    meta = entry["tensor_meta"]
                    kind = KINDS.get(meta["dtype"])
                    if entry["use_pickle"] or kind is None:
                        continue
                    shape, strides = ([size["as_int"] for size in meta[key]] for key in ("sizes", "strides"))
                    data = archive.read(f"{folder}/{entry['path_name']}")
                    offset = meta["storage_offset"]["as_int"]
                    arrays[name] = strided(data, kind, shape, strides, offset)
                    short |= {kind} & set(SHORT)
            except Exception as error:  # JSON that is none, or not as it should be, or bytes that do not fit
                raise InteropError("interop.error.damaged", path=label, where=table) from error
    notes = [Note("interop.report.program")]
    notes += [Note("interop.report.converted", given=kind, dtype="float32") for kind in sorted(short)]
    return read_arrays(arrays, notes=tuple(notes), hints=source.hints)


FORMAT = Format(".pt2", (".pt2",), match, read)
