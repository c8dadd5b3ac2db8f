"""The plain recurrent cell (Elman 1990): h = φ(W x + U h₋₁ + b), with φ = tanh or relu."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar, Literal, Self

import numpy as np
from numpy.typing import ArrayLike, DTypeLike

from gates.activations import FloatArray, relu
from gates.arrays import times
from gates.cell import Arrays, Cell, as_hidden, choose, uniform
from gates.clamps import Hold
from gates.signals import RNN_PARTS, RNN_SIGNALS
from gates.trace import RNNTrace

ACTIVATIONS: dict[str, Callable[[FloatArray], FloatArray]] = {"tanh": np.tanh, "relu": relu}


@dataclass(frozen=True, eq=False)
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
        Wx, Uh = times(self.W, x), times(self.U, state)

        a = Wx + self.b + Uh
        h = hold("hidden", φ(a))

        return RNNTrace(
            source=self, x=x, hidden=h, previous_hidden=state, initial_hidden=state,
            pre_block=a, part_block=h, x_terms=Wx, h_terms=Uh,
        )  # fmt: skip

    def as_state(self, state: ArrayLike | None, batch: tuple[int, ...]) -> FloatArray:
        """Return h checked: (H,) or (B, H), zeros for None."""
        return as_hidden("state", state, self.hidden, batch, self.dtype)

    def _check(self) -> None:
        choose("activation", self.activation, ACTIVATIONS)
        super()._check()

    def _trace(self, arrays: Arrays, initial: FloatArray, **about: Any) -> RNNTrace:
        return RNNTrace(source=self, initial_hidden=initial, **arrays, **about)
