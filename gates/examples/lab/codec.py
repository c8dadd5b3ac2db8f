"""A state of the lab as text for an address: a version, then its bytes deflated, with a checksum."""

from __future__ import annotations

import json
import struct
from collections.abc import Iterable
from typing import Any

import numpy as np

from gates import packing, strict_json
from gates.cells.lstm import GATES
from gates.examples.lab.state import CELLS, MOST, Clamped, Float32, LabState, check_sizes, sizes
from gates.examples.notation.kinds import CellKind
from gates.inputs.sequence import InputError

VERSION = 1
_VERSIONS = 16  # what is beyond in the first byte was never a version, but damage
LONGEST_TEXT = 100_000

_HEAD = struct.Struct("<BBBBBBH")  # kind, options, inputs, hidden, parts, clamps, steps
_CLAMP = struct.Struct("<BBHHd")  # signal, units as bits (0: all), first and last step (_ALL: all), value
_ALL = 0xFFFF
_KINDS: tuple[CellKind, ...] = ("lstm", "gru", "rnn")


def pack(state: LabState) -> str:
    """Return the state as text that an address may hold: letters, digits, ``-`` and ``_``."""
    return packing.to_text(bytes([VERSION]) + packing.deflate(_body(state)))


def unpack(text: str) -> LabState:
    """Return the state that was packed.

    Raises:
        InputError: ``error.lab.damaged``, ``.version`` or what is wrong with the state itself.
    """
    try:
        if len(text) > LONGEST_TEXT:
            raise ValueError("too long")
        packed = packing.from_text(text)
        version = packed[0]
        if VERSION < version < _VERSIONS:
            raise InputError("error.lab.version")
        body, behind = packing.inflate(packed[1:])
        if behind or version != VERSION:
            raise ValueError("damaged")
        return _state(body)
    except InputError:
        raise
    except (struct.error, IndexError, TypeError, ValueError, RecursionError):
        raise InputError("error.lab.damaged") from None


def _body(state: LabState) -> bytes:
    bits = [state.reset == "before", state.activation == "relu", state.coupled]
    bits += [gate in state.without for gate in GATES]
    has = [state.b_hn is not None, state.peephole is not None, state.x is not None, bool(state.columns)]
    steps = 0 if state.x is None else len(state.x)
    kind, counts = _KINDS.index(state.kind), (len(state.clamps), steps)
    head = _HEAD.pack(kind, _flags(bits), state.inputs, state.hidden, _flags(has), *counts)
    arrays = (*state.weights.values(), *(() if state.x is None else (state.x,)))
    texts = json.dumps([state.tokens, state.columns], ensure_ascii=False, separators=(",", ":")).encode()
    clamps = b"".join(_pack_clamp(state.kind, clamp) for clamp in state.clamps)
    return head + clamps + _planes(arrays) + (texts if state.tokens or state.columns else b"")


def _pack_clamp(kind: CellKind, clamp: Clamped) -> bytes:
    units = 0 if clamp.units is None else sum(1 << unit for unit in clamp.units)
    first, last = clamp.steps or (_ALL, _ALL)
    return _CLAMP.pack(CELLS[kind].signals.index(clamp.signal), units, first, last, clamp.value)


def _state(body: bytes) -> LabState:
    rest = memoryview(body)

    def take(count: int) -> memoryview:
        nonlocal rest
        if count > len(rest):
            raise InputError("error.lab.damaged")
        taken, rest = rest[:count], rest[count:]
        return taken

    kind_code, bits, inputs, hidden, has, clamp_count, steps = _HEAD.unpack(take(_HEAD.size))
    kind = _KINDS[kind_code]
    reset, relu, coupled, *without = (bool(bits >> n & 1) for n in range(6))
    b_hn, peephole, own_x, _ = (bool(has >> n & 1) for n in range(4))
    check_sizes(inputs, hidden)
    clamps = [_read_clamp(kind, take(_CLAMP.size)) for _ in range(clamp_count)]
    shapes = sizes(kind, inputs, hidden, b_hn, peephole) | ({"x": (steps, inputs)} if own_x else {})
    counts = [int(np.prod(shape)) for shape in shapes.values()]
    flat = np.split(_floats(take(4 * sum(counts))), np.cumsum(counts)[:-1])
    arrays: dict[str, Any] = {
        name: values.reshape(shape) for (name, shape), values in zip(shapes.items(), flat, strict=True)
    }
    tokens, columns = _texts(bytes(rest))
    return LabState(
        kind,
        **arrays,
        reset="before" if reset else "after",
        activation="relu" if relu else "tanh",
        coupled=coupled,
        without=[gate for gate, left_out in zip(GATES, without, strict=True) if left_out],
        clamps=tuple(clamps),
        tokens=tokens,
        columns=columns,
    )


def _read_clamp(kind: CellKind, packed: memoryview) -> Clamped:
    signal, bits, first, last, value = _CLAMP.unpack(packed)
    units = tuple(unit for unit in range(MOST) if bits >> unit & 1)
    steps = None if first == _ALL else (first, last)
    return Clamped(CELLS[kind].signals[signal], value, units or None, steps)


def _texts(packed: bytes) -> tuple[tuple[str, ...], tuple[str, ...]]:
    if not packed:
        return (), ()
    tokens, columns = strict_json.loads(packed)
    if not all(isinstance(text, str) for text in (*tokens, *columns)):
        raise InputError("error.lab.damaged")
    return tuple(tokens), tuple(columns)


def _flags(bits: Iterable[bool]) -> int:
    return sum(int(bit) << place for place, bit in enumerate(bits))


def _planes(arrays: Iterable[Float32]) -> bytes:
    """All first bytes of the numbers, then all second ones …: exponents beside exponents deflate better."""
    flat = np.concatenate([array.ravel() for array in arrays]).astype("<f4")
    return flat.view(np.uint8).reshape(-1, 4).T.tobytes()


def _floats(planes: memoryview) -> Float32:
    shuffled = np.frombuffer(planes, np.uint8).reshape(4, -1)
    return np.ascontiguousarray(shuffled.T).view("<f4").ravel().astype(np.float32)
