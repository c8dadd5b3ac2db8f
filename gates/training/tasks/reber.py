"""Reber's grammar: which symbol may come next, and which must come at the very end."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gates.training.tasks.generators import checked_length, classification, in_chunks, recipes, symbols
from gates.training.tasks.measures import Outputs
from gates.training.tasks.model import Batch, Task
from gates.training.tasks.reber_grammar import BEGIN, END, SYMBOLS, legal_next, reber_strings

OUTER = (SYMBOLS.index("T"), SYMBOLS.index("P"))
AROUND = 4
"""An embedded string has so many symbols more than the one inside: B, T or P, and T or P, E."""


def reber(length: int | None = None) -> Task:
    """Return the Reber task: after each symbol of a string, which may come next?

    Trained on the symbol that does come; a string is right where, at every step, the possible symbols have
    the highest scores. Strings of at most ``length`` symbols. The grammar is Reber's (1967), as a task for
    recurrent networks Cleeremans, Servan-Schreiber & McClelland's (1989).
    """
    longest = checked_length(length, 30, 8)

    def draw(rng: np.random.Generator, size: int) -> Batch:
        return _next_symbol(*reber_strings(size, longest, rng))

    return classification(
        "reber",
        draw,
        SYMBOLS,
        SYMBOLS,
        margin=0.5,
        recipes=recipes({"hidden": 12, "lr": 0.01, "batch": 32, "steps": 400}, lstm={"forget_bias": 1.0}),
        probe=5,
        stream=in_chunks(draw),
        metric="strict",
        measure=strict,
    )


def embedded_reber(length: int | None = None) -> Task:
    """Return the embedded Reber task: does the symbol before the last repeat the second one?

    A string is B, then T or P, a whole Reber string, the same T or P again, and E; all symbols are trained
    on, and the metric looks at the prediction of that second T or P alone. Strings of at most ``length``
    symbols. Hochreiter & Schmidhuber (1997), experiment 1.
    """
    longest = checked_length(length, 30, 8 + AROUND)

    def draw(rng: np.random.Generator, size: int) -> Batch:
        strings, lengths = reber_strings(size, longest - AROUND, rng)
        return _next_symbol(embedded(strings, lengths, rng.choice(OUTER, size=size)), lengths + AROUND)

    return classification(
        "embedded-reber",
        draw,
        SYMBOLS,
        SYMBOLS,
        margin=0.3,
        recipes=recipes({"hidden": 16, "lr": 0.01, "batch": 32, "steps": 800}, lstm={"forget_bias": 1.0}),
        probe=5,
        stream=in_chunks(draw),
        metric="outer",
        measure=outer_symbol,
    )


def embedded(
    strings: NDArray[np.int64], lengths: NDArray[np.int64], outer: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Return ``strings`` (T, B) of ``lengths`` put between B, ``outer`` (B,) and ``outer``, E: (T + 4, B)."""
    steps, size = strings.shape
    column = np.arange(size)
    whole = np.full((steps + AROUND, size), END)
    whole[0], whole[1] = BEGIN, outer
    whole[2 : steps + 2] = strings
    whole[lengths + 2, column] = outer
    return whole


def strict(output: Outputs, batch: Batch) -> float:
    """Return the share of strings in which every possible symbol outscores every other one, at every step."""
    legal = legal_next(batch.x.argmax(axis=-1))
    lowest = np.where(legal, output, np.inf).min(axis=-1)
    highest = np.where(legal, -np.inf, output).max(axis=-1)
    return float(((lowest > highest) | ~batch.read).all(axis=0).mean())


def outer_symbol(output: Outputs, batch: Batch) -> float:
    """Return the share of strings in which the T or P before the last symbol is given the highest score."""
    assert batch.lengths is not None
    before, column = batch.lengths - 2, np.arange(len(batch.lengths))
    right = output[before, column].argmax(axis=-1) == batch.target[before, column]
    return float(right.mean())


def _next_symbol(strings: NDArray[np.int64], lengths: NDArray[np.int64]) -> Batch:
    """All symbols but the last are read, and all but the first are targets."""
    steps = int(lengths.max()) - 1
    read = np.arange(steps)[:, None] < lengths - 1
    return Batch(symbols(strings[:steps], len(SYMBOLS)), strings[1 : steps + 1], read, lengths - 1)
