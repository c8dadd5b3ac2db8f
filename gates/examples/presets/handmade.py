"""Cells from a few named weights: what is not named is 0, and sharpness scales what decides a gate."""

from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from gates.cells.gru import GRU
from gates.cells.lstm import LSTM
from gates.cells.rnn import RNN
from gates.examples.notation.letters import Reset

Entries = Mapping[tuple[int, int], float]
"""Single weights of a matrix, as (to unit, from unit): value."""

Rows = Sequence[Sequence[float]] | Sequence[float] | float
Column = Sequence[float] | float


class Part(NamedTuple):
    """The weights of one gate or candidate, as written in a lesson.

    ``W`` is (H, I), or one row for every unit; ``U`` its single entries; ``b`` one number or (H,).
    ``shift`` is added to the bias after sharpness has scaled it: what a slider adds.
    """

    W: Rows = 0.0
    U: Entries = {}  # noqa: RUF012 - an empty mapping that nobody changes
    b: Column = 0.0
    shift: Column = 0.0

    def arrays(self, inputs: int, hidden: int, sharpness: float = 1.0) -> tuple[NDArray[np.float64], ...]:
        """Return W (H, I), U (H, H), b (H,)."""
        U = np.zeros((hidden, hidden))
        for (to, source), weight in self.U.items():
            U[to, source] = weight
        W = np.broadcast_to(np.asarray(self.W, dtype=np.float64), (hidden, inputs))
        b = np.broadcast_to(np.asarray(self.b, dtype=np.float64), (hidden,))
        return sharpness * W, sharpness * U, sharpness * b + np.asarray(self.shift, dtype=np.float64)


OPEN = Part(b=10.0)
"""A gate that stays open: the default of every LSTM gate not named."""


def lstm(
    inputs: int,
    hidden: int,
    sharpness: float,
    *,
    i: Part = OPEN,
    f: Part = OPEN,
    g: Part,
    o: Part = OPEN,
    peephole: Sequence[float] | None = None,
) -> LSTM:
    """Return an LSTM whose gates, not its candidate, are scaled by ``sharpness``.

    ``peephole``: p_i, p_f, p_o, the same for every unit; scaled as well.
    """
    gates = [part.arrays(inputs, hidden, scale) for part, scale in ((i, sharpness), (f, sharpness), (g, 1.0))]
    W, U, b = (np.concatenate(rows) for rows in zip(*gates, o.arrays(inputs, hidden, sharpness), strict=True))
    if peephole is None:
        return LSTM(W=W, U=U, b=b)
    return LSTM(W=W, U=U, b=b, peephole=sharpness * np.outer(peephole, np.ones(hidden)))


def gru(
    inputs: int,
    hidden: int,
    sharpness: float,
    reset: Reset,
    *,
    r: Part | None = None,
    z: Part,
    n: Part,
) -> GRU:
    """Return a GRU whose gates, not its candidate, are scaled by ``sharpness``; r is ½ if not named."""
    parts = [(r or Part()).arrays(inputs, hidden, sharpness), z.arrays(inputs, hidden, sharpness)]
    W, U, b = (np.concatenate(rows) for rows in zip(*parts, n.arrays(inputs, hidden), strict=True))
    return GRU(W=W, U=U, b=b, b_hn=np.zeros(hidden), reset=reset)


def rnn(inputs: int, hidden: int, part: Part, activation: Literal["tanh", "relu"] = "tanh") -> RNN:
    """Return a plain RNN with these weights."""
    W, U, b = part.arrays(inputs, hidden)
    return RNN(W=W, U=U, b=b, activation=activation)


def chain(hidden: int, weight: float) -> Entries:
    """Return weights that hand each unit's state on to the next unit."""
    return {(unit, unit - 1): weight for unit in range(1, hidden)}


def first_of(hidden: int, weight: float) -> list[list[float]]:
    """Return a W (H, 1) through which only the first unit reads the input."""
    return [[weight]] + [[0.0]] * (hidden - 1)


def preimage(value: float) -> float:
    """Return the sum that tanh squashes to ``value``; ±10 stands for ±1, which tanh never reaches."""
    with np.errstate(divide="ignore"):
        return float(np.clip(np.arctanh(value), -10.0, 10.0))
