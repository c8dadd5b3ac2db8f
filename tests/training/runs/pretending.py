"""A worker that pretends to train, for what the pool does with any.

Run as ``python -m tests.training.runs.pretending``.

The first word of its run's source says how: ``quick``, ``slow``, ``deaf`` or ``crash``. Nothing here needs
torch.
"""

import sys
import time
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import numpy as np

from gates import LSTM
from gates.network import Network, Readout
from gates.training.runs import worker
from gates.training.tasks.registry import make_task


def network(step: int, inputs: int, outputs: int) -> Network:
    rng = np.random.default_rng(step)
    cell = LSTM.init(inputs=inputs, hidden=4, rng=rng, dtype=np.float32)
    readout = Readout(rng.normal(size=(outputs, 4)).astype(np.float32), np.zeros(outputs, np.float32))
    return Network((cell,), readout)  # type: ignore[arg-type]  # a bare cell stands for a layer


class Pretended:
    """What a worker takes for a run; ``state`` is the step that it told of last."""

    def __init__(self, recipe: Any, source: str | None, state: bytes | None = None) -> None:
        self.recipe, self.source = recipe, source
        self.step = -1 if state is None else int(state)

    def __iter__(self) -> Iterator[Any]:
        for progress in pretend(self.recipe, self.source, self.step + 1):
            self.step = progress.step
            yield progress
            act((self.source or "quick").split()[0], self.step)

    def state(self) -> bytes:
        return str(self.step).encode()


def pretend(recipe: Any, source: str | None, first: int = 0) -> Iterator[Any]:
    task = make_task(recipe.task, source)
    for step in range(first, recipe.steps + 1):
        due = step & (step - 1) == 0 or step == recipe.steps
        yield SimpleNamespace(
            step=step,
            steps=recipe.steps,
            loss=1 / (1 + step),
            metric=step / recipe.steps if due else None,
            tokens=20 * step,
            network=network(step, task.inputs, task.outputs) if due else None,
            more={},
            diverged=False,
        )


def act(manner: str, step: int) -> None:
    match manner:
        case "slow":
            time.sleep(0.02)
        case "deaf":
            time.sleep(3600)
        case "crash" if step == 3:
            raise ZeroDivisionError


if __name__ == "__main__":
    sys.exit(worker.main(sys.argv[1], Pretended))
