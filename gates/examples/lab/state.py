"""What the lab edits: a small cell's weights and options, what is clamped, and the sequence it reads.

Weights and input are float32 values, which a link carries whole; the engine computes with them in float64.
"""

from __future__ import annotations

import base64
import binascii
import json
import struct
import zlib
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Any, Literal, Self, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gates import strict_json
from gates.cells.gru import GRU
from gates.cells.lstm import GATES, LSTM
from gates.cells.rnn import RNN
from gates.core.clamps import Clamp
from gates.core.trace import Trace
from gates.examples.notation.kinds import CellKind
from gates.examples.notation.letters import Reset
from gates.inputs.sequence import MAX_STEPS, InputError
from gates.network import AnyCell

Float32 = NDArray[np.float32]
Activation = Literal["tanh", "relu"]

MOST = 8
"""Units that the lab edits: a matrix of more is no longer taken in at a glance."""
MOST_INPUTS = 32
"""Inputs: a cell from scratch has up to eight of its own, but text brings one for each of its symbols."""
LIMIT = 1e6
"""Magnitude that a weight, an input or a clamp may have."""
MOST_CLAMPS = 200
LONGEST_TOKEN = 40

CELLS: dict[CellKind, type[RNN | LSTM | GRU]] = {"lstm": LSTM, "gru": GRU, "rnn": RNN}


@dataclass(frozen=True)
class Clamped:
    """A signal held at a value: in ``units`` and at the steps from … to (both count), all where None."""

    signal: str
    value: float
    units: tuple[int, ...] | None = None
    steps: tuple[int, int] | None = None

    def within(self, steps: int) -> Clamp | None:
        """Return it for the engine in a run of so many steps; None if it holds nothing there."""
        if self.steps is None:
            return Clamp(self.signal, self.value, self.units)
        first, last = self.steps
        span = range(first, min(last + 1, steps))
        return Clamp(self.signal, self.value, self.units, span) if span else None


@dataclass(frozen=True, eq=False)
class LabState:
    """A cell as it stands in the lab. Two states are equal if all their bits are.

    W (G·H, I), U (G·H, H), b (G·H,), b_hn (H,) of a GRU that resets after the product, peephole (3, H) of an
    LSTM that has them: float32. ``reset``, ``activation``, ``coupled`` and ``without`` count for the kind of
    cell that has them and are at their defaults elsewhere. ``x`` (T, I) and ``tokens`` (T) are the sequence
    if it is not that of the example the state began with, ``columns`` the names of its inputs.

    Raises:
        InputError: ``error.lab.*``, if something is out of bounds or does not fit together.
    """

    kind: CellKind
    W: Float32
    U: Float32
    b: Float32
    b_hn: Float32 | None = None
    peephole: Float32 | None = None
    reset: Reset = "after"
    activation: Activation = "tanh"
    coupled: bool = False
    without: Collection[str] = frozenset()
    clamps: tuple[Clamped, ...] = ()
    x: Float32 | None = None
    tokens: tuple[str, ...] = ()
    columns: tuple[str, ...] = field(default=(), kw_only=True)

    def __post_init__(self) -> None:
        object.__setattr__(self, "without", frozenset(self.without))
        _check_options(self)
        for name in ("W", "U", "b", "b_hn", "peephole", "x"):
            value = getattr(self, name)
            if value is not None:
                object.__setattr__(self, name, _settled(name, value))
        _check_shapes(self)
        for clamp in self.clamps:
            _check_clamp(self, clamp)

    @classmethod
    def of(cls, cell: AnyCell, **more: Any) -> Self:
        """Return an engine's cell as the lab edits it, its weights rounded to float32.

        Raises:
            InputError: it has an option that the lab does not, such as a projection or another activation.
        """
        weights: dict[str, Any] = cell.arrays()
        if cell.kind not in CELLS:
            raise InputError("error.lab.option", name=cell.kind)
        beyond = {"projection"} & weights.keys() | cell.other_squashes.keys() - {"activation"}
        if beyond:
            raise InputError("error.lab.option", name=", ".join(sorted(beyond)))
        for name in ("reset", "activation", "coupled", "without"):
            if hasattr(cell, name):
                more.setdefault(name, getattr(cell, name))
        if getattr(cell, "reset", "before") == "before":
            weights.pop("b_hn", None)
        return cls(cell.kind, **weights, **more)

    @property
    def inputs(self) -> int:
        """The number of inputs I."""
        return int(self.W.shape[1])

    @property
    def hidden(self) -> int:
        """The number of units H."""
        return int(self.U.shape[1])

    @property
    def weights(self) -> dict[str, Float32]:
        """All weights by name, those that the cell does not have left out."""
        named = {"W": self.W, "U": self.U, "b": self.b, "b_hn": self.b_hn, "peephole": self.peephole}
        return {name: array for name, array in named.items() if array is not None}

    @property
    def options(self) -> dict[str, Any]:
        """What the engine's cell of this kind takes besides weights."""
        match self.kind:
            case "lstm":
                return {"coupled": self.coupled, "without": self.without}
            case "gru":
                return {"reset": self.reset}
            case _:
                return {"activation": self.activation}

    def cell(self) -> AnyCell:
        """Return the engine's cell, in float64."""
        weights: dict[str, Any] = {name: array.astype(np.float64) for name, array in self.weights.items()}
        return CELLS[self.kind](**weights, **self.options)

    def run(self, x: ArrayLike | None = None, *, clamped: bool = True) -> Trace:
        """Run the cell over its own sequence, or over another ``x`` (T, I) or (T, B, I), clamps and all."""
        chosen = np.asarray(self.x if x is None else x, dtype=np.float64)
        held = (clamp.within(len(chosen)) for clamp in self.clamps) if clamped else ()
        return self.cell().run(chosen, clamps=[clamp for clamp in held if clamp])

    def weights_equal(self, other: LabState) -> bool:
        """Tell whether another state has the same weights, bit for bit."""
        ours, theirs = self.weights, other.weights
        return ours.keys() == theirs.keys() and all(
            ours[name].tobytes() == theirs[name].tobytes() and ours[name].shape == theirs[name].shape
            for name in ours
        )

    def __eq__(self, other: object) -> bool:
        return isinstance(other, LabState) and _body(self) == _body(other)

    def __hash__(self) -> int:
        return hash(_body(self))


