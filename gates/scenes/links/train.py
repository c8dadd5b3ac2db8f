"""What the train page shows, what is to be trained and which run is looked at, and its links."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any, Literal

import numpy as np

from gates.examples.notation.kinds import CellKind
from gates.inputs.sequence import MAX_CHARACTERS
from gates.scenes.links import shared
from gates.scenes.links.codec import (
    Field,
    Problem,
    Table,
    choice,
    compress,
    flag,
    identifier,
    number,
    optional,
    packed,
)
from gates.scenes.state import State
from gates.training.errors import TrainingError
from gates.training.recipe import BOUNDS, CELLS, INITS, OPTIMISERS, OPTIONAL, Recipe
from gates.training.tasks import source_texts
from gates.training.tasks.registry import FROM_SOURCE, TASKS
from gates.training.tasks.source_texts import TEXTS

FIELDS: Mapping[str, str] = {
    "hidden": "units",
    "layers": "layers",
    "steps": "steps",
    "seed": "seed",
    "forget_bias": "bias",
    "lr": "rate",
    "batch": "batch",
    "length": "length",
    "optimiser": "optimiser",
    "clip": "clip",
    "init": "init",
    "scratch": "scratch",
}
"""The fields of a recipe that a person may set, and what each is called in a link."""

SECOND_RUNS = ("", "bias0", "scratch", *CELLS)
"""What may run beside: nothing, the same with forget bias 0 or written from scratch, or another cell."""

SecondRun = Literal["", "bias0", "scratch", "rnn", "lstm", "gru", "gru-before", "lstm-coupled"]
KINDS: Mapping[str, CellKind] = {
    "rnn": "rnn",
    "lstm": "lstm",
    "lstm-coupled": "lstm",
    "gru": "gru",
    "gru-before": "gru",
}
LONGEST_ID = 40
EXAMPLE = 20_000
"""Characters of the text that one begins with."""


@dataclass(frozen=True)
class TrainState(State):
    """What the train page shows. ``changes``: the fields of the recipe that differ from the measured one."""

    cell: CellKind = "lstm"
    task: str = "parity"
    kind: str = "lstm"
    changes: Mapping[str, Any] = field(default_factory=dict)
    own: str | None = None  # own text or numbers, for the tasks made from them; None is an example
    corpus: str = TEXTS[0]  # what the character model reads
    beside: SecondRun = ""
    run: str = ""
    other: str = ""  # the run beside it
    layer: int = 0  # of the network on the stage, from 1; 0 is the top one
    checkpoint: int | None = None  # where the link says that the film stands; the browser writes it

    @property
    def data(self) -> str | None:
        """What the task is made from: the person's own data or an example of such, or a text; None elsewhere.

        Raises:
            TrainingError: the text cannot be had.
        """
        if self.task == "characters":
            return source_texts.text(self.corpus)
        if self.task in FROM_SOURCE:
            return example(self.task) if self.own is None else self.own
        return None

    def recipe(self) -> Recipe:
        """Return the recipe that the page asks for.

        Raises:
            TrainingError: it is out of bounds, or the data are none.
        """
        return Recipe.of(self.task, self.kind, source=self.data, **self.changes)

    def second_recipe(self) -> Recipe | None:
        """Return the recipe of the run beside it: the same seed, data and sizes, but for what is compared.

        Raises:
            TrainingError: it is out of bounds, or the data are none.
        """
        recipe = self.recipe()
        match self.beside:
            case "":
                return None
            case "bias0":
                return replace(recipe, forget_bias=None if recipe.cell == "rnn" else 0.0)
            case "scratch":
                return replace(recipe, scratch=not recipe.scratch)
            case kind:
                bias = {"forget_bias": None} if kind == "rnn" else {}
                usual = Recipe.of(self.task, kind, source=self.data, **{**self.changes, **bias})
                return replace(usual, steps=recipe.steps, hidden=recipe.hidden)


@lru_cache(maxsize=4)
def example(task: str) -> str:
    """Return data to begin with: Python's own documentation, or a series of two periods."""
    if task == "series":
        steps = np.arange(240)
        values = np.sin(2 * np.pi * steps / 24) + 0.5 * np.sin(2 * np.pi * steps / 7)
        return "\n".join(f"{value:.3f}" for value in values)
    return source_texts.text("python")[:EXAMPLE]


@lru_cache(maxsize=8)
def _packed(text: str) -> str:
    return compress(text)


def _recipe_field(attribute: str) -> Field:
    """How the link has a field of a recipe."""
    if attribute == "optimiser":
        kind = choice(*OPTIMISERS)
    elif attribute == "init":
        kind = choice(*INITS)
    elif attribute == "scratch":
        kind = flag()
    else:
        low, high = BOUNDS[attribute]
        kind = number(int if isinstance(low, int) else float, low, high)
        if attribute in OPTIONAL:
            kind = optional(kind)
    return Field(FIELDS[attribute], attribute, kind, within="changes")


def _carries_own(state: TrainState) -> bool:
    return state.task in FROM_SOURCE and len(state.own or "") <= MAX_CHARACTERS


def _settled(state: TrainState) -> tuple[TrainState, list[Problem]]:
    """The state, with the measured recipe where what was changed of it cannot be trained."""
    try:
        state.recipe()
        state.second_recipe()
    except TrainingError as wrong:
        return replace(state, changes={}, beside=""), [Problem(wrong.key, wrong.values)]
    return state, []


def _drawn(state: TrainState) -> tuple[CellKind, ...]:
    """Every kind, that of the settings first: what is shown may be an earlier run, of another cell."""
    return KINDS[state.kind], *KINDS.values()


CHECKPOINT = Field("checkpoint", "checkpoint", number(int, 0, 100_000), written_if=lambda _: False)
"""Where the film stands, which only the browser knows."""

TRAIN = Table(
    fields=(
        shared.LANG,
        shared.NOTATION,
        shared.Z,
        Field("task", "task", choice(*TASKS), required=True),
        Field("cell", "kind", choice(*CELLS), required=True),
        Field("text", "corpus", choice(*TEXTS)),
        Field("beside", "beside", choice(*SECOND_RUNS[1:])),
        Field("run", "run", identifier(LONGEST_ID)),
        Field("other", "other", identifier(LONGEST_ID)),
        Field("layer", "layer", number(int, 1, 4)),
        CHECKPOINT,
        *(_recipe_field(attribute) for attribute in FIELDS),
        Field(
            "data", "own", replace(packed(), write=_packed),
            read_if=lambda state: state.task in FROM_SOURCE, written_if=_carries_own,
        ),
    ),
    defaults=lambda _: TrainState(),
    settled=_settled,
    drawn=_drawn,
)  # fmt: skip
