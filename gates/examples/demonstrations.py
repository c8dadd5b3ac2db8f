"""Classic demonstrations of how gradients vanish and explode, each exact and computed by the engine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from gates.analysis.clipping import clip, norm
from gates.analysis.ensembles import Kind, Loss, Setting, band, noise, run_and_backprop, stream
from gates.analysis.flow import decay
from gates.cells.lstm import LSTM
from gates.cells.rnn import RNN
from gates.inputs import parse
from gates.inputs.sequence import InputError, Sequence, number_label, one_hot

View = Literal["cells", "latch", "cliff", "decay"]
Values = NDArray[np.float64]

INPUTS = 8
LETTERS = "abcdefgh"


@dataclass(frozen=True)
class Demonstration:
    """A state of the gradients page that one click brings up.

    ``changes`` are fields of the page's state that differ from its opening; ``view`` is what is drawn: an
    experiment with three cells, or something of its own. Texts: ``gradients.demo.<id>`` and ``….about``.
    """

    id: str
    view: View = "cells"
    changes: Mapping[str, Any] = field(default_factory=dict)


DEMONSTRATIONS = (
    Demonstration("default"),
    Demonstration("forget0", changes={"forget": 0.0, "keep": 0.0}),
    Demonstration("forget1", changes={"forget": 1.0, "keep": 1.0}),
    Demonstration("forget3", changes={"forget": 3.0, "keep": 3.0}),
    Demonstration("forget5", changes={"forget": 5.0, "keep": 5.0}),
    Demonstration("explode", changes={"gain": 8.0, "steps": 200}),
    Demonstration("latch", "latch", {"demo": "latch", "steps": 50, "cell": "rnn", "hidden": 1}),
    Demonstration("cliff", "cliff", {"demo": "cliff", "steps": 50, "cell": "rnn", "hidden": 1}),
    Demonstration("decay", "decay", {"demo": "decay", "steps": 50, "cell": "lstm", "hidden": 4}),
)

FAMILIES = {
    "default": ("default",),
    "forget": ("forget0", "forget1", "forget3", "forget5", "decay"),
    "explode": ("explode",),
    "latch": ("latch",),
    "cliff": ("cliff",),
}
"""The demonstrations by what they are about."""


def reading(source: str, steps: int, seed: int, text: str = "", by: str = "characters") -> Sequence:
    """Return what the cells read: ``noise`` (8 inputs), ``letters`` drawn at random from 8, or a ``text``.

    Raises:
        InputError: the text cannot be read.
    """
    if source == "text":
        return parse.from_text(text, by="words" if by == "words" else "characters")
    if source == "letters":
        drawn = stream(seed, 1).integers(len(LETTERS), size=steps)
        return one_hot(tuple(LETTERS[k] for k in drawn), tuple(LETTERS))
    x = np.asarray(noise(seed, steps, INPUTS), dtype=np.float64)
    return Sequence(
        x, tuple(str(t) for t in range(1, steps + 1)), tuple(f"x{k}" for k in _subscripts(INPUTS))
    )


def followers(sequence: Sequence) -> tuple[int, ...]:
    """Return the column of the symbol that follows each step but the last, (T − 1,).

    Raises:
        InputError: the sequence is of numbers, or too short for anything to follow.
    """
    if sequence.kind != "symbols" or len(sequence) < 2:
        raise InputError("gradients.error.nothing_follows")
    return tuple(int(k) for k in sequence.x.argmax(axis=1)[1:])


def _subscripts(count: int) -> list[str]:
    return [str(k + 1).translate(str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")) for k in range(count)]


@dataclass(frozen=True)
class Row:
    """A row of the table of survival: a kind of cell and how it is set."""

    id: str
    kind: Kind
    setting: Setting


ROWS = (
    Row("rnn_default", "rnn", Setting()),
    Row("rnn_orthogonal", "rnn", Setting(init="orthogonal")),
    Row("lstm_default", "lstm", Setting()),
    Row("lstm_forget1", "lstm", Setting(forget_bias=1.0)),
    Row("lstm_forget3", "lstm", Setting(forget_bias=3.0)),
    Row("gru_default", "gru", Setting()),
    Row("gru_update3", "gru", Setting(update_bias=3.0)),
)
LAGS = (10, 50, 99)


def survival(row: Row, lags: tuple[int, ...] = LAGS, steps: int = 100, seeds: int = 10) -> tuple[float, ...]:
    """Return how much gradient is left ``lags`` steps before the loss: a geometric mean over seeds.

    It is ‖∂L/∂c_t‖ of an LSTM, else ‖∂L/∂h_t‖, with L = v·h_T and |v| = 1, for 8 inputs of noise.
    """
    norms = []
    for seed in range(seeds):
        cell = row.setting.cell(row.kind, INPUTS, seed)
        by_state = run_and_backprop(cell, Loss(), noise(seed, steps, INPUTS), seed).norms()
        norms.append(by_state.hidden if by_state.cell is None else by_state.cell)
    mean = band(np.array(norms)).mean
    return tuple(float(mean[steps - 1 - lag]) for lag in lags)


@dataclass(frozen=True, eq=False)
class Run:
    """A demonstration's run: what the stage shows, and from which state it begins."""

    cell: Any
    sequence: Sequence
    state: Any


