"""A recipe: everything that makes a run of training, with bounds for what a small machine can do."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from functools import lru_cache
from types import MappingProxyType
from typing import Any, Self

from gates import strict_json
from gates.training.errors import TrainingError
from gates.training.tasks.model import Recipes
from gates.training.tasks.registry import TASKS, make_task

CELLS = ("rnn", "lstm", "gru", "gru-before", "lstm-coupled")
"""The kinds of cell: a GRU's reset acts after the product unless it says *before*; coupled is i = 1 − f."""

OPTIMISERS = ("adam", "sgd")

INITS = ("default", "orthogonal", "small")
"""Weights drawn from ±1/√hidden; the same with orthogonal recurrent blocks; or N(0, 0.01²), biases 0."""

CHOICES: Mapping[str, tuple[object, ...]] = MappingProxyType(
    {"cell": CELLS, "optimiser": OPTIMISERS, "init": INITS, "scratch": (False, True)}
)

BOUNDS: Mapping[str, tuple[float, float]] = MappingProxyType(
    {
        "hidden": (1, 256),
        "layers": (1, 4),
        "lr": (1e-6, 100.0),
        "clip": (1e-3, 1000.0),
        "forget_bias": (-20.0, 20.0),
        "batch": (1, 1024),
        "steps": (1, 100_000),
        "seed": (0, 2**32 - 1),
        "length": (1, 1000),
    }
)
"""The least and the greatest value of each number; where these are whole, it must be."""

OPTIONAL = frozenset({"clip", "forget_bias", "length"})
"""The numbers that may be None."""

MAX_STATES = 4_000_000
"""The most states a step of training may hold: sequences × timesteps × hidden units × layers."""


@dataclass(frozen=True)
class Recipe:
    """Everything that makes a run. The same recipe gives the same curve, to the bit, on one thread.

    task: its id. cell: one of ``CELLS``. hidden: units of each of the ``layers``. optimiser: one of
    ``OPTIMISERS``, with the learning rate ``lr``. clip: the greatest norm of all gradients together, None for
    no limit. forget_bias: what all forget biases of an LSTM begin with, or all update biases of a GRU, whose
    z keeps; None leaves them as ``init`` draws them. A plain RNN has neither. init: one of ``INITS``.
    batch: sequences a step. steps: updates of the weights. seed: of weights and data. length: timesteps of a
    sequence, None for the task's own. scratch: compute the cell as one writes it from scratch, one product
    for each gate, instead of PyTorch's fused way; the curve is the same.
    """

    task: str
    cell: str = "lstm"
    hidden: int = 16
    layers: int = 1
    optimiser: str = "adam"
    lr: float = 0.01
    clip: float | None = 1.0
    forget_bias: float | None = None
    init: str = "default"
    batch: int = 64
    steps: int = 1000
    seed: int = 0
    length: int | None = None
    scratch: bool = False

    @classmethod
    def of(cls, task: str, cell: str = "lstm", *, source: str | None = None, **changes: Any) -> Self:
        """Return the recipe measured for this task and cell, with ``changes``, checked.

        source: the own text or numbers of a task that is made from them.
        """
        _choose("cell", cell)
        return cls._checked({**_usual(task, source)[cell], **changes, "task": task, "cell": cell})

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Return the checked recipe that ``to_json`` wrote. TrainingError for anything else."""
        try:
            values = strict_json.loads(text)
        except ValueError:
            raise TrainingError("error.training.json") from None
        if not isinstance(values, dict) or not isinstance(values.get("task"), str):
            raise TrainingError("error.training.json")
        return cls._checked(values)

    @classmethod
    def _checked(cls, values: Mapping[str, Any]) -> Self:
        names = [field.name for field in fields(cls)]
        for name in values:
            if name not in names:
                raise TrainingError("error.training.field", field=str(name)[:40], known=", ".join(names))
        recipe = cls(**values)
        recipe.check()
        return recipe

    def to_json(self) -> str:
        """Return the recipe as a line of JSON."""
        return json.dumps(asdict(self))

    def check(self) -> None:
        """Raise a TrainingError that names the first field that is out of bounds."""
        if self.task not in TASKS:
            raise TrainingError("error.training.task", task=str(self.task)[:40], known=", ".join(TASKS))
        for name in CHOICES:
            _choose(name, getattr(self, name))
        for name in BOUNDS:
            if getattr(self, name) is not None or name not in OPTIONAL:
                _bound(name, getattr(self, name))
        if self.cell == "rnn" and self.forget_bias is not None:
            raise TrainingError("error.training.no_forget_bias")

    def check_size(self, timesteps: int) -> None:
        """Raise a TrainingError if a batch of sequences of ``timesteps`` is too much to hold."""
        states = self.batch * timesteps * self.hidden * self.layers
        if states > MAX_STATES:
            raise TrainingError(
                "error.training.size", batch=self.batch, timesteps=timesteps, hidden=self.hidden,
                layers=self.layers, states=f"{states:,}", limit=f"{MAX_STATES:,}",
            )  # fmt: skip


@lru_cache(maxsize=16)
def _usual(task: str, source: str | None) -> Recipes:
    """The recipes of a task, kept: a page asks for them several times a run, and a task draws its data."""
    return make_task(task, source).recipes


def _choose(name: str, value: object) -> None:
    if value not in CHOICES[name]:
        known = ", ".join(str(choice) for choice in CHOICES[name])
        raise TrainingError("error.training.choice", field=name, value=str(value)[:40], known=known)


def _bound(name: str, value: object) -> None:
    least, greatest = BOUNDS[name]
    whole = isinstance(least, int)
    number = isinstance(value, int if whole else int | float) and not isinstance(value, bool)
    if not number or not least <= value <= greatest:  # type: ignore[operator]  # a number by now
        raise TrainingError(
            f"error.training.{'whole' if whole else 'number'}",
            field=name,
            value=str(value)[:40],
            least=f"{least:,}",
            greatest=f"{greatest:,}",
        )
