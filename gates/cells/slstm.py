"""The sLSTM (Beck et al. 2024, "xLSTM: Extended Long Short-Term Memory"), with one head and its stabiliser.

    z = tanh(W_z x + U_z h₋₁ + b_z)       o = σ(W_o x + U_o h₋₁ + b_o)
    i = e^{W_i x + U_i h₋₁ + b_i}         f = σ(W_f x + U_f h₋₁ + b_f), or e to that
    c = f⊙c₋₁ + i⊙z                       n = f⊙n₋₁ + i                      h = o⊙c/n

i has no upper bound: a new input may outweigh all that was stored. c/n is the mean of all z so far, each
weighted by its i and by the f since then. What the cell keeps, and its trace shows as c and n, are c/e^m and
n/e^m: see ``gates.cells.exponential``, which has i′ and f′ in the place of i and f.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple

import numpy as np

from gates.cells.base import StateGated
from gates.cells.exponential import ExponentialGates, ExponentialTrace, ForgetActivation
from gates.cells.stepwise import StepGradients
from gates.core.activations import FloatArray, sigmoid, sigmoid_slope, tanh_slope
from gates.core.arrays import concat_last, matvec
from gates.core.clamps import Hold
from gates.core.trace import HiddenTrace


class SLSTMState(NamedTuple):
    """An sLSTM's state: h, and c, n and m of the memory. m = −∞ before anything was stored."""

    hidden: FloatArray
    cell: FloatArray
    normaliser: FloatArray
    stabiliser: FloatArray


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class SLSTMTrace(ExponentialTrace, HiddenTrace):
    """The trace of an sLSTM: candidate z, gates i, f, o, the memory c, n and its scale m; h = o⊙c/n."""

    over_time: ClassVar[tuple[str, ...]] = (*ExponentialTrace.over_time, "previous_hidden")

    source: SLSTM

    @property
    def candidate(self) -> FloatArray:
        """The candidate z, (T, …, H)."""
        return self._rows(self.part_block, "candidate")

    @property
    def mean(self) -> FloatArray:
        """What the memory holds: c/n (T, …, H), a weighted mean of all z so far.

        It is 0 where nothing was stored.
        """
        return quotient(self.cell, self.normaliser)

    @property
    def memory(self) -> FloatArray:
        """What carries the memory from step to step: c/n (T, …, H).

        c alone is scaled by an m of its own.
        """
        return self.mean

    @property
    def kept(self) -> FloatArray:
        """What was kept: f′⊙c₋₁, (T, …, H)."""
        return self.stable_forget * self.previous_cell

    @property
    def written(self) -> FloatArray:
        """What was let in: i′⊙z, (T, …, H)."""
        return self.stable_input * self.candidate


def quotient(c: FloatArray, n: FloatArray) -> FloatArray:
    """Return c/n, elementwise, and 0 where n is 0, which is where nothing was stored."""
    return np.divide(c, n, out=np.zeros_like(c), where=n != 0)


@dataclass(frozen=True, eq=False, repr=False)
class SLSTM(ExponentialGates[SLSTMTrace], StateGated[SLSTMTrace]):
    """An sLSTM with one head.

    W: (4H, I), U: (4H, H), b: (4H,), rows z, i, f, o. forget_activation: "sigmoid" or "exponential".
    """

    forget_activation: ForgetActivation = "sigmoid"

    kind: ClassVar[str] = "slstm"
    parts: ClassVar[tuple[str, ...]] = ("candidate", "input", "forget", "output")
    signals: ClassVar[tuple[str, ...]] = (
        "x", "candidate", "input", "forget", "output", "stabiliser", "stable_input", "stable_forget",
        "cell", "normaliser", "hidden",
    )  # fmt: skip
    trace_type: ClassVar[type[Any]] = SLSTMTrace
    state_type: ClassVar[type[Any]] = SLSTMState

    def equations(self, x: FloatArray, state: SLSTMState, hold: Hold) -> SLSTMTrace:
        """One timestep, in the order z, i, f, m, i′, f′, o, c, n, h."""
        σ, tanh = sigmoid, np.tanh
        h, c, n, m = state
        a = matvec(self.W, x) + matvec(self.U, h) + self.b
        a_z, a_i, a_f, a_o = (a[..., self.rows(part)] for part in self.parts)

        z = hold("candidate", tanh(a_z))
        i, f, m_new, i_stable, f_stable = self.gates(a_i, a_f, m, hold)
        o = hold("output", σ(a_o))
        c_new = hold("cell", f_stable * c + i_stable * z)
        n_new = hold("normaliser", f_stable * n + i_stable)
        h_new = hold("hidden", o * quotient(c_new, n_new))

        return SLSTMTrace(
            source=self, x=x, hidden=h_new, previous_hidden=h, initial_hidden=h,
            cell=c_new, previous_cell=c, initial_cell=c,
            normaliser=n_new, previous_normaliser=n, initial_normaliser=n,
            stabiliser=m_new, previous_stabiliser=m, initial_stabiliser=m,
            stable_input=i_stable, stable_forget=f_stable,
            pre_block=a, part_block=concat_last(z, i, f, o),
        )  # fmt: skip

    def step_back(self, step: SLSTMTrace, d: Mapping[str, FloatArray], unclamped: Hold) -> StepGradients:
        """Go back through one step, in the order h, n, c, o, then z and the exponential gates."""
        z, o, mean, n = step.candidate, step.output, step.mean, step.normaliser
        d_h = unclamped("hidden", d["hidden"])
        d_o = d_h * mean
        d_mean = quotient(d_h * o, np.broadcast_to(n, d_h.shape))
        d_c, d_n = d["cell"] + d_mean, d["normaliser"] - d_mean * mean
        to_c, to_n = unclamped("cell", d_c), unclamped("normaliser", d_n)
        d_z = to_c * step.stable_input
        back = self.gates_backward(
            step,
            d_stable_input=to_c * z + to_n,
            d_stable_forget=to_c * step.previous_cell + to_n * step.previous_normaliser,
            d_m=d["stabiliser"],
            unclamped=unclamped,
        )
        a_z = unclamped("candidate", d_z) * tanh_slope(z)
        a_o = unclamped("output", d_o) * sigmoid_slope(o)
        a = concat_last(a_z, back.a_i, back.a_f, a_o)
        f = step.stable_forget
        signals = {"candidate": d_z, "output": d_o, "cell": d_c, "normaliser": d_n, "hidden": d["hidden"]}
        before = SLSTMState(matvec(self.U.T, a), to_c * f, to_n * f, back.stabiliser)
        return StepGradients(signals | dict(back.signals), a, before._asdict())