def sizes(kind: CellKind, inputs: int, hidden: int, b_hn: bool, peephole: bool) -> dict[str, tuple[int, ...]]:
    """Return the shapes of a cell's weights by name, in the order in which they travel."""
    rows = len(CELLS[kind].parts) * hidden
    shapes: dict[str, tuple[int, ...]] = {"W": (rows, inputs), "U": (rows, hidden), "b": (rows,)}
    if b_hn:
        shapes["b_hn"] = (hidden,)
    if peephole:
        shapes["peephole"] = (3, hidden)
    return shapes


def check_sizes(inputs: int, hidden: int) -> None:
    """Raise an InputError for a cell that is too large, or nothing at all."""
    if not (1 <= inputs <= MOST_INPUTS and 1 <= hidden <= MOST):
        raise InputError("error.lab.size", inputs=inputs, hidden=hidden, most_inputs=MOST_INPUTS, most=MOST)


def _settled(name: str, value: Any) -> Float32:
    wide = np.asarray(value, dtype=np.float64)
    wrong = ~(np.abs(wide) <= LIMIT)  # NaN too
    if wrong.any():
        raise InputError("error.lab.value", name=name, value=f"{wide[wrong][0]:g}", limit=f"{LIMIT:,.0f}")
    array = np.array(wide, dtype=np.float32)
    array.flags.writeable = False
    return array


def _check_options(state: LabState) -> None:
    """Everything that a kind of cell does not have must be at its default, so that equal cells are equal."""
    own = {
        "reset": state.kind == "gru" or state.reset == "after",
        "activation": state.kind == "rnn" or state.activation == "tanh",
        "coupled": state.kind == "lstm" or not state.coupled,
        "without": state.kind == "lstm" or not state.without,
        "peephole": state.kind == "lstm" or state.peephole is None,
    }
    known = {
        "cell": state.kind in CELLS,
        "reset": state.reset in get_args(Reset),
        "activation": state.activation in get_args(Activation),
        "without": state.without <= set(GATES) if isinstance(state.without, frozenset) else False,
        "coupled": not (state.coupled and {"input", "forget"} & set(state.without)),
    }
    for name, right in (*known.items(), *own.items()):
        if not right:
            raise InputError("error.lab.option", name=name)


