"""Challenges: a cell that almost does something, the goal it misses, and a measure of how near it comes.

What is measured is what the cell *does*, on the sequence shown and on hidden ones, never how: any weights
that do it count. The challenges themselves are data, in ``catalogue``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gates.core.trace import Trace
from gates.examples.lab.state import LabState, equal_numbers
from gates.examples.presets.model import Alphabet, Cell
from gates.inputs import sequence

FloatArray = NDArray[np.float64]

Step = tuple[str, tuple[float, ...]]
"""A timestep as it is written on the screen, and its inputs."""

FREE = (np.nan, np.nan)
"""The band of a step at which nothing is asked."""


@dataclass(frozen=True)
class Measurement:
    """What is measured: the sum of a signal over some units.

    signal: "hidden", or "memory": what carries the state, an LSTM's cell and any other cell's hidden.
    relative: divided by what it is at the first step, so that a cell may count in a unit of its own.
    """

    signal: str = "hidden"
    units: tuple[int, ...] = (0,)
    relative: bool = False

    SMALLEST = 0.05
    """A first value that is next to nothing is no unit to count in."""

    def named(self, kind: str) -> str:
        """Return the trace's name of the signal, for a kind of cell."""
        return self.signal if self.signal != "memory" else "cell" if kind == "lstm" else "hidden"

    def of(self, trace: Trace) -> FloatArray:
        """Return the values, (T,) or (T, B); NaN where the cell has no such unit or nothing to divide by."""
        values: FloatArray = getattr(trace, self.named(trace.source.kind))
        if max(self.units) >= values.shape[-1]:
            return np.full(values.shape[:-1], np.nan)
        read: FloatArray = values[..., list(self.units)].sum(axis=-1)
        if self.relative:
            first = np.where(np.abs(read[0]) < self.SMALLEST, np.nan, read[0])
            read = read / first
        return read


@dataclass(frozen=True)
class Score:
    """How many are right, of how many, and how near in [0, 1]."""

    right: int
    of: int
    near: float


@dataclass(frozen=True)
class Miss:
    """The first step at which a hidden sequence goes wrong, from 0, and what was read and wanted there."""

    tokens: tuple[str, ...]
    step: int
    value: float
    band: tuple[float, float]


@dataclass(frozen=True)
class Result:
    """Where a cell stands in a challenge.

    shown counts asked steps, hidden whole sequences. near is 1 only if solved. ``changes`` weights differ
    from the start. ``note`` is the key of a remark on what keeps it from counting, or None.
    """

    shown: Score
    hidden: Score
    near: float
    solved: bool
    changes: int | None
    note: str | None
    miss: Miss | None


@dataclass(frozen=True, eq=False)
class Challenge:
    """A task for one cell. Its texts are ``challenge.<id>.title``, ``.goal``, ``.hint.1`` …, ``.why``.

    start, solution: the cell to begin with, which fails, and one that does not.
    columns, units: string keys naming its inputs and its units.
    shown: the sequence on the screen. draw: another of the same kind, always of the same length.
    wanted: from inputs (T, I) to bands (T, 2): lowest and highest right value, NaN where nothing is asked.
    reads: what is compared with the bands. scale: the distance from a band at which "near" begins.
    limit: how many weights may differ from the start, None for any number.
    count: how many hidden sequences are drawn, by a seed of the challenge's own.
    """

    id: str
    start: Cell
    solution: Cell
    columns: tuple[str, ...]
    shown: Sequence[Step]
    draw: Callable[[np.random.Generator], Sequence[Step]]
    bands_for: Callable[[FloatArray], FloatArray]
    reads: Measurement = Measurement()
    units: tuple[str, ...] = ("unit.memory",)
    scale: float = 1.0
    limit: int | None = None
    count: int = 32

    HINTS = 3

    @property
    def sequence(self) -> sequence.Sequence:
        """The sequence on the screen."""
        return _sequence(self.shown, self.columns)

    @cached_property
    def hidden(self) -> tuple[tuple[tuple[str, ...], ...], FloatArray, FloatArray]:
        """The hidden sequences: tokens of each, inputs (T, B, I) and bands (T, B, 2)."""
        rng = np.random.default_rng([ord(letter) for letter in self.id])
        drawn = [_sequence(self.draw(rng), self.columns) for _ in range(self.count)]
        x = np.stack([sequence.x for sequence in drawn], axis=1)
        bands = np.stack([self.bands_for(sequence.x) for sequence in drawn], axis=1)
        return tuple(sequence.tokens for sequence in drawn), x, bands

    def judge(self, state: LabState, x: FloatArray, trace: Trace | None = None) -> Result:
        """Measure a cell on the sequence shown, ``x``, and on the hidden ones: from zero and without clamps.

        ``trace``: the run over ``x``, if there is one already.
        """
        note = self._unfit(state)
        if note:
            return Result(Score(0, 0, 0.0), Score(0, self.count, 0.0), 0.0, False, None, note, None)
        if trace is None or state.clamps or state.has_initial_state:
            trace = state.run(x, clamped=False)
        tokens, hidden_x, bands = self.hidden
        shown_bands = self.bands_for(x)
        with np.errstate(invalid="ignore"):
            shown_right, shown_near = measure(self.reads.of(trace), shown_bands, self.scale)
            read = self.reads.of(state.run(hidden_x, clamped=False))
            right, near = measure(read, bands, self.scale)
        whole = np.asarray((right | ~asked_steps(bands)).all(axis=0))
        changes = changed(LabState.of(self.start), state)
        within = self.limit is None or changes <= self.limit
        note = "challenge.note.limit" if not within else "challenge.note.clamps" if state.clamps else None
        return Result(
            shown=Score(int(shown_right.sum()), int(asked_steps(shown_bands).sum()), shown_near),
            hidden=Score(int(whole.sum()), self.count, near),
            near=near if within else near * (self.limit or 0) / changes,
            solved=bool(whole.all()) and within,
            changes=changes,
            note=note,
            miss=_miss(tokens, read, bands, right, whole),
        )

    def _unfit(self, state: LabState) -> str | None:
        if state.kind != self.start.kind:
            return "challenge.note.kind"
        return None if state.inputs == self.start.inputs else "challenge.note.inputs"


