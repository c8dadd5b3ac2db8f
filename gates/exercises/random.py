"""mulberry32: the same numbers from a seed here and in the browser (assets/stage/lab/state/state.js)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

Item = TypeVar("Item")
_MASK = 0xFFFFFFFF


class Mulberry32:
    """A generator of 32 bits of state."""

    def __init__(self, seed: int) -> None:
        self._state = seed & _MASK

    def draw(self) -> float:
        """Return a number in [0, 1)."""
        self._state = (self._state + 0x6D2B79F5) & _MASK
        t = self._state
        t = ((t ^ (t >> 15)) * (t | 1)) & _MASK
        t = (t ^ ((t + ((t ^ (t >> 7)) * (t | 61))) & _MASK)) & _MASK
        return (t ^ (t >> 14)) / 4294967296

    def below(self, count: int) -> int:
        """Return a whole number from 0 to count − 1."""
        return int(self.draw() * count)

    def choice(self, items: Sequence[Item]) -> Item:
        """Return one of ``items``."""
        return items[self.below(len(items))]

    def shuffled(self, items: Sequence[Item]) -> list[Item]:
        """Return ``items`` in another order (Fisher and Yates)."""
        result = list(items)
        for last in range(len(result) - 1, 0, -1):
            swapped = self.below(last + 1)
            result[last], result[swapped] = result[swapped], result[last]
        return result
