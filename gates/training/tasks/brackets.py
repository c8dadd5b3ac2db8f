"""Brackets: how deep (one kind, a counter is enough), and which one is open (two kinds, a stack is needed).

Balanced strings are the Dyck languages; on counting as what an LSTM can do and a GRU cannot, see Weiss,
Goldberg & Yahav (2018), and on stacks of bounded depth Skachkova, Trost & Klakow (2018).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gates.training.errors import TrainingError
from gates.training.tasks.generators import (
    at_every_step,
    checked_length,
    classification,
    held_out,
    in_chunks,
    recipes,
    symbol_probe,
    symbols,
)
from gates.training.tasks.measures import Outputs, by_mean
from gates.training.tasks.model import Batch, Task

ROUND = ("(", ")")
BRACKETS = ("(", ")", "[", "]")
TOPS = ("∅", "(", "[")


def dyck1(length: int | None = None) -> Task:
    """Return the counting task: after each bracket of a balanced string, how many are open?

    The answer is a number, and right where it rounds to the depth.
    """
    steps = _even(checked_length(length, 30, 2))

    def draw(rng: np.random.Generator, size: int) -> Batch:
        depth = balanced(steps, size, rng)
        closes = (np.diff(depth, axis=0, prepend=0) < 0).astype(np.int64)
        target = depth[..., None].astype(np.float32)
        return Batch(symbols(closes, len(ROUND)), target, at_every_step(steps, size))

    stream, evaluation = in_chunks(draw), held_out(draw)
    return Task(
        id="dyck1",
        inputs=len(ROUND),
        outputs=1,
        loss="mse",
        metric="accuracy",
        better="higher",
        baseline=by_mean(stream, evaluation, rounded),
        margin=0.3,
        probe=symbol_probe(draw(np.random.default_rng(3), 1), ROUND),
        recipes=recipes(
            {"hidden": 4, "lr": 0.01, "batch": 64, "steps": 1000},
            lstm={"forget_bias": 4.0},
        ),
        answers=("Σ",),
        stream=stream,
        evaluation=evaluation,
        measure=rounded,
    )


def dyck2(length: int | None = None) -> Task:
    """Return the stack task: after each bracket of a balanced string of two kinds, which one is open?

    The answer is the innermost bracket that is still open, "∅" where none is.
    """
    steps = _even(checked_length(length, 20, 2))

    def draw(rng: np.random.Generator, size: int) -> Batch:
        indices, tops = nested(balanced(steps, size, rng), rng)
        return Batch(symbols(indices, len(BRACKETS)), tops, at_every_step(steps, size))

    return classification(
        "dyck2",
        draw,
        BRACKETS,
        TOPS,
        margin=0.2,
        recipes=recipes({"hidden": 16, "lr": 0.01, "batch": 32, "steps": 600}, lstm={"forget_bias": 1.0}),
        probe=9,
        stream=in_chunks(draw),
    )


def rounded(output: Outputs, batch: Batch) -> float:
    """Return the share of read steps at which the output rounds to the target."""
    return float((np.rint(output) == batch.target)[batch.read].mean())


def balanced(steps: int, size: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """Return the depths of ``size`` balanced strings, (T, B), each string equally likely.

    Arnold & Sleep (1980): the chance that the next of ``left`` brackets opens, at a given depth.
    """
    chances = rng.random((steps, size))
    depth = np.zeros(size, dtype=np.int64)
    depths = np.empty((steps, size), dtype=np.int64)
    for step, left in enumerate(range(steps, 0, -1)):
        opens = (depth + 2) * (left - depth) / (2 * left * (depth + 1))
        depth = depth + np.where(chances[step] < opens, 1, -1)
        depths[step] = depth
    return depths


def nested(
    depths: NDArray[np.int64], rng: np.random.Generator
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return for ``depths`` (T, B) strings of both kinds, as indices of ``BRACKETS``, and their ``TOPS``."""
    kinds = rng.integers(1, len(TOPS), size=depths.shape)
    column = np.arange(depths.shape[1])
    stack = np.zeros((depths.max() + 1, len(column)), dtype=np.int64)
    indices, tops = np.empty_like(depths), np.empty_like(depths)
    before = np.zeros_like(column)
    for step, depth in enumerate(depths):
        opens = depth > before
        closed = stack[before, column]
        stack[depth, column] = np.where(opens, kinds[step], stack[depth, column])
        tops[step] = stack[depth, column]
        indices[step] = np.where(opens, 2 * (tops[step] - 1), 2 * (closed - 1) + 1)
        before = depth
    return indices, tops


def _even(length: int) -> int:
    if length % 2:
        raise TrainingError("error.training.odd", length=length)
    return length
