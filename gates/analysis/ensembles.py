"""Experiments with gradients over many seeds: random cells made alike, one loss, and how the results spread.

A seed stands for one draw of everything: weights, input noise, and the direction in which the loss looks.
Each has a stream of its own, so that cells of every kind read the same noise under the same loss.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, NamedTuple

import numpy as np

from gates.analysis.flow import Norms, norms, vector_norms
from gates.cells.gru import GRU, Reset
from gates.cells.lstm import LSTM
from gates.cells.rnn import RNN
from gates.core.activations import FloatArray, softmax
from gates.core.gradients import Gradients
from gates.core.trace import Trace
from gates.network import Readout

Kind = Literal["rnn", "lstm", "gru"]
Init = Literal["default", "orthogonal", "identity"]
Aim = Literal["last", "step", "unit", "readout", "every"]

KINDS: tuple[Kind, ...] = ("rnn", "lstm", "gru")
INITS: tuple[Init, ...] = ("default", "orthogonal", "identity")
AIMS: tuple[Aim, ...] = ("last", "step", "unit", "readout", "every")

_WEIGHTS, _NOISE, _LOSS = 0, 1, 2  # streams of a seed


@dataclass(frozen=True)
class Setting:
    """How the cells of an experiment are made; a seed makes one of them.

    gain multiplies U. init says what each block of U is before that: as drawn, uniform in ±1/√H
    ("default"), a random orthogonal matrix, or the identity (Le et al. 2015, for relu). forget_bias and
    update_bias set an LSTM's and a GRU's; None leaves them as drawn. activation is the plain RNN's.
    """

    hidden: int = 32
    gain: float = 1.0
    init: Init = "default"
    forget_bias: float | None = None
    update_bias: float | None = None
    activation: Literal["tanh", "relu"] = "tanh"
    reset: Reset = "after"

    def cell(self, kind: Kind, inputs: int, seed: int) -> RNN | LSTM | GRU:
        """Return the cell of ``kind`` that ``seed`` makes: the same as ``init`` makes, then changed."""
        rng = stream(seed, _WEIGHTS)
        cell: RNN | LSTM | GRU
        if kind == "lstm":
            cell = LSTM.init(inputs, self.hidden, rng, forget_bias=self.forget_bias)
        elif kind == "gru":
            cell = GRU.init(inputs, self.hidden, rng, reset=self.reset, update_bias=self.update_bias)
        else:
            cell = RNN.init(inputs, self.hidden, rng, activation=self.activation)
        return replace(cell, U=self.gain * self._recurrent(cell.U, rng))

    def _recurrent(self, drawn: FloatArray, rng: np.random.Generator) -> FloatArray:
        H = self.hidden
        if self.init == "default":
            return drawn
        blocks = range(len(drawn) // H)
        if self.init == "identity":
            return np.concatenate([np.eye(H) for _ in blocks])
        return np.concatenate([orthogonal(H, rng) for _ in blocks])


def orthogonal(size: int, rng: np.random.Generator) -> FloatArray:
    """Return an orthogonal matrix, (size, size), uniformly over all of them.

    Mezzadri (2007): QR of a normal matrix, with the signs of R's diagonal.
    """
    Q, R = np.linalg.qr(rng.normal(size=(size, size)))
    return np.asarray(Q * np.sign(np.diag(R)))


def stream(seed: int, purpose: int) -> np.random.Generator:
    """Return the generator of one purpose of a seed; a cell's weights are those of the plain seed."""
    return np.random.default_rng(seed if purpose == _WEIGHTS else (seed, purpose))


def noise(seed: int, steps: int, inputs: int) -> FloatArray:
    """Return a seed's input: independent standard normal numbers, (steps, inputs)."""
    return stream(seed, _NOISE).normal(size=(steps, inputs))


@dataclass(frozen=True)
class Loss:
    """What is differentiated.

    "last": L = v·s_T, with s the state that is read and v a random direction of length 1.
    "step": the same at step ``at``. "unit": L = s_at[unit].
    "readout": the cross-entropy of y = softmax(V s_at + b) against the symbol that comes next. "every": the
    sum of these over all steps that have a next one. V and b are uniform in ±1/√H.
    at: counted from 0; None is the last step, for a read-out the last that has a next symbol.
    reads: "hidden", or an LSTM's "cell"; cells without one have their hidden state read.
    symbols: how many there are to read out.
    """

    aim: Aim = "last"
    at: int | None = None
    unit: int = 0
    reads: Literal["hidden", "cell"] = "hidden"
    symbols: int = 0

    @property
    def reads_out(self) -> bool:
        """Whether the loss is about the next symbol."""
        return self.aim in ("readout", "every")

    def step(self, steps: int) -> int | None:
        """Return the step that the loss reads in a run of ``steps``; None if it reads all."""
        if self.aim == "every":
            return None
        last = max(0, steps - 2) if self.reads_out else steps - 1
        return last if self.at is None or self.aim == "last" else min(self.at, last)

    def readout(self, hidden: int, seed: int) -> Readout:
        """Return the random read-out of a seed."""
        rng, bound = stream(seed, _LOSS), hidden**-0.5
        shape = (self.symbols, hidden)
        return Readout(rng.uniform(-bound, bound, shape), rng.uniform(-bound, bound, self.symbols))


