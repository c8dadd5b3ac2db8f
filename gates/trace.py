"""Traces: everything that happened in a run, under the names that the lessons use."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from gates.activations import FloatArray
from gates.arrays import times
from gates.clamps import NOTHING_HELD, Held
from gates.sequences import BoolArray, IntArray, Reading
from gates.signals import Named, Part, State, Terms

if TYPE_CHECKING:
    from gates.gru import GRU
    from gates.lstm import LSTM
    from gates.rnn import RNN


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class Trace:
    """What every trace has. Time comes first: arrays are (T, n) for one sequence, (T, B, n) for a batch.

    x: the inputs, (T, …, I).
    hidden: what each step gave to the outside (h).
    pre_block: all pre-activations side by side in the order of the cell's weight rows, (T, …, G·H); ``pre``
        has them by name. ``part_block`` likewise holds what became of them: gates and candidates.
    lengths: valid steps of each sequence of a batch, or None. Beyond them everything in the trace is 0.
    reverse: the run read from the last step to the first; the trace is in the sequence's order all the same.
    held: what was clamped, in reading order.

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
    held: Held = NOTHING_HELD

    def __repr__(self) -> str:
        shapes = ", ".join(f"{name} {getattr(self, name).shape}" for name in self.signals)
        return f"{type(self).__name__}({shapes}, source={self.source})"

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
    def reading(self) -> Reading:
        """The order in which the run read the steps."""
        return Reading(self.steps, self.reverse, self.lengths)

    @property
    def valid(self) -> BoolArray:
        """Which steps are inside their sequence: (T,), or (T, B) for a batch."""
        mask = self.reading.mask()
        return np.ones(self.x.shape[:-1], dtype=bool) if mask is None else mask[..., 0]

    @property
    def final_hidden(self) -> FloatArray:
        """What the step that was read last gave: (H,) or (B, H)."""
        return self.reading.last(self.hidden)

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
        """What carries the memory from step to step: c where there is one, else h."""
        return self.hidden

    @property
    def pre(self) -> Named:
        """The pre-activations by part, each (T, …, H)."""
        return Named({name: self._rows(self.pre_block, name) for name in self.source.parts})

    def terms(self, part: str) -> Terms:
        """Return the terms of ``pre.<part>``, which is their sum up to rounding."""
        own = self.source.part(part)
        x = times(own.W, self.x)
        return Terms(x, np.zeros_like(x), own.b)

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
        own, terms = self.source.part(part), super().terms(part)
        return terms._replace(h=times(own.U, self.previous_hidden)) if isinstance(own, Part) else terms


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class RNNTrace(HiddenTrace):
    """The trace of a plain RNN: h = φ(W x + U h₋₁ + b)."""

    source: RNN


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class LSTMTrace(HiddenTrace):
    """The trace of an LSTM: gates i, f, o and candidate g, cell c and hidden h = o⊙tanh c.

    cell, previous_cell, tanh_cell: c, c₋₁ and tanh c (or what another cell_activation makes of c), (T, …, H).
    initial_cell: (H,) or (B, H).
    """

    over_time: ClassVar[tuple[str, ...]] = (*HiddenTrace.over_time, "cell", "previous_cell", "tanh_cell")

    source: LSTM
    cell: FloatArray
    previous_cell: FloatArray
    initial_cell: FloatArray
    tanh_cell: FloatArray

    @property
    def input(self) -> FloatArray:
        """The input gate i, (T, …, H)."""
        return self._rows(self.part_block, "input")

    @property
    def forget(self) -> FloatArray:
        """The forget gate f, (T, …, H): 1 keeps, 0 forgets."""
        return self._rows(self.part_block, "forget")

    @property
    def candidate(self) -> FloatArray:
        """The candidate g, (T, …, H)."""
        return self._rows(self.part_block, "candidate")

    @property
    def output(self) -> FloatArray:
        """The output gate o, (T, …, H)."""
        return self._rows(self.part_block, "output")

    @property
    def kept(self) -> FloatArray:
        """What the forget gate kept: f⊙c₋₁."""
        return self.forget * self.previous_cell

    @property
    def written(self) -> FloatArray:
        """What the input gate let in: i⊙g."""
        return self.input * self.candidate

    @property
    def shown(self) -> FloatArray:
        """What the output gate showed: o⊙tanh c. ``hidden``, unless projected or clamped."""
        return self.output * self.tanh_cell

    @property
    def final_cell(self) -> FloatArray:
        """The cell after the step that was read last: (H,) or (B, H)."""
        return self.reading.last(self.cell)

    @property
    def state(self) -> State:
        """The state (h, c) that each step gave; for a single step, what goes into the next."""
        return State(self.hidden, self.cell)

    @property
    def final_state(self) -> State:
        """The state to begin the next run with."""
        return State(self.final_hidden, self.final_cell)

    @property
    def memory(self) -> FloatArray:
        """What carries the memory from step to step: c."""
        return self.cell

    def terms(self, part: str) -> Terms:
        """Return the terms of ``pre.<part>``, which is their sum up to rounding."""
        terms = super().terms(part)
        if self.source.peephole is None or part == "candidate":
            return terms
        weights = self.source.peephole[("input", "forget", "output").index(part)]
        return terms._replace(peephole=weights * (self.cell if part == "output" else self.previous_cell))


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class GRUTrace(HiddenTrace):
    """The trace of a GRU: gates r, z and candidate n; z keeps, h = z⊙h₋₁ + (1−z)⊙n.

    recurrent: the old state's part of the candidate. Reset after: U_n h₋₁ + b_hn; before: U_n (r⊙h₋₁).
    """

    over_time: ClassVar[tuple[str, ...]] = (*HiddenTrace.over_time, "recurrent")

    source: GRU
    recurrent: FloatArray

    @property
    def reset(self) -> FloatArray:
        """The reset gate r, (T, …, H)."""
        return self._rows(self.part_block, "reset")

    @property
    def update(self) -> FloatArray:
        """The update gate z, (T, …, H): 1 keeps the old state, 0 takes the candidate."""
        return self._rows(self.part_block, "update")

    @property
    def candidate(self) -> FloatArray:
        """The candidate n, (T, …, H)."""
        return self._rows(self.part_block, "candidate")

    @property
    def kept(self) -> FloatArray:
        """What the update gate kept: z⊙h₋₁."""
        return self.update * self.previous_hidden

    @property
    def written(self) -> FloatArray:
        """What it let in: (1−z)⊙n."""
        return (1 - self.update) * self.candidate

    @property
    def reset_hidden(self) -> FloatArray:
        """The old state as the reset gate lets the candidate see it: r⊙h₋₁. Reset *before* only."""
        if self.source.reset != "before":
            raise AttributeError("a GRU that resets after the product has no r⊙h₋₁; see recurrent")
        return self.reset * self.previous_hidden

    def terms(self, part: str) -> Terms:
        """Return the terms of ``pre.<part>``, which is their sum up to rounding.

        For the candidate, h is r⊙(U_n h₋₁ + b_hn) if the reset comes after the product.
        """
        terms = super().terms(part)
        if part != "candidate":
            return terms
        return terms._replace(
            h=self.reset * self.recurrent if self.source.reset == "after" else self.recurrent
        )
