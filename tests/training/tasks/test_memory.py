"""Adding, recall, temporal order and parity: targets found again, slowly, from the inputs alone."""

from __future__ import annotations

import numpy as np
import pytest

from gates.training.tasks.memory import ORDER, ORDERS, RECALL
from gates.training.tasks.model import Batch
from gates.training.tasks.registry import make_task

LENGTHS = (10, 20, 37)


def draw(id: str, length: int, size: int = 300) -> Batch:
    return next(make_task(id, length=length).batches(np.random.default_rng(5), size))


def words(batch: Batch, alphabet: tuple[str, ...]) -> list[str]:
    assert (batch.x.sum(axis=-1) == 1).all()
    return ["".join(alphabet[k] for k in column) for column in batch.x.argmax(axis=-1).T]


@pytest.mark.parametrize("length", LENGTHS)
def test_adding_marks_a_value_in_each_half_and_asks_for_their_sum(length: int) -> None:
    batch = draw("adding", length)
    marked = set()
    for k in range(batch.x.shape[1]):
        places = [t for t in range(length) if batch.x[t, k, 1] == 1]
        assert len(places) == 2 and places[0] < length // 2 <= places[1]
        assert batch.x[:, k, 1].sum() == 2
        assert batch.target[-1, k, 0] == pytest.approx(sum(batch.x[t, k, 0] for t in places))
        marked.update(places)
    assert marked == set(range(length))  # every place can be marked
    assert batch.x.min() >= 0 and batch.x.max() <= 1
    assert batch.read[-1].all() and not batch.read[:-1].any()


def test_the_baseline_of_adding_is_the_variance_of_a_sum() -> None:
    assert make_task("adding").baseline == pytest.approx(1 / 6, rel=0.1)  # 1/12 for each value


@pytest.mark.parametrize("length", LENGTHS)
def test_recall_asks_for_the_first_symbol(length: int) -> None:
    batch = draw("recall", length)
    for k, word in enumerate(words(batch, RECALL)):
        assert word[0] in "ABCD" and word[-1] == "?" and set(word[1:-1]) <= set("abcd")
        assert "ABCD"[batch.target[-1, k]] == word[0]
    assert batch.read[-1].all() and not batch.read[:-1].any()


@pytest.mark.parametrize("length", LENGTHS)
def test_temporal_order_tells_the_order_of_the_two_symbols_that_count(length: int) -> None:
    batch = draw("temporal-order", length)
    seen = set()
    for k, word in enumerate(words(batch, ORDER)):
        assert word[0] == "E" and word[-1] == "!" and set(word[1:-1]) <= set("abcdXY")
        places = [t for t, symbol in enumerate(word) if symbol in "XY"]
        assert len(places) == 2
        assert length // 10 <= places[0] < length // 5
        assert length // 2 <= places[1] < length * 3 // 5
        order = word[places[0]] + word[places[1]]
        assert ORDERS[batch.target[-1, k]] == order
        seen.add(order)
    assert seen == set(ORDERS)


@pytest.mark.parametrize("length", LENGTHS)
def test_parity_is_told_at_every_step(length: int) -> None:
    batch = draw("parity", length)
    for k, word in enumerate(words(batch, ("0", "1"))):
        assert batch.target[:, k].tolist() == [word[: t + 1].count("1") % 2 for t in range(length)]
    assert batch.read.all()


@pytest.mark.parametrize(("id", "chance"), [("recall", 1 / 4), ("temporal-order", 1 / 4), ("parity", 1 / 2)])
def test_without_memory_there_is_nothing_but_chance(id: str, chance: float) -> None:
    assert make_task(id).baseline == pytest.approx(chance, abs=0.04)
