"""Forecasting: a sine, share prices, and a person's own series, each against persistence."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gates.inputs.parse import parse_numbers
from gates.inputs.sequence import InputError, Note, Sequence, number_label
from gates.inputs.sources import PRICE_COLUMNS, stocks
from gates.training.errors import TrainingError
from gates.training.tasks.generators import (
    Draw,
    at_every_step,
    checked_length,
    endless,
    held_out,
    number_probe,
    recipes,
)
from gates.training.tasks.measures import by_persistence, mean_squared_error
from gates.training.tasks.model import Batch, Probe, Task

PERIODS = (10.0, 30.0)
WARM_UP = 5
"""A sine is read from so many steps on: before, nobody can know its period."""

TRAINED_SHARE = 0.8
"""The first part of own series is trained on, the rest held out."""
MIN_VALUES, MAX_VALUES, MAX_COLUMNS = 50, 20_000, 8
TRAINED_WEEKS = 73
"""Of the 105 weeks of share prices the first 73 are trained on, the rest held out."""

Values = NDArray[np.float64]


def sine(length: int | None = None) -> Task:
    """Return the sine task: what is the next value of a sine of unknown period (10 to 30 steps) and phase?"""
    steps = checked_length(length, 50, 2 * WARM_UP)

    def draw(rng: np.random.Generator, size: int) -> Batch:
        turns = np.arange(steps + 1)[:, None] / rng.uniform(*PERIODS, size=size) + rng.random(size)
        values = np.sin(2 * np.pi * turns, dtype=np.float32)[..., None]
        read = at_every_step(steps, size)
        read[:WARM_UP] = False
        return Batch(values[:-1], values[1:], read)

    probe = draw(np.random.default_rng(0), 1)
    return _forecasting("sine", draw, held_out(draw), _labelled(probe, ("x",)), 600, 0.03)


def prices(length: int | None = None) -> Task:
    """Return the price task: what will the share price be next week?

    Windows of ``length`` weeks from the six series of ``plotly.data.stocks``. A value is the log of the price
    over that in the window's first week, divided by its standard deviation in the training windows; so no
    step knows anything of its future. Held out are all windows of the last weeks. Prices being close to a
    random walk, no network is known to beat persistence on them by much: that is what the task shows.
    """
    weeks = checked_length(length, 20, 5, 30)
    dates, table = stocks()
    logs = np.log(np.stack([table[name] for name in PRICE_COLUMNS], axis=1))
    trained, later = (_paths(part, weeks) for part in (logs[:TRAINED_WEEKS], logs[TRAINED_WEEKS:]))
    scale = trained.std()
    trained, later = ((part / scale).astype(np.float32)[..., None] for part in (trained, later))

    def draw(rng: np.random.Generator, size: int) -> Batch:
        return _of_windows(trained[:, rng.integers(trained.shape[1], size=size)])

    last = PRICE_COLUMNS.index("MSFT") - len(PRICE_COLUMNS)
    probe = _of_windows(later[:, [last]])
    tokens = dates[-weeks - 1 : -1]
    return _forecasting(
        "prices", draw, _of_windows(later), number_probe(probe, tokens, ("MSFT",)), 400, -0.005
    )


def own_series(source: str, length: int | None = None) -> Task:
    """Return the task to forecast a person's own numbers, one row a step, from ``source``.

    Columns are forecast together; each is shifted and scaled by mean and standard deviation of its first
    80%, which is trained on in windows of ``length`` steps. The rest is held out; there each block of that
    many values is read after as many of context. TrainingError where it holds no numbers, too few or too
    many, or a column that does not change.
    """
    sequence = _numbers(source)
    first = int(len(sequence) * TRAINED_SHARE)
    steps = checked_length(length, min(30, first // 2), 2, first - 1)
    known = sequence.x[:first]
    for column, spread in zip(sequence.columns, np.ptp(known, axis=0), strict=True):
        if not spread:
            raise TrainingError("error.training.constant", column=column, count=first)
    values = ((sequence.x - known.mean(axis=0)) / known.std(axis=0)).astype(np.float32)

    def draw(rng: np.random.Generator, size: int) -> Batch:
        starts = rng.integers(first - steps, size=size)
        return _of_windows(values[np.arange(steps + 1)[:, None] + starts])

    held_out = _blocks(values, first, steps)
    shown_batch = _of_windows(values[-min(len(values), 2 * steps + 1) :, None])
    probe = number_probe(shown_batch, sequence.tokens[-len(shown_batch.x) - 1 : -1], sequence.columns)
    return _forecasting("series", draw, held_out, probe, 400, 0.0, sequence.columns)


def _forecasting(
    id: str,
    draw: Draw,
    evaluation: Batch,
    probe: Probe,
    steps: int,
    margin: float,
    names: tuple[str, ...] = (),
) -> Task:
    return Task(
        id=id,
        inputs=evaluation.x.shape[2],
        outputs=evaluation.x.shape[2],
        loss="mse",
        metric="mse",
        better="lower",
        baseline=by_persistence(evaluation, mean_squared_error),
        margin=margin,
        probe=probe,
        recipes=recipes({"hidden": 12, "lr": 0.01, "batch": 64, "steps": steps}, lstm={"forget_bias": 1.0}),
        answers=names or probe.sequence.columns,
        stream=endless(draw),
        evaluation=evaluation,
        measure=mean_squared_error,
    )


def _of_windows(windows: NDArray[np.float32]) -> Batch:
    """Return the batch in which each window, (T + 1, B, I), tells the next value at every step."""
    return Batch(windows[:-1], windows[1:], at_every_step(len(windows) - 1, windows.shape[1]))


def _paths(logs: Values, steps: int) -> Values:
    """Return all windows of ``steps`` + 1 values, from 0 on, of all columns side by side: (T + 1, B)."""
    starts = np.arange(len(logs) - steps)
    windows: Values = logs[np.arange(steps + 1)[:, None] + starts]
    return np.reshape(windows - windows[0], (steps + 1, -1))


def _blocks(values: NDArray[np.float32], first: int, steps: int) -> Batch:
    """Return the values from ``first`` on, in blocks of ``steps`` or less, each after its context."""
    block = min(steps, len(values) - first)
    starts = np.arange(first - steps, len(values) - steps - block + 1, block)
    batch = _of_windows(values[np.arange(steps + block)[:, None] + starts])
    batch.read[: steps - 1] = False
    return batch


def notes(source: str) -> tuple[Note, ...]:
    """Return what is to be said of how own numbers were read; TrainingError for what cannot be learned."""
    return _numbers(source).notes


def _numbers(source: str) -> Sequence:
    try:
        sequence = parse_numbers(source, limit=MAX_VALUES)
    except InputError as error:
        if error.key == "error.numbers.too_long":
            raise TrainingError(
                "error.training.series.long", count=error.values["count"], limit=f"{MAX_VALUES:,}"
            ) from error
        raise TrainingError(error.key, **error.values) from error
    if len(sequence) < MIN_VALUES:
        raise TrainingError("error.training.series.short", count=len(sequence), minimum=MIN_VALUES)
    if len(sequence.columns) > MAX_COLUMNS:
        raise TrainingError("error.training.series.columns", count=len(sequence.columns), limit=MAX_COLUMNS)
    return sequence


def _labelled(batch: Batch, columns: tuple[str, ...]) -> Probe:
    return number_probe(batch, [number_label(float(value)) for value in batch.x[:, 0, 0]], columns)
