"""The minLSTM (Feng et al. 2024, "Were RNNs All We Needed?"): gates that see the input alone, and share out.

    f = σ(W_f x + b_f)      i = σ(W_i x + b_i)      h̃ = W_h x + b_h
    f′ = f / (f + i)        i′ = i / (f + i)        h = f′⊙h₋₁ + i′⊙h̃

There is no cell beside h and no output gate. f′ + i′ = 1: what is let in, is forgotten elsewhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from gates.cells.base import InputGated
from gates.cells.exponential import log_of, log_sigmoid
from gates.cells.stepwise import StepGradients, Stepwise
from gates.core.activations import FloatArray, sigmoid
from gates.core.arrays import concat_last, matvec
from gates.core.clamps import Hold
from gates.core.trace import HiddenTrace


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class MinLSTMTrace(HiddenTrace):
    """The trace of a minLSTM: gates f and i, candidate h̃; h = f′⊙h₋₁ + i′⊙h̃.

    forget_share, input_share: f′ and i′, (T, …, H), which sum to 1.
    """

    over_time: ClassVar[tuple[str, ...]] = (*HiddenTrace.over_time, "forget_share", "input_share")

    source: MinLSTM
    forget_share: FloatArray
    input_share: FloatArray

    @property
    def forget(self) -> FloatArray:
        """The forget gate f, (T, …, H), before it is shared out."""
        return self._rows(self.part_block, "forget")

    @property
    def input(self) -> FloatArray:
        """The input gate i, (T, …, H), before it is shared out."""
        return self._rows(self.part_block, "input")

    @property
    def candidate(self) -> FloatArray:
        """The candidate h̃, (T, …, H): it has no bounds."""
        return self._rows(self.part_block, "candidate")

    @property
    def kept(self) -> FloatArray:
        """What was kept: f′⊙h₋₁, (T, …, H)."""
        return self.forget_share * self.previous_hidden

    @property
    def written(self) -> FloatArray:
        """What was let in: i′⊙h̃, (T, …, H)."""
        return self.input_share * self.candidate


@dataclass(frozen=True, eq=False, repr=False)
class MinLSTM(Stepwise[MinLSTMTrace], InputGated[MinLSTMTrace]):
    """A minLSTM. W: (3H, I), b: (3H,), rows f, i, h̃."""

    kind: ClassVar[str] = "minlstm"
    parts: ClassVar[tuple[str, ...]] = ("forget", "input", "candidate")
    signals: ClassVar[tuple[str, ...]] = (
        "x", "forget", "input", "candidate", "forget_share", "input_share", "hidden",
    )  # fmt: skip
    never_negative: ClassVar[frozenset[str]] = frozenset({"forget", "input"})
    trace_type: ClassVar[type[Any]] = MinLSTMTrace

    def equations(self, x: FloatArray, state: FloatArray, hold: Hold) -> MinLSTMTrace:
        """One timestep, in the order f, i, h̃, f′, i′, h."""
        σ, h = sigmoid, state
        a = matvec(self.W, x) + self.b
        a_f, a_i, a_h = (a[..., self.rows(part)] for part in self.parts)

        f = hold("forget", σ(a_f))
        i = hold("input", σ(a_i))
        n = hold("candidate", a_h)
        odds = self._log_odds(a_f, a_i, f, i)
        f_share = hold("forget_share", σ(odds))
        i_share = hold("input_share", σ(-odds))
        h_new = hold("hidden", f_share * h + i_share * n)

        return MinLSTMTrace(
            source=self, x=x, hidden=h_new, previous_hidden=h, initial_hidden=h,
            pre_block=a, part_block=concat_last(f, i, n), forget_share=f_share, input_share=i_share,
        )  # fmt: skip

    def _log_odds(self, a_f: FloatArray, a_i: FloatArray, f: FloatArray, i: FloatArray) -> FloatArray:
        """Return log(f/i), whose σ is f/(f + i), also where f and i are too small for the number format.

        0 where both are clamped to 0.
        """
        odds = log_of(f, sigmoid(a_f), log_sigmoid(a_f)) - log_of(i, sigmoid(a_i), log_sigmoid(a_i))
        return np.where(np.isnan(odds), odds.dtype.type(0), odds)

    def step_back(self, step: MinLSTMTrace, d: Mapping[str, FloatArray], unclamped: Hold) -> StepGradients:
        """Go back through one step, in the order h, i′, f′, h̃, i, f."""
        f, i, n, h = step.forget, step.input, step.candidate, step.previous_hidden
        odds = self._log_odds(step.pre.forget, step.pre.input, f, i)
        d_h = unclamped("hidden", d["hidden"])
        d_n = d_h * step.input_share
        d_i_share, d_f_share = d_h * n, d_h * h
        d_share = unclamped("forget_share", d_f_share) - unclamped("input_share", d_i_share)
        d_odds = d_share * sigmoid(odds) * sigmoid(-odds)
        with np.errstate(divide="ignore"):
            whole = np.where(f + i > 0, f + i, np.inf)
            d_f, d_i = d_share * i / whole / whole, -d_share * f / whole / whole
        a_f = unclamped("forget", d_odds * sigmoid(-step.pre.forget))
        a_i = unclamped("input", -d_odds * sigmoid(-step.pre.input))
        signals = {
            "forget": d_f, "input": d_i, "candidate": d_n,
            "forget_share": d_f_share, "input_share": d_i_share, "hidden": d["hidden"],
        }  # fmt: skip
        return StepGradients(
            signals, concat_last(a_f, a_i, unclamped("candidate", d_n)), {"hidden": d_h * step.forget_share}
        )
