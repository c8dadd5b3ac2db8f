"""Design exercises: find the weights that make a cell do something. What it does on hidden sequences counts.

Any weights that do it are right, as in the lab's challenges, whose measure this is.
"""

from __future__ import annotations

import math
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from gates.examples.challenges.model import Miss, Score, asked_steps, measure
from gates.exercises.errors import ExerciseError
from gates.exercises.model import CELLS, Exercise, Floats, PartWeights
from gates.exercises.random import Mulberry32

HIDDEN = 20
"""Hidden sequences."""
LARGEST = 1000.0
"""Magnitude that an answer may have."""


@dataclass(frozen=True)
class Weight:
    """A weight to be found: of a part's W or b, at a unit and an input."""

    matrix: str
    part: str
    column: int = 0


@dataclass(frozen=True, eq=False)
class Design:
    """One task. Its sentence is ``design.<id>``, with ``values`` in its places.

    exercise: the cell, with 0 for what is to be found. blanks: what that is, by name. solution: one that does
    it. x: hidden sequences (T, B, I), begun at ``initial`` (B,) of the signal that is read; bands: the lowest
    and the highest right value of that signal at each step, (T, B, 2), NaN where nothing is asked.
    """

    id: str
    values: Mapping[str, object]
    exercise: Exercise
    blanks: Mapping[str, Weight]
    solution: Mapping[str, float]
    tokens: tuple[tuple[str, ...], ...]
    x: Floats
    initial: Floats
    bands: NDArray[np.float64]

    def with_answers(self, answers: Mapping[str, float]) -> Exercise:
        """Return the exercise with the weights that were found.

        Raises:
            ExerciseError: one is missing or too large, or there is no such blank.
        """
        parts = dict(self.exercise.parts)
        for name in answers:
            if name not in self.blanks:
                raise ExerciseError("error.puzzle.blank", name=name[:40], names=", ".join(self.blanks))
        for name, weight in self.blanks.items():
            value = answers.get(name, math.nan)
            if not abs(value) <= LARGEST:
                raise ExerciseError("error.puzzle.answer", name=name, limit=f"{LARGEST:,.0f}")
            weights = parts[weight.part]
            W, b = weights.W.copy(), weights.b.copy()
            if weight.matrix == "W":
                W[0, weight.column] = value
            else:
                b[0] = value
            parts[weight.part] = replace(weights, W=W, b=b)
        return replace(self.exercise, parts=parts)

    def judge(self, answers: Mapping[str, float]) -> DesignVerdict:
        """Run the cell with these weights over the hidden sequences, and say how many it gets right."""
        exercise = self.with_answers(answers)
        start = self.initial[:, None]
        lstm = exercise.kind == "lstm"
        trace = exercise.cell.run(self.x, (np.zeros_like(start), start) if lstm else start)
        read = np.asarray(trace.memory[..., 0], dtype=np.float64)
        counts = asked_steps(self.bands)
        right, near = measure(read, self.bands, 0.5)
        whole = np.atleast_1d((right | ~counts).all(axis=0))
        miss = None
        if not whole.all():
            which = int(np.argmin(whole))
            step = int(np.argmax(counts[:, which] & ~right[:, which]))
            low, high = map(float, self.bands[step, which])
            miss = Miss(self.tokens[which], step, float(read[step, which]), (low, high))
        return DesignVerdict(Score(int(whole.sum()), len(whole), near), miss)


@dataclass(frozen=True)
class DesignVerdict:
    """How many hidden sequences came out right, and where the first of the others goes wrong."""

    hidden: Score
    miss: Miss | None

    @property
    def solved(self) -> bool:
        """Whether all came out right."""
        return self.hidden.right == self.hidden.of


def design(name: str, seed: int) -> Design:
    """Return a design exercise with the numbers of a seed.

    Raises:
        ExerciseError: there is no such design.
    """
    if name not in DESIGNS:
        raise ExerciseError("error.puzzle.name", name=name, choices=", ".join(DESIGNS))
    return DESIGNS[name](Mulberry32(zlib.crc32(f"{name} {seed}".encode())))


CLOSED = -20.0
"""The bias of a gate that stays shut."""


def _one_unit(kind: str, inputs: int, **biases: float) -> dict[str, PartWeights]:
    zeros = np.zeros((1, inputs)), np.zeros((1, 1))
    return {part: PartWeights(*zeros, np.array([biases.get(part, 0.0)])) for part in CELLS[kind].parts}


