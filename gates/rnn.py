"""The plain recurrent cell (Elman 1990): h = φ(W x + U h₋₁ + b), with φ = tanh or relu."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar, Literal, Self

import numpy as np
from numpy.typing import ArrayLike, DTypeLike

from gates import bptt, kernels
from gates.activations import FloatArray, relu, relu_slope, tanh_slope
from gates.arrays import times
from gates.bptt import Passage
from gates.cell import Arrays, Cell, as_hidden, choose, uniform
from gates.clamps import Held, Hold
from gates.gradients import over_time
from gates.signals import RNN_PARTS, RNN_SIGNALS
from gates.trace import RNNTrace

ACTIVATIONS: dict[str, Callable[..., FloatArray]] = {"tanh": np.tanh, "relu": relu}

SLOPES: dict[str, Callable[[FloatArray], FloatArray]] = {"tanh": tanh_slope, "relu": relu_slope}


@dataclass(frozen=True, eq=False, repr=False)
class RNN(Cell[RNNTrace]):
    """A plain RNN.

    W: (H, I), U: (H, H), b: (H,). activation: "tanh" or "relu". Its only part is called "hidden".
    """

    activation: Literal["tanh", "relu"] = "tanh"

    kind: ClassVar[str] = "rnn"
    parts: ClassVar[tuple[str, ...]] = RNN_PARTS
    signals: ClassVar[tuple[str, ...]] = RNN_SIGNALS

    @classmethod
    def init(
        cls,
        inputs: int,
        hidden: int,
        rng: np.random.Generator | int,
        *,
        activation: Literal["tanh", "relu"] = "tanh",
        dtype: DTypeLike = np.float64,
    ) -> Self:
        """Return a cell with random weights, uniform in ±1/√hidden as PyTorch's."""
        return cls(**uniform(1, inputs, hidden, rng, dtype), activation=activation)

    def equations(self, x: FloatArray, state: FloatArray, hold: Hold) -> RNNTrace:
        """One timestep: h = φ(W x + U h₋₁ + b)."""
        φ = ACTIVATIONS[self.activation]
        W, U, b, h = self.W, self.U, self.b, state

        a = times(W, x) + times(U, h) + b
        h_new = hold("hidden", φ(a))

        return RNNTrace(
            source=self, x=x, hidden=h_new, previous_hidden=h, initial_hidden=h,
            pre_block=a, part_block=h_new,
        )  # fmt: skip

    def as_state(self, state: ArrayLike | None, batch: tuple[int, ...]) -> FloatArray:
        """Return h checked: (H,) or (B, H), zeros for None."""
        return as_hidden("h₀", state, self.hidden, batch, self.dtype)

    def _forward(self, x: FloatArray, state: FloatArray, held: Held) -> Arrays:
        if held:
            return super()._forward(x, state, held)
        return kernels.rnn(self._joined, ACTIVATIONS[self.activation], x, state)

    @cached_property
    def _joined(self) -> FloatArray:
        return kernels.joined(self.W, self.U, self.b)

    def _back(self, run: Passage, d_hidden: FloatArray, d_cell: FloatArray | None) -> Arrays:
        return bptt.rnn(SLOPES[self.activation], self.U, run, d_hidden)

    def _weight_gradients(self, trace: RNNTrace, d: FloatArray, more: Arrays) -> Arrays:
        return {"U": over_time(d, trace.previous_hidden)}

    def _options(self) -> list[str]:
        return [f"activation={self.activation!r}"]

    def _check(self) -> None:
        choose("activation", self.activation, ACTIVATIONS)
        super()._check()

    def _trace(self, arrays: Arrays, initial: FloatArray, **about: Any) -> RNNTrace:
        return RNNTrace(source=self, initial_hidden=initial, **arrays, **about)
