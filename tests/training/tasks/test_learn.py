"""Every task can be learned: a short run beats its baseline by the margin that the task gives."""

from __future__ import annotations

from typing import Any

import pytest

from gates.training.loop import train
from gates.training.recipe import Recipe
from gates.training.tasks.registry import TASKS, make_task
from tests.training.tasks.sources import SOURCES

SHORT: dict[str, dict[str, Any]] = {
    "parity": {"steps": 120},
    "recall": {"steps": 200, "length": 12},
    "adding": {"steps": 300, "length": 10},
    "temporal-order": {"steps": 150},
    "dyck1": {"steps": 150, "length": 20},
    "dyck2": {"steps": 120, "length": 12},
    "reber": {"steps": 120},
    "embedded-reber": {"steps": 400, "forget_bias": 3.0},
    "sine": {"steps": 100},
    "sentiment": {"steps": 120},
    "prices": {"steps": 120},
    "characters": {"steps": 100},
    "text": {"steps": 100},
    "series": {"steps": 100},
}
"""For each task less than its recipe has."""

RATE = 0.03
"""Three times that of most recipes, which are for networks that are looked at while they learn."""


@pytest.mark.parametrize("id", TASKS)
def test_a_short_run_beats_the_baseline(id: str) -> None:
    source, changes = SOURCES.get(id), SHORT[id]
    task = make_task(id, source, **{k: v for k, v in changes.items() if k == "length"})
    run = train(Recipe.of(id, "lstm", source=source, lr=RATE, **changes), source)
    metrics = (progress.metric for progress in run if progress.metric is not None)
    assert not task.beats(next(metrics), task.baseline, task.margin), "before it has learned anything"
    assert any(task.beats(metric, task.baseline, task.margin) for metric in metrics), task.baseline
