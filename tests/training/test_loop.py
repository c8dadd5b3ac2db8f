"""The loop: same recipe, same curve; networks come on schedule; a run that diverges says so."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch

from gates.training import loop
from gates.training.errors import TrainingError
from gates.training.loop import Progress, checkpoints, train
from gates.training.models.network import Model
from gates.training.recipe import CELLS, Recipe
from gates.training.tasks.language import reading, sequential_batches
from gates.training.tasks.measures import HIGHEST, perplexity
from gates.training.tasks.registry import make_task


def run(task: str = "parity", cell: str = "lstm", **changes: Any) -> list[Progress]:
    return list(
        train(Recipe.of(task, cell, **{"hidden": 4, "batch": 8, "steps": 6, "length": 10, **changes}))
    )


def losses(curve: list[Progress]) -> list[float]:
    return [progress.loss for progress in curve]


@pytest.mark.parametrize("cell", CELLS)
def test_the_same_recipe_gives_the_same_curve_to_the_bit(cell: str) -> None:
    torch.manual_seed(1)
    first = run(cell=cell, layers=2)
    torch.manual_seed(2)
    np.random.seed(3)  # noqa: NPY002  # the global state must not matter
    second, other = run(cell=cell, layers=2), run(cell=cell, layers=2, seed=1)
    assert losses(first) == losses(second) != losses(other)
    assert [progress.metric for progress in first] == [progress.metric for progress in second]
    for ours, again in zip(first[-1].network.cells, second[-1].network.cells, strict=True):  # type: ignore[union-attr]
        assert all(np.array_equal(array, again.arrays()[name]) for name, array in ours.arrays().items())


def test_a_run_leaves_the_global_random_state_alone() -> None:
    torch.manual_seed(1)
    state = torch.random.get_rng_state()
    run()
    assert torch.equal(state, torch.random.get_rng_state())


@pytest.mark.parametrize("cell", CELLS)
def test_written_from_scratch_the_curve_is_the_same(cell: str, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[bool] = []

    def model(network: Any, from_scratch: bool) -> Any:
        asked.append(from_scratch)
        return Model(network, from_scratch=from_scratch)

    monkeypatch.setattr(loop, "Model", model)
    own, scratch = (
        losses(run("adding", cell, hidden=6, steps=12, optimiser="sgd", lr=0.3, scratch=scratch))
        for scratch in (False, True)
    )
    assert asked == [False, True]
    assert np.abs(np.subtract(own, scratch)).max() < 1e-4 < abs(own[0] - own[-1])


def test_steps_and_tokens_are_counted() -> None:
    curve = run()
    assert [progress.step for progress in curve] == list(range(7))
    assert [progress.tokens for progress in curve] == [80 * step for step in range(7)]
    assert [progress.ending for progress in curve] == [None] * 6 + ["done"]
    assert {progress.steps for progress in curve} == {6}


def test_loss_metric_and_network_of_one_step_belong_together() -> None:
    recipe = Recipe.of("parity", hidden=4, batch=8, steps=6, length=10)
    task = make_task("parity", length=10)
    batches = task.batches(np.random.default_rng([recipe.seed, 1]), 8)
    held_out = task.held_out()
    for progress, batch in zip(train(recipe), batches, strict=False):
        if progress.network is None:
            continue
        p = progress.network.run(batch.x).probabilities
        chosen = np.take_along_axis(p, batch.target[..., None], axis=-1)
        assert math.isclose(-np.log(chosen).mean(), progress.loss, rel_tol=1e-5)
        assert progress.metric == pytest.approx(task.score(progress.network.run(held_out.x).scores, held_out))


def test_only_what_is_read_counts() -> None:
    recipe = Recipe.of("adding", hidden=4, batch=8, steps=1)
    first = next(train(recipe))
    batch = next(make_task("adding").batches(np.random.default_rng([recipe.seed, 1]), 8))
    scores = first.network.run(batch.x).scores  # type: ignore[union-attr]
    assert math.isclose(first.loss, np.square(scores[-1] - batch.target[-1]).mean(), rel_tol=1e-5)


@pytest.mark.parametrize("steps", [1, 2, 3, 7, 100, 400, 1000, 4000, 100_000])
def test_checkpoints_are_dense_at_first_and_never_far_apart(steps: int) -> None:
    shown = checkpoints(steps)
    assert shown[0] == 0 and shown[-1] == steps and shown == sorted(set(shown))
    assert {2**k for k in range(20) if 2**k <= steps} <= set(shown)
    assert len(shown) <= 48
    assert max(np.diff(shown)) <= max(1, steps // 25 + 1)


def test_networks_come_at_checkpoints_with_the_metric() -> None:
    assert checkpoints(60)[:9] == [0, 1, 2, 4, 5, 7, 8, 10, 12] and checkpoints(25) == list(range(26))
    curve = run(steps=70)
    assert [p.step for p in curve if p.network is not None] == checkpoints(70)
    often = {round(70 * k / 50) for k in range(51)}
    assert [p.step for p in curve if p.metric is not None] == sorted({*checkpoints(70), *often})
    assert all(p.metric is not None for p in curve if p.network is not None)
    network = curve[-1].network
    assert network is not None and network.readout is not None and network.cells[0].dtype == np.float32


def test_a_run_that_diverges_ends_and_says_so() -> None:
    curve = run("adding", "rnn", optimiser="sgd", lr=100.0, clip=None, steps=300)
    assert curve[-1].diverged and curve[-1].step < 300
    assert curve[-1].network is None and curve[-1].metric is None
    assert all(math.isfinite(loss) for loss in losses(curve[:-1]))


def test_clipping_holds_the_step_back() -> None:
    def step(clip: float | None) -> float:
        before, after = (p.network for p in run(clip=clip, optimiser="sgd", lr=1.0, steps=1))
        assert before is not None and after is not None
        assert before.readout is not None and after.readout is not None
        pairs = [
            (array, new.arrays()[name])
            for old, new in zip(before.cells, after.cells, strict=True)
            for name, array in old.arrays().items()
        ]
        pairs += [(before.readout.V, after.readout.V), (before.readout.b, after.readout.b)]
        return math.sqrt(sum(float(np.square(new - old).sum()) for old, new in pairs))

    assert step(None) > 0.02
    assert math.isclose(step(0.01), 0.01, rel_tol=1e-3)


def test_nothing_is_begun_on_a_bad_recipe() -> None:
    with pytest.raises(TrainingError, match="hidden cannot be 0"):
        train(Recipe("parity", hidden=0))
    with pytest.raises(TrainingError, match="states"):
        next(train(Recipe.of("parity", hidden=256, batch=1024, length=100)))


@pytest.mark.parametrize("cell", CELLS)
def test_every_cell_learns(cell: str) -> None:
    task = make_task("recall", length=4)
    curve = run("recall", cell, length=4, hidden=8, batch=32, steps=60, lr=0.03, forget_bias=None)
    assert task.beats(curve[-1].metric or 0.0, task.baseline, task.margin)


def test_the_training_perplexity_is_that_of_each_epoch(monkeypatch: pytest.MonkeyPatch) -> None:
    corpus = np.random.default_rng(0).integers(2, size=400)
    text = replace(
        make_task("parity"),
        metric="perplexity",
        better="lower",
        evaluation=reading(corpus, 2, 4),
        measure=perplexity,
        stream=lambda rng, size: sequential_batches(corpus, 2, rng, size, 10),
    )
    monkeypatch.setattr(loop, "make_task", lambda *_, **__: text)
    curve = run(steps=40, length=None)
    told = {p.step: p.more for p in curve if p.more}
    ends = list(told)
    assert [p["epoch"] for p in told.values()] == list(range(1, len(ends) + 1))
    first = np.mean([p.loss for p in curve[: ends[0]]])
    assert told[ends[0]]["training_perplexity"] == pytest.approx(math.exp(first))
    second = np.mean([p.loss for p in curve[ends[0] : ends[1]]])
    assert told[ends[1]]["training_perplexity"] == pytest.approx(math.exp(second))


def test_a_perplexity_beyond_all_numbers_is_still_one() -> None:
    wild = Recipe.of(
        "text", source=TEXT, hidden=128, batch=2, steps=12, length=20, optimiser="sgd", lr=100.0, clip=None
    )
    curve = list(train(wild, TEXT))
    highest = pytest.approx(math.exp(HIGHEST))
    assert [progress.more["training_perplexity"] for progress in curve if progress.more] == [highest]
    assert curve[-1].metric == highest


@pytest.mark.parametrize(
    ("task", "changes"),
    [
        ("parity", {"cell": cell, "scratch": scratch, "layers": 2})
        for cell, scratch in (("rnn", False), ("lstm", True), ("gru", False), ("lstm-coupled", False))
    ]
    + [
        ("parity", {"optimiser": "sgd", "lr": 0.3}),
        ("dyck1", {"length": 10}),  # whose data are drawn in chunks
        ("reber", {"length": None}),
    ],
)
def test_a_run_that_was_put_on_disk_goes_on_to_the_bit(task: str, changes: dict[str, Any]) -> None:
    recipe = Recipe.of(task, **{"hidden": 4, "batch": 8, "steps": 12, "length": 10, **changes})
    check_going_on(recipe, list(train(recipe)), None)


TEXT = "the time traveller for so it will be convenient to speak of him " * 8


@pytest.mark.parametrize(("cell", "scratch"), [("lstm", False), ("gru", True)])
def test_so_does_one_that_carries_its_state_through_a_text(cell: str, scratch: bool) -> None:
    recipe = Recipe.of(
        "text", cell, source=TEXT, hidden=4, layers=2, batch=8, steps=16, length=8, scratch=scratch
    )
    whole = list(train(recipe, TEXT))
    assert len({tuple(one.more) for one in whole}) == 2, "some epochs end within it"
    check_going_on(recipe, whole, TEXT)


def check_going_on(recipe: Recipe, whole: list[Progress], source: str | None) -> None:
    """Interrupted at the beginning, on the way and at the end, a run tells what it tells when it is not."""
    told: list[Progress] = []
    state = None
    for place in (0, 1, 7, recipe.steps):
        training = train(recipe, source, state)
        for progress in training:
            told.append(progress)
            if progress.step == place:
                break
        state = training.state()
    told += train(recipe, source, state)
    assert list(map(figures, told)) == list(map(figures, whole))


def figures(progress: Progress) -> tuple[Any, ...]:
    network = progress.network
    weights = b"" if network is None else b"".join(a.tobytes() for a in network.cells[-1].arrays().values())
    return (progress.step, progress.loss, progress.metric, progress.tokens, progress.more, weights)
