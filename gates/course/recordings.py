"""Trainings that lessons speak of: networks passed through, curves, and what trained examples reached."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from gates.course.expressions import LessonError
from gates.examples.presets.trained import TRAINED
from gates.interop import load
from gates.network import AnyCell
from gates.paths import RUNS, WEIGHTS
from gates.training.d2l_figures import FIRST_EDITION
from gates.training.forecast import free_running_error
from gates.training.recipe import Recipe
from gates.training.runs.folder import RunFolder
from gates.training.tasks.registry import make_task

SERIES = ("sine",)
"""Tasks whose answer is the next input, so that a network can go on with its own."""


@lru_cache(maxsize=64)
def cell(film: str, step: int) -> AnyCell:
    """Return the cell that a training had after so many steps.

    Raises:
        LessonError: nothing was kept there.
    """
    checkpoints = RunFolder(RUNS / film).checkpoints()
    if step not in checkpoints:
        raise LessonError(f"{film} kept no network at step {step}, but at {sorted(checkpoints)}")
    network_cell: AnyCell = load(checkpoints[step]).layers[0].cells[0]
    return network_cell


@lru_cache(maxsize=8)
def symbols(film: str) -> tuple[str, ...]:
    """Return the symbols that a training's network reads, each a column of its input."""
    folder = RunFolder(RUNS / film)
    return tuple(make_task(Recipe.from_json(folder.recipe).task, folder.source).probe.sequence.columns)


def curve(film: str, series: str, step: int) -> float:
    """Return a number that was recorded at a step of a training: its ``loss`` or its ``metric``.

    Raises:
        LessonError: nothing was recorded there.
    """
    for record in _records(film):
        if record["step"] == step and record.get(series) is not None:
            return float(record[series])
    raise LessonError(f"{film} recorded no {series} at step {step}")


@lru_cache(maxsize=4)
def _records(film: str) -> tuple[dict[str, Any], ...]:
    return tuple(RunFolder(RUNS / film).records()[0])


@lru_cache(maxsize=64)
def score(
    cell: str, task: str, length: int | None = None, *, seen: int | None = None, without_memory: bool = False
) -> float:
    """Return what the trained example of a cell and a task reaches on data that it was not trained on.

    Args:
        cell: "lstm", "gru" or "rnn".
        task: as in the recipe that trained it.
        length: of the sequences, where it is not that of the task.
        seen: of a series, let it read so many values and after them its own answers: the mean squared error.
        without_memory: say instead what a predictor reaches there that knows the present input alone.

    Raises:
        LessonError: there is no such example, or its task is of no length.
    """
    example = next((trained for trained in TRAINED.get(cell, ()) if trained.task == task), None)
    if example is None:
        raise LessonError(f"no {cell} was trained on {task}")
    if length is None and seen is None:
        return float(example.notes.baseline if without_memory else example.notes.score)
    try:
        resized = make_task(task, length=length)
    except TypeError:
        raise LessonError(f"{task} is of no length") from None
    if without_memory:
        return resized.baseline
    held_out, network = resized.held_out(), load(WEIGHTS / f"{cell}-{task}.safetensors")
    if seen is not None:
        if task not in SERIES:
            raise LessonError(f"{task} is no series that goes on")
        return free_running_error(network, held_out, seen)
    return resized.score(network.run(held_out.x).scores, held_out)


def published(cell: str) -> float:
    """Return the perplexity that d2l's first edition reports of a cell, on the text that it was trained on.

    Raises:
        LessonError: it reports none of it.
    """
    perplexity = next((figures.training for figures in FIRST_EDITION if figures.cell == cell), None)
    if perplexity is None:
        raise LessonError(f"nothing is published of {cell}")
    return perplexity
