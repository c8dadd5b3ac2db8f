"""Cases that are tried in one language each, in turn, where the language makes no difference to them."""

from collections.abc import Iterable
from itertools import cycle
from typing import Any

from gates.text import LANGUAGES


def in_turn(*cases: Iterable[Any]) -> list[tuple[Any, ...]]:
    """Each case, alone or a tuple, with a language at its end: English, Chinese, English, …"""
    given = (case if isinstance(case, tuple) else (case,) for some in cases for case in some)
    return [(*case, language) for case, language in zip(given, cycle(LANGUAGES), strict=False)]
