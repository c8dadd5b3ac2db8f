"""Fresh exercises with pleasant numbers, from a template and a seed."""

from __future__ import annotations

import math
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gates.exercises.arithmetic.expressions import Key
from gates.exercises.errors import ExerciseError
from gates.exercises.mistakes import GATES, SolutionPaths, follow, given_numbers
from gates.exercises.model import CELLS, Exercise, ExerciseReadout, Floats, PartWeights
from gates.exercises.random import Mulberry32
from gates.exercises.solve import Solution

LARGEST_SUM = 3.0
"""Magnitude that a pre-activation may have: beyond it σ and tanh are saturated."""
LEAST_DIFFERENCE = 0.05
"""How far an asked number is from what each mistake makes of it, and from 0."""
SAME = 1e-9
"""Difference below which a mistake has changed nothing."""
BATCH, BATCHES = (80, 400), 250
DIFFICULTIES = ("round", "two")
"""Weights of one decimal, or of two."""

LN = {2: math.log(2), 3: math.log(3), 4: math.log(4), 9: math.log(9)}
POINTS = (*LN.values(), *(-value for value in LN.values()))
"""Sums whose σ is 2/3, .75, .8, .9, 1/3, .25, .2, .1."""
TANH_POINTS = (LN[3] / 2, LN[2], LN[3], -LN[3] / 2, -LN[2], -LN[3])
"""Sums whose tanh is ±.5, ±.6, ±.8."""


@dataclass(frozen=True)
class Template:
    """What exercises are like: the cell, its sizes, and the names of the lines that are asked.

    draw: makes a candidate of random numbers; those that are not pleasant are drawn again. tabulated: σ and
    tanh come out at points that a table has, whatever the difficulty.
    """

    id: str
    kind: str
    asked: tuple[str, ...]
    draw: Callable[[Template, Mulberry32, str], Exercise]
    hidden: int = 1
    inputs: int = 1
    steps: int = 1
    reset: str = "before"
    update: str = "keep"
    tabulated: bool = False


def generate(template: str, seed: int, difficulty: str = DIFFICULTIES[0]) -> Exercise:
    """Return the exercise of a template and a seed: the same one every time.

    Raises:
        ExerciseError: there is no such template or difficulty, or no pleasant numbers were found.
    """
    if template not in TEMPLATES:
        raise ExerciseError("error.generate.template", name=template, choices=", ".join(TEMPLATES))
    if difficulty not in DIFFICULTIES:
        raise ExerciseError("error.generate.difficulty", name=difficulty, choices=", ".join(DIFFICULTIES))
    definition = TEMPLATES[template]
    random = Mulberry32(zlib.crc32(f"{template} {difficulty} {seed}".encode()))
    for size in (BATCH[0], *(BATCH[1] for _ in range(BATCHES))):
        batch = [definition.draw(definition, random, difficulty) for _ in range(size)]
        if (exercise := first_pleasant(batch)) is not None:
            return exercise
    raise ExerciseError("error.generate.numbers", name=template, seed=seed)


def first_pleasant(batch: Sequence[Exercise]) -> Exercise | None:
    """Return the first of some exercises of one template that is pleasant; all are computed at once."""
    ways = SolutionPaths(batch[0], batch[0].asked)
    each = [given_numbers(exercise) for exercise in batch]
    numbers = {key: np.array([by_key[key] for by_key in each]) for key in each[0]}
    right = follow(ways.lines, numbers, {})
    good = ~_trivial(ways, numbers, right)
    for mistake, mistaken_lines in ways.mistakes:
        left = np.flatnonzero(good)
        if not left.size:
            return None
        remaining = {key: values[left] for key, values in numbers.items()}
        known = {name: right[name][left] for name in batch[0].asked}
        values = follow(mistaken_lines, remaining, known, mistake)
        for name in known:
            away = np.abs(values[name] - known[name])
            good[left[(away > SAME) & ~(away >= LEAST_DIFFERENCE)]] = False
    return next(
        (exercise for exercise, fine in zip(batch, good, strict=True) if fine and is_pleasant(exercise)), None
    )


