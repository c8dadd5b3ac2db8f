"""Every task can be learned: a short run beats its baseline by the margin that the task gives."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from gates.training.loop import Progress, train
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


def run(id: str, cell: str = "lstm", **changes: Any) -> Progress:
    source = SOURCES.get(id)
    torch.set_num_threads(1)
    *_, last = train(Recipe.of(id, cell, source=source, **changes), source)
    return last


@pytest.mark.parametrize("id", TASKS)
def test_a_short_run_beats_the_baseline(id: str) -> None:
    task = make_task(id, SOURCES.get(id), **{k: v for k, v in SHORT[id].items() if k == "length"})
    metric = run(id, **SHORT[id]).metric
    assert metric is not None and task.beats(metric, task.baseline, task.margin), (metric, task.baseline)
