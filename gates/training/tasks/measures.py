"""How well outputs fit their targets, and what a predictor without memory reaches."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from gates.training.tasks.model import Batch

Outputs = NDArray[np.floating]
Measure = Callable[[Outputs, Batch], float]
Stream = Callable[[np.random.Generator, int], Iterator[Batch]]

HIGHEST = 700.0
"""The logarithm of the greatest perplexity that is told apart; e to much more is not a number any more."""

FIT_SEED = 1
FIT_BATCHES = 40
FIT_SIZE = 64
"""Predictors without memory are fitted to as many batches of training data, from a seed of their own."""


def accuracy(output: Outputs, batch: Batch) -> float:
    """Return the share of read steps at which the highest score is the target's."""
    right = output.argmax(axis=-1) == batch.target
    return float(right[batch.read].mean())


def mean_squared_error(output: Outputs, batch: Batch) -> float:
    """Return the mean of (output − target)² over the read steps and all outputs."""
    error = (output - batch.target)[batch.read].astype(np.float64)
    return float(np.mean(error**2))


def perplexity(output: Outputs, batch: Batch) -> float:
    """Return e to the mean cross-entropy (at most ``HIGHEST``) of the scores at the read steps."""
    scores = output[batch.read].astype(np.float64)
    scores -= scores.max(axis=-1, keepdims=True)
    chosen = scores[np.arange(len(scores)), _classes(batch)]
    mean = np.mean(np.log(np.exp(scores).sum(axis=-1)) - chosen)
    return float(np.exp(min(mean, HIGHEST)))


def by_symbol(
    stream: Stream, evaluation: Batch, measure: Measure, classes: int, size: int = FIT_SIZE
) -> float:
    """Return what the best guess from the current symbol alone scores on ``evaluation``.

    The guess is the frequency of each class beside each symbol in training data (batches of ``size``
    sequences), one added to every count; x is one-hot. With one symbol at all read steps it is the most
    frequent class.
    """
    counts = np.ones((evaluation.x.shape[2], classes))
    for batch in _training_data(stream, size):
        symbols = batch.x.argmax(axis=-1)[batch.read]
        np.add.at(counts, (symbols, _classes(batch)), 1)
    frequencies = counts / counts.sum(axis=1, keepdims=True)
    return measure(np.log(frequencies)[evaluation.x.argmax(axis=-1)], evaluation)


def by_mean(stream: Stream, evaluation: Batch, measure: Measure) -> float:
    """Return what the targets' mean in training data, given at every step, scores on ``evaluation``."""
    targets = np.concatenate([batch.target[batch.read] for batch in _training_data(stream)])
    return measure(np.broadcast_to(targets.mean(axis=0), evaluation.target.shape), evaluation)


def by_persistence(evaluation: Batch, measure: Measure) -> float:
    """Return what "the next value will be the present one" scores on ``evaluation``."""
    return measure(evaluation.x, evaluation)


def _classes(batch: Batch) -> NDArray[np.int64]:
    return batch.target[batch.read].astype(np.int64)


def _training_data(stream: Stream, size: int = FIT_SIZE) -> Iterator[Batch]:
    return islice(stream(np.random.default_rng(FIT_SEED), size), FIT_BATCHES)
