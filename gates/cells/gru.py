"""The GRU (Cho et al. 2014), with its reset gate before or after the recurrent product. z keeps.

r = σ(W_r x + U_r h₋₁ + b_r)        z = σ(W_z x + U_z h₋₁ + b_z)
n = tanh(W_n x + b_n + U_n (r⊙h₋₁))             reset "before": the paper, d2l, ONNX's default
n = tanh(W_n x + b_n + r⊙(U_n h₋₁ + b_hn))      reset "after": PyTorch, cuDNN, Keras' default
h = z⊙h₋₁ + (1−z)⊙n
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar, Literal, Self

import numpy as np
from numpy.typing import ArrayLike, DTypeLike

from gates.cells import bptt, kernels
from gates.cells.base import Arrays, StateGated, check_choice, generator, uniform
from gates.core.activations import AnyActivation, FloatArray, Squash
from gates.core.arrays import check_shape, concat_last, matvec, state_part
from gates.core.clamps import Hold, ResolvedClamps
from gates.core.gradients import flat, over_time
from gates.core.signals import GRU_PARTS, GRU_SIGNALS, Terms
from gates.core.trace import HiddenTrace
from gates.errors import OptionError

Reset = Literal["before", "after"]


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
        """What the update gate kept: z⊙h₋₁, (T, …, H)."""
        return self.update * self.previous_hidden

    @property
    def written(self) -> FloatArray:
        """What it let in: (1−z)⊙n, (T, …, H)."""
        return (1 - self.update) * self.candidate

    @property
    def reset_hidden(self) -> FloatArray:
        """The old state as the reset gate lets the candidate see it: r⊙h₋₁, (T, …, H).

        Raises:
            AttributeError: the reset acts after the product, where there is no such value.
        """
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


@dataclass(frozen=True, eq=False, repr=False)
class GRU(StateGated[GRUTrace]):
    """A GRU.

    W: (3H, I), U: (3H, H), b: (3H,), rows r, z, n. b_hn: (H,), the bias inside the reset; only a GRU that
    resets after the product has one (None means zeros). reset: "before" or "after" the product U_n h₋₁.
    gate_activation, candidate_activation: what stands for σ and for tanh; any of ``gates.core.activations``.
    clip: what pre-activations are clipped to first, ±clip (ONNX); None clips nothing.
    """

    b_hn: FloatArray = None  # type: ignore[assignment]  # always an array once the cell is made
    reset: Reset = "after"
    gate_activation: AnyActivation = "sigmoid"
    candidate_activation: AnyActivation = "tanh"
    clip: float | None = None

    kind: ClassVar[str] = "gru"
    parts: ClassVar[tuple[str, ...]] = GRU_PARTS
    signals: ClassVar[tuple[str, ...]] = GRU_SIGNALS
    squash_options: ClassVar[tuple[str, ...]] = ("gate_activation", "candidate_activation", "clip")
    option_names: ClassVar[tuple[str, ...]] = ("reset", *squash_options)

    @classmethod
    def init(
        cls,
        inputs: int,
        hidden: int,
        rng: np.random.Generator | int,
        *,
        reset: Reset = "after",
        update_bias: float | None = None,
        dtype: DTypeLike = np.float64,
    ) -> Self:
        """Return a cell with random weights, uniform in ±1/√hidden as PyTorch's.

        update_bias: what to set all update biases to (high keeps); None leaves them random, near 0.
        """
        rng = generator(rng)
        weights = uniform(cls.shapes(inputs, hidden), hidden, rng, dtype)
        if reset == "after":
            weights["b_hn"] = uniform(cls.shapes(inputs, hidden, parts=1), hidden, rng, dtype)["b"]
        cell = cls(**weights, reset=reset)
        return cell if update_bias is None else cell.with_bias("update", update_bias)

    def equations(self, x: FloatArray, state: FloatArray, hold: Hold) -> GRUTrace:
        """One timestep, in the order r, z, n, h."""
        σ, φ, H = self.squashes["update"], self.squashes["candidate"], self.hidden  # φ = tanh by default
        h = state
        W_rz, W_n = self.W[: 2 * H], self.W[2 * H :]
        U_rz, U_n = self.U[: 2 * H], self.U[2 * H :]
        b_rz, b_n = self.b[: 2 * H], self.b[2 * H :]
        a_rz = matvec(W_rz, x) + matvec(U_rz, h) + b_rz

        r = hold("reset", σ(a_rz[..., :H]))
        z = hold("update", σ(a_rz[..., H:]))
        if self.reset == "after":
            recurrent: FloatArray = matvec(U_n, h) + self.b_hn
            a_n = matvec(W_n, x) + b_n + r * recurrent
        else:
            recurrent = matvec(U_n, r * h)
            a_n = matvec(W_n, x) + b_n + recurrent
        n = hold("candidate", φ(a_n))
        h_new = hold("hidden", z * h + (1 - z) * n)

        return GRUTrace(
            source=self, x=x, hidden=h_new, previous_hidden=h, initial_hidden=h, recurrent=recurrent,
            pre_block=concat_last(a_rz, a_n), part_block=concat_last(r, z, n),
        )  # fmt: skip

    def arrays(self) -> Arrays:
        """Return the weights by name."""
        b_hn = np.zeros(len(self.b) // 3, self.b.dtype) if self.b_hn is None else self.b_hn
        return super().arrays() | {"b_hn": b_hn}

    def as_state(self, state: ArrayLike | None, batch: tuple[int, ...]) -> FloatArray:
        """Return h checked: (H,) or (B, H), zeros for None."""
        return state_part("h₀", state, (self.hidden,), batch, self.dtype)

    def _forward(self, x: FloatArray, state: FloatArray, clamps: ResolvedClamps) -> Arrays:
        if clamps or self.other_squashes:
            return super()._forward(x, state, clamps)
        return kernels.gru(*self._prepared, self.reset == "after", x, state)

    @cached_property
    def _prepared(self) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
        rz, n = slice(0, 2 * self.hidden), self.rows("candidate")
        negated = -kernels.fused_matrix(self.W[rz], self.U[rz], self.b[rz])
        U_n = np.asfortranarray(self.U[n])
        if self.reset == "after":
            U_n = kernels.fused_matrix(np.zeros_like(self.W[n]), self.U[n], self.b_hn)
        return negated, U_n, self.W[n], self.b[n]

    def _backward(self, trace: GRUTrace, *upstream: Any) -> Arrays:
        return bptt.backpropagate(bptt.gru, self, trace, *upstream)

    def _weight_gradients(self, trace: GRUTrace, d: FloatArray, more: Arrays) -> Arrays:
        rz, d_recurrent = slice(0, 2 * self.hidden), flat(more["recurrent"])
        seen = trace.previous_hidden if self.reset == "after" else trace.reset_hidden
        U_n = over_time(d_recurrent, seen)
        b_hn = d_recurrent.sum(axis=1) if self.reset == "after" else np.zeros_like(self.b_hn)
        return {"U": np.concatenate([over_time(d[rz], trace.previous_hidden), U_n]), "b_hn": b_hn}

    def _squashes(self) -> Mapping[str, Squash]:
        gate = Squash.of(self.gate_activation, self.clip)
        return {"reset": gate, "update": gate, "candidate": Squash.of(self.candidate_activation, self.clip)}

    def _options(self) -> list[str]:
        return [f"reset={self.reset!r}"]

    def _check(self) -> None:
        check_choice("reset", self.reset, ("before", "after"))
        super()._check()
        check_shape("b_hn", self.b_hn, (self.hidden,))
        if self.reset == "before" and self.b_hn.any():
            raise OptionError("error.engine.b_hn")

    def _trace(self, arrays: Arrays, initial: FloatArray, **about: Any) -> GRUTrace:
        return GRUTrace(source=self, initial_hidden=initial, **arrays, **about)
