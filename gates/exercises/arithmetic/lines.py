"""All lines of a solution, by name and in order."""

from __future__ import annotations

from gates.exercises.arithmetic.backward import backward
from gates.exercises.arithmetic.forward import Line, Numbers, forward
from gates.exercises.arithmetic.labels import Labels
from gates.exercises.solve import Solution


def lines(solution: Solution, notation: str = "pytorch", *, ignores_clamps: bool = False) -> tuple[Line, ...]:
    """Return every line of arithmetic: forwards, and backwards where there is a loss.

    ignores_clamps: in the lines of the run nothing is clamped; a usual mistake, see ``Numbers``.
    """
    numbers = Numbers(solution, Labels(solution.exercise, notation), ignores_clamps=ignores_clamps)
    return (*forward(numbers), *backward(numbers))
