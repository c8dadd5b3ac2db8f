"""A state of the lab as text for an address: a version, then its bytes deflated, with a checksum.

Version 1 has every number as float32. Version 3, written where that would not do, leaves places open for
numbers that float32 does not hold: NaN for those that are short as decimals, and stand as such in the texts
behind; an infinity for the others, which follow as float64. Version 4, written where there is more to a state
than earlier ones knew (activations, where the run begins, two biases or none, a read-out, targets, a loss),
says behind the clamps what that is, as JSON; its numbers follow those of the input, places without a target
as 0.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gates import packing, strict_json
from gates.cells.lstm import GATES
from gates.examples.lab.numbers import Floats
from gates.examples.lab.state import (
    ACTIVATIONS,
    CELLS,
    MOST,
    PLAIN_FORM,
    Clamped,
    LabState,
    check_sizes,
    sizes,
)
from gates.examples.lab.task import MOST_OUTPUTS, Task
from gates.examples.notation.kinds import CellKind
from gates.inputs.sequence import MAX_STEPS, InputError

VERSION = 4
_SINGLE = 1  # the version in which every number is a float32; there was no second one
_EXACT = 3
_LONG = 16  # characters of a decimal from which its float64 is shorter
_VERSIONS = 16  # what is beyond in the first byte was never a version, but damage
LONGEST_TEXT = 200_000

Singles = NDArray[np.float32]

_HEAD = struct.Struct("<BBBBBBH")  # kind, options, inputs, hidden, parts, clamps, steps
_CLAMP = struct.Struct("<BBHHd")  # signal, units as bits (0: all), first and last step (_ALL: all), value
_MORE = struct.Struct("<I")  # the length of what is said beyond
_ALL = 0xFFFF
_KINDS: tuple[CellKind, ...] = ("lstm", "gru", "rnn")


def pack(state: LabState) -> str:
    """Return the state as text that an address may hold: letters, digits, ``-`` and ``_``."""
    version, body = _body(state)
    return packing.to_text(bytes([version]) + packing.deflate(body))


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
        known = version in (_SINGLE, _EXACT, VERSION)
        if not known and 0 < version < _VERSIONS:
            raise InputError("error.lab.version")
        body, behind = packing.inflate(packed[1:])
        if behind or not known:
            raise ValueError("damaged")
        return _state(body, version)
    except InputError:
        raise
    except (struct.error, LookupError, TypeError, ValueError, RecursionError, AttributeError):
        raise InputError("error.lab.damaged") from None


def _body(state: LabState) -> tuple[int, bytes]:
    bits = [state.reset == "before", state.activation == "relu", state.coupled]
    bits += [gate in state.without for gate in GATES]
    has = [state.b_hn is not None, state.peephole is not None, state.x is not None, bool(state.columns)]
    steps = 0 if state.x is None else len(state.x)
    kind, counts = _KINDS.index(state.kind), (len(state.clamps), steps)
    head = _HEAD.pack(kind, _flags(bits), state.inputs, state.hidden, _flags(has), *counts)
    more, beyond = _more(state)
    arrays = (*state.weights.values(), *(() if state.x is None else (state.x,)), *beyond)
    clamps = b"".join(_pack_clamp(state.kind, clamp) for clamp in state.clamps)
    singles, short, long = _split_numbers(np.concatenate([array.ravel() for array in arrays]))
    version = VERSION if more else _EXACT if short or len(long) else _SINGLE
    packed_more = _json(more) if more else b""
    before = _MORE.pack(len(packed_more)) + packed_more if more else b""
    lists = [state.tokens, state.columns, *([short] if short else [])]
    texts = _json(lists) if any(lists) else b""
    return version, head + clamps + before + _planes(singles) + _planes(long) + texts


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def _more(state: LabState) -> tuple[dict[str, Any], list[Floats]]:
    """What version 4 says of a state, nothing where earlier ones do; and its numbers."""
    task, usual = state.task, Task()
    chosen = {name: value for name, value in state.activations.items() if value != getattr(LabState, name)}
    if chosen.get("activation") == "relu":
        del chosen["activation"]  # which has a bit of its own
    starts = {"h": state.initial_hidden, "c": state.initial_cell}
    begun = "".join(name for name, start in starts.items() if start is not None)
    more: dict[str, Any] = {"squash": chosen, "start": begun}
    arrays = [start for start in starts.values() if start is not None]
    if task.V is not None and task.b is not None:
        more["read"] = [len(task.b), task.activation, *([] if task.biased else [0])]
        arrays += [task.V, task.b]
    if task.targets is not None:
        missing = np.isnan(task.targets)
        more["targets"] = [len(task.targets), np.packbits(missing).tobytes().hex() if missing.any() else ""]
        arrays.append(np.where(missing, 0, task.targets))
    if state.b_h is not None:
        more["second"] = 1
        arrays.append(state.b_h)
    more["bare"] = 0 if state.biased else 1
    more["biases"] = {part: list(names) for part, names in state.biases.items()}
    more["form"] = list(state.form) if state.form != PLAIN_FORM else []
    more["loss"] = task.loss if task.loss != usual.loss else ""
    more["rate"] = task.learning_rate if task.learning_rate != usual.learning_rate else 0
    return {name: value for name, value in more.items() if value}, arrays


def _pack_clamp(kind: CellKind, clamp: Clamped) -> bytes:
    units = 0 if clamp.units is None else sum(1 << unit for unit in clamp.units)
    first, last = clamp.steps or (_ALL, _ALL)
    return _CLAMP.pack(CELLS[kind].signals.index(clamp.signal), units, first, last, clamp.value)


def _split_numbers(numbers: Floats) -> tuple[Singles, list[float], Floats]:
    """Numbers as float32, with open places; the short ones that go there, and the long ones."""
    singles = numbers.astype(np.float32)
    beyond = singles != numbers
    long = beyond & np.array([len(repr(value)) >= _LONG for value in numbers.tolist()])
    singles[beyond] = np.nan
    singles[long] = np.inf
    return singles, numbers[beyond & ~long].tolist(), numbers[long]


def _join_numbers(singles: Singles, short: list[Any], long: Floats) -> Floats:
    numbers = singles.astype(np.float64)
    open_short, open_long = np.isnan(numbers), np.isinf(numbers)
    if len(short) != np.count_nonzero(open_short) or not all(type(value) in (int, float) for value in short):
        raise InputError("error.lab.damaged")
    numbers[open_short] = short
    numbers[open_long] = long
    return numbers


def _state(body: bytes, version: int) -> LabState:
    unread = memoryview(body)

    def take(count: int) -> memoryview:
        nonlocal unread
        if count > len(unread):
            raise InputError("error.lab.damaged")
        taken, unread = unread[:count], unread[count:]
        return taken

    kind_code, bits, inputs, hidden, has, clamp_count, steps = _HEAD.unpack(take(_HEAD.size))
    kind = _KINDS[kind_code]
    reset, relu, coupled, *without = (bool(bits >> n & 1) for n in range(6))
    b_hn, peephole, own_x, _ = (bool(has >> n & 1) for n in range(4))
    check_sizes(inputs, hidden)
    clamps = [_read_clamp(kind, take(_CLAMP.size)) for _ in range(clamp_count)]
    more: dict[str, Any] = {}
    if version == VERSION:
        (length,) = _MORE.unpack(take(_MORE.size))
        more = strict_json.loads(bytes(take(length)))
    shapes = sizes(kind, inputs, hidden, b_hn, peephole) | ({"x": (steps, inputs)} if own_x else {})
    shapes |= _shapes_beyond(more, hidden) | ({"b_h": shapes["b"]} if more.get("second") else {})
    counts = [int(np.prod(shape)) for shape in shapes.values()]
    singles = _floats(take(4 * sum(counts)), "<f4")
    count = int(np.count_nonzero(np.isinf(singles))) if version != _SINGLE else 0
    long = _floats(take(8 * count), "<f8")
    tokens, columns, short = _texts(bytes(unread))
    flat = np.split(_join_numbers(singles, short, long), np.cumsum(counts)[:-1])
    arrays: dict[str, Any] = {
        name: values.reshape(shape) for (name, shape), values in zip(shapes.items(), flat, strict=True)
    }
    task = _task(more, arrays)
    activations = _activations(more, kind) | ({"activation": "relu"} if relu else {})
    return LabState(
        kind,
        **arrays,
        **activations,
        task=task,
        form=tuple(more.get("form", PLAIN_FORM)),
        biased=not more.get("bare"),
        biases={part: tuple(names) for part, names in more.get("biases", {}).items()},
        reset="before" if reset else "after",
        coupled=coupled,
        without=[gate for gate, left_out in zip(GATES, without, strict=True) if left_out],
        clamps=tuple(clamps),
        tokens=tokens,
        columns=columns,
    )


_BEYOND = {"squash", "start", "read", "targets", "loss", "rate", "form", "second", "bare", "biases"}


def _shapes_beyond(more: dict[str, Any], hidden: int) -> dict[str, tuple[int, ...]]:
    """The shapes of the numbers that version 4 adds, in their order."""
    if not more.keys() <= _BEYOND:
        raise InputError("error.lab.damaged")
    begun = more.get("start", "")
    names = {"h": "initial_hidden", "c": "initial_cell"}
    shapes: dict[str, tuple[int, ...]] = {names[name]: (hidden,) for name in begun}
    width = hidden
    if "read" in more:
        width = more["read"][0]
        if not (type(width) is int and 1 <= width <= MOST_OUTPUTS):
            raise InputError("error.lab.damaged")
        shapes |= {"V": (width, hidden), "readout_bias": (width,)}
    if "targets" in more:
        steps = more["targets"][0]
        if not (type(steps) is int and 1 <= steps <= MAX_STEPS):
            raise InputError("error.lab.damaged")
        shapes["targets"] = (steps, width)
    return shapes


def _task(more: dict[str, Any], arrays: dict[str, Any]) -> Task:
    """The task of version 4, whose arrays are taken out of ``arrays``."""
    fields: dict[str, Any] = {}
    if "read" in more:
        fields = {"V": arrays.pop("V"), "b": arrays.pop("readout_bias"), "activation": more["read"][1]}
        fields["biased"] = len(more["read"]) < 3
    if "targets" in more:
        targets = arrays.pop("targets")
        packed = np.frombuffer(bytes.fromhex(more["targets"][1]), np.uint8)
        if packed.size:
            targets[np.unpackbits(packed)[: targets.size].astype(bool).reshape(targets.shape)] = np.nan
        fields["targets"] = targets
    fields |= {name: more[key] for key, name in (("loss", "loss"), ("rate", "learning_rate")) if key in more}
    return Task(**fields)


def _activations(more: dict[str, Any], kind: CellKind) -> dict[str, Any]:
    chosen = more.get("squash", {})
    if not chosen.keys() <= set(ACTIVATIONS[kind]):
        raise InputError("error.lab.damaged")
    return dict(chosen)


def _read_clamp(kind: CellKind, packed: memoryview) -> Clamped:
    signal, bits, first, last, value = _CLAMP.unpack(packed)
    units = tuple(unit for unit in range(MOST) if bits >> unit & 1)
    steps = None if first == _ALL else (first, last)
    return Clamped(CELLS[kind].signals[signal], value, units or None, steps)


def _texts(packed: bytes) -> tuple[tuple[str, ...], tuple[str, ...], list[Any]]:
    """Labels of the steps, names of the inputs, and the short numbers that are no float32."""
    if not packed:
        return (), (), []
    tokens, columns, *rest = strict_json.loads(packed)
    short = rest[0] if rest else []
    if not all(isinstance(text, str) for text in (*tokens, *columns)) or not isinstance(short, list):
        raise InputError("error.lab.damaged")
    return tuple(tokens), tuple(columns), short


def _flags(bits: Iterable[bool]) -> int:
    return sum(int(bit) << index for index, bit in enumerate(bits))


def _planes(numbers: NDArray[Any]) -> bytes:
    """All first bytes of the numbers, then all second ones …: exponents beside exponents deflate better."""
    little = numbers.astype(numbers.dtype.newbyteorder("<"))
    return little.view(np.uint8).reshape(-1, little.itemsize).T.tobytes()


def _floats(planes: memoryview, kind: str) -> NDArray[Any]:
    shuffled = np.frombuffer(planes, np.uint8).reshape(np.dtype(kind).itemsize, -1)
    return np.ascontiguousarray(shuffled.T).view(kind).ravel()
