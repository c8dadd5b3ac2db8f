"""The mLSTM (Beck et al. 2024, "xLSTM: Extended Long Short-Term Memory"), with one head and its stabiliser.

    q = W_q x + b_q        k = (W_k x + b_k)/√d        v = W_v x + b_v
    i = e^{w_i·x + b_i}    f = σ(w_f·x + b_f), or e to that        o = σ(W_o x + b_o)
    C = f C₋₁ + i v kᵀ     n = f n₋₁ + i k
    h = o ⊙ C q / max(|nᵀq|, 1)

The memory is a matrix: it stores v under the key k, and q asks for what is stored under a key like it. i and
f are single numbers. No gate sees h₋₁, so all steps can be computed at once. As in the sLSTM, what the cell
keeps are C/e^m and n/e^m (see ``gates.cells.exponential``), and the 1 becomes e^{−m}.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple

import numpy as np

from gates.cells.base import InputGated, Shapes
from gates.cells.exponential import ExponentialGates, ExponentialTrace, ForgetActivation
from gates.cells.stepwise import StepGradients
from gates.core.activations import FloatArray, sigmoid, sigmoid_slope
from gates.core.arrays import concat_last, matvec
from gates.core.clamps import Hold


class MLSTMState(NamedTuple):
    """An mLSTM's state: C (d, d), n (d,) and m (1,). m = −∞ before anything was stored."""

    cell: FloatArray
    normaliser: FloatArray
    stabiliser: FloatArray


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class MLSTMTrace(ExponentialTrace):
    """The trace of an mLSTM: query q, key k, value v, gates i, f, o, the memory C, n and its scale m.

    cell: (T, …, d, d), a row for each entry of v. normaliser: (T, …, d).
    input, forget, stabiliser, stable_input, stable_forget: (T, …, 1).
    """

    source: MLSTM

    @property
    def query(self) -> FloatArray:
        """What is asked for: q, (T, …, d)."""
        return self._rows(self.part_block, "query")

    @property
    def key(self) -> FloatArray:
        """What it is stored under: k, (T, …, d), already divided by √d."""
        return self._rows(self.part_block, "key")

    @property
    def value(self) -> FloatArray:
        """What is stored: v, (T, …, d)."""
        return self._rows(self.part_block, "value")


