"""The browser's forward pass against the engine: every cell and option, with and without clamps."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.stage.engine.cells import answers, cells, clamps, described, mixed, run_of, squashed

CHECK = Path(__file__).parent / "forward_check.mjs"
SIZES = [(1, 1), (2, 3), (8, 8)]


@pytest.fixture(scope="module")
def results() -> list[dict[str, Any]]:
    rng = np.random.default_rng(5)
    asked = [(name, cell, kind) for name, cell in cells(SIZES) for kind in range(3)]
    asked += [(name, cell, k % 3) for k, (name, cell) in enumerate((*squashed(), *mixed()))]
    runs = []
    for name, cell, kind in asked:
        held = clamps(cell)[kind]
        runs.append(described(f"{name}, clamps {kind}", run_of(cell, held, rng), held))
    return answers(CHECK, runs)


def test_every_array_of_the_engine_is_made(results: list[dict[str, Any]]) -> None:
    assert not {each["name"]: each["missing"] for each in results if each["missing"]}


def test_each_step_from_numpys_previous_state_agrees(results: list[dict[str, Any]]) -> None:
    assert not {
        each["name"]: each["stepwise"] for each in results if not each["stepwise"]["difference"] <= 1e-12
    }


def test_whole_runs_agree_where_nothing_amplifies_rounding(results: list[dict[str, Any]]) -> None:
    assert not {each["name"]: each["whole"] for each in results if not each["whole"] <= 1e-11}