def _trivial(
    paths: SolutionPaths, numbers: Mapping[Key, Floats], right: Mapping[str, Floats]
) -> NDArray[np.bool_]:
    """Tell of each exercise whether a sum saturates, h stands still, or an asked number is nearly 0."""
    at = {line.key: right[line.name] for line in paths.lines} | dict(numbers)
    trivial = np.zeros(len(next(iter(numbers.values()))), dtype=bool)
    still: dict[Any, Any] = {}
    for key, values in at.items():
        if key[:1] == ("signal",) and str(key[1]).startswith("pre."):
            trivial |= np.abs(values) > LARGEST_SUM
        if key[:2] == ("signal", "hidden") and (*key[:2], key[2] - 1, key[3]) in at:  # type: ignore[operator]
            moved = np.abs(values - at[(*key[:2], key[2] - 1, key[3])]) >= LEAST_DIFFERENCE  # type: ignore[operator]
            still[key[2]] = still.get(key[2], False) | moved
    for moved in still.values():
        trivial |= ~moved
    for name in paths.exercise.asked:
        trivial |= np.abs(right[name]) < LEAST_DIFFERENCE
    for gate, second in _confusable_gates(paths):
        trivial |= np.abs(right[gate] - right[second]) < LEAST_DIFFERENCE
    return trivial


def _confusable_gates(paths: SolutionPaths) -> list[tuple[str, str]]:
    """Return the pairs of asked gates of one step and unit, which must not be taken for each other."""
    run = [line for line in paths.lines if line.group == "forward" and line.key[1] in GATES]
    asked = [line for line in run if line.name in paths.exercise.asked]
    return [
        (first.name, second.name)
        for first, second in combinations(asked, 2)
        if first.key[2:] == second.key[2:]
    ]


def is_pleasant(exercise: Exercise) -> bool:
    """Tell whether no sum saturates, nothing asked is trivial, and no mistake leads near the right answer."""
    trace = Solution(exercise).trace
    if np.abs(trace.pre_block).max() > LARGEST_SUM:
        return False
    if np.abs(trace.hidden - trace.previous_hidden).max(axis=-1).min() < LEAST_DIFFERENCE:
        return False
    return not problems_of(exercise)


def problems_of(exercise: Exercise) -> list[tuple[str, str]]:
    """Return what makes an exercise trivial or ambiguous: asked lines, and the gate or the mistake too near.

    A mistake that changes nothing in a line is no trouble there: it cannot be made.
    """
    ways = SolutionPaths(exercise, exercise.asked)
    asked = exercise.asked or tuple(ways.right)
    problems = [(name, "trivial") for name in asked if abs(ways.right[name]) < LEAST_DIFFERENCE]
    right = ways.right
    problems += [
        (first, second)
        for first, second in _confusable_gates(ways)
        if abs(right[first] - right[second]) < LEAST_DIFFERENCE
    ]
    if problems:
        return problems
    known = {name: ways.right[name] for name in asked}
    for cause, values in ways.wrong(known):
        for name in asked:
            away = abs(values.get(name, math.inf) - ways.right[name])
            if SAME < away < LEAST_DIFFERENCE:
                return [(name, cause)]
    return []


# Candidates


def _steps(low: int, high: int, scale: int) -> tuple[float, ...]:
    """Return ±low/scale to ±high/scale."""
    sizes = [size / scale for size in range(low, high + 1)]
    return tuple([-size for size in reversed(sizes)] + sizes)


_WEIGHTS = {"round": _steps(3, 18, 10), "two": _steps(25, 180, 100)}
_BIASES = {"round": _steps(3, 12, 10), "two": _steps(25, 120, 100)}
_INPUTS = (-2.0, -1.0, -0.5, 0.5, 1.0, 2.0)
_STATES = _steps(8, 19, 20)
_MEMORIES = _steps(8, 20, 10)


def _array(random: Mulberry32, pool: Sequence[float], *shape: int) -> Floats:
    return np.array([random.choice(pool) for _ in range(math.prod(shape))]).reshape(shape)


