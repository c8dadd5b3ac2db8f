"""What the generators of tasks share: symbols as inputs, batches without end, and recipes by kind of cell."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from collections.abc import Sequence as Items
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from gates.inputs.sequence import Sequence, one_hot
from gates.training.errors import TrainingError
from gates.training.tasks.measures import Measure, Stream, accuracy, by_symbol
from gates.training.tasks.model import Batch, Probe, Recipes, Task

HELD_OUT_SEED = 20_000_003
HELD_OUT_SIZE = 512
CHUNK = 32
"""Generators that walk through time draw so many batches at once, for the walk costs the same for each."""

Draw = Callable[[np.random.Generator, int], Batch]
Fields = Mapping[str, float | int | None]


def endless(draw: Draw) -> Stream:
    """Return the stream that calls ``draw`` for each batch."""

    def stream(rng: np.random.Generator, size: int) -> Iterator[Batch]:
        while True:
            yield draw(rng, size)

    return stream


def in_chunks(draw: Draw) -> Stream:
    """Return the stream that draws ``CHUNK`` batches at once and hands them out one by one."""

    def stream(rng: np.random.Generator, size: int) -> Iterator[Batch]:
        while True:
            drawn = draw(rng, CHUNK * size)
            for first in range(0, CHUNK * size, size):
                yield _part(drawn, slice(first, first + size))

    return stream


def _part(batch: Batch, columns: slice) -> Batch:
    lengths = None if batch.lengths is None else batch.lengths[columns]
    steps = len(batch.x) if lengths is None else int(lengths.max())
    cut = (slice(steps), columns)
    return replace(batch, x=batch.x[cut], target=batch.target[cut], read=batch.read[cut], lengths=lengths)


def held_out(draw: Draw, size: int = HELD_OUT_SIZE) -> Batch:
    """Return the data that score a network: drawn alike, from a seed of their own."""
    return draw(np.random.default_rng(HELD_OUT_SEED), size)


def symbols(indices: NDArray[np.integer], count: int) -> NDArray[np.float32]:
    """Return ``indices`` one-hot: (…,) to (…, count) float32."""
    ones: NDArray[np.float32] = np.eye(count, dtype=np.float32)[indices]
    return ones


def at_end(steps: int, size: int) -> NDArray[np.bool_]:
    """Return a ``read`` of the last step alone, (T, B)."""
    read = np.zeros((steps, size), dtype=np.bool_)
    read[-1] = True
    return read


def at_every_step(steps: int, size: int) -> NDArray[np.bool_]:
    """Return a ``read`` of all steps, (T, B)."""
    return np.ones((steps, size), dtype=np.bool_)


def symbol_probe(batch: Batch, alphabet: Items[str], words: str | None = None) -> Probe:
    """Return the only sequence of ``batch``, whose inputs are one-hot over ``alphabet``, as a probe."""
    tokens = tuple(alphabet[index] for index in batch.x[:, 0].argmax(axis=-1))
    return Probe(one_hot(tokens, tuple(alphabet)), batch.target[:, 0], batch.read[:, 0], words)


def number_probe(batch: Batch, tokens: Items[str], columns: Items[str], keyed: bool = False) -> Probe:
    """Return the only sequence of ``batch``, of numbers labelled ``tokens``, as a probe."""
    x = batch.x[:, 0].astype(np.float64)
    return Probe(
        Sequence(x, tuple(tokens), tuple(columns), keyed=keyed), batch.target[:, 0], batch.read[:, 0]
    )


def checked_length(length: int | None, default: int, minimum: int, maximum: int = 500) -> int:
    """Return ``length``, or ``default`` where it is None. TrainingError where it is out of range."""
    if length is None:
        return default
    if not minimum <= length <= maximum:
        raise TrainingError("error.training.length", length=length, minimum=minimum, maximum=maximum)
    return length


def recipes(common: Fields, lstm: Fields | None = None, gru: Fields | None = None) -> Recipes:
    """Return a recipe for each kind of cell: ``common`` but for what LSTMs and GRUs have of their own."""
    kinds = {"rnn": None, "lstm": lstm, "lstm-coupled": lstm, "gru": gru, "gru-before": gru}
    return {kind: {**common, **(changes or {})} for kind, changes in kinds.items()}


def classification(
    id: str,
    draw: Draw,
    alphabet: Items[str],
    answers: tuple[str, ...],
    *,
    margin: float,
    recipes: Recipes,
    probe: Probe | int,
    stream: Stream | None = None,
    metric: str = "accuracy",
    measure: Measure = accuracy,
) -> Task:
    """Return the task to tell a class from symbols, one-hot over ``alphabet``, that ``draw`` draws.

    probe: the sequence to watch, or the seed that draws it. stream: how batches are handed out, one by one
    where it is None. The baseline is the best guess from the current symbol alone.
    """
    stream, evaluation = stream or endless(draw), held_out(draw)
    return Task(
        id=id,
        inputs=len(alphabet),
        outputs=len(answers),
        loss="cross_entropy",
        metric=metric,
        better="higher",
        baseline=by_symbol(stream, evaluation, measure, len(answers)),
        margin=margin,
        probe=probe
        if isinstance(probe, Probe)
        else symbol_probe(draw(np.random.default_rng(probe), 1), alphabet),
        recipes=recipes,
        answers=answers,
        stream=stream,
        evaluation=evaluation,
        measure=measure,
    )
