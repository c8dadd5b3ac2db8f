"""Sentiment with negation: short film reviews drawn from a grammar of our own.

    review:  clause "."  |  clause "and" or "but" clause "."
    clause:  noun [not or hardly] [really] [very or so] adjective

An adjective is positive, negative or neither; a negator turns the one of its own clause round. The verdict is
that of the last clause that has one. Two verdicts that agree are joined by "and", two that do not by "but".
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gates.training.tasks.generators import classification, recipes, symbol_probe, symbols
from gates.training.tasks.model import Batch, Task

NOUNS = ("film", "plot", "acting", "ending", "music")
NEGATORS = ("not", "hardly")
REALLY = "really"
DEGREES = ("very", "so")
POSITIVE = ("good", "great", "funny")
NEGATIVE = ("bad", "dull", "awful")
NEITHER = ("long", "short", "loud")
AND, BUT, END = "and", "but", "."
VOCABULARY = (*NOUNS, *NEGATORS, REALLY, *DEGREES, *POSITIVE, *NEGATIVE, *NEITHER, AND, BUT, END)
VERDICTS = ("−", "+")

NEGATED, EMPHATIC, GRADED, POLAR, TWO_CLAUSES = 0.4, 0.2, 0.4, 0.8, 0.6
"""How likely are a negator, "really", a word of degree, an adjective with a verdict, and a second clause."""

PROBE = "film not very long but acting not so bad ."

ABSENT = -1

Indices = NDArray[np.int64]


def sentiment() -> Task:
    """Return the sentiment task: is the review, read word by word, positive or negative?"""
    indices = np.array([[VOCABULARY.index(word)] for word in PROBE.split()])
    shown = _batch(indices, np.array([len(indices)]), np.array([1]))
    return classification(
        "sentiment",
        reviews,
        VOCABULARY,
        VERDICTS,
        margin=0.3,
        recipes=recipes({"hidden": 8, "lr": 0.01, "batch": 64, "steps": 600}, lstm={"forget_bias": 1.0}),
        probe=symbol_probe(shown, VOCABULARY, words="task.sentiment"),
    )


def reviews(rng: np.random.Generator, size: int) -> Batch:
    """Return ``size`` reviews, one-hot over ``VOCABULARY``, with the verdict at the last word."""
    two = rng.random(size) < TWO_CLAUSES
    polar = rng.random((2, size)) < POLAR
    polar[0] |= ~two
    polar[1] |= ~polar[0]
    first, verdict = _clause(rng, polar[0])
    second, later = _clause(rng, polar[1])
    but = np.where(polar.all(axis=0), verdict != later, rng.random(size) < 0.5)
    joint = np.where(but, VOCABULARY.index(BUT), VOCABULARY.index(AND))
    second = np.where(two, np.vstack([joint, second]), ABSENT)
    words = np.vstack([first, second, np.full(size, VOCABULARY.index(END))])
    verdict = np.where(two & polar[1], later, verdict)
    return _batch(*_compacted(words), verdict)


def _clause(rng: np.random.Generator, polar: NDArray[np.bool_]) -> tuple[Indices, Indices]:
    """Return the words of clauses, (5, B), ABSENT where there is none, and their verdicts, 0 or 1, (B,)."""
    size = len(polar)
    negated, positive = rng.random(size) < NEGATED, rng.random(size) < 0.5
    adjective = np.where(positive, _words(rng, POSITIVE, size), _words(rng, NEGATIVE, size))
    words = np.vstack(
        [
            _words(rng, NOUNS, size),
            np.where(negated, _words(rng, NEGATORS, size), ABSENT),
            np.where(rng.random(size) < EMPHATIC, VOCABULARY.index(REALLY), ABSENT),
            np.where(rng.random(size) < GRADED, _words(rng, DEGREES, size), ABSENT),
            np.where(polar, adjective, _words(rng, NEITHER, size)),
        ]
    )
    return words, (positive != negated).astype(np.int64)


def _words(rng: np.random.Generator, choices: tuple[str, ...], size: int) -> Indices:
    first = VOCABULARY.index(choices[0])
    return rng.integers(first, first + len(choices), size=size)


def _compacted(words: Indices) -> tuple[Indices, Indices]:
    """Return ``words`` without the gaps of ABSENT ones, filled up with the end mark, and their lengths."""
    absent = words == ABSENT
    order = np.argsort(absent, axis=0, kind="stable")
    lengths = (~absent).sum(axis=0)
    closed = np.take_along_axis(words, order, axis=0)[: lengths.max()]
    return np.where(closed == ABSENT, VOCABULARY.index(END), closed), lengths


def _batch(indices: Indices, lengths: Indices, verdict: Indices) -> Batch:
    read = np.arange(len(indices))[:, None] == lengths - 1
    return Batch(
        symbols(indices, len(VOCABULARY)), np.broadcast_to(verdict, indices.shape), read, lengths=lengths
    )