def asked_steps(bands: FloatArray) -> NDArray[np.bool_]:
    """Return at which steps something is asked, from bands (…, 2)."""
    return np.asarray(~np.isnan(bands).all(axis=-1))


def measure(values: FloatArray, bands: FloatArray, scale: float) -> tuple[NDArray[np.bool_], float]:
    """Compare values (T, …) with bands (T, …, 2): which asked steps are right, and how near all are.

    A value inside its band counts 1, outside ½ and less with the distance, 0 from ``scale`` on. What should
    be positive, negative or neither is averaged apart, and the worst of them counts: a cell that always says
    the same is not half right.
    """
    low, high = bands[..., 0], bands[..., 1]
    counts = asked_steps(bands)
    right = counts & (values >= low) & (values <= high)
    away = np.maximum(np.maximum(low - values, values - high), 0.0)
    close = np.where(right, 1.0, 0.5 * np.clip(1 - np.nan_to_num(away, nan=np.inf) / scale, 0.0, 1.0))
    side = np.where(low > 0, 1, np.where(high < 0, -1, 0))
    kinds = [counts & (side == sign) for sign in (-1, 0, 1)]
    return right, min((float(close[kind].mean()) for kind in kinds if kind.any()), default=0.0)


def changed(start: LabState, state: LabState) -> int:
    """Return how many weights differ from the start's; surgery, such as a gate left out, counts as one."""
    total = 0
    for name in start.weights.keys() | state.weights.keys():
        arrays = [cell.weights[name] for cell in (start, state) if name in cell.weights]
        if len(arrays) == 1:
            total += int(np.count_nonzero(arrays[0]))
        elif arrays[0].shape != arrays[1].shape:
            total += max(array.size for array in arrays)
        else:
            total += int(np.count_nonzero(~equal_numbers(*arrays)))
    return total + (start.options != state.options)


def _miss(
    tokens: tuple[tuple[str, ...], ...],
    read: FloatArray,
    bands: FloatArray,
    right: NDArray[np.bool_],
    whole: NDArray[np.bool_],
) -> Miss | None:
    if whole.all():
        return None
    which = int(np.argmin(whole))
    step = int(np.argmax(asked_steps(bands[:, which]) & ~right[:, which]))
    low, high = bands[step, which]
    return Miss(tokens[which], step, float(read[step, which]), (float(low), float(high)))


def _sequence(steps: Iterable[Step], columns: tuple[str, ...]) -> sequence.Sequence:
    tokens, rows = zip(*steps, strict=True)
    return sequence.Sequence(np.array(rows, dtype=np.float64), tokens, columns, "symbols", keyed=True)


# What the data is written in


def steps_of(alphabet: Alphabet, tokens: Iterable[str]) -> list[Step]:
    """Return the steps that an alphabet's symbols stand for."""
    return [(token, alphabet.vectors[token]) for token in tokens]


def above(low: float) -> tuple[float, float]:
    """Return the band of all values from ``low`` on."""
    return low, np.inf


def below(high: float) -> tuple[float, float]:
    """Return the band of all values up to ``high``."""
    return -np.inf, high


def around(value: float, tolerance: float) -> tuple[float, float]:
    """Return the band of ``value`` ± ``tolerance``."""
    return value - tolerance, value + tolerance


def signed(sign: float, least: float = 0.5) -> tuple[float, float]:
    """Return the band of values of one sign and of at least this size; nothing is asked for sign 0."""
    return above(least) if sign > 0 else below(-least) if sign < 0 else FREE


def bands(steps: Iterable[tuple[float, float]]) -> FloatArray:
    """Return the bands of all steps as (T, 2)."""
    return np.array(list(steps), dtype=np.float64)


def by_id(challenges: Iterable[Challenge]) -> Mapping[str, Challenge]:
    """Return challenges by their ids, in order."""
    named: dict[str, Any] = {challenge.id: challenge for challenge in challenges}
    return MappingProxyType(named)
