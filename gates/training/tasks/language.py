"""Language models of characters: symbols, batches that read a text in one go, and samples."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gates.core.activations import softmax
from gates.network import Network
from gates.training.errors import TrainingError
from gates.training.tasks.model import Batch

UNKNOWN = "<unk>"
PROMPTS = ("time traveller", "traveller")
"""The beginnings that d2l lets its models continue, by 50 characters."""

Indices = NDArray[np.int64]


@dataclass(frozen=True)
class Vocabulary:
    """The symbols of a text, the most frequent first after ``<unk>``, which stands for all others."""

    symbols: tuple[str, ...]

    @classmethod
    def of(cls, text: str, limit: int | None = None) -> Vocabulary:
        """Return the vocabulary of ``text``, at most ``limit`` symbols with ``<unk>``."""
        frequent = sorted(Counter(text).items(), key=lambda item: (-item[1], item[0]))
        return cls((UNKNOWN, *(symbol for symbol, _ in frequent))[:limit])

    def __len__(self) -> int:
        return len(self.symbols)

    @cached_property
    def _index(self) -> dict[str, int]:
        return {symbol: index for index, symbol in enumerate(self.symbols)}

    def encode(self, text: str) -> Indices:
        """Return the index of each character of ``text``, 0 where it is unknown."""
        return np.array([self._index.get(symbol, 0) for symbol in text], dtype=np.int64)

    def decode(self, indices: Indices) -> str:
        """Return the text of ``indices``."""
        return "".join(self.symbols[index] for index in indices)


def sequential_batches(
    corpus: Indices, classes: int, rng: np.random.Generator, size: int, steps: int
) -> Iterator[Batch]:
    """Read ``corpus`` again and again, in ``size`` parallel parts, ``steps`` characters at a time.

    Each epoch begins at a random place within the first ``steps`` characters and with a new state; within
    it the states are carried on (d2l's first edition, section 8.3, *sequential partitioning*). The target of
    each character is the next one.

    Raises:
        TrainingError: the text is too short for a single batch.
    """
    needed = size * steps + steps + 1
    if len(corpus) < needed:
        raise TrainingError(
            "error.training.text_short", count=len(corpus), batch=size, timesteps=steps, needed=needed
        )
    while True:
        offset = int(rng.integers(steps + 1))
        x, y = (_parts(corpus[offset + shift :], size, len(corpus) - offset - 1) for shift in (0, 1))
        for start in range(0, len(x) - steps + 1, steps):
            part = slice(start, start + steps)
            yield _batch(x[part], y[part], classes, carry=start > 0)


def reading(corpus: Indices, classes: int, size: int = 32) -> Batch:
    """Return one batch that reads all of ``corpus`` in ``size`` parallel parts, to score a model on it."""
    size = min(size, len(corpus) - 1)
    x, y = (_parts(corpus[shift:], size, len(corpus) - 1) for shift in (0, 1))
    return _batch(x, y, classes, carry=False)


def _parts(corpus: Indices, size: int, count: int) -> Indices:
    length = count // size
    return corpus[: length * size].reshape(size, length).T


def _batch(x: Indices, y: Indices, classes: int, carry: bool) -> Batch:
    one_hot = np.eye(classes, dtype=np.float32)[x]
    return Batch(one_hot, np.ascontiguousarray(y), np.ones(x.shape, dtype=np.bool_), carry=carry)


def continuation(
    network: Network,
    vocabulary: Vocabulary,
    prefix: str,
    length: int = 50,
    temperature: float = 0.0,
    rng: np.random.Generator | None = None,
) -> str:
    """Return ``prefix`` and what the network writes after it, ``length`` characters.

    temperature: 0 always takes the likeliest character, as d2l does; otherwise ``rng`` draws each from the
    softmax of the scores divided by it. The network reads ``prefix`` first; an empty one stands for a space.
    """
    symbols = np.eye(len(vocabulary), dtype=network.cells[0].dtype)
    read: Any = vocabulary.encode(prefix or " ")
    state, written = None, []
    for _ in range(length):
        run = network.run(symbols[read], state)
        state = run.final_state
        read = [_next(run.scores[-1], temperature, rng)]
        written += read
    return prefix + vocabulary.decode(np.array(written, dtype=np.int64))


def _next(scores: NDArray[np.floating], temperature: float, rng: np.random.Generator | None) -> int:
    if temperature <= 0 or rng is None:
        return int(scores.argmax())
    p = softmax(scores.astype(np.float64) / temperature)
    return int(rng.choice(len(p), p=p / p.sum()))
