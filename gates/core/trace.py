"""Traces: everything that happened in a run, under the names that the lessons use."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from gates.core import picture
from gates.core.activations import FloatArray
from gates.core.arrays import matvec
from gates.core.clamps import NO_CLAMPS, ResolvedClamps
from gates.core.sequences import BoolArray, IntArray, ReadingOrder
from gates.core.signals import NamedArrays, Part, Terms
from gates.text import surrounding_language, translator


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class Trace:
    """What every trace has. Time comes first: arrays are (T, n) for one sequence, (T, B, n) for a batch.

    x: the inputs, (T, …, I).
    hidden: what each step gave to the outside (h).
    pre_block: all pre-activations side by side in the order of the cell's weight rows, (T, …, G·H); ``pre``
        has them by name. ``part_block`` likewise holds what became of them: gates and candidates.
    lengths: valid steps of each sequence of a batch, or None. Beyond them everything in the trace is 0.
    reverse: the run read from the last step to the first; the trace is in the sequence's order all the same.
    clamps: what was clamped, in reading order.

    A cell's ``step`` returns a trace of one step, which has no time axis.
    """

    over_time: ClassVar[tuple[str, ...]] = ("x", "hidden", "pre_block", "part_block")

    source: Any  # the cell; each kind of trace says which
    x: FloatArray
    hidden: FloatArray
    pre_block: FloatArray
    part_block: FloatArray
    lengths: IntArray | None = None
    reverse: bool = False
    clamps: ResolvedClamps = NO_CLAMPS

    def __repr__(self) -> str:
        shapes = ", ".join(f"{name} {getattr(self, name).shape}" for name in self.signals)
        return f"{type(self).__name__}({shapes}, source={self.source})"

    def _repr_html_(self) -> str:
        """Return a small still picture of the run, for notebooks."""
        return picture.html(self, translator(surrounding_language()))

    @property
    def signals(self) -> tuple[str, ...]:
        """The names of the signals that a step table lists, in reading order."""
        names: tuple[str, ...] = self.source.signals
        return names

    @property
    def steps(self) -> int:
        """The number of timesteps T."""
        return len(self.x)

    @property
    def reading(self) -> ReadingOrder:
        """The order in which the run read the steps."""
        return ReadingOrder(self.steps, self.reverse, self.lengths)

    @property
    def valid(self) -> BoolArray:
        """Which steps are inside their sequence: (T,), or (T, B) for a batch."""
        mask = self.reading.mask()
        return np.ones(self.x.shape[:-1], dtype=bool) if mask is None else mask[..., 0]

    @property
    def final_hidden(self) -> FloatArray:
        """What the step that was read last gave: (H,) or (B, H)."""
        return self.reading.at_last(self.hidden)

    @property
    def state(self) -> Any:
        """The state that each step gave; for a single step, what goes into the next."""
        return self.hidden

    @property
    def final_state(self) -> Any:
        """The state to begin the next run with."""
        return self.final_hidden

    @property
    def memory(self) -> FloatArray:
        """What carries the memory from step to step: c where there is one, else h, (T, …, H)."""
        return self.hidden

    @property
    def pre(self) -> NamedArrays:
        """The pre-activations by part, each (T, …, H)."""
        return NamedArrays({name: self._rows(self.pre_block, name) for name in self.source.parts})

    def terms(self, part: str) -> Terms:
        """Return the terms of ``pre.<part>``, which is their sum up to rounding."""
        weights = self.source.part(part)
        x = matvec(weights.W, self.x)
        return Terms(x, np.zeros_like(x), weights.b)

    def _rows(self, block: FloatArray, part: str) -> FloatArray:
        return block[..., self.source.rows(part)]


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class HiddenTrace(Trace):
    """The trace of a cell that reads its old hidden state.

    previous_hidden: the hidden state that each step read (h₋₁).
    initial_hidden: the one before the first step that was read, (H,) or (B, H).
    """

    over_time: ClassVar[tuple[str, ...]] = (*Trace.over_time, "previous_hidden")

    previous_hidden: FloatArray
    initial_hidden: FloatArray

    def terms(self, part: str) -> Terms:
        """Return the terms of ``pre.<part>``, which is their sum up to rounding."""
        weights, terms = self.source.part(part), super().terms(part)
        return (
            terms._replace(h=matvec(weights.U, self.previous_hidden)) if isinstance(weights, Part) else terms
        )
