"""The links of the lecture's page: which of the ready runs of show is open. Own ones stay in the browser."""

from __future__ import annotations

from dataclasses import dataclass

from gates.examples.notation.kinds import CellKind
from gates.paths import PACKAGE
from gates.scenes.links import shared
from gates.scenes.links.codec import Field, Table, choice
from gates.scenes.state import State
from gates.text.documents import Documents

SHOWS = Documents(PACKAGE / "lectures" / "shows")
"""The ready runs of show."""


@dataclass(frozen=True)
class LectureState(State):
    """What the page of the lecture opens with. ``ready``: a ready run of show; "" is the instructor's own."""

    cell: CellKind = "lstm"
    ready: str = ""


LECTURE = Table(
    fields=(
        shared.LANG,
        shared.NOTATION,
        Field("show", "ready", choice(*SHOWS.ids())),
    ),
    defaults=lambda _: LectureState(),
    drawn=lambda _: ("lstm", "gru", "rnn"),
)
