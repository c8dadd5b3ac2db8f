"""A packed run, read as the browser reads it."""

import json

import numpy as np


def unpack(data: bytes) -> tuple[dict, dict[str, np.ndarray]]:
    """What assets/stage/core/run/trace.js does, in Python."""
    length = int.from_bytes(data[:4], "little")
    header = json.loads(data[4 : 4 + length])
    start = -(-(4 + length) // 8) * 8
    arrays = {}
    for entry in header["arrays"]:
        shape = entry["shape"]
        if "onehot" in entry:
            arrays[entry["name"]] = np.eye(shape[1])[entry["onehot"]]
        else:
            assert entry["offset"] % 8 == 0, "a typed array begins at a multiple of its numbers' size"
            kind = "<f4" if entry.get("single") else "<f8"
            values = np.frombuffer(data, kind, int(np.prod(shape)), start + entry["offset"])
            arrays[entry["name"]] = values.reshape(shape)
    return header, arrays
