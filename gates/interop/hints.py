"""What a caller tells of a source that its names and numbers do not: arguments of ``load``, checked here."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import isfinite

from gates.cells.base import check_choice
from gates.interop.errors import InteropError
from gates.interop.orders import LAYOUTS

QUANTISED = ("dequantise",)


@dataclass(frozen=True)
class Hints:
    """What is told beforehand; None for what is not.

    kind: of the cell, which a bare list of arrays does not tell.
    quantised: whether a layer that computes in whole numbers is read by its dequantised weights.
    layout: whose order and shapes the arrays have. forget_bias: what the layer adds to its forget gate beside
    the weights.
    """

    quantised: str | None = None
    kind: str | None = None
    layout: str | None = None
    forget_bias: float | None = None

    def __post_init__(self) -> None:
        """Check the values.

        Raises:
            OptionError: one is none of those there are.
            InteropError: the forget bias is no number.
        """
        for name, choices in (("quantised", QUANTISED), ("layout", LAYOUTS)):
            if (value := getattr(self, name)) is not None:
                check_choice(name, value, choices)
        if self.forget_bias is not None and not isfinite(self.forget_bias):
            raise InteropError("interop.error.forget", given=self.forget_bias)

    def named(self) -> Iterator[tuple[str, object]]:
        """Yield what must be applied by what is read; ``kind`` chooses among layers besides."""
        for name in ("quantised", "layout", "forget_bias"):
            if (value := getattr(self, name)) is not None:
                yield name, value


NO_HINTS = Hints()