@dataclass(frozen=True, eq=False, repr=False)
class MLSTM(ExponentialGates[MLSTMTrace], InputGated[MLSTMTrace]):
    """An mLSTM with one head of size d, which is its number of units.

    W: (4d + 2, I), b: (4d + 2,), rows q, k, v, the single rows of i and f, and o.
    forget_activation: "sigmoid" or "exponential".
    """

    forget_activation: ForgetActivation = "sigmoid"

    kind: ClassVar[str] = "mlstm"
    parts: ClassVar[tuple[str, ...]] = ("query", "key", "value", "input", "forget", "output")
    signals: ClassVar[tuple[str, ...]] = (
        "x", "query", "key", "value", "input", "forget", "output", "stabiliser",
        "cell", "normaliser", "hidden",
    )  # fmt: skip
    trace_type: ClassVar[type[Any]] = MLSTMTrace
    state_type: ClassVar[type[Any]] = MLSTMState

    @classmethod
    def shapes(cls, inputs: int, hidden: int) -> Shapes:
        """Return the shapes of W and b."""
        return {"W": (4 * hidden + 2, inputs), "b": (4 * hidden + 2,)}

    @property
    def hidden(self) -> int:
        """The number of units d."""
        return (len(self.W) - 2) // 4

    @property
    def sizes(self) -> Mapping[str, int]:
        """The number of weight rows of each part, in their order: 1 for i and f, d for the others."""
        return {part: 1 if part in ("input", "forget") else self.hidden for part in self.parts}

    @property
    def widths(self) -> Mapping[str, int]:
        """The signals that can be clamped, and the number of units of each; the matrix C cannot."""
        single = ("input", "forget", "stabiliser")
        names = (name for name in self.signals if name not in ("x", "cell"))
        return {name: 1 if name in single else self.hidden for name in names}

    @property
    def state_shapes(self) -> Mapping[str, tuple[int, ...]]:
        """The shape of each part of the state, without a batch, by the name of its signal."""
        d = self.hidden
        return {"cell": (d, d), "normaliser": (d,), "stabiliser": (1,)}

    def equations(self, x: FloatArray, state: MLSTMState, hold: Hold) -> MLSTMTrace:
        """One timestep, in the order q, k, v, i, f, m, i′, f′, o, C, n, h."""
        σ, d = sigmoid, self.hidden
        C, n, m = state
        a = matvec(self.W, x) + self.b
        a_q, a_k, a_v, a_i, a_f, a_o = (a[..., self.rows(part)] for part in self.parts)

        q = hold("query", a_q.copy())
        k = hold("key", a_k * d**-0.5)
        v = hold("value", a_v.copy())
        i, f, m_new, i_stable, f_stable = self.gates(a_i, a_f, m, hold)
        o = hold("output", σ(a_o))
        C_new = f_stable[..., None] * C + i_stable[..., None] * outer(v, k)
        n_new = hold("normaliser", f_stable * n + i_stable * k)
        h_new = hold("hidden", o * matvec_each(C_new, q) / self._scale(n_new, q, m_new))

        return MLSTMTrace(
            source=self, x=x, hidden=h_new,
            cell=C_new, previous_cell=C, initial_cell=C,
            normaliser=n_new, previous_normaliser=n, initial_normaliser=n,
            stabiliser=m_new, previous_stabiliser=m, initial_stabiliser=m,
            stable_input=i_stable, stable_forget=f_stable,
            pre_block=a, part_block=concat_last(q, k, v, i, f, o),
        )  # fmt: skip

    @staticmethod
    def _scale(n: FloatArray, q: FloatArray, m: FloatArray) -> FloatArray:
        """Return max(|nᵀq|, e^{−m}), (…, 1)."""
        return np.maximum(abs(dot(n, q)), smallest_divisor(m))

    def step_back(self, step: MLSTMTrace, d: Mapping[str, FloatArray], unclamped: Hold) -> StepGradients:
        """Go back through one step, in the order h, n, C, o, then q, k, v and the exponential gates."""
        q, k, v, o = step.query, step.key, step.value, step.output
        C, n, m = step.state
        p, s = dot(n, q), self._scale(n, q, m)
        read = matvec_each(C, q) / s
        d_h = unclamped("hidden", d["hidden"])
        d_o, d_read = d_h * read, d_h * o
        d_s = -dot(d_read, read) / s
        by_n = np.heaviside(abs(p) - smallest_divisor(m), 0.5).astype(p.dtype)
        d_p = d_s * by_n * np.sign(p)
        d_C, d_n = d["cell"] + outer(d_read / s, q), d["normaliser"] + d_p * q
        d_q = matvec_each(C.swapaxes(-1, -2), d_read / s) + d_p * n
        to_n = unclamped("normaliser", d_n)
        i, f = step.stable_input, step.stable_forget
        d_v = i * matvec_each(d_C, k)
        d_k = i * (matvec_each(d_C.swapaxes(-1, -2), v) + to_n)
        back = self.gates_backward(
            step,
            d_stable_input=dot(v, matvec_each(d_C, k)) + dot(to_n, k),
            d_stable_forget=(d_C * step.previous_cell).sum(axis=(-1, -2))[..., None]
            + dot(to_n, step.previous_normaliser),
            d_m=d["stabiliser"] + (1 - by_n) * dot(d_read, read),
            unclamped=unclamped,
        )
        signals = {
            "query": d_q, "key": d_k, "value": d_v, "output": d_o,
            "cell": d_C, "normaliser": d_n, "hidden": d["hidden"],
        } | dict(back.signals)  # fmt: skip
        a_k, a_o = unclamped("key", d_k) * self.hidden**-0.5, unclamped("output", d_o) * sigmoid_slope(o)
        a = concat_last(unclamped("query", d_q), a_k, unclamped("value", d_v), back.a_i, back.a_f, a_o)
        before = MLSTMState(f[..., None] * d_C, f * to_n, back.stabiliser)
        return StepGradients(signals, a, before._asdict())


def outer(v: FloatArray, k: FloatArray) -> FloatArray:
    """Return v kᵀ for each pair of vectors (…, d): (…, d, d)."""
    return v[..., :, None] * k[..., None, :]


def matvec_each(M: FloatArray, v: FloatArray) -> FloatArray:
    """Return M v for each matrix (…, d, d) and vector (…, d)."""
    return np.asarray((M @ v[..., None])[..., 0])


def dot(v: FloatArray, w: FloatArray) -> FloatArray:
    """Return vᵀw for each pair of vectors (…, d): (…, 1)."""
    return np.asarray((v * w).sum(axis=-1, keepdims=True))


def smallest_divisor(m: FloatArray) -> FloatArray:
    """Return e^{−m}, elementwise; 1 where m is −∞, where nothing was stored and nothing is scaled."""
    return np.where(np.isneginf(m), m.dtype.type(1), np.exp(-m))
