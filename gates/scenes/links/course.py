"""The links of the course: which lesson, and which part. Answers are in no link: they stay in the browser."""

from __future__ import annotations

from dataclasses import dataclass

from gates.examples.notation.kinds import CellKind
from gates.paths import PACKAGE
from gates.scenes.links import shared
from gates.scenes.links.codec import Field, Table, choice, number
from gates.scenes.state import State

LESSONS = PACKAGE / "course" / "lessons"
"""What the lessons lie in: ``<id>.json``, and their words as ``<id>.<language>.json``."""
MOST_PARTS = 60


def lesson_ids() -> tuple[str, ...]:
    """Return the ids of all lessons, by the alphabet."""
    return tuple(sorted(path.stem for path in LESSONS.glob("*.json") if "." not in path.stem))


@dataclass(frozen=True)
class CourseState(State):
    """What the course opens with; where it has gone since, the browser knows.

    ``lesson``: its id; "" is the one that was left last.
    """

    cell: CellKind = "rnn"
    lesson: str = ""
    part: int = 1


COURSE = Table(
    fields=(
        shared.LANG,
        shared.NOTATION,
        Field("lesson", "lesson", choice(*lesson_ids())),
        Field("part", "part", number(int, 1, MOST_PARTS)),
    ),
    defaults=lambda _: CourseState(),
    drawn=lambda _: ("lstm", "gru", "rnn"),
)