@dataclass(frozen=True, eq=False)
class Latch(Run):
    """Bengio's latch (1994): one unit, h = tanh(w h₋₁), at rest in its upper fixed point.

    There each step multiplies the gradient by ``slope`` = w(1 − h*²), which is below 1 wherever the point
    holds: what is stored safely cannot be taught across time.
    """

    rest: float
    slope: float


def latch(weight: float, steps: int) -> Latch:
    """Return the latch of ``weight``; up to 1 the only fixed point is 0, and the slope is the weight."""
    h = 1.0
    for _ in range(10_000 if weight > 1 else 0):
        h = float(np.tanh(weight * h))
    fixed_point = h if weight > 1 else 0.0
    cell = RNN(np.zeros((1, 1)), np.full((1, 1), weight), np.zeros(1))
    return Latch(
        cell, _zero_input(steps), np.array([fixed_point]), fixed_point, weight * (1 - fixed_point**2)
    )


BIASES = (0.0, 1.0, 3.0, 5.0)


def leak(steps: int, biases: tuple[float, ...] = BIASES) -> Run:
    """Return an LSTM that only forgets: each unit starts with c = 1 and loses it through its own forget bias.

    Its gates see nothing (all W and U are 0), so that c_t = σ(b)^t, and the gradient likewise.
    """
    H = len(biases)
    b = np.zeros(4 * H)
    b[H : 2 * H] = biases
    cell = LSTM(np.zeros((4 * H, 1)), np.zeros((4 * H, H)), b)
    return Run(cell, _zero_input(steps), (np.zeros(H), np.ones(H)))


def remaining(steps: int, biases: tuple[float, ...] = BIASES) -> Values:
    """Return σ(b)^n for n = 0 … steps, a row for each bias."""
    return np.array([decay(bias, np.arange(steps + 1)) for bias in biases])


def _zero_input(steps: int) -> Sequence:
    return Sequence(np.zeros((steps, 1)), (number_label(0.0),) * steps, ("x",))


CLIFF_STEPS, CLIFF_START, CLIFF_TARGET = 50, 0.5, 0.7
CLIFF_W, CLIFF_B = (0.0, 3.0), (-1.4, 1.8)
DESCENT_FROM, DESCENT_RATE, DESCENT_STEPS, DESCENT_THRESHOLD = (1.5, -0.6), 0.05, 60, 1.0


def cliff_run(weight: float, bias: float) -> Run:
    """Return the one unit of the cliff, h = tanh(w h₋₁ + b) from h₀ = 0.5, over 50 steps without input."""
    cell = RNN(np.zeros((1, 1)), np.full((1, 1), weight), np.full(1, bias))
    return Run(cell, _zero_input(CLIFF_STEPS), np.array([CLIFF_START]))


@dataclass(frozen=True, eq=False)
class Surface:
    """A loss over weight and bias: weights (n,), biases (m,), losses (m, n)."""

    weights: Values
    biases: Values
    losses: Values


def cliff(points: int = 81) -> Surface:
    """Return the loss (h₅₀ − 0.7)² of the one unit over its weight and bias.

    After Pascanu, Mikolov and Bengio (2013), whose unit is h = w σ(h₋₁) + b; here it is the plain RNN's.
    """
    weights, biases = np.linspace(*CLIFF_W, points), np.linspace(*CLIFF_B, points)
    w, b = np.meshgrid(weights, biases)
    h = np.full(w.shape, CLIFF_START)
    for _ in range(CLIFF_STEPS):
        h = np.tanh(w * h + b)
    return Surface(weights, biases, (h - CLIFF_TARGET) ** 2)


@dataclass(frozen=True, eq=False)
class Descent:
    """Gradient descent on the cliff: places (w, b), losses and gradient norms, the start first."""

    places: Values  # (n, 2)
    losses: Values  # (n,)
    norms: Values  # (n,)

    @property
    def steepest(self) -> int:
        """The step at which the norm of the gradient was largest."""
        return int(np.argmax(self.norms))


def descend(clipped: bool, steps: int = DESCENT_STEPS) -> Descent:
    """Return plain gradient descent from a place below the cliff, its gradient clipped by norm or not."""
    point = np.array(DESCENT_FROM)
    places, losses, norms = [], [], []
    for _ in range(steps + 1):
        loss, gradient = cliff_gradient(*point)
        places.append(point)
        losses.append(loss)
        norms.append(norm(gradient))
        if clipped:
            gradient = dict(clip(gradient, DESCENT_THRESHOLD).weights)
        point = point - DESCENT_RATE * np.array([gradient["U"].item(), gradient["b"].item()])
    return Descent(np.array(places), np.array(losses), np.array(norms))


def cliff_gradient(weight: float, bias: float) -> tuple[float, dict[str, Any]]:
    """Return the loss of the cliff's unit, and its gradient with respect to U and b."""
    run = cliff_run(weight, bias)
    trace = run.cell.run(run.sequence.x, run.state)
    error = trace.final_hidden - CLIFF_TARGET
    gradients = run.cell.backward(trace, d_final=2 * error).weights
    return float(error.item() ** 2), {"U": gradients.U, "b": gradients.b}
