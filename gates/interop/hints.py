"""What a caller tells of a source that its names and numbers do not: arguments of ``load``, checked here."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from gates.cells.base import choose

QUANTISED = ("dequantise",)


@dataclass(frozen=True)
class Hints:
    """What is told beforehand; None for what is not.

    kind: of the cell, which a bare list of arrays does not tell.
    quantised: whether a layer that computes in whole numbers is read by its dequantised weights.
    """

    quantised: str | None = None
    kind: str | None = None

    def __post_init__(self) -> None:
        """Raise an OptionError for a value that is none of those there are."""
        if self.quantised is not None:
            choose("quantised", self.quantised, QUANTISED)

    def given(self) -> Iterator[tuple[str, object]]:
        """Yield what must be heeded by what is read; ``kind`` chooses among layers besides."""
        if self.quantised is not None:
            yield "quantised", self.quantised


NO_HINTS = Hints()
