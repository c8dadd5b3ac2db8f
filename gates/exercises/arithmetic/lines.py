"""All lines of a solution, by name and in order."""

from __future__ import annotations

from gates.exercises.arithmetic.backward import backward
from gates.exercises.arithmetic.forward import Line, Numbers, forward
from gates.exercises.arithmetic.labels import Labels
from gates.exercises.solve import Solution


def lines(solution: Solution, notation: str = "pytorch") -> tuple[Line, ...]:
    """Return every line of arithmetic: forwards, and backwards where there is a loss."""
    numbers = Numbers(solution, Labels(solution.exercise, notation))
    return (*forward(numbers), *backward(numbers))
