"""What a person can set on a page: one value, from which the picture, the controls and the link follow."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any, Literal, Self

from gates.examples.notation.kinds import CellKind
from gates.examples.notation.letters import Reset, Update
from gates.inputs.numbers import Scale, SingleRow

SOURCES = ("preset", "text", "numbers", "signal", "prices")
BEGINNINGS = ("preset", "exercise", "scratch", "challenge")
"""The sources of the lab, where they are what a person begins to edit."""
NO_SLIDERS: Mapping[str, float] = MappingProxyType({})

READER = ("lang", "notation", "update")
"""The reader's settings: the app's language and notation, and what z does."""

SHARED = (*READER, "text", "by", "numbers")
"""Settings that all pages have in common: the app's language and notation, and one's own input."""

INPUT = (
    "source",
    "row",
    "scale",
    "signal",
    "steps",
    "at",
    "period",
    "signal_seed",
    "brackets",
    "company",
    "start",
    "end",
)
"""What else says which sequence goes in, common to the pages that send one through a cell of theirs."""


@dataclass(frozen=True)
class Position:
    """Where the stage stands when a link is opened; None where the link does not say."""

    step: int | None = None  # from 1, as on the screen
    phase: str | None = None
    unit: int | None = None  # from 1
    view: str | None = None
    move: str | None = None  # what one move goes by: "step" or "phase"
    speed: str | None = None
    guess: str | None = None  # what is asked before it is shown
    lecture: str | None = None  # how a lecture looks that is given from it, and what it hides
    large: int | None = None  # which of several stages stands large in a lecture, from 1

    def as_json(self) -> dict[str, Any]:
        """Return it as the stage reads it: step and unit from 0, the speed a number."""
        return {
            "step": None if self.step is None else self.step - 1,
            "phase": self.phase,
            "unit": None if self.unit is None else self.unit - 1,
            "view": self.view,
            "move": self.move,
            "speed": self.speed and float(self.speed),
            "guess": self.guess,
            "lecture": self.lecture,
            "large": None if self.large is None else self.large - 1,
        }


@dataclass(frozen=True)
class State:
    """Everything a page shows, apart from where in time the stage stands."""

    cell: CellKind
    source: str = "preset"
    preset: str = ""  # "" is the cell's opening preset
    sliders: Mapping[str, float] = field(default_factory=lambda: NO_SLIDERS)

    text: str = ""
    by: Literal["characters", "words"] = "characters"
    numbers: str = ""
    row: SingleRow = "steps"  # what a single row of numbers is
    scale: Scale = "none"  # of own numbers; in the lab: how what one began with was scaled
    signal: str = "brackets"
    steps: int = 40
    at: int = 5
    period: float = 20.0
    signal_seed: int = 0
    brackets: str = ""  # typed brackets; "" draws a balanced string by seed
    company: str = "AAPL"
    start: str = "2018-01-01"
    end: str = "2018-12-31"

    through: str = ""  # a preset's id, "random", or "" for the first preset that the input fits
    hidden: int = 4
    seed: int = 0
    bias: float = 1.0
    activation: Literal["tanh", "relu"] = "tanh"

    reset: Reset = "before"
    update: Update = "keep"
    in_lab: bool = False  # the lab, where the kind of cell is a choice too
    inputs: int = 2  # of a cell from scratch
    challenge: str = ""
    exercise: str = ""  # a published one by its id, or a template of which the seed says the numbers
    difficulty: str = "round"  # of a template: how many decimals its weights have
    check: bool = False  # whether one's own numbers are judged, and the run is concealed until they are right
    lab: str = ""  # what was edited, as gates.examples.lab.state packs it; "" is the beginning as it is

    notation: str = "pytorch"
    lang: str = "en"

    def values(self, names: Iterable[str]) -> dict[str, Any]:
        """The values of the fields called ``names``, by their names."""
        return {name: getattr(self, name) for name in names}

    def with_changes(self, **changes: Any) -> Self:
        """This state with other values for the fields that are named as strings in tables and widgets."""
        return replace(self, **changes)
