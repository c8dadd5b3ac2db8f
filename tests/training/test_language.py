"""Character models: batches in the text's order, samples, and d2l's experiment."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from gates import LSTM
from gates.network import Layer, Network, Readout
from gates.training import d2l_figures
from gates.training.errors import TrainingError
from gates.training.loop import train
from gates.training.recipe import CELLS, Recipe
from gates.training.tasks import text as tasks_text
from gates.training.tasks.language import Vocabulary, continuation, reading, sequential_batches

TEXT = "the time traveller for so it will be convenient to speak of him "


def symbols_of(batch_x: np.ndarray) -> np.ndarray:
    indices: np.ndarray = batch_x.argmax(axis=-1)
    return indices


def test_vocabulary_by_frequency_after_unknown() -> None:
    vocabulary = Vocabulary.of("abbccc")
    assert vocabulary.symbols == ("<unk>", "c", "b", "a")
    assert vocabulary.encode("cab?").tolist() == [1, 3, 2, 0]
    assert vocabulary.decode(vocabulary.encode("abc")) == "abc"
    assert Vocabulary.of("abbccc", limit=3).symbols == ("<unk>", "c", "b")


def test_batches_go_on_where_the_last_one_ended() -> None:
    corpus = np.arange(200)
    batches = sequential_batches(corpus, 200, np.random.default_rng(0), size=3, steps=5)
    epochs: list[list[np.ndarray]] = []
    for _, batch in zip(range(60), batches, strict=False):
        x = symbols_of(batch.x)
        assert x.shape == (5, 3) and batch.x.sum() == 15 and batch.read.all()
        assert np.array_equal(batch.target, x + 1), "the target is the next character"
        if not batch.carry:
            epochs.append([])
        epochs[-1].append(x)
    for epoch in epochs[:-1]:
        joined = np.concatenate(epoch)
        assert (np.diff(joined, axis=0) == 1).all(), "each column reads on"
        assert joined[0, 0] <= 5
        assert len(np.unique(joined)) == joined.size
    assert len({int(epoch[0][0, 0]) for epoch in epochs}) > 1, "epochs begin at different places"


def test_d2ls_sizes_give_eight_batches_an_epoch() -> None:
    corpus = np.zeros(10_000, dtype=np.int64)
    for seed in range(20):
        batches = sequential_batches(corpus, 2, np.random.default_rng(seed), 32, 35)
        carried = [next(batches).carry for _ in range(d2l_figures.BATCHES_AN_EPOCH + 1)]
        assert carried == [False, *[True] * (d2l_figures.BATCHES_AN_EPOCH - 1), False]


@pytest.mark.parametrize("count", [0, 1, 14, 20])
def test_a_text_that_is_too_short_is_refused(count: int) -> None:
    with pytest.raises(TrainingError, match=f"{count} characters"):
        next(sequential_batches(np.zeros(count, dtype=np.int64), 2, np.random.default_rng(0), 3, 5))


def test_the_shortest_text_that_is_long_enough() -> None:
    corpus = np.arange(21)
    for seed in range(20):
        batches = sequential_batches(corpus, 21, np.random.default_rng(seed), 3, 5)
        assert [next(batches).carry for _ in range(3)] == [False] * 3


def test_a_reading_covers_the_text_once() -> None:
    batch = reading(np.arange(100), 100, size=9)
    x = symbols_of(batch.x)
    assert x.shape == (11, 9) and np.array_equal(np.sort(x.ravel()), np.arange(99))
    assert np.array_equal(batch.target, x + 1) and not batch.carry


def echo(vocabulary: Vocabulary) -> Network:
    """A network that finds what it has just read the likeliest to come, and the next symbol less likely."""
    count = len(vocabulary)
    cell = LSTM.init(count, count, 0)
    W, b = np.zeros_like(cell.W), np.full_like(cell.b, 20.0)
    W[cell.rows("candidate")] = 20 * np.eye(count)
    b[cell.rows("forget")], b[cell.rows("candidate")] = -20, 0
    V = 3 * np.eye(count) + 2 * np.roll(np.eye(count), 1, axis=0)
    return Network((Layer(LSTM(W, np.zeros_like(cell.U), b)),), Readout(V, np.zeros(count)))


def test_greedy_continuations_take_the_likeliest() -> None:
    vocabulary = Vocabulary.of(TEXT)
    network = echo(vocabulary)
    assert continuation(network, vocabulary, "time", 5) == "time" + "e" * 5
    assert continuation(network, vocabulary, "", 3) == "   "
    assert continuation(network, vocabulary, "t", 0) == "t"


def test_continuations_read_as_the_network_runs_over_them() -> None:
    vocabulary = Vocabulary.of(TEXT)
    rng = np.random.default_rng(3)
    V = rng.normal(size=(len(vocabulary), 6))
    cell = LSTM.init(len(vocabulary), 6, rng)
    network = Network((Layer(cell), Layer(LSTM.init(6, 6, rng))), Readout(V, rng.normal(size=len(V))))
    text = continuation(network, vocabulary, "time", 20)
    one_hot = np.eye(len(vocabulary))[vocabulary.encode(text)]
    guesses = network.run(one_hot).scores.argmax(axis=-1)
    assert vocabulary.decode(guesses[3:-1]) == text[4:]


def test_temperature_spreads_the_choice_and_the_seed_repeats_it() -> None:
    vocabulary = Vocabulary.of(TEXT)
    network = echo(vocabulary)

    def drawn(temperature: float, seed: int = 0) -> str:
        return continuation(network, vocabulary, "t", 200, temperature, np.random.default_rng(seed))

    assert len(set(drawn(0.05))) == 1
    assert len(set(drawn(1.0))) > 1 and len(set(drawn(5.0))) > 10
    assert drawn(1.0) == drawn(1.0) != drawn(1.0, seed=1)


def test_the_published_recipe_is_d2ls(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks_text, "time_machine", lambda: TEXT * 300)
    recipe = d2l_figures.published_recipe("lstm", scratch=True)
    assert (recipe.hidden, recipe.batch, recipe.length, recipe.steps) == (256, 32, 35, 4000)
    assert (recipe.optimiser, recipe.lr, recipe.clip, recipe.init) == ("sgd", 1.0, 1.0, "small")
    assert recipe.forget_bias is None and recipe.scratch


@pytest.mark.parametrize("cell", ["rnn", "lstm", "gru", "gru-before"])
def test_d2ls_model_learns_alike_from_scratch_and_fused(cell: str) -> None:
    text = TEXT * 300
    small: dict[str, Any] = {
        "hidden": 12,
        "batch": 8,
        "length": 10,
        "steps": 12,
        "optimiser": "sgd",
        "lr": 1.0,
        "init": "small",
    }
    curves = []
    for scratch in (False, True):
        recipe = Recipe.of("characters", cell, source=text, **small, forget_bias=None, scratch=scratch)
        curves.append([progress.loss for progress in train(recipe, text)])
    assert np.abs(np.subtract(*curves)).max() < 1e-5 < 1e-3 < curves[0][0] - curves[0][-1]


def test_published_figures_name_cells_that_can_be_trained() -> None:
    for edition in (d2l_figures.FIRST_EDITION, d2l_figures.SECOND_EDITION):
        assert {figure.cell for figure in edition} <= set(CELLS)
    assert all(figure.validation is None for figure in d2l_figures.FIRST_EDITION)
    assert all(
        figure.validation > figure.training for figure in d2l_figures.SECOND_EDITION if figure.validation
    )
