"""Results that are kept for a second: of what every rerun asks for, and what may change meanwhile."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import lru_cache, wraps
from typing import ParamSpec, TypeVar

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")


def once_a_second(
    most: int,
) -> Callable[[Callable[Arguments, Result]], Callable[Arguments, Result]]:
    """Return a decorator of functions that are then computed once a second for the same arguments.

    most: how many results are kept, those of the seconds before among them.
    """

    def decorate(function: Callable[Arguments, Result]) -> Callable[Arguments, Result]:
        @lru_cache(maxsize=most)
        def of_second(second: int, *args: Arguments.args, **kwargs: Arguments.kwargs) -> Result:
            return function(*args, **kwargs)

        @wraps(function)
        def current(*args: Arguments.args, **kwargs: Arguments.kwargs) -> Result:
            return of_second(int(time.monotonic()), *args, **kwargs)  # type: ignore[arg-type]  # hashable

        current.cache_clear = of_second.cache_clear  # type: ignore[attr-defined]  # as lru_cache has it
        return current

    return decorate
