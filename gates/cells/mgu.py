"""The minimal gated unit (Zhou et al. 2016, "Minimal Gated Unit for Recurrent Neural Networks"): one gate.

    f = σ(W_f x + U_f h₋₁ + b_f)
    n = tanh(W_n x + U_n (f⊙h₋₁) + b_n)
    h = (1−f)⊙h₋₁ + f⊙n

It is a GRU that resets before the product, whose one gate is the reset gate and also writes. f is called a
forget gate, yet with the LSTM's the other way round: at f = 1 the old state is replaced, at 0 it is kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from gates.cells.base import Arrays, StateGated
from gates.cells.stepwise import StepGradients, Stepwise
from gates.core.activations import FloatArray, sigmoid, sigmoid_slope, tanh_slope
from gates.core.arrays import concat_last, matvec
from gates.core.clamps import Hold
from gates.core.gradients import over_time
from gates.core.signals import Terms
from gates.core.trace import HiddenTrace


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class MGUTrace(HiddenTrace):
    """The trace of a minimal gated unit: gate f and candidate n; f writes, h = (1−f)⊙h₋₁ + f⊙n."""

    source: MGU

    @property
    def forget(self) -> FloatArray:
        """The gate f, (T, …, H): 1 takes the candidate, 0 keeps the old state."""
        return self._rows(self.part_block, "forget")

    @property
    def candidate(self) -> FloatArray:
        """The candidate n, (T, …, H)."""
        return self._rows(self.part_block, "candidate")

    @property
    def reset_hidden(self) -> FloatArray:
        """The old state as the candidate sees it: f⊙h₋₁, (T, …, H)."""
        return self.forget * self.previous_hidden

    def terms(self, part: str) -> Terms:
        """Return the terms of ``pre.<part>``, which is their sum up to rounding."""
        terms = super().terms(part)
        if part != "candidate":
            return terms
        return terms._replace(h=matvec(self.source.part(part).U, self.reset_hidden))


@dataclass(frozen=True, eq=False, repr=False)
class MGU(Stepwise[MGUTrace], StateGated[MGUTrace]):
    """A minimal gated unit. W: (2H, I), U: (2H, H), b: (2H,), rows f, n."""

    kind: ClassVar[str] = "mgu"
    parts: ClassVar[tuple[str, ...]] = ("forget", "candidate")
    signals: ClassVar[tuple[str, ...]] = ("x", "forget", "candidate", "hidden")
    trace_type: ClassVar[type[Any]] = MGUTrace

    def equations(self, x: FloatArray, state: FloatArray, hold: Hold) -> MGUTrace:
        """One timestep, in the order f, n, h."""
        σ, tanh, h = sigmoid, np.tanh, state
        (W_f, U_f, b_f), (W_n, U_n, b_n) = self.part("forget"), self.part("candidate")

        a_f = matvec(W_f, x) + matvec(U_f, h) + b_f
        f = hold("forget", σ(a_f))
        a_n = matvec(W_n, x) + matvec(U_n, f * h) + b_n
        n = hold("candidate", tanh(a_n))
        h_new = hold("hidden", (1 - f) * h + f * n)

        return MGUTrace(
            source=self, x=x, hidden=h_new, previous_hidden=h, initial_hidden=h,
            pre_block=concat_last(a_f, a_n), part_block=concat_last(f, n),
        )  # fmt: skip

    def step_back(self, step: MGUTrace, d: Mapping[str, FloatArray], unclamped: Hold) -> StepGradients:
        """Go back through one step, in the order h, n, f."""
        f, n, h = step.forget, step.candidate, step.previous_hidden
        U_f, U_n = self.part("forget").U, self.part("candidate").U
        d_h = unclamped("hidden", d["hidden"])
        d_n = d_h * f
        a_n = unclamped("candidate", d_n) * tanh_slope(n)
        d_seen = matvec(U_n.T, a_n)
        d_f = d_h * (n - h) + d_seen * h
        a_f = unclamped("forget", d_f) * sigmoid_slope(f)
        before = d_h * (1 - f) + d_seen * f + matvec(U_f.T, a_f)
        signals = {"forget": d_f, "candidate": d_n, "hidden": d["hidden"]}
        return StepGradients(signals, concat_last(a_f, a_n), {"hidden": before})

    def _weight_gradients(self, trace: MGUTrace, d: FloatArray, more: Arrays) -> Arrays:
        f, n = self.rows("forget"), self.rows("candidate")
        U_f, U_n = over_time(d[f], trace.previous_hidden), over_time(d[n], trace.reset_hidden)
        return {"U": np.concatenate([U_f, U_n])}
