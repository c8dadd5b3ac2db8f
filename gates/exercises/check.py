"""Answers, judged line by line: right, right from wrong numbers before, or wrong, and from which mistake."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from gates.exercises.errors import ExerciseError
from gates.exercises.mistakes import SolutionPaths

MOST_DECIMALS = 6
"""Decimals beyond which an answer is held to no closer tolerance."""
LONGEST = 40
_NUMBER = re.compile(r"[+-]?+(?:\d++(?:\.(\d*+))?+|\.(\d++))")
_SIGNS = str.maketrans({"−": "-", "–": "-", "，": ".", ",": ".", "．": ".", "。": ".", "＋": "+", "－": "-"})

Status = Literal["right", "carried", "wrong", "missing"]


@dataclass(frozen=True)
class Answer:
    """A number as it was typed: its value, and half a unit of its last place."""

    value: float
    tolerance: float

    def is_near(self, other: float) -> bool:
        """Tell whether it is a number, rounded. Sums of floats may lie a little beside what they mean."""
        return abs(self.value - other) <= self.tolerance * (1 + 1e-9) + 1e-12


@dataclass(frozen=True)
class Verdict:
    """What is said of one line.

    status: "right"; "carried", which follows rightly from a wrong number before it; "wrong"; "missing".
    cause: of the first wrong line, the mistake that makes it, "several" or "none"; else "".
    expected: the right value. follows: what follows from the numbers answered before it.
    """

    name: str
    status: Status
    expected: float
    follows: float
    cause: str = ""

    @property
    def earns_points(self) -> bool:
        """Whether it earns its points: what follows from a slip is not punished again."""
        return self.status in ("right", "carried")


def read_answer(text: str, decimals: int = 2) -> Answer | None:
    """Return an answer as typed, None for no number at all.

    A decimal comma and full-width signs are understood. decimals: how many are asked for: of fewer digits
    those that are missing count as 0.
    """
    plain = text.strip().translate(_SIGNS)
    match = _NUMBER.fullmatch(plain) if len(plain) <= LONGEST else None
    if match is None:
        return None
    typed = len(match[1] or match[2] or "")
    return Answer(float(plain), 0.5 * 10.0 ** -min(max(typed, decimals), MOST_DECIMALS))


def judge(
    paths: SolutionPaths, answers: Mapping[str, str], asked: Sequence[str], decimals: int = 2
) -> tuple[Verdict, ...]:
    """Judge the answers to the lines that are asked, in the order in which they are computed.

    Raises:
        ExerciseError: something asked is no line of the exercise.
    """
    for name in asked:
        if name not in paths.right:
            raise ExerciseError("error.sheet.asked", name=name, names=", ".join(list(paths.right)[:12]))
    typed = {name: read_answer(answers.get(name, ""), decimals) for name in asked}
    known = {name: answer.value for name, answer in typed.items() if answer is not None}
    exact = {name: _unrounded(value, typed[name], paths.right[name]) for name, value in known.items()}
    follows, sharply = paths.follow(known), paths.follow(exact)
    verdicts = []
    first = True
    for line in paths.lines:
        if line.name not in typed:
            continue
        answer, right, then = typed[line.name], paths.right[line.name], follows[line.name]
        carried = answer is not None and (answer.is_near(then) or answer.is_near(sharply[line.name]))
        status: Status = "missing"
        if answer is not None:
            status = "right" if answer.is_near(right) else "carried" if carried else "wrong"
        cause = ""
        if status == "wrong" and answer is not None and first:
            cause, first = _cause(paths, line.name, answer, (known, exact)), False
        verdicts.append(Verdict(line.name, status, right, then, cause))
    return tuple(verdicts)


def _unrounded(value: float, answer: Answer | None, right: float) -> float:
    """Return the number that somebody goes on from who keeps all digits and writes the rounded one down."""
    return right if answer is not None and answer.is_near(right) else value


def _cause(paths: SolutionPaths, name: str, answer: Answer, from_here: Sequence[Mapping[str, float]]) -> str:
    """Return the one cause that makes this number from those before it, or "several", or "none"."""
    causes = set()
    for known in from_here:
        right = paths.follow(known, name)[name]
        for cause, values in paths.wrong(known, name):
            wrong = values.get(name, math.nan)
            if answer.is_near(wrong) and abs(wrong - right) > answer.tolerance:
                causes.add(cause)
    return causes.pop() if len(causes) == 1 else "several" if causes else "none"
