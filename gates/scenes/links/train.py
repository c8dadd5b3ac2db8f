"""The state of the train page and its link: what is to be trained, and which run is looked at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any, Literal

import numpy as np

from gates.examples.notation.kinds import CellKind
from gates.examples.notation.letters import NOTATIONS
from gates.scenes.links.codec import (
    LARGEST_INPUT,
    PLACE,
    Param,
    Problem,
    choice,
    compress,
    expand,
    number,
    problem,
    read_place,
)
from gates.scenes.state import Place, State
from gates.text import LANGUAGES
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

NONE = "none"
BESIDE = ("", "bias0", "scratch", *CELLS)
"""What may run beside: nothing, the same with forget bias 0 or written from scratch, or another cell."""

Beside = Literal["", "bias0", "scratch", "rnn", "lstm", "gru", "gru-before", "lstm-coupled"]
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
    beside: Beside = ""
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

    def recipe_beside(self) -> Recipe | None:
        """Return the recipe of the run beside it: the same seed, data and sizes, but for what is compared.

        Raises:
            TrainingError: it is out of bounds, or the data are none.
        """
        own = self.recipe()
        match self.beside:
            case "":
                return None
            case "bias0":
                return replace(own, forget_bias=None if own.cell == "rnn" else 0.0)
            case "scratch":
                return replace(own, scratch=not own.scratch)
            case kind:
                bias = {"forget_bias": None} if kind == "rnn" else {}
                usual = Recipe.of(self.task, kind, source=self.data, **{**self.changes, **bias})
                return replace(usual, steps=own.steps, hidden=own.hidden)


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


def _recipe_param(name: str) -> Param:
    """How the link of a recipe's field is read."""
    if name == "optimiser":
        how = choice(*OPTIMISERS)
    elif name == "init":
        how = choice(*INITS)
    elif name == "scratch":
        how = choice("0", "1")
    else:
        low, high = BOUNDS[name]
        how = number(int if isinstance(low, int) else float, low, high)
        if name in OPTIONAL:
            read = how["read"]
            how["read"] = lambda text: None if text == NONE else read(text)
            how["allowed"] += f", {NONE}"
    return Param(FIELDS[name], name, **how)


def _name() -> dict[str, Any]:
    def read(text: str) -> str:
        if (
            not text.replace("-", "").replace("_", "").isalnum()
            or len(text) > LONGEST_ID
            or not text.isascii()
        ):
            raise ValueError(text)
        return text

    return {"read": read, "allowed": "…"}


RECIPE_PARAMS = tuple(_recipe_param(name) for name in FIELDS)
TRAIN_PARAMS = (
    Param("lang", "lang", **choice(*LANGUAGES), always=True),
    Param("notation", "notation", **choice(*NOTATIONS)),
    Param("z", "update", **choice("keep", "write")),
    Param("task", "task", **choice(*TASKS), always=True),
    Param("cell", "kind", **choice(*CELLS), always=True),
    Param("text", "corpus", **choice(*TEXTS)),
    Param("beside", "beside", **choice(*BESIDE[1:])),
    Param("run", "run", **_name()),
    Param("other", "other", **_name()),
    Param("layer", "layer", **number(int, 1, 4)),
)
CHECKPOINT = Param("checkpoint", "checkpoint", **number(int, 0, 100_000))
NAMES = tuple(
    dict.fromkeys([each.name for each in (*TRAIN_PARAMS, *RECIPE_PARAMS, CHECKPOINT)] + ["data", *PLACE])
)
"""Every parameter that an address of the page may have."""


def write(state: TrainState) -> dict[str, str]:
    """Return the query parameters of a state; where the film stands is added by the browser."""
    opening, found = TrainState(), {}
    for param in TRAIN_PARAMS:
        value = getattr(state, param.attribute)
        if param.always or value != getattr(opening, param.attribute):
            found[param.name] = str(value)
    for param in RECIPE_PARAMS:
        if param.attribute in state.changes:
            found[param.name] = _text(state.changes[param.attribute])
    if state.task in FROM_SOURCE and state.own is not None and len(state.own) <= LARGEST_INPUT:
        found["data"] = _packed(state.own)
    return found


def _text(value: Any) -> str:
    if value is None:
        return NONE
    if isinstance(value, bool):
        return str(int(value))
    return f"{value:g}" if isinstance(value, float) else str(value)


def read(query: Mapping[str, str], base: State) -> tuple[State, Place, list[Problem]]:
    """Return the state and place that a link describes, over ``base``, and what it got wrong."""
    assert isinstance(base, TrainState)
    problems: list[Problem] = []
    found = _values(query, (*TRAIN_PARAMS, CHECKPOINT), problems)
    changes = _values(query, RECIPE_PARAMS, problems)
    if "scratch" in changes:
        changes["scratch"] = changes["scratch"] == "1"
    state = replace(base, **found, changes=changes)
    if "data" in query and state.task in FROM_SOURCE:
        try:
            state = replace(state, own=expand(query["data"]))
        except ValueError:
            problems.append(Problem("link.data", {}))
    try:
        state.recipe()
        state.recipe_beside()
    except TrainingError as wrong:
        problems.append(Problem(wrong.key, wrong.values))
        state = replace(state, changes={}, beside="")
    return state, read_place(query, KINDS[state.kind], problems), problems


def _values(query: Mapping[str, str], params: tuple[Param, ...], problems: list[Problem]) -> dict[str, Any]:
    found = {}
    for param in params:
        if param.name in query:
            try:
                found[param.attribute] = param.read(query[param.name])
            except (ValueError, OverflowError):
                problems.append(problem(param.name, query[param.name], param.allowed))
    return found
