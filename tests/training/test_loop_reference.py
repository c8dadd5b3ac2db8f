"""The loop beside a few lines of plain PyTorch: same data, same weights, same losses; and what it counts."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from torch.nn.functional import cross_entropy, mse_loss

from gates.interop import state_dict
from gates.network import Network
from gates.training.loop import train
from gates.training.recipe import Recipe
from gates.training.tasks.registry import make_task

TEXT = "the time traveller for so it will be convenient to speak of him " * 8


class Plain(torch.nn.Module):
    """A layer and a read-out as PyTorch has them, with the weights that a run begins with."""

    def __init__(self, kind: str, network: Network) -> None:
        super().__init__()
        cell, readout = network.cells[0], network.readout
        assert readout is not None
        self.layer = getattr(torch.nn, kind)(cell.inputs, cell.hidden)
        self.layer.load_state_dict({name: torch.tensor(a) for name, a in state_dict(cell).items()})
        self.readout = torch.nn.Linear(cell.hidden, len(readout.b))
        self.readout.load_state_dict({"weight": torch.tensor(readout.V), "bias": torch.tensor(readout.b)})

    def forward(self, x: Any, state: Any) -> tuple[Any, Any]:
        output, state = self.layer(x, state)
        return self.readout(output), state


def losses(kind: str, recipe: Recipe, source: str | None, beginning: Network) -> list[float]:
    """What plain SGD with clipping tells of each batch, before the update by it."""
    task = make_task(recipe.task, source, **({} if recipe.length is None else {"length": recipe.length}))
    model, state, told = Plain(kind, beginning), None, []
    if kind != "LSTM":  # of two biases that only add up, one is trained
        model.layer.bias_hh_l0.requires_grad_(False)
    batches = task.batches(np.random.default_rng([recipe.seed, 1]), recipe.batch)
    for _, batch in zip(range(recipe.steps + 1), batches, strict=False):
        if not batch.carry:
            state = None
        scores, state = model(torch.tensor(batch.x), state)
        state = tuple(part.detach() for part in state) if isinstance(state, tuple) else state.detach()
        read = torch.tensor(batch.read)
        target = torch.tensor(np.ascontiguousarray(batch.target))[read]
        loss = (mse_loss if task.loss == "mse" else cross_entropy)(scores[read], target)
        told.append(loss.item())
        model.zero_grad()
        loss.backward()
        model.layer.bias_hh_l0.grad = None
        trained = [weight for weight in model.parameters() if weight.grad is not None]
        if recipe.clip is not None:
            torch.nn.utils.clip_grad_norm_(trained, recipe.clip)
        with torch.no_grad():
            for weight in trained:
                weight -= recipe.lr * weight.grad
    return told


CASES = {
    "a text, its state carried on": ("text", TEXT, {"length": 8, "batch": 8, "steps": 20}),
    "what is read at the end alone": ("adding", None, {"length": 9, "batch": 8, "steps": 10}),
    "sequences of different lengths": ("reber", None, {"batch": 8, "steps": 10}),
}


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("kind", ["RNN", "LSTM"])
def test_the_losses_are_those_of_plain_pytorch(case: str, kind: str) -> None:
    task, source, changes = CASES[case]
    recipe = Recipe.of(
        task, kind.lower(), source=source, hidden=5, seed=3, optimiser="sgd", lr=0.7, clip=0.5,
        forget_bias=None, **changes,
    )  # fmt: skip
    told = list(train(recipe, source))
    assert told[0].network is not None
    expected = losses(kind, recipe, source, told[0].network)
    assert [progress.loss for progress in told] == pytest.approx(expected, rel=2e-4)
    assert len({round(loss, 4) for loss in expected}) > 5, "no two batches alike"


@pytest.mark.parametrize("task", ["reber", "dyck1", "sentiment"])
def test_only_steps_of_a_sequence_are_counted_as_timesteps(task: str) -> None:
    recipe = Recipe.of(task, hidden=2, batch=4, steps=5, seed=2)
    batches = make_task(task).batches(np.random.default_rng([2, 1]), 4)
    expected = [0]
    for _, batch in zip(range(recipe.steps), batches, strict=False):
        steps, sequences = batch.x.shape[:2]
        real = steps * sequences if batch.lengths is None else sum(int(length) for length in batch.lengths)
        assert batch.lengths is None or real < steps * sequences or len(set(batch.lengths)) == 1
        expected.append(expected[-1] + real)
    assert [progress.tokens for progress in train(recipe)] == expected


def test_the_seed_draws_weights_and_data_and_each_apart() -> None:
    def first(seed: int, **changes: Any) -> Any:
        return next(train(Recipe.of("parity", hidden=3, batch=4, length=6, seed=seed, **changes)))

    one, two = first(1), first(2)
    assert not np.array_equal(one.network.cells[0].W, two.network.cells[0].W)
    batches = [next(make_task("parity", length=6).batches(np.random.default_rng([s, 1]), 4)) for s in (1, 2)]
    assert not np.array_equal(batches[0].x, batches[1].x)
    for progress, batch in zip((one, two), batches, strict=True):
        p = progress.network.run(batch.x).probabilities
        chosen = np.take_along_axis(p, batch.target[..., None], axis=-1)
        assert progress.loss == pytest.approx(-np.log(chosen).mean(), rel=1e-5)


def test_adam_is_pytorchs_to_the_bit(monkeypatch: pytest.MonkeyPatch) -> None:
    recipe = Recipe.of("parity", hidden=3, batch=4, steps=12, length=6, clip=1.0, lr=0.05)
    ours = [progress.loss for progress in train(recipe)]
    made: list[torch.optim.Adam] = []

    def theirs(weights: Any, gradients: Any, kept: Any, lr: float) -> None:
        made[:] = made or [torch.optim.Adam([weights], lr=lr, fused=True)]
        made[0].step()

    monkeypatch.setattr("gates.training.loop._adam", theirs)
    assert [progress.loss for progress in train(recipe)] == ours and made
