"""Variants of the LSTM by their names in Greff et al. 2017, "LSTM: A Search Space Odyssey", and that of 1997.

Each leaves out one thing of the LSTM with peepholes (here: of whatever LSTM it is given). Their full gate
recurrence (FGR) is not among this engine's options. Cells with equations of their own are in files of theirs:
``mingru``, ``minlstm``, ``mgu``, ``slstm`` and ``mlstm`` beside this one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from gates.cells.base import check_choice
from gates.cells.lstm import LSTM

ODYSSEY: Mapping[str, Mapping[str, Any]] = MappingProxyType(
    {
        "NIG": {"without": {"input"}},
        "NFG": {"without": {"forget"}},
        "NOG": {"without": {"output"}},
        "NIAF": {"candidate_activation": "identity"},
        "NOAF": {"cell_activation": "identity"},
        "CIFG": {"coupled": True},
        "NP": {"peephole": None},
    }
)
"""What each variant changes: no input gate, i = 1; no forget gate, f = 1; no output gate, o = 1; no input
activation, g = a_g; no output activation, h = o⊙c; coupled input and forget gate, i = 1 − f; no peepholes."""


def lstm_variant(cell: LSTM, *names: str) -> LSTM:
    """Return ``cell`` with the changes of these variants, such as ``lstm_variant(cell, "NIAF", "NP")``.

    Raises:
        OptionError: there is no such variant, or two of them contradict each other.
    """
    for name in names:
        check_choice("variant", name, ODYSSEY)
        change = dict(ODYSSEY[name])
        if "without" in change:
            change["without"] = {*cell.without, *change["without"]}
        cell = replace(cell, **change)
    return cell


def lstm_1997(
    inputs: int, hidden: int, rng: np.random.Generator | int, *, dtype: DTypeLike = np.float64
) -> LSTM:
    """Return a random LSTM as Hochreiter & Schmidhuber had it: no forget gate yet (f = 1), no peepholes.

    Its cell adds up without end; Gers et al. gave it the forget gate in 2000. The squashes of the original,
    σ scaled to ±2 for g and to ±1 for c, are written as tanh here, as everywhere since.
    """
    return lstm_variant(LSTM.init(inputs, hidden, rng, dtype=dtype), "NFG", "NP")
