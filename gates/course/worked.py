"""A worked example whose lines fade: those of an exercise, of which some are left for the student to compute.

The judge is that of the exercises (``gates/exercises/judging.py``); a step sends its arithmetic once, and the
numbers of each variant. ``assets/course/lesson/worked-example.js`` judges with it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from gates.course import inputs
from gates.course.expressions import LessonError
from gates.exercises.arithmetic.expressions import Call, Evaluation, Expression, Key, Symbol
from gates.exercises.arithmetic.forward import Line
from gates.exercises.arithmetic.writers import Plain, exact, rounded
from gates.exercises.classics import classic
from gates.exercises.file import from_json
from gates.exercises.generate import LEAST_DIFFERENCE, SAME
from gates.exercises.judging import judging, key_text
from gates.exercises.mistakes import SolutionPaths
from gates.exercises.model import Exercise

Json = dict[str, Any]

KIND = "worked"
DECIMALS = 2
"""How many are written, and asked for, where a step does not say."""


def asks_nothing(step: Mapping[str, Any]) -> bool:
    """Tell whether a step asks for nothing: it tells something, or all of its lines are written out."""
    return step["kind"] == "tell" or (step["kind"] == KIND and not step["blank"])


def exercise_of(state: Mapping[str, Any]) -> Exercise:
    """Return the exercise that a state is; raises a LessonError for one that is none."""
    exercise = state.get("exercise")
    if exercise is None:
        raise LessonError(f"{state} is no exercise")
    return classic(exercise) if isinstance(exercise, str) else from_json(inputs.expand_exercise(exercise))


class Example:
    """The lines of a step in one of its variants.

    Args:
        step: with ``lines``, the names of those that stand there, ``blank``, which of them are left to the
            student, and ``decimals``.
        state: its state with what was drawn put in.

    Raises:
        LessonError: a line is none of the exercise's, or is blank and does not stand there.
    """

    def __init__(self, step: Mapping[str, Any], state: Mapping[str, Any]) -> None:
        self.names, self.blank = tuple(step["lines"]), tuple(step["blank"])
        self.decimals = int(step.get("decimals", DECIMALS))
        self.exercise = exercise_of(state)
        self.ways = SolutionPaths(self.exercise, self.names)
        known = {line.name: line for line in self.ways.lines}
        if not set(self.names) <= known.keys() or not set(self.blank) <= set(self.names):
            raise LessonError(f"no such lines: {self.names}, blank {self.blank}, of {', '.join(known)}")
        self.lines = [line for line in self.ways.lines if line.name in self.names]
        # A sum that has no line of its own is written inside the function that it goes through.
        self._sums = {line.key: line.expression for line in known.values() if line.name not in self.names}

    def structure(self) -> Json:
        """Return what all variants have in common: the lines in letters, and what judges them."""
        rules = judging(self.exercise, self.names, decimals=self.decimals)
        plain = Plain(self.decimals)
        letters = [
            {
                "name": line.name,
                "label": line.label,
                "letters": self._whole(line).write(plain),
                "blank": line.name in self.blank,
            }
            for line in self.lines
        ]
        return {
            "lines": letters,
            "judging": {name: rules[name] for name in ("lines", "mistakes", "decimals")},
        }

    def variant(self) -> Json:
        """Return its numbers: those that are given, by key and as written, and each line in numbers."""
        numbers = self.ways.given.items()
        return {
            "given": {key_text(key): value for key, value in numbers if not math.isnan(value)},
            "stated": self._stated(),
            "written": {line.name: self._written(line) for line in self.lines},
        }

    def _whole(self, line: Line) -> Expression:
        """A line with the sums that have none of their own."""
        inside = line.expression
        if isinstance(inside, Call) and isinstance(inside.argument, Symbol):
            return replace(inside, argument=self._sums.get(inside.argument.key, inside.argument))
        return inside

    def _written(self, line: Line) -> Json:
        """A line's arithmetic in numbers, with what follows from it on the way, and its value."""
        plain = Plain(self.decimals).with_numbers()
        parts = [self._whole(line).write(plain)]
        if (short := line.expression.write(plain)) != parts[0]:
            parts.append(short)
        return {"numbers": parts, "value": rounded(line.value, self.decimals)}

    def _stated(self) -> list[list[str]]:
        """The numbers that the lines are computed from, each as [letter, number], in order of appearance."""
        stated: dict[Key, list[str]] = {}
        for line in self.ways.lines:
            for symbol in _symbols(line.expression):
                if symbol.given and symbol.key not in stated:
                    stated[symbol.key] = [symbol.label, exact(symbol.number)]
        return sorted(stated.values(), key=lambda entry: entry[0][0] in "WUbV")

    def problems(self) -> Iterator[str]:
        """Yield what makes a blank line trivial, or a usual mistake in it too near to what is right."""
        right = self.ways.right
        for name in self.blank:
            if abs(right[name]) < LEAST_DIFFERENCE:
                yield f"{name} is next to nothing: {right[name]}"
        for cause, values in self.ways.wrong({name: right[name] for name in self.names}):
            for name in self.blank:
                if SAME < abs(values.get(name, math.inf) - right[name]) < LEAST_DIFFERENCE:
                    yield f"{name} comes out nearly right where {cause} is made: {values[name]}"


class _Symbols(Evaluation):
    def __init__(self) -> None:
        self.symbols: list[Symbol] = []

    def symbol(self, symbol: Symbol) -> float:
        self.symbols.append(symbol)
        return symbol.number


def _symbols(expression: Expression) -> list[Symbol]:
    seen = _Symbols()
    expression.evaluate(seen)
    return seen.symbols