def _check_shapes(state: LabState) -> None:
    if state.W.ndim != 2 or state.U.ndim != 2:
        raise InputError("error.lab.shape", name="W, U")
    check_sizes(state.inputs, state.hidden)
    has_b_hn = state.kind == "gru" and state.reset == "after"
    expected = sizes(state.kind, state.inputs, state.hidden, has_b_hn, state.peephole is not None)
    found = {name: array.shape for name, array in state.weights.items()}
    for name in {**expected, **found}:
        if expected.get(name) != found.get(name):
            raise InputError("error.lab.shape", name=name)
    if state.x is not None:
        if state.x.ndim != 2 or state.x.shape[1] != state.inputs:
            raise InputError("error.lab.shape", name="x")
        if not 1 <= len(state.x) <= MAX_STEPS:
            raise InputError("error.lab.steps", count=len(state.x), limit=MAX_STEPS)
    if len(state.tokens) != (0 if state.x is None else len(state.x)) or len(state.columns) not in (
        0,
        state.inputs,
    ):
        raise InputError("error.lab.labels")
    texts = (*state.tokens, *state.columns)
    if any(len(text) > LONGEST_TOKEN for text in texts) or not strict_json.well_formed("".join(texts)):
        raise InputError("error.lab.labels")
    if len(state.clamps) > MOST_CLAMPS:
        raise InputError("error.lab.clamps", count=len(state.clamps), limit=MOST_CLAMPS)


def _check_clamp(state: LabState, clamp: Clamped) -> None:
    units, steps = clamp.units, clamp.steps
    right = (
        clamp.signal in CELLS[state.kind].signals[1:]
        and abs(clamp.value) <= LIMIT
        and (units is None or (len(units) > 0 and set(units) <= set(range(state.hidden))))
        and (units is None or list(units) == sorted(set(units)))
        and (steps is None or 0 <= steps[0] <= steps[1] < MAX_STEPS)
    )
    if not right:
        raise InputError("error.lab.clamp", signal=str(clamp.signal)[:LONGEST_TOKEN])


# A state as text, for an address: a version, then _body deflated (zlib's checksum finds damage).

VERSION = 1
_VERSIONS = 16  # what is beyond in the first byte was never a version, but damage
LONGEST_TEXT = 100_000
LARGEST_BODY = 250_000
"""Bytes that a packed state may unfold to, however small it was packed: 1000 long labelled steps fit."""

_HEAD = struct.Struct("<BBBBBBH")  # kind, options, inputs, hidden, parts, clamps, steps
_CLAMP = struct.Struct("<BBHHd")  # signal, units as bits (0: all), first and last step (_ALL: all), value
_ALL = 0xFFFF
_KINDS: tuple[CellKind, ...] = ("lstm", "gru", "rnn")


def pack(state: LabState) -> str:
    """Return the state as text that an address may hold: letters, digits, ``-`` and ``_``."""
    packed = bytes([VERSION]) + zlib.compress(_body(state), 9)
    return base64.urlsafe_b64encode(packed).decode().rstrip("=")


def unpack(text: str) -> LabState:
    """Return the state that was packed.

    Raises:
        InputError: ``error.lab.damaged``, ``.version`` or what is wrong with the state itself.
    """
    if len(text) > LONGEST_TEXT:
        raise InputError("error.lab.damaged")
    try:
        packed = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise InputError("error.lab.damaged") from None
    if packed and VERSION < packed[0] < _VERSIONS:
        raise InputError("error.lab.version")
    try:
        stream = zlib.decompressobj()
        body = stream.decompress(packed[1:], LARGEST_BODY + 1)
        if len(body) > LARGEST_BODY or not stream.eof or stream.unused_data or packed[0] != VERSION:
            raise InputError("error.lab.damaged")
        return _read(body)
    except InputError:
        raise
    except (zlib.error, struct.error, IndexError, TypeError, ValueError, RecursionError):
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


def _read(body: bytes) -> LabState:
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