def _random(template: Template, random: Mulberry32, difficulty: str) -> Exercise:
    H, n, weights = template.hidden, template.inputs, _WEIGHTS[difficulty]
    parts = {
        part: PartWeights(
            _array(random, weights, H, n),
            _array(random, weights, H, H),
            _array(random, _BIASES[difficulty], H),
        )
        for part in CELLS[template.kind].parts
    }
    more: dict[str, Any] = {"h0": _array(random, _STATES, H)}
    if template.kind == "lstm":
        more["c0"] = _array(random, _MEMORIES, H)
    x = _array(random, _INPUTS, template.steps, n)
    return _exercise(template, parts, x, **more)


def _exercise(template: Template, parts: Mapping[str, PartWeights], x: Floats, **more: Any) -> Exercise:
    return Exercise(
        template.kind,
        parts,
        x,
        reset=template.reset,
        update=template.update,
        asked=template.asked,
        **more,
    )


def _learning(template: Template, random: Mulberry32, difficulty: str) -> Exercise:
    """A read-out without a bias, targets at every step, and a learning rate."""
    exercise = _random(template, random, difficulty)
    V = ExerciseReadout(_array(random, (-3.0, -2.0, 2.0, 3.0), 1, exercise.hidden), np.zeros(1), biased=False)
    targets = _array(random, (-2.0, -1.0, 0.0, 1.0, 2.0), exercise.steps, 1)
    return replace(exercise, h0=None, readout=V, targets=targets, learning_rate=0.5)


def _tabulated(template: Template, random: Mulberry32, difficulty: str) -> Exercise:
    """Sums at tabulated points: x is ±1, nothing comes from the old state, a bias moves to another point."""
    x = random.choice((-1.0, 1.0))
    parts = {}
    for part in CELLS[template.kind].parts:
        points = TANH_POINTS if part == "candidate" else POINTS
        total, before = random.choice(points), random.choice(POINTS)
        bias = total - before
        if not any(abs(abs(bias) - size) < 1e-12 for size in LN.values()):
            before, bias = total, 0.0
        zero = np.zeros((template.hidden, template.hidden))
        parts[part] = PartWeights(np.array([[_point(before) * x]]), zero, np.array([_point(bias)]))
    more: dict[str, Any] = {"h0": _array(random, _steps(40, 95, 100), 1)}
    if template.kind == "lstm":
        more["c0"] = _array(random, _MEMORIES, 1)
    return _exercise(template, parts, np.array([[x]]), **more)


def _point(value: float) -> float:
    """Return a sum of logarithms as the logarithm it is, to the last bit."""
    for size in (*LN.values(), LN[3] / 2):
        if abs(abs(value) - size) < 1e-12:
            return math.copysign(size, value)
    return value


_ALL = (
    Template("lstm-step", "lstm", ("i1", "f1", "g1", "o1", "c1", "h1"), _random),
    Template("lstm-two", "lstm", ("i1", "f1", "g1", "o1", "c1", "h1", "c2"), _random, steps=2),
    Template("lstm-tabulated", "lstm", ("i1", "f1", "g1", "o1", "c1", "h1"), _tabulated, tabulated=True),
    Template("gru-step", "gru", ("r1", "z1", "n1", "h1"), _random),
    Template("gru-after", "gru", ("r1", "z1", "n1", "h1"), _random, reset="after"),
    Template("gru-write", "gru", ("r1", "z1", "n1", "h1"), _random, update="write"),
    Template("gru-tabulated", "gru", ("z1", "n1", "h1"), _tabulated, tabulated=True),
    Template("rnn-three", "rnn", ("h1", "h2", "h3"), _random, steps=3),
    Template("rnn-pair", "rnn", ("h1[1]", "h1[2]", "h2[1]", "h2[2]"), _random, hidden=2, steps=2),
    Template("rnn-bptt", "rnn", ("h1", "h2", "L", "da_h2", "da_h1", "dW_h", "new W_h"), _learning, steps=2),
)
TEMPLATES: Mapping[str, Template] = MappingProxyType({template.id: template for template in _ALL})
"""The templates by id; ``template.<id>`` names each."""
