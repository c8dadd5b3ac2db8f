"""The plain recurrent cell (Elman 1990): h = φ(W x + U h₋₁ + b), with φ = tanh or another activation."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import ArrayLike, DTypeLike

from gates.cells import bptt, kernels
from gates.cells.base import Arrays, StateGated, uniform
from gates.core.activations import AnyActivation, FloatArray, Squash, relu
from gates.core.arrays import matvec, state_part
from gates.core.clamps import Hold, ResolvedClamps
from gates.core.signals import RNN_PARTS, RNN_SIGNALS
from gates.core.trace import HiddenTrace

FAST: Mapping[AnyActivation, Callable[..., FloatArray]] = {"tanh": np.tanh, "relu": relu}
"""The activations that ``gates.cells.kernels`` runs with."""


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class RNNTrace(HiddenTrace):
    """The trace of a plain RNN: h = φ(W x + U h₋₁ + b)."""

    source: RNN


@dataclass(frozen=True, eq=False, repr=False)
class RNN(StateGated[RNNTrace]):
    """A plain RNN.

    W: (H, I), U: (H, H), b: (H,). Its only part is called "hidden".
    activation: "tanh", "relu" or another of ``gates.core.activations``, by name or with parameters.
    clip: what the pre-activation is clipped to first, ±clip; None clips nothing.
    """

    activation: AnyActivation = "tanh"
    clip: float | None = None

    kind: ClassVar[str] = "rnn"
    parts: ClassVar[tuple[str, ...]] = RNN_PARTS
    signals: ClassVar[tuple[str, ...]] = RNN_SIGNALS
    option_names: ClassVar[tuple[str, ...]] = ("activation", "clip")
    squash_options: ClassVar[tuple[str, ...]] = option_names

    @classmethod
    def init(
        cls,
        inputs: int,
        hidden: int,
        rng: np.random.Generator | int,
        *,
        activation: AnyActivation = "tanh",
        dtype: DTypeLike = np.float64,
    ) -> Self:
        """Return a cell with random weights, uniform in ±1/√hidden as PyTorch's."""
        return cls(**uniform(cls.shapes(inputs, hidden), hidden, rng, dtype), activation=activation)

    def equations(self, x: FloatArray, state: FloatArray, hold: Hold) -> RNNTrace:
        """One timestep: h = φ(W x + U h₋₁ + b)."""
        φ = self.squashes["hidden"]
        W, U, b, h = self.W, self.U, self.b, state

        a = matvec(W, x) + matvec(U, h) + b
        h_new = hold("hidden", φ(a))

        return RNNTrace(
            source=self, x=x, hidden=h_new, previous_hidden=h, initial_hidden=h,
            pre_block=a, part_block=h_new,
        )  # fmt: skip

    def as_state(self, state: ArrayLike | None, batch: tuple[int, ...]) -> FloatArray:
        """Return h checked: (H,) or (B, H), zeros for None."""
        return state_part("h₀", state, (self.hidden,), batch, self.dtype)

    def _forward(self, x: FloatArray, state: FloatArray, clamps: ResolvedClamps) -> Arrays:
        if clamps or self.activation not in FAST or self.clip is not None:
            return super()._forward(x, state, clamps)
        return kernels.rnn(self._joined, FAST[self.activation], x, state)

    @cached_property
    def _joined(self) -> FloatArray:
        return kernels.fused_matrix(self.W, self.U, self.b)

    def _backward(self, trace: RNNTrace, *upstream: Any) -> Arrays:
        return bptt.backpropagate(bptt.rnn, self, trace, *upstream)

    def _squashes(self) -> Mapping[str, Squash]:
        return {"hidden": Squash.of(self.activation, self.clip)}

    def _options(self) -> list[str]:
        return [f"activation={self.activation!r}"]

    def _trace(self, arrays: Arrays, initial: FloatArray, **about: Any) -> RNNTrace:
        return RNNTrace(source=self, initial_hidden=initial, **arrays, **about)
