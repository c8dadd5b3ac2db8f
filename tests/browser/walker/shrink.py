"""The shortest part of a sequence that still breaks, by leaving things out (delta debugging). Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

Item = TypeVar("Item")


def shortest(
    items: Sequence[Item], breaks: Callable[[list[Item]], bool], most: int = 60
) -> tuple[list[Item], int]:
    """Returns a subsequence that breaks and of which no single item can be left out, and how often it asked.

    Args:
        items: a sequence that breaks; its last item is where it did.
        breaks: whether a subsequence breaks too.
        most: how often ``breaks`` may be asked; then the shortest so far is returned.
    """
    kept, asked, size = list(items), 0, max(1, len(items) // 2)
    while kept:
        start, shorter = 0, False
        while start < len(kept) and asked < most:
            rest = kept[:start] + kept[start + size :]
            asked += 1
            if breaks(rest):
                kept, shorter = rest, True
            else:
                start += size
        if asked >= most or (size == 1 and not shorter):
            break
        size = max(1, min(size // 2, len(kept)))
    return kept, asked
