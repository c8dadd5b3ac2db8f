"""The minGRU (Feng et al. 2024, "Were RNNs All We Needed?"): a GRU whose gate sees the input alone. z writes.

    z = σ(W_z x + b_z)        h̃ = W_h x + b_h        h = (1−z)⊙h₋₁ + z⊙h̃

Without h₋₁ in gate and candidate, all steps can be computed at once. In the paper z = 1 takes the candidate,
where this project's GRU has z = 1 keep the old state.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from gates.cells.base import InputGated
from gates.cells.stepwise import StepGradients, Stepwise
from gates.core.activations import FloatArray, sigmoid, sigmoid_slope
from gates.core.arrays import concat_last, matvec
from gates.core.clamps import Hold
from gates.core.trace import HiddenTrace


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class MinGRUTrace(HiddenTrace):
    """The trace of a minGRU: gate z and candidate h̃; z writes, h = (1−z)⊙h₋₁ + z⊙h̃."""

    source: MinGRU

    @property
    def update(self) -> FloatArray:
        """The update gate z, (T, …, H): 1 takes the candidate, 0 keeps the old state."""
        return self._rows(self.part_block, "update")

    @property
    def candidate(self) -> FloatArray:
        """The candidate h̃, (T, …, H): it has no bounds."""
        return self._rows(self.part_block, "candidate")

    @property
    def kept(self) -> FloatArray:
        """What was kept: (1−z)⊙h₋₁, (T, …, H)."""
        return (1 - self.update) * self.previous_hidden

    @property
    def written(self) -> FloatArray:
        """What was let in: z⊙h̃, (T, …, H)."""
        return self.update * self.candidate


@dataclass(frozen=True, eq=False, repr=False)
class MinGRU(Stepwise[MinGRUTrace], InputGated[MinGRUTrace]):
    """A minGRU. W: (2H, I), b: (2H,), rows z, h̃."""

    kind: ClassVar[str] = "mingru"
    parts: ClassVar[tuple[str, ...]] = ("update", "candidate")
    signals: ClassVar[tuple[str, ...]] = ("x", "update", "candidate", "hidden")
    trace_type: ClassVar[type[Any]] = MinGRUTrace

    def equations(self, x: FloatArray, state: FloatArray, hold: Hold) -> MinGRUTrace:
        """One timestep, in the order z, h̃, h."""
        σ, H, h = sigmoid, self.hidden, state
        a = matvec(self.W, x) + self.b

        z = hold("update", σ(a[..., :H]))
        n = hold("candidate", a[..., H:])
        h_new = hold("hidden", (1 - z) * h + z * n)

        return MinGRUTrace(
            source=self, x=x, hidden=h_new, previous_hidden=h, initial_hidden=h,
            pre_block=a, part_block=concat_last(z, n),
        )  # fmt: skip

    def step_back(self, step: MinGRUTrace, d: Mapping[str, FloatArray], unclamped: Hold) -> StepGradients:
        """Go back through one step, in the order h, h̃, z."""
        z, n, h = step.update, step.candidate, step.previous_hidden
        d_h = unclamped("hidden", d["hidden"])
        d_n = d_h * z
        d_z = d_h * (n - h)
        a_z = unclamped("update", d_z) * sigmoid_slope(z)
        a_n = unclamped("candidate", d_n)
        signals = {"update": d_z, "candidate": d_n, "hidden": d["hidden"]}
        return StepGradients(signals, concat_last(a_z, a_n), {"hidden": d_h * (1 - z)})
