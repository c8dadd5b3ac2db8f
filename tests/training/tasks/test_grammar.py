"""Reber's grammar, checked by a recogniser that is written as the graph in the literature."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from gates.training.tasks.model import Batch, Task
from gates.training.tasks.reber_grammar import SYMBOLS, legal_next, reber_strings
from gates.training.tasks.registry import make_task

GRAPH = {
    "start": {"B": "fork"},
    "fork": {"T": "upper", "P": "lower"},
    "upper": {"S": "upper", "X": "middle"},
    "lower": {"T": "lower", "V": "late"},
    "middle": {"X": "lower", "S": "last"},
    "late": {"P": "middle", "V": "last"},
    "last": {"E": "done"},
    "done": {},
}
"""Hochreiter & Schmidhuber (1997), figure 3."""


def followers(word: str) -> list[set[str]]:
    """What may follow after each symbol; KeyError where the grammar does not allow ``word``."""
    place, found = "start", []
    for symbol in word:
        place = GRAPH[place][symbol]
        found.append(set(GRAPH[place]))
    return found


def words(batch: Batch) -> list[str]:
    """Each string whole: what is read, and its last target."""
    assert batch.lengths is not None
    columns = batch.x.argmax(axis=-1)
    return [
        "".join(SYMBOLS[index] for index in [*columns[:length, k], batch.target[length - 1, k]])
        for k, length in enumerate(batch.lengths)
    ]


def first_batch(id: str, length: int | None = None) -> Batch:
    return next(make_task(id, length=length).batches(np.random.default_rng(1), 300))


def test_strings_are_the_grammars_and_their_followers_are_known() -> None:
    strings, lengths = reber_strings(500, 25, np.random.default_rng(0))
    legal = legal_next(strings)
    for k, length in enumerate(lengths):
        word = "".join(SYMBOLS[index] for index in strings[:length, k])
        assert word.startswith("B") and word.endswith("E") and length <= 25
        found = [{SYMBOLS[index] for index in np.flatnonzero(row)} for row in legal[:length, k]]
        assert found == followers(word)


def test_both_ways_out_of_a_place_are_equally_likely() -> None:
    strings, _ = reber_strings(4000, 60, np.random.default_rng(3))
    begun = Counter("".join(SYMBOLS[index] for index in column[1:3]) for column in strings.T)
    assert begun.keys() == {"TS", "TX", "PT", "PV"}
    assert min(begun.values()) > 880


def test_the_next_symbol_is_the_target() -> None:
    batch = first_batch("reber")
    for seed, steps in ((2, 29), (5, 28)):  # of 30 symbols and no more: the second draw had one of 31
        drawn_by_default = next(make_task("reber").batches(np.random.default_rng(seed), 800))
        assert drawn_by_default.x.shape[0] == steps
    for k, word in enumerate(words(batch)):
        assert [SYMBOLS[index] for index in batch.target[: len(word) - 1, k]] == list(word[1:])
        assert batch.read[:, k].sum() == len(word) - 1
        followers(word)


@pytest.mark.parametrize("length", [12, 30])
def test_an_embedded_string_repeats_its_second_symbol(length: int) -> None:
    seen = set()
    for word in words(first_batch("embedded-reber", length)):
        assert len(word) <= length
        assert word[0] == "B" and word[1] == word[-2] and word[-1] == "E"
        followers(word[2:-2])
        seen.add(word[1])
    assert seen == {"T", "P"}


@pytest.fixture
def reber() -> Task:
    return make_task("reber")


def test_a_string_counts_only_without_a_mistake(reber: Task) -> None:
    batch = reber.held_out()
    legal = legal_next(batch.x.argmax(axis=-1)).astype(float)
    assert reber.score(legal, batch) == 1
    spoiled = legal.copy()
    spoiled[2, :100] = 1 - spoiled[2, :100]  # every string has a third symbol
    assert reber.score(spoiled, batch) == pytest.approx(1 - 100 / batch.x.shape[1])


def test_the_outer_symbol_is_looked_at_before_the_last_step_alone() -> None:
    task = make_task("embedded-reber")
    batch = task.held_out()
    assert batch.lengths is not None
    output = np.zeros((*batch.x.shape[:2], task.outputs))
    for k, (length, word) in enumerate(zip(batch.lengths, words(batch), strict=True)):
        output[length - 2, k, SYMBOLS.index(word[1])] = 1 if k % 4 else -1
    assert task.score(output, batch) == pytest.approx(0.75)
    assert task.baseline == pytest.approx(0.5, abs=0.05)
