"""The links of the course: which lesson, and which part. Answers are in no link: they stay in the browser."""

from __future__ import annotations

from dataclasses import dataclass

from gates.examples.notation.kinds import CellKind
from gates.paths import PACKAGE
from gates.scenes.links import shared
from gates.scenes.links.codec import Field, Table, choice, number
from gates.scenes.state import State
from gates.text.documents import Documents

LESSONS = Documents(PACKAGE / "course" / "lessons")
MOST_PARTS = 60


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
        Field("lesson", "lesson", choice(*LESSONS.ids())),
        Field("part", "part", number(int, 1, MOST_PARTS)),
    ),
    defaults=lambda _: CourseState(),
    drawn=lambda _: ("lstm", "gru", "rnn"),
)
