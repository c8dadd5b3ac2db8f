"""Tasks that ask for something seen long before: adding, recall, temporal order, parity."""

from __future__ import annotations

import numpy as np

from gates.training.tasks.generators import (
    at_end,
    at_every_step,
    checked_length,
    classification,
    endless,
    held_out,
    number_probe,
    recipes,
    symbols,
)
from gates.training.tasks.measures import by_mean, mean_squared_error
from gates.training.tasks.model import Batch, Task

KEEP = ("A", "B", "C", "D")
NOISE = ("a", "b", "c", "d")
RECALL = (*KEEP, *NOISE, "?")

ORDERED = ("X", "Y")
ORDER = (*ORDERED, "a", "b", "c", "d", "E", "!")
ORDERS = ("XX", "XY", "YX", "YY")

BITS = ("0", "1")


def adding(length: int | None = None) -> Task:
    """Return the adding problem: two of the numbers are marked, and the answer is their sum.

    Inputs (value in [0, 1), mark); one mark stands in each half. The target at the last step is the sum of
    the marked values. Hochreiter & Schmidhuber (1997), experiment 4, in the form of Le, Jaitly & Hinton
    (2015), where every sequence has ``length`` steps and values and sum are not rescaled.
    """
    steps = checked_length(length, 20, 4)

    def draw(rng: np.random.Generator, size: int) -> Batch:
        x = np.zeros((steps, size, 2), dtype=np.float32)
        x[..., 0] = rng.random((steps, size), dtype=np.float32)
        column = np.arange(size)
        x[rng.integers(steps // 2, size=size), column, 1] = 1
        x[rng.integers(steps // 2, steps, size=size), column, 1] = 1
        target = np.zeros((steps, size, 1), dtype=np.float32)
        target[-1, :, 0] = (x[..., 0] * x[..., 1]).sum(axis=0)
        return Batch(x, target, at_end(steps, size))

    stream, evaluation = endless(draw), held_out(draw)
    probe = draw(np.random.default_rng(6), 1)
    marks = [f"{value:.2f}" + "*" * int(mark) for value, mark in probe.x[:, 0]]
    return Task(
        id="adding",
        inputs=2,
        outputs=1,
        loss="mse",
        metric="mse",
        better="lower",
        baseline=by_mean(stream, evaluation, mean_squared_error),
        margin=0.1,
        probe=number_probe(probe, marks, ("task.adding.value", "task.adding.mark"), keyed=True),
        recipes=recipes({"hidden": 16, "lr": 0.01, "batch": 64, "steps": 1000}, lstm={"forget_bias": 1.0}),
        answers=("Σ",),
        stream=stream,
        evaluation=evaluation,
        measure=mean_squared_error,
    )


def recall(length: int | None = None) -> Task:
    """Return the recall task: the first symbol is asked for at the end, after nothing but noise.

    The first of ``length`` symbols is one of A, B, C, D, the last is "?", and between them stand a, b, c, d
    at random; the answer at "?" is the first symbol. After Hochreiter & Schmidhuber (1997), experiment 2c,
    where the first symbol of a long random sequence alone decides the last.
    """
    steps = checked_length(length, 30, 3)

    def draw(rng: np.random.Generator, size: int) -> Batch:
        indices = rng.integers(len(KEEP), len(KEEP) + len(NOISE), size=(steps, size))
        indices[0] = rng.integers(len(KEEP), size=size)
        indices[-1] = RECALL.index("?")
        target = np.broadcast_to(indices[0], (steps, size))
        return Batch(symbols(indices, len(RECALL)), target, at_end(steps, size))

    return classification(
        "recall",
        draw,
        RECALL,
        KEEP,
        margin=0.3,
        recipes=recipes(
            {"hidden": 8, "lr": 0.01, "batch": 64, "steps": 400},
            lstm={"forget_bias": 4.0},
            gru={"forget_bias": 3.0},
        ),
        probe=0,
    )


def temporal_order(length: int | None = None) -> Task:
    """Return the temporal-order problem: in which order did two symbols come, far apart, among noise?

    A sequence begins with E, ends with "!", and holds a, b, c, d at random but for an X or Y at one step in
    the second tenth and one in the sixth tenth; the class, told at the end, is XX, XY, YX or YY. Hochreiter
    & Schmidhuber (1997), experiment 6a (their end symbol is B), shortened to ``length`` steps.
    """
    steps = checked_length(length, 30, 10)
    first, second = ORDER.index("a"), ORDER.index("E")

    def draw(rng: np.random.Generator, size: int) -> Batch:
        indices = rng.integers(first, second, size=(steps, size))
        indices[0], indices[-1] = ORDER.index("E"), ORDER.index("!")
        chosen = rng.integers(len(ORDERED), size=(2, size))
        column = np.arange(size)
        indices[rng.integers(steps // 10, steps // 5, size=size), column] = chosen[0]
        indices[rng.integers(steps // 2, steps * 3 // 5, size=size), column] = chosen[1]
        target = np.broadcast_to(2 * chosen[0] + chosen[1], (steps, size))
        return Batch(symbols(indices, len(ORDER)), target, at_end(steps, size))

    return classification(
        "temporal-order",
        draw,
        ORDER,
        ORDERS,
        margin=0.3,
        recipes=recipes(
            {"hidden": 12, "lr": 0.01, "batch": 64, "steps": 400},
            lstm={"forget_bias": 1.0},
            gru={"steps": 800},
        ),
        probe=0,
    )


def parity(length: int | None = None) -> Task:
    """Return the parity task: after each of ``length`` bits, is the number of ones so far odd?

    Answered at every step, so that the state must flip at a 1 and stay at a 0. The classic problem that no
    predictor of bounded memory of its input can solve (Minsky & Papert, 1969, for perceptrons).
    """
    steps = checked_length(length, 20, 2)

    def draw(rng: np.random.Generator, size: int) -> Batch:
        bits = rng.integers(2, size=(steps, size))
        return Batch(symbols(bits, 2), bits.cumsum(axis=0) % 2, at_every_step(steps, size))

    return classification(
        "parity",
        draw,
        BITS,
        BITS,
        margin=0.3,
        recipes=recipes(
            {"hidden": 4, "lr": 0.02, "batch": 64, "steps": 500},
            gru={"steps": 1000},
        ),
        probe=8,
    )
