"""What judges answers, as JSON: an exercise's lines as arithmetic on named numbers, and the usual mistakes.

The browser judges with it (assets/stage/exercise/judge.js), line by line and without the server; lessons and
the lab are given the same. What is computed is not in it, only what it is computed from. docs/exercises.md
describes the form.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from gates.core.activations import AnyActivation
from gates.errors import GatesError
from gates.exercises.arithmetic.expressions import (
    Call,
    Constant,
    Evaluation,
    Exponential,
    Expression,
    Key,
    Logarithm,
    Named,
    Number,
    Product,
    Quotient,
    Square,
    Sum,
    Symbol,
)
from gates.exercises.arithmetic.forward import Line
from gates.exercises.file import written_activation
from gates.exercises.mistakes import Mistake, SolutionPaths
from gates.exercises.model import Exercise

Json = dict[str, Any]

LARGEST = 6000
"""Numbers that stand in the lines of an exercise that is judged in a browser, at most: some 150 KB."""


class TooLarge(GatesError):
    """An exercise has more lines than a browser is given."""


def judging(
    exercise: Exercise, asked: Sequence[str] = (), notation: str = "pytorch", decimals: int = 2
) -> Json:
    """Return what judges the answers to an exercise.

    Args:
        exercise: the exercise.
        asked: the lines that are asked, by name; empty for all. Those after the last of them are left out.
        notation: in whose letters lines are labelled.
        decimals: how many are asked for.

    Raises:
        TooLarge: ``error.judging.large``, it has too many numbers.
        ExerciseError: as :class:`gates.exercises.solve.Solution`.
    """
    size = exercise.hidden * (exercise.hidden + exercise.inputs) * exercise.steps * len(exercise.parts)
    if size > LARGEST:  # before anything is computed
        raise TooLarge("error.judging.large")
    ways = SolutionPaths(exercise, asked, notation)
    read = {line.name: _NameCollector(line) for line in ways.lines}
    if sum(len(each.keys) for each in read.values()) > LARGEST:
        raise TooLarge("error.judging.large")
    names = {*ways.given, *(line.key for line in ways.lines)}
    mistakes = [
        _mistake(ways.lines, read, mistake, mistaken_lines, names)
        for mistake, mistaken_lines in ways.mistakes
    ]
    return {
        "lines": [
            {
                "name": line.name,
                "label": line.label,
                "group": line.group,
                "step": line.step,
                "key": key_text(line.key),
                "is": expression_json(line.expression),
            }
            for line in ways.lines
        ],
        "given": {key_text(key): value for key, value in ways.given.items() if not math.isnan(value)},
        "asked": list(asked),
        "decimals": decimals,
        "mistakes": mistakes,
    }


def key_text(key: Key) -> str:
    """Return a number's name as text: ``signal:cell:0:1``, unit 1 of c at the first step, both from 0."""
    return ":".join(map(str, key))


def expression_json(expression: Expression) -> Any:
    """Return an expression as JSON: a number, a name, or ``[operator, …]``."""
    match expression:
        case Symbol():
            return key_text(expression.key)
        case Constant():
            return expression.number
        case Sum():
            plus_terms = len(expression.terms) - expression.minus
            plus, less = (["+", *map(expression_json, part)] for part in _split(expression.terms, plus_terms))
            return ["-", plus, less] if expression.minus else plus
        case Product():
            return ["*", *map(expression_json, expression.factors)]
        case Quotient():
            return ["/", expression_json(expression.above), expression_json(expression.below)]
        case Square():
            return ["^2", expression_json(expression.base)]
        case Exponential():
            return ["exp", expression_json(expression.exponent)]
        case Logarithm():
            return ["ln", expression_json(expression.argument)]
        case Call():
            return ["of", written_activation(expression.function), expression_json(expression.argument)]
        case Named():
            of = "slope" if expression.slope else "of"
            return [of, written_activation(expression.function), expression_json(expression.argument)]
    raise TypeError(expression)


def _split(terms: Sequence[Expression], at: int) -> tuple[Sequence[Expression], Sequence[Expression]]:
    return terms[:at], terms[at:]


class _NameCollector(Evaluation):
    """The names and the functions that stand in a line."""

    def __init__(self, line: Line) -> None:
        self.keys: dict[Key, None] = {}
        self.functions: list[AnyActivation] = []
        line.expression.evaluate(self)

    def symbol(self, symbol: Symbol) -> Number:
        self.keys[symbol.key] = None
        return symbol.number

    def function(self, function: AnyActivation) -> AnyActivation:
        self.functions.append(function)
        return function


def _mistake(
    lines: Sequence[Line],
    read: Mapping[str, _NameCollector],
    mistake: Mistake,
    mistaken_lines: Sequence[Line],
    names: set[Key],
) -> Json:
    """Return a mistake: what is taken for which number, used for which function, made of which result."""
    explanation: Json = {"cause": mistake.cause}
    if mistake.replaces is not None:
        explanation |= _replacements(lines, read, mistake, names)
    if mistake.changes_activation is not None:
        uses = {}
        for line in lines:
            for function in read[line.name].functions:
                if (instead := mistake.changes_activation(line, function)) != function:
                    uses[line.name] = written_activation(instead)
        explanation["uses"] = uses
    if mistake.changes_result is not None:
        explanation["turns"] = {line.name: turn for line in lines if (turn := mistake.changes_result(line))}
    if mistake.changes_exercise is not None or mistake.ignores_clamps:
        right = {line.name: expression_json(line.expression) for line in lines}
        mistaken = {line.name: expression_json(line.expression) for line in mistaken_lines}
        explanation["is"] = {
            name: expression for name, expression in mistaken.items() if expression != right.get(name)
        }
    return explanation


def _replacements(
    lines: Sequence[Line], read: Mapping[str, _NameCollector], mistake: Mistake, names: set[Key]
) -> Json:
    """Return what is taken for numbers: in all lines of a group where they stand, else line by line."""
    seen: dict[tuple[str, Key], dict[str, Any]] = {}
    for line in lines:
        for key in read[line.name].keys:
            replacement = None if mistake.replaces is None else mistake.replaces(line, key)
            if isinstance(replacement, tuple) and (
                replacement == key or _without_step(replacement) not in names
            ):
                replacement = None  # nothing else is there to be taken
            seen.setdefault((line.group, key), {})[line.name] = replacement
    everywhere: dict[str, Json] = {}
    here: dict[str, Json] = {}
    for (group, key), by_line in seen.items():
        if len(set(by_line.values())) == 1:
            if (replacement := next(iter(by_line.values()))) is not None:
                everywhere.setdefault(group, {})[key_text(key)] = _instead(replacement)
            continue
        for name, replacement in by_line.items():
            if replacement is not None:
                here.setdefault(name, {})[key_text(key)] = _instead(replacement)
    return {name: part for name, part in (("takes", everywhere), ("at", here)) if part}


def _without_step(key: Key) -> Key:
    return key[1:] if key[:1] in (("minus",), ("one minus",)) else key


def _instead(other: Key | float) -> Any:
    if isinstance(other, float):
        return other
    bare = key_text(_without_step(other))
    return {"minus": ["-", 0, bare], "one minus": ["-", 1, bare]}.get(str(other[0]), bare)
