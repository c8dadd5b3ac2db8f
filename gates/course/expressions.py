"""What a lesson computes: drawn numbers in its states, and figures read off a run.

``assets/course/lesson/figures.js`` computes the same in the browser; ``tests/course`` holds the two together.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any

from gates.core.trace import Trace
from gates.text import numbers

_DRAWN = re.compile(r"\$(\w+)([+-]\d+)?")
GATES = ("forget", "input", "output", "reset", "update")

Draws = Mapping[str, Any]
Figure = Mapping[str, Any]


class LessonError(ValueError):
    """A lesson that makes no sense; the message says where."""


def filled(value: Any, draws: Draws) -> Any:
    """Return a part of a lesson with what was drawn put in: ``"$n"``, ``"$n+1"``, in lists and mappings too.

    Raises:
        LessonError: for a name that is not drawn.
    """
    if isinstance(value, Mapping):
        return {name: filled(entry, draws) for name, entry in value.items()}
    if isinstance(value, list):
        return [filled(entry, draws) for entry in value]
    match = _DRAWN.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        return value
    name, more = match.groups()
    if name not in draws:
        raise LessonError(f"{value} is not drawn")
    return draws[name] + int(more) if more else draws[name]


def evaluate(figure: Figure, trace: Trace, sliders: Mapping[str, float]) -> float:
    """Return a figure of a run.

    Args:
        figure: ``{"signal", "step", "unit"}``, both from 1; or one of ``number``, ``slider``, ``weight``,
            ``parameters`` (how many there are), ``rest`` (1 − it), ``tanh``, ``halflife`` (ln ½ / ln of it),
            ``ratio``, ``product``, ``sum``, ``power``, with the figures it is made of. ``digits``: how many
            decimals are written of it. :mod:`gates.course.figures` has the forms that no browser computes.
        trace: the run.
        sliders: where the run's sliders stand.

    Raises:
        LessonError: for a figure of no known form.
    """

    def of(operand: Figure) -> float:
        return evaluate(operand, trace, sliders)

    match figure:
        case {"signal": signal, "step": step}:
            return float(getattr(trace, signal)[step - 1, figure.get("unit", 1) - 1])
        case {"number": value}:
            return float(value)
        case {"slider": name}:
            return float(sliders[name])
        case {"weight": [name, row, column]}:
            return float(trace.source.arrays()[name][row - 1, column - 1])
        case {"parameters": True}:
            return float(sum(array.size for array in trace.source.arrays().values()))
        case {"rest": operand}:
            return 1 - of(operand)
        case {"tanh": operand}:
            return math.tanh(of(operand))
        case {"halflife": operand}:
            return math.log(0.5) / math.log(of(operand))
        case {"ratio": [numerator, denominator]}:
            return of(numerator) / of(denominator)
        case {"power": [base, exponent]}:
            return float(of(base) ** of(exponent))
        case {"product": several}:
            return math.prod(of(operand) for operand in several)
        case {"sum": several}:
            return math.fsum(of(operand) for operand in several)
    raise LessonError(f"no figure: {figure}")


def figure_text(figure: Figure, value: float) -> str:
    """Return a figure's value as a lesson's sentence has it."""
    if "digits" in figure:
        return numbers.fixed(value, figure["digits"])
    gate = figure.get("signal") in GATES or figure.get("gate")
    return (numbers.gate if gate else numbers.number)(value)
