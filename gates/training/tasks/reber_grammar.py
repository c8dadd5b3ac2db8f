"""Reber's grammar (Reber, 1967) as a machine of states, and strings that it draws.

In every state two symbols are possible, each with chance one half. ``B`` begins and ``E`` ends a string.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

SYMBOLS = ("B", "T", "P", "S", "X", "V", "E")
BEGIN, END = SYMBOLS.index("B"), SYMBOLS.index("E")

_START, _LAST, _DONE = 0, 6, 7
_EDGES: tuple[tuple[int, str, int], ...] = (
    (_START, "B", 1),
    (1, "T", 2),
    (1, "P", 3),
    (2, "S", 2),
    (2, "X", 4),
    (3, "T", 3),
    (3, "V", 5),
    (4, "X", 3),
    (4, "S", _LAST),
    (5, "P", 4),
    (5, "V", _LAST),
    (_LAST, "E", _DONE),
)

STEP = np.full((_DONE + 1, len(SYMBOLS)), _DONE)
"""The state that follows, by state and symbol."""
LEGAL = np.zeros((_DONE + 1, len(SYMBOLS)), dtype=np.bool_)
"""Which symbols are possible, by state."""
for _state, _symbol, _next in _EDGES:
    STEP[_state, SYMBOLS.index(_symbol)] = _next
    LEGAL[_state, SYMBOLS.index(_symbol)] = True
_CHOICES = np.array([np.resize(np.flatnonzero(LEGAL[state]), 2) for state in range(_DONE)] + [[END, END]])


def reber_strings(
    size: int, longest: int, rng: np.random.Generator
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return ``size`` strings as indices of ``SYMBOLS``, (longest, B), and their lengths, (B,).

    Strings of more than ``longest`` symbols are drawn anew; beyond its end a string is filled up with E.
    """
    strings, lengths = _draw(size, longest, rng)
    while (long := lengths > longest).any():
        strings[:, long], lengths[long] = _draw(int(long.sum()), longest, rng)
    return strings, lengths


def _draw(size: int, longest: int, rng: np.random.Generator) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    coins = rng.integers(2, size=(longest, size))
    state = np.full(size, _START)
    strings = np.empty((longest, size), dtype=np.int64)
    lengths = np.full(size, longest + 1)
    for step in range(longest):
        strings[step] = _CHOICES[state, coins[step]]
        ends = (strings[step] == END) & (state == _LAST)
        lengths[ends] = step + 1
        state = STEP[state, strings[step]]
    return strings, lengths


def legal_next(strings: NDArray[np.integer]) -> NDArray[np.bool_]:
    """Return which symbols may follow after each step of ``strings`` (T, B): (T, B, 7)."""
    state = np.full(strings.shape[1], _START)
    legal = np.empty((*strings.shape, len(SYMBOLS)), dtype=np.bool_)
    for step, symbol in enumerate(strings):
        state = STEP[state, symbol]
        legal[step] = LEGAL[state]
    return legal
