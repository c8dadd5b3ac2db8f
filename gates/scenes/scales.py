"""The colour scale that LSTMs side by side share: the largest |c| of them all, for all as large as c."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np

from gates.cells.lstm import LSTMTrace
from gates.core.trace import Trace

_OF_CELL = ("cell", "previous_cell", "kept", "written")


def largest_cell(traces: Iterable[Trace]) -> float:
    """Return the largest |c| of the LSTMs among some traces; 0 where there is none, or nothing in it."""
    return max(
        (float(np.abs(trace.cell).max()) for trace in traces if isinstance(trace, LSTMTrace)), default=0.0
    )


def common_scale(trace: Trace, largest: float) -> Mapping[str, float]:
    """Return the scale of a trace's stage beside others, by signal, of which ``largest`` is the common |c|.

    Other cells have no c: what a GRU keeps and writes is never beyond ±1 and would be pale on the scale of an
    LSTM that counts to 30. Their stages measure it by their own run.
    """
    return dict.fromkeys(_OF_CELL, largest) if largest and isinstance(trace, LSTMTrace) else {}
