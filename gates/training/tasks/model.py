"""What a network learns: batches to train on, data held out, the measure, and a sequence to watch."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from gates.inputs.sequence import Sequence

Loss = Literal["mse", "cross_entropy"]
Targets = NDArray[np.int64] | NDArray[np.float32]
Bits = NDArray[np.bool_]
Recipes = Mapping[str, Mapping[str, float | int | None]]


@dataclass(frozen=True, eq=False)
class Batch:
    """What one step of training reads.

    x: (T, B, I) float32, time first. target: (T, B) int64, a class for each step, or (T, B, K) float32; it
    means something only where ``read``, (T, B), is true: there the loss and the metric look. lengths: (B,),
    the steps that belong to each sequence, None for all. carry: the states go on from the batch before, as
    in a text that is read in one go.
    """

    x: NDArray[np.float32]
    target: Targets
    read: Bits
    lengths: NDArray[np.int64] | None = None
    carry: bool = False


@dataclass(frozen=True, eq=False)
class Probe:
    """The sequence on which the gates are watched while they learn.

    target: (T,) classes or (T, K) numbers, and read: (T,), as a ``Batch`` has them, for one sequence.
    words: where the symbols are words, the string key under which the reader's language has them: the
    sequence's as ``<words>.probe`` and the columns' as ``<words>.vocabulary``, both parted by spaces.
    """

    sequence: Sequence
    target: Targets
    read: Bits
    words: str | None = None

    def sequence_for(self, translate: Callable[[str], str]) -> Sequence:
        """Return the sequence in the reader's language, as far as it is made of words."""
        if self.words is None:
            return self.sequence
        tokens, columns = (
            tuple(translate(f"{self.words}.{part}").split()) for part in ("probe", "vocabulary")
        )
        return replace(self.sequence, tokens=tokens, columns=columns)


@dataclass(frozen=True, eq=False)
class Task:
    """A task: where its data come from and how well a network does.

    id: its name in links and calls; its texts are the strings ``task.<id>`` (its name), ``.about``,
    ``.gates`` (what the gates should learn) and ``.baseline`` (what the predictor without memory does).
    inputs, outputs: the sizes I of an input and K of an output.
    loss: what training lowers: "mse", or "cross_entropy" over K classes.
    metric: what is reported; its name is the string ``metric.<metric>``. better: which way is up.
    baseline: the metric of a predictor without memory, computed on the held-out data.
    margin: by how much even a short run must beat it.
    probe: the sequence on which the gates are watched.
    recipes: for each kind of cell, the fields of its recipe that differ from the general ones.
    answers: what each of the K outputs stands for: the classes' symbols, or the names of the numbers.
    stream: makes the endless batches of ``batches``. evaluation: what ``held_out`` returns.
    measure: the metric of outputs (T, B, K) on a batch.
    """

    id: str
    inputs: int
    outputs: int
    loss: Loss
    metric: str
    better: Literal["lower", "higher"]
    baseline: float
    margin: float
    probe: Probe
    recipes: Recipes
    answers: tuple[str, ...]
    stream: Callable[[np.random.Generator, int], Iterator[Batch]]
    evaluation: Batch
    measure: Callable[[NDArray[np.floating], Batch], float]

    def batches(self, rng: np.random.Generator, size: int) -> Iterator[Batch]:
        """Return batches of ``size`` sequences without end; the same state of ``rng``, the same batches."""
        return self.stream(rng, size)

    def held_out(self) -> Batch:
        """Return the data that score a network: always the same, and drawn apart from all training data."""
        return self.evaluation

    def score(self, output: NDArray[np.floating], batch: Batch) -> float:
        """Return the metric of a network's outputs (scores, where there are classes), (T, B, K)."""
        return self.measure(output, batch)

    def beats(self, metric: float, baseline: float, margin: float = 0.0) -> bool:
        """Tell whether ``metric`` is better than ``other`` by more than ``margin``."""
        return metric < baseline - margin if self.better == "lower" else metric > baseline + margin
