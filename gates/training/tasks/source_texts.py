"""The texts that the character model reads, had once for the whole server: fetching one may take seconds."""

from __future__ import annotations

import threading
from functools import lru_cache

from gates.training.errors import TrainingError
from gates.training.tasks.corpus import python_documentation, time_machine

TEXTS = ("timemachine", "python")

_refused: dict[str, TrainingError] = {}
_lock = threading.Lock()


def text(name: str) -> str:
    """Return one of ``TEXTS``.

    Raises:
        TrainingError: it cannot be had; nor is it asked for again before :func:`try_again`.
    """
    with _lock:
        if name in _refused:
            raise _refused[name]
        try:
            return _text(name)
        except TrainingError as wrong:
            _refused[name] = wrong
            raise


def try_again() -> None:
    """Forget what could not be had."""
    with _lock:
        _refused.clear()


@lru_cache(maxsize=len(TEXTS))
def _text(name: str) -> str:
    return {"timemachine": time_machine, "python": python_documentation}[name]()