class LossGradient(NamedTuple):
    """A loss at a run: its value, ∂L/∂ what it reads at each step (T, H), and what is read out."""

    value: float
    gradient: FloatArray
    probabilities: FloatArray | None


@dataclass(frozen=True, eq=False)
class RunWithGradients:
    """One run, forward and backward."""

    trace: Any
    gradients: Gradients
    loss: LossGradient

    def norms(self) -> Norms:
        """Return ‖∂L/∂h_t‖ and ‖∂L/∂c_t‖ at every step; NaN throughout if the loss itself is not finite."""
        by_step = norms(self.gradients)
        if np.isfinite(self.loss.value):
            return by_step
        nothing = np.full_like(by_step.hidden, np.nan)
        return Norms(nothing, None if by_step.cell is None else nothing)


def run_and_backprop(
    cell: RNN | LSTM | GRU,
    loss: Loss,
    x: FloatArray,
    seed: int,
    targets: Sequence[int] = (),
    state: Any = None,
) -> RunWithGradients:
    """Run ``cell`` over ``x`` (T, I) and go back from ``loss``.

    targets: the index of the symbol that follows each step, (T − 1,); only a read-out needs them. state: the
    initial state, zeros if None.

    Raises:
        GatesError: ``x`` or ``state`` does not fit the cell.
    """
    run: Any = cell
    return backprop(run.run(x, state), loss, seed, targets)


def backprop(trace: Any, loss: Loss, seed: int, targets: Sequence[int] = ()) -> RunWithGradients:
    """Go back from ``loss`` through a run; ``seed`` and ``targets`` as of ``run_and_backprop``."""
    run: Any = trace.source
    reads = "cell" if loss.reads == "cell" and isinstance(run, LSTM) else "hidden"
    upstream = loss_gradient(loss, getattr(trace, reads), seed, targets)
    if reads == "cell":
        return RunWithGradients(trace, run.backward(trace, None, upstream.gradient), upstream)
    return RunWithGradients(trace, run.backward(trace, upstream.gradient), upstream)


def loss_gradient(loss: Loss, states: FloatArray, seed: int, targets: Sequence[int] = ()) -> LossGradient:
    """Return the value and the gradient of ``loss`` for what it reads, (T, H)."""
    if loss.reads_out:
        return _readout_gradient(loss, states, seed, targets)
    T, H = states.shape
    at, gradient = loss.step(T), np.zeros((T, H))
    if loss.aim == "unit":
        gradient[at, loss.unit] = 1
    else:
        v = stream(seed, _LOSS).normal(size=(1, H))
        gradient[at] = (v / vector_norms(v)[:, None])[0]
    with np.errstate(over="ignore", invalid="ignore"):
        return LossGradient(float(gradient[at] @ states[at]), gradient, None)


def _readout_gradient(loss: Loss, states: FloatArray, seed: int, targets: Sequence[int]) -> LossGradient:
    T, H = states.shape
    readout = loss.readout(H, seed)
    with np.errstate(over="ignore", invalid="ignore"):
        probabilities = softmax(readout.scores(states))
    at = loss.step(T)
    steps = np.arange(T - 1) if at is None else np.arange(at, min(at + 1, T - 1))
    classes = np.asarray(targets, dtype=np.intp)[steps]
    d_scores = np.zeros_like(probabilities)
    d_scores[steps] = probabilities[steps]
    d_scores[steps, classes] -= 1
    with np.errstate(divide="ignore"):
        value = -float(np.sum(np.log(probabilities[steps, classes])))
    return LossGradient(value, d_scores @ readout.V, probabilities)


class Band(NamedTuple):
    """How a positive quantity spreads over seeds at each step: geometric mean, smallest and largest, (T,)."""

    mean: FloatArray
    low: FloatArray
    high: FloatArray


def band(norms: FloatArray) -> Band:
    """Return the spread over seeds of ``norms`` (S, T).

    Anything that is not finite counts as ∞, and the mean with it; a single 0 makes the mean 0.
    """
    norms = np.where(np.isfinite(norms), norms, np.inf)
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = np.log(norms)
        mean = np.exp(np.mean(logs, axis=0))
    mixed = np.isneginf(logs).any(axis=0) & np.isposinf(logs).any(axis=0)
    return Band(np.where(mixed, np.inf, mean), norms.min(axis=0), norms.max(axis=0))


def exploded_at(norms: FloatArray) -> int | None:
    """Return the step, on the way back, from which on ``norms`` (T,) is not finite any more, or None."""
    return _last(~np.isfinite(norms))


def underflowed_at(norms: FloatArray, start: int) -> int | None:
    """Return the step, on the way back from ``start``, from which on ``norms`` (T,) is exactly 0, or None.

    float64 holds nothing positive below 5e-324.
    """
    return _last(norms[: start + 1] == 0)


def overflowed_at(trace: Trace) -> int | None:
    """Return the first step at which the state itself is not finite any more, on the way there, or None."""
    bad = ~np.isfinite(trace.hidden).all(axis=-1)
    return int(np.argmax(bad)) if bad.any() else None


def _last(flags: Any) -> int | None:
    steps = np.flatnonzero(flags)
    return int(steps[-1]) if len(steps) else None
