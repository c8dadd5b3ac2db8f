"""What a lesson's own cells read: rows written out, repeated, or drawn from a seed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from gates.course.expressions import LessonError


def rows(entries: Sequence[Any]) -> list[Any]:
    """Return the rows that a list spells.

    Each entry is a row, a list of numbers or null for none, a number for a row of one; ``{"row": …, "times":
    n}``; ``{"signs": n, "seed": s}``, n rows of one number, +1 or −1 with equal chances; or ``{"bits": n,
    "seed": s}``, 0 or 1. The same seed draws the same.

    Raises:
        LessonError: for an entry of no known form.
    """
    expanded: list[Any] = []
    for entry in entries:
        match entry:
            case {"row": row, "times": times}:
                expanded += [row] * int(times)
            case {"signs": count, "seed": seed}:
                expanded += [[2 * bit - 1] for bit in _bits(count, seed)]
            case {"bits": count, "seed": seed}:
                expanded += [[bit] for bit in _bits(count, seed)]
            case int() | float():
                expanded.append([entry])
            case None | list():
                expanded.append(entry)
            case _:
                raise LessonError(f"no row: {entry}")
    return expanded


@lru_cache(maxsize=2048)
def _bits(count: int, seed: int) -> tuple[int, ...]:
    return tuple(np.random.default_rng(seed).integers(2, size=count).tolist())


def expand_exercise(exercise: Mapping[str, Any]) -> dict[str, Any]:
    """Return an exercise as its file has it, of one whose ``x`` and ``targets`` are spelled as above."""
    spelled = {
        name: rows(exercise[name]) for name in ("x", "targets") if isinstance(exercise.get(name), list)
    }
    return {**exercise, **spelled}
