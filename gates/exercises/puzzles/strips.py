"""Which strip is f? The gates of an LSTM's run without names, to be told from what they do to c and h."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from functools import lru_cache
from itertools import permutations

import numpy as np

from gates.exercises.arithmetic.writers import rounded
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
LEAST_DEVIATION = 0.1
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


@lru_cache(maxsize=64)
def strips(seed: int) -> Strips:
    """Return the question of a seed: c and h tell the three gates apart, even rounded to two decimals.

    Hundreds of runs may be tried for it, and the lab asks for it with every rerun.

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
        if (
            np.abs(solution.trace.pre_block).max() <= LARGEST_SUM
            and smallest_deviation(solution) >= LEAST_DEVIATION
        ):
            order = tuple(random.shuffled(GATES))
            return Strips(exercise, solution, (order[0], order[1], order[2]), random.choice(GATES))
    raise ExerciseError("error.generate.numbers", name="which-strip", seed=seed)


@dataclass(frozen=True)
class Reason:
    """What an answer comes to at a step (from 1): a formula, in numbers, its value, and what stands there.

    signal: "c" or "h". The answer is right where the two agree.
    """

    step: int
    signal: str
    formula: str
    numbers: str
    value: float
    shown: float


def feedback(task: Strips, answer: str) -> tuple[tuple[str, dict[str, object]], ...]:
    """Return what is said of an answer, sentences by key with their values: whether it is right, and why."""
    kind, why = "right" if answer == task.answer else "wrong", reason(task, answer)
    about = {"step": why.step, "signal": why.signal, "formula": why.formula, "numbers": why.numbers}
    values = {"value": rounded(why.value, DECIMALS), "shown": rounded(why.shown, DECIMALS)}
    named: dict[str, object] = {"gate": task.letter, "answer": task.answer, "said": answer}
    return (f"puzzle.{kind}", named), (f"puzzle.strips.why.{kind}", named | about | values)


def reason(task: Strips, answer: str) -> Reason:
    """Return why a strip (A, B, C) is the gate that is asked for, or is not.

    Of a wrong one it is the step where c or h is farthest off, the other two named as well as may be.
    """
    named = dict(zip(LETTERS, task.order, strict=True))
    of = {SIGNS[gate]: letter for letter, gate in named.items()}  # which strip stands for i, f, o
    if answer == task.answer:
        nearest = min(_wrong_namings(task), key=lambda each: _largest_deviation(task, each)[0])
        _, signal, step = _largest_deviation(task, nearest)
        signal = "h" if task.letter == "o" else "c"
        return _reason(task, of, signal, step)
    ways = [each for each in _wrong_namings(task) if each[task.letter] == answer]
    nearest = min(ways, key=lambda each: _largest_deviation(task, each)[0])
    _, signal, step = _largest_deviation(task, nearest)
    return _reason(task, nearest, signal, step)


def _wrong_namings(task: Strips) -> list[dict[str, str]]:
    """Return all ways to name the strips, by gate, in which another one is the gate that is asked for."""
    ways = [dict(zip(SIGNS.values(), letters, strict=True)) for letters in permutations(LETTERS)]
    return [way for way in ways if way[task.letter] != task.answer]


def _largest_deviation(task: Strips, naming: dict[str, str]) -> tuple[float, str, int]:
    """Return how far c or h is off at most with such names, which of the two, and at what step (from 0)."""
    deviations = [
        (abs(value - drawn), signal, step)
        for signal in ("c", "h")
        for step in range(STEPS)
        for value, drawn in [_values(task, naming, signal, step)]
    ]
    return max(deviations)


def _values(task: Strips, naming: dict[str, str], signal: str, step: int) -> tuple[float, float]:
    rows = task.rows
    i, f, o = (float(rows[naming[gate]][step]) for gate in ("i", "f", "o"))
    c, g, h = (float(rows[name][step]) for name in ("c", "g", "h"))
    before = task.start if step == 0 else float(rows["c"][step - 1])
    return (f * before + i * g, c) if signal == "c" else (o * float(np.tanh(c)), h)


def _reason(task: Strips, naming: dict[str, str], signal: str, step: int) -> Reason:
    rows = task.rows
    before = task.start if step == 0 else float(rows["c"][step - 1])

    def number(value: float) -> str:
        text = rounded(value, DECIMALS)
        return f"({text})" if value < 0 and text[0] != "0" else text

    at = {name: number(float(values[step])) for name, values in rows.items()}
    value, drawn = _values(task, naming, signal, step)
    if signal == "c":
        return Reason(
            step + 1,
            "c",
            "f⊙c₋₁ + i⊙g",
            f"{at[naming['f']]}·{number(before)} + {at[naming['i']]}·{at['g']}",
            value,
            drawn,
        )
    return Reason(
        step + 1,
        "h",
        "o⊙tanh(c)",
        f"{at[naming['o']]}·tanh({rounded(float(rows['c'][step]), DECIMALS)})",
        value,
        drawn,
    )


def smallest_deviation(solution: Solution) -> float:
    """Return how far c or h is off at the worst step, for the wrong names that come nearest."""
    trace = solution.trace
    deviations = []
    for i, f, o in permutations(GATES):
        if (i, f, o) == GATES:
            continue
        c = solution.signal(f) * trace.previous_cell + solution.signal(i) * trace.candidate
        h = solution.signal(o) * trace.tanh_cell
        deviations.append(float(max(np.abs(c - trace.cell).max(), np.abs(h - trace.hidden).max())))
    return min(deviations)
