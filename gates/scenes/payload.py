"""One run of a cell as bytes for the browser; ``assets/stage/core/run/trace.js`` is the other end.

Layout, all little-endian: uint32 length of the header, the header as UTF-8 JSON, zero padding to a
multiple of 8, then the arrays at the offsets that the header names, each a multiple of 8: float64, or
float32 where that is what the engine computed in. Raw bytes reach the browser about ten times faster than
nested lists, and every number arrives as the engine computed it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from threading import Lock
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np

from gates.examples.notation.kinds import KINDS, kind_of

VERSION = 1


def arrays(trace: Any) -> dict[str, np.ndarray]:
    """Everything of a run of one sequence that the stage shows, by the names of :mod:`gates.core.signals`.

    Args:
        trace: what ``cell.run(x)`` returned for ``x`` of shape (T, I).

    Returns:
        x (T, I), each signal and each pre-activation (T, H), initial states (H,), and the weights.
    """
    cell = trace.source
    by_name = {name: getattr(trace, name) for name in trace.signals}
    by_name |= {f"pre.{part}": getattr(trace.pre, part) for part in cell.parts}
    extra = KINDS[kind_of(cell)].shown
    if kind_of(cell) == "gru" and cell.reset == "before":
        extra += ("reset_hidden",)
    by_name |= {name: getattr(trace, name) for name in (*extra, "initial_hidden")}
    by_name |= {name: getattr(cell, name) for name in ("W", "U", "b") if hasattr(cell, name)}
    if kind_of(cell) == "gru":
        by_name["b_hn"] = cell.b_hn
    if kind_of(cell) == "lstm" and cell.peephole is not None:
        by_name["peephole"] = cell.peephole
    return by_name


def clamps(trace: Any) -> list[dict[str, Any]]:
    """What a run was held at, as JSON.

    Args:
        trace: a run of one sequence.

    Returns:
        Clamps ``{"signal", "units", "steps", "value"}``: units as a list, steps as [first, last], both from 0
        and None for all; no two of them meet.
    """
    entries: list[dict[str, Any]] = []
    for signal, clamped in trace.clamps.masks.items():
        mask, values = (trace.reading.reorder(array) for array in (clamped, trace.clamps.values[signal]))
        alike: dict[tuple[int, int, float], list[int]] = {}
        for unit in range(mask.shape[1]):
            for first, last in _clamped_spans(mask[:, unit], values[:, unit]):
                alike.setdefault((first, last, float(values[first, unit])), []).append(unit)
        for (first, last, value), units in alike.items():
            entries.append(
                {
                    "signal": signal,
                    "units": None if len(units) == mask.shape[1] else units,
                    "steps": None if last - first + 1 == len(mask) else [first, last],
                    "value": value,
                }
            )
    return entries


def _clamped_spans(mask: np.ndarray, values: np.ndarray) -> list[tuple[int, int]]:
    """First and last step of each stretch in which one unit is held at one value."""
    steps = np.flatnonzero(mask)
    breaks = np.flatnonzero((np.diff(steps) > 1) | (np.diff(values[steps]) != 0)) + 1
    return [(int(part[0]), int(part[-1])) for part in np.split(steps, breaks) if part.size]


@dataclass(frozen=True)
class Blocks:
    """Arrays packed: what the header says of them, their bytes, and a digest of these."""

    entries: list[dict[str, Any]]
    body: bytes
    digest: bytes


_BLOCKS: WeakKeyDictionary[object, Blocks] = WeakKeyDictionary()
_packing = Lock()


def pack(
    header: Mapping[str, Any],
    values: Mapping[str, np.ndarray] | Callable[[], Mapping[str, np.ndarray]],
    at: Mapping[str, Any],
    of: object = None,
) -> bytes:
    """Joins header and arrays into the bytes described above.

    Args:
        header: what is JSON: texts, sizes, options. ``arrays`` and ``digest`` are added here.
        values: the arrays by name, or what gives them; a one-hot ``x`` travels as its column indices.
        at: where the stage stands when this arrives; not part of the digest, so that the same run
            with another place is recognised as the same run.
        of: where all values are those of one object, that: they are packed once as long as it lives.
    """
    with _packing:
        blocks = None if of is None else _BLOCKS.get(of)
    if blocks is None:
        blocks = pack_arrays(values() if callable(values) else values)
        if of is not None:
            with _packing:
                _BLOCKS[of] = blocks
    described = {"version": VERSION, **header, "arrays": blocks.entries}
    text = json.dumps(described, ensure_ascii=False, allow_nan=False)
    digest = hashlib.blake2b(text.encode() + blocks.digest, digest_size=12).hexdigest()
    preamble = json.dumps({"digest": digest, "at": dict(at)}, ensure_ascii=False, allow_nan=False)
    full = f"{text[:-1]}, {preamble[1:]}".encode()
    padding = -(4 + len(full)) % 8
    return len(full).to_bytes(4, "little") + full + bytes(padding) + blocks.body


def pack_arrays(values: Mapping[str, np.ndarray]) -> Blocks:
    """Pack arrays by name: their bytes one after another, and where each is and how it is to be read."""
    entries: list[dict[str, Any]] = []
    blocks: list[bytes] = []
    offset = 0
    for name, value in values.items():
        entry: dict[str, Any] = {"name": name, "shape": list(value.shape)}
        if name == "x" and _is_one_hot(value):
            entry["onehot"] = np.argmax(value, axis=1).tolist()
        else:
            single = value.dtype == np.float32
            block = np.ascontiguousarray(value, dtype="<f4" if single else "<f8").tobytes()
            block += bytes(-len(block) % 8)
            entry["offset"] = offset
            if single:
                entry["single"] = True
            offset += len(block)
            blocks.append(block)
        entries.append(entry)
    body = b"".join(blocks)
    return Blocks(entries, body, hashlib.blake2b(body, digest_size=16).digest())


def _is_one_hot(x: np.ndarray) -> bool:
    """Whether every row is a 1 among zeros and sending indices pays off."""
    return (
        x.ndim == 2
        and x.shape[1] > 8
        and bool(np.all((x == 0) | (x == 1)) and np.all(np.count_nonzero(x, axis=1) == 1))
    )