def _logit(share: float) -> float:
    return math.log(share / (1 - share))


def _nonzero_starts(random: Mulberry32) -> Floats:
    """Return what is held at first, of both signs and never next to nothing."""
    return np.array([random.choice((-1.0, 1.0)) * (0.4 + 0.5 * random.draw()) for _ in range(HIDDEN)])


def _bands_around(values: Floats, share: float) -> NDArray[np.float64]:
    """Return bands of ± a share of the size of each value."""
    edges = [values - share * np.abs(values), values + share * np.abs(values)]
    return np.stack(edges, axis=-1).astype(np.float64)


def _half_life(random: Mulberry32) -> Design:
    """Find b_f so that half of c is left after so many steps: b_f = σ⁻¹(½^(1/n))."""
    steps = random.choice((2, 3, 5, 8, 10, 14, 20, 30))
    exercise = Exercise("lstm", _one_unit("lstm", 1, input=CLOSED), np.zeros((steps, 1)))
    start = _nonzero_starts(random)
    x = np.array([2 * random.draw() - 1 for _ in range(steps * HIDDEN)]).reshape(steps, HIDDEN, 1)
    bands = np.full((steps, HIDDEN, 2), np.nan)
    bands[-1] = _bands_around(start / 2, 0.05)
    return Design(
        "half-life",
        {"steps": steps},
        exercise,
        {"b_f": Weight("b", "forget")},
        {"b_f": _logit(0.5 ** (1 / steps))},
        (("x",) * steps,) * HIDDEN,
        x,
        start,
        bands,
    )


def _kept_by_z(random: Mulberry32) -> Design:
    """Find the bias of z so that a share of h is left after some steps; z keeps, or writes."""
    steps, share = random.choice((2, 3, 4, 6)), random.choice((0.25, 0.5, 0.75))
    update = random.choice(("keep", "write"))
    exercise = Exercise("gru", _one_unit("gru", 1), np.zeros((steps, 1)), update=update)
    start = _nonzero_starts(random)
    bands = np.full((steps, HIDDEN, 2), np.nan)
    bands[-1] = _bands_around(start * share, 0.05)
    keep = share ** (1 / steps)
    return Design(
        f"kept-by-z-{update}",
        {"steps": steps, "share": f"{share:g}"},
        exercise,
        {"b_z": Weight("b", "update")},
        {"b_z": _logit(keep if update == "keep" else 1 - keep)},
        (("x",) * steps,) * HIDDEN,
        np.array([2 * random.draw() - 1 for _ in range(steps * HIDDEN)]).reshape(steps, HIDDEN, 1),
        start,
        bands,
    )


def _forget_on(random: Mulberry32) -> Design:
    """Find W_f and b_f so that c is forgotten at one symbol and held at all others."""
    symbols = ("R", "S", "–")
    at = random.below(2)  # R or S: which of the two forgets
    steps, columns = 12, len(symbols)
    exercise = Exercise("lstm", _one_unit("lstm", columns, input=CLOSED), np.zeros((steps, columns)))
    start = _nonzero_starts(random)
    picks = np.array([random.below(columns) for _ in range(steps * HIDDEN)]).reshape(steps, HIDDEN)
    picks[:, 0] = 2  # one sequence never forgets, and one forgets late
    picks[:, 1] = 2
    picks[-1, 1] = at
    forgotten = np.logical_or.accumulate(picks == at, axis=0)
    kept = _bands_around(np.broadcast_to(start, forgotten.shape), 0.1)
    bands = np.where(forgotten[..., None], np.array([-0.05, 0.05]), kept)
    blanks = {f"W_f[1,{k + 1}]": Weight("W", "forget", k) for k in range(columns)}
    solution = {name: -20.0 if k == at else 0.0 for k, name in enumerate(blanks)}
    return Design(
        "forget-on",
        {"symbol": symbols[at], "symbols": ", ".join(symbols)},
        exercise,
        {**blanks, "b_f": Weight("b", "forget")},
        {**solution, "b_f": 10.0},
        tuple(tuple(symbols[k] for k in column) for column in picks.T),
        np.eye(columns)[picks],
        start,
        bands,
    )


DESIGNS: Mapping[str, Callable[[Mulberry32], Design]] = MappingProxyType(
    {"half-life": _half_life, "kept-by-z": _kept_by_z, "forget-on": _forget_on}
)
"""The designs by id."""
