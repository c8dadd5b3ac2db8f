"""All tasks by their ids."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from gates.training.errors import TrainingError
from gates.training.tasks.brackets import dyck1, dyck2
from gates.training.tasks.memory import adding, parity, recall, temporal_order
from gates.training.tasks.model import Task
from gates.training.tasks.reber import embedded_reber, reber
from gates.training.tasks.sentiment import sentiment
from gates.training.tasks.series import own_series, prices, sine
from gates.training.tasks.text import characters, own_text

TASKS: Mapping[str, Callable[..., Task]] = MappingProxyType(
    {
        "parity": parity,
        "recall": recall,
        "adding": adding,
        "temporal-order": temporal_order,
        "dyck1": dyck1,
        "dyck2": dyck2,
        "reber": reber,
        "embedded-reber": embedded_reber,
        "sine": sine,
        "sentiment": sentiment,
        "prices": prices,
        "characters": characters,
        "text": own_text,
        "series": own_series,
    }
)
"""The makers of all tasks, in the order in which a list offers them."""

FROM_SOURCE = frozenset({"text", "series"})
"""The tasks that are made from a person's own text or numbers."""


def make_task(id: str, source: str | None = None, **options: Any) -> Task:
    """Return the task called ``id``; ``source`` is the own text or numbers of those ``FROM_SOURCE``.

    For "characters" it stands in for The Time Machine; the other tasks do not look at it.

    ``options`` go to its maker; those that are None are its defaults. Raises TrainingError for a name that
    there is not, an option out of range, and a source that nothing can be learned from.
    """
    if id not in TASKS:
        raise TrainingError("error.training.task", task=str(id)[:40], known=", ".join(TASKS))
    if id in FROM_SOURCE:
        return TASKS[id](source or "", **options)
    if id == "characters":
        return characters(source, **options)
    return TASKS[id](**options)
