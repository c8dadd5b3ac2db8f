"""Training in tests takes one thread, as in the process of a run: tests run side by side on few cores."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import torch

from gates.training.runs.limits import Limits
from gates.training.runs.pool import Pool
from tests.training.runs.watching import COMMAND, NewPool


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """PyTorch's threads, one for the time of a test."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture
def new_pool(tmp_path: Path) -> Iterator[NewPool]:
    made: list[Pool] = []

    def make(
        watching: Callable[[str], bool] | None = None,
        command: tuple[str, ...] = COMMAND,
        **limits: float,
    ) -> Pool:
        limited = Limits(**({"at_once": 2} | limits))  # type: ignore[arg-type]
        folder = tmp_path / f"runs-{len(made)}"
        made.append(Pool(folder, limits=limited, command=command, watching=watching))
        return made[-1]

    yield make
    for each in made:
        each.close()
