"""Which strip is f? The gates of an LSTM's run without names, to be told from what they do to c and h."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from itertools import permutations

import numpy as np

from gates.exercises.errors import ExerciseError
from gates.exercises.generate import LARGEST_SUM
from gates.exercises.model import CELLS, Exercise, Floats, PartWeights
from gates.exercises.random import Mulberry32
from gates.exercises.solve import Solution

STRIP = "which-strip"
"""The puzzle by its name."""
STEPS = 6
GATES = ("input", "forget", "output")
LETTERS = ("A", "B", "C")
SIGNS = {"input": "i", "forget": "f", "output": "o"}
APART = 0.1
"""How far c or h is off, at some step, wherever the strips are named in another way."""
DECIMALS = 2
ATTEMPTS = 2000
_WEIGHTS = tuple(size / 10 for size in range(-25, 26, 5) if size)


@dataclass(frozen=True, eq=False)
class Strips:
    """A question: the run, which strip (A, B, C) shows which gate, and the gate that is asked for."""

    exercise: Exercise
    solution: Solution
    order: tuple[str, str, str]
    asked: str

    @property
    def answer(self) -> str:
        """The letter of the strip that is asked for."""
        return LETTERS[self.order.index(self.asked)]

    @property
    def letter(self) -> str:
        """The letter of the gate that is asked for: i, f or o."""
        return SIGNS[self.asked]

    @property
    def start(self) -> float:
        """c before the first step; h is 0."""
        return float(self.exercise.state[1][0])

    @property
    def rows(self) -> dict[str, Floats]:
        """All strips from top to bottom, (T,) each: x, the gates without names, and g, c and h."""
        named = {"g": "candidate", "c": "cell", "h": "hidden"}
        rest = {letter: self.solution.signal(name)[:, 0] for letter, name in named.items()}
        return {"x": self.solution.signal("x")[:, 0], **self.unnamed, **rest}

    @property
    def unnamed(self) -> dict[str, Floats]:
        """The strips without names, (T,) each, by letter."""
        return {
            letter: self.solution.signal(gate)[:, 0] for letter, gate in zip(LETTERS, self.order, strict=True)
        }


def strips(seed: int) -> Strips:
    """Return the question of a seed: c and h tell the three gates apart, even rounded to two decimals.

    Raises:
        ExerciseError: no such run was found.
    """
    random = Mulberry32(zlib.crc32(f"which-strip {seed}".encode()))
    for _ in range(ATTEMPTS):
        parts = {
            part: PartWeights(
                np.array([[random.choice(_WEIGHTS)]]),
                np.array([[random.choice(_WEIGHTS)]]),
                np.array([random.choice(_WEIGHTS)]),
            )
            for part in CELLS["lstm"].parts
        }
        x = np.array([[random.choice((-2.0, -1.0, 1.0, 2.0))] for _ in range(STEPS)])
        exercise = Exercise("lstm", parts, x, c0=np.array([random.choice((-1.0, 1.0))]))
        solution = Solution(exercise)
        if np.abs(solution.trace.pre_block).max() <= LARGEST_SUM and least_off(solution) >= APART:
            order = tuple(random.shuffled(GATES))
            return Strips(exercise, solution, (order[0], order[1], order[2]), random.choice(GATES))
    raise ExerciseError("error.generate.numbers", name="which-strip", seed=seed)


def least_off(solution: Solution) -> float:
    """Return how far c or h is off at the worst step, for the wrong names that come nearest."""
    trace = solution.trace
    found = []
    for i, f, o in permutations(GATES):
        if (i, f, o) == GATES:
            continue
        c = solution.signal(f) * trace.previous_cell + solution.signal(i) * trace.candidate
        h = solution.signal(o) * trace.tanh_cell
        found.append(float(max(np.abs(c - trace.cell).max(), np.abs(h - trace.hidden).max())))
    return min(found)
