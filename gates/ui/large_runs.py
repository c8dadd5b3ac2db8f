"""Large runs one at a time, whoever's page asks for them.

A run of 1,000 steps of 64 units takes some 40 MB until it is on its way. When a class opened one link of it
at once, a hundred and fifty of them were in memory together.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from threading import Lock

from gates.scenes.scene import LARGE, cost
from gates.ui.frame import Page

_ONE = Lock()


def one_at_a_time(show: Callable[[Page], None]) -> Callable[[Page], None]:
    """Have what shows a page's run wait, if that is large, until nobody else's large run is being shown."""

    @wraps(show)
    def waiting(page: Page) -> None:
        if cost(page.state) < LARGE:
            show(page)
            return
        with _ONE:
            show(page)

    return waiting
