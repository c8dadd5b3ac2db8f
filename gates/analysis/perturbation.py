"""Memory tests: change one input and watch how long the state remembers that it was changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from gates.analysis.flow import vector_norms
from gates.cells.base import Cell
from gates.core.activations import FloatArray


@dataclass(frozen=True, eq=False)
class StateDifference:
    """What is left of a change at step ``at``: ‖Δh_t‖ and, where there is a cell, ‖Δc_t‖, each (T,).

    An sLSTM's is the change of c/n, for c alone is scaled differently in every run.
    """

    at: int
    hidden: FloatArray
    cell: FloatArray | None

    @property
    def memory(self) -> FloatArray:
        """The difference in what carries the memory: c where there is one, else h, (T,)."""
        return self.hidden if self.cell is None else self.cell


def leave_out(x: FloatArray, at: int) -> FloatArray:
    """Return ``x`` (T, I) with the input of step ``at`` left out, or a 1 put in where there was none."""
    changed = np.array(x)
    if changed[at].any():
        changed[at] = 0
    else:
        changed[at, 0] = 1
    return changed


def state_difference(cell: Cell[Any], x: FloatArray, at: int) -> StateDifference:
    """Return how the state of a run over ``x`` (T, I) differs once the input of step ``at`` is left out."""
    original, without = cell.run(x), cell.run(leave_out(x, at))
    with np.errstate(invalid="ignore"):
        hidden = vector_norms(original.hidden - without.hidden)
        memory = (
            None if original.memory is original.hidden else vector_norms(original.memory - without.memory)
        )
    return StateDifference(at, hidden, memory)


def half_life(difference: FloatArray, at: int) -> float | None:
    """Return for how many steps after ``at`` the difference stays above half of what it was there.

    difference: none of it negative, (T,).

    Between steps it is taken to fall by a constant factor. None if it is above half to the end; 0 if there
    was no difference to begin with. What falls below half and rises again counts as above, up to its last
    fall.
    """
    start = difference[at]
    if start == 0:
        return 0.0
    half = start / 2
    above = np.flatnonzero(difference[at:] >= half)
    last = int(above[-1])
    if at + last == len(difference) - 1:
        return None
    upper, lower = difference[at + last], difference[at + last + 1]
    if lower == 0:
        return float(last)
    return last + float(np.log(upper / half) / np.log(upper / lower))
