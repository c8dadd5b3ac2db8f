"""What the compare page shows, and its links."""

from __future__ import annotations

from dataclasses import dataclass

from gates.examples.comparisons import COLUMNS, COMPARISONS, MOST_COLUMNS, OPENING
from gates.examples.notation.kinds import CellKind, DrawnKind
from gates.scenes.links import shared
from gates.scenes.links.codec import Field, Table, choice, number, several
from gates.scenes.state import SOURCES, State


@dataclass(frozen=True)
class CompareState(State):
    """What the compare page shows: a prepared comparison, or up to four kinds of cell with random weights."""

    cell: CellKind = "lstm"
    preset: str = OPENING
    columns: tuple[str, ...] = ("rnn", "lstm", "gru-after")
    hidden: int = 8
    disturb: int = 0  # the step whose input the memory test leaves out, from 1; 0 is the task's own

    @property
    def left_out(self) -> int:
        """The step whose input is left out, from 1."""
        return self.disturb or (COMPARISONS[self.preset].disturb if self.source == "preset" else 1)

    @property
    def column_names(self) -> tuple[str, ...]:
        """The columns, by name: those of a prepared comparison, or those that were chosen."""
        if self.source != "preset":
            return self.columns
        return tuple(entry.column for entry in COMPARISONS[self.preset].entries)


def _drawn(state: CompareState) -> tuple[DrawnKind, ...]:
    return tuple(COLUMNS[column] for column in state.column_names)


_OWN = tuple(source for source in SOURCES if source != "preset")

COMPARE = Table(
    fields=(
        shared.LANG,
        shared.NOTATION,
        shared.BY,
        shared.Z,
        Field("input", "source", choice(*SOURCES)),
        Field("preset", "preset", choice(*COMPARISONS), inputs=("preset",), required=True),
        Field("cells", "columns", several(*COLUMNS, most=MOST_COLUMNS), inputs=_OWN),
        Field("units", "hidden", number(int, 1, 64), inputs=_OWN),
        Field("seed", "seed", number(int, 0, 10**9), inputs=_OWN),
        Field("bias", "bias", number(float, -20, 20), inputs=_OWN),
        Field("disturb", "disturb", number(int, 0, 1000)),
        *shared.NUMBERS,
        *shared.SIGNAL,
        *shared.PRICES,
        *shared.OWN,
    ),
    defaults=lambda _: CompareState(),
    drawn=_drawn,
)
