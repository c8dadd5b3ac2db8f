"""The loop: batch, loss, gradients, update; watched along the way."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from io import BytesIO
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from gates.network import Network
from gates.training.models.layers import State
from gates.training.models.network import Model, initial_network
from gates.training.recipe import Recipe
from gates.training.tasks.measures import HIGHEST
from gates.training.tasks.model import Batch, Task
from gates.training.tasks.registry import make_task

if TYPE_CHECKING:
    from torch import Tensor

Ending = Literal["done", "diverged"]


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a run stands.

    step: updates made so far, of ``steps``. loss: of the weights as they are now, on a batch that they have
    not been trained on yet. metric: the task's, on the data held out; None where it was not measured.
    tokens: timesteps trained on so far, of all sequences together. network: the network as it is now, at
    checkpoints only. more: other figures by name: ``training_perplexity``, of a text's last epoch, and that
    epoch's number, ``epoch``. ending: "done" after the last step; "diverged" where loss or weights are no
    longer finite numbers, which ends the run: there ``loss`` may be NaN or infinite, and there is no network.
    """

    step: int
    steps: int
    loss: float
    metric: float | None = None
    tokens: int = 0
    network: Network | None = None
    more: Mapping[str, float] = field(default_factory=dict)
    ending: Ending | None = None

    @property
    def diverged(self) -> bool:
        """Whether the run ended for want of finite numbers."""
        return self.ending == "diverged"


def checkpoints(steps: int) -> list[int]:
    """Return the steps at which a run of ``steps`` shows its network: 0, 1, 2, 4, 8 … and ``steps``.

    Doubling at first, and never sparser than a 25th of the run, so that whatever a network learns at once
    is seen to come: at most 43.
    """
    doubling = [2**k for k in range(steps.bit_length())]
    even = np.linspace(0, steps, 26).round().astype(int).tolist()
    return sorted({*doubling, *even})


def train(recipe: Recipe, source: str | None = None, state: bytes | None = None) -> Training:
    """Train a network by ``recipe`` and yield one ``Progress`` for the beginning and one after each update.

    source: the own text or numbers of a task that is made from them. state: what ``Training.state`` returned
    of the same recipe and source; the run then goes on after the step of which it told last, with the same
    curve to the bit as if it had never been interrupted. The loop does nothing between two
    yields, so whoever asks may pause or stop it. PyTorch uses as many threads as it is set to; the curve is
    the same to the bit for the same number of threads.

    Raises:
        TrainingError: the recipe, the task or the source cannot be trained on.
    """
    recipe.check()
    options = {} if recipe.length is None else {"length": recipe.length}
    return Training(recipe, make_task(recipe.task, source, **options), state)


class Training(Iterator[Progress]):
    """A run under way, which yields its progress."""

    def __init__(self, recipe: Recipe, task: Task, state: bytes | None = None) -> None:
        import torch

        self.recipe, self.task = recipe, task
        self.model = Model(initial_network(recipe, task.inputs, task.outputs), from_scratch=recipe.scratch)
        weights, gradients = self.model.weights, self.model.gradients
        self.adam: dict[str, Tensor] | None = None
        if recipe.optimiser == "adam":
            averages = {name: torch.zeros_like(weights) for name in ("exp_avg", "exp_avg_sq")}
            self.adam = averages | {"step": torch.zeros(())}
            self.advance: Callable[[], Any] = partial(_adam, weights, gradients, self.adam, recipe.lr)
        else:  # torch.optim.SGD spends twenty times as long on its own book-keeping as on this
            self.advance = partial(weights.sub_, gradients, alpha=recipe.lr)
        self.states: list[State] | None = None
        self.carried: list[State] | None = None  # what ``states`` was before the present batch
        self.step = -1  # that was told of last
        self.tokens = 0
        self.epoch = _Epoch()
        if state is not None:
            self._restore(state)
        self._progress = self._steps()

    def __next__(self) -> Progress:
        return next(self._progress)

    def state(self) -> bytes:
        """Return all that the run needs to go on after the step of which it told last.

        The data are not part of it: they are drawn again from the seed.
        """
        import torch

        out = BytesIO()
        saved = {
            "step": self.step,
            "tokens": self.tokens,
            "weights": self.model.weights,
            "adam": None if self.adam is None else {"state": {0: self.adam}},  # as torch.optim.Adam has it
            "carried": self.carried,
            "epoch": (self.epoch.number, self.epoch.losses),
        }
        torch.save(saved, out)
        return out.getvalue()

    def _restore(self, state: bytes) -> None:
        import torch

        saved = torch.load(BytesIO(state), weights_only=True)
        self.step, self.tokens = saved["step"], saved["tokens"]
        self.model.weights.copy_(saved["weights"])
        if self.adam is not None:
            self.adam |= saved["adam"]["state"].get(0, {})
        self.states = saved["carried"]
        self.epoch.number, self.epoch.losses = saved["epoch"]

    def _steps(self) -> Iterator[Progress]:
        recipe, reported = self.recipe, self.step
        with_networks = set(checkpoints(recipe.steps))
        measured = with_networks | set(np.linspace(0, recipe.steps, 51).round().astype(int).tolist())
        batches = self.task.batches(np.random.default_rng([recipe.seed, 1]), recipe.batch)
        for step, batch in zip(range(recipe.steps + 1), batches, strict=False):
            if step < reported:
                continue
            self.step, self.carried = step, self.states
            loss = self._loss(batch)
            value = loss.item()
            if not math.isfinite(value) or (step in with_networks and not self._finite()):
                yield Progress(step, recipe.steps, value, tokens=self.tokens, ending="diverged")
                return
            if step != reported:
                yield Progress(
                    step,
                    recipe.steps,
                    value,
                    metric=self._metric() if step in measured else None,
                    tokens=self.tokens,
                    network=self.model.network() if step in with_networks else None,
                    more=self.epoch.add(batch, value) if self.task.metric == "perplexity" else {},
                    ending="done" if step == recipe.steps else None,
                )
            if step < recipe.steps:
                self._update(loss)
            self.tokens += batch.read.size if batch.lengths is None else int(batch.lengths.sum())

    def _loss(self, batch: Batch) -> Tensor:
        import torch
        from torch.nn import functional

        self.recipe.check_size(len(batch.x))
        output, states = self.model.run(torch.from_numpy(batch.x), self.states if batch.carry else None)
        self.states = [_detached(state) for state in states]
        target = torch.from_numpy(np.ascontiguousarray(batch.target)).flatten(0, 1)
        output = output.flatten(0, 1)
        if not batch.read.all():
            read = torch.from_numpy(np.flatnonzero(batch.read))
            output, target = output.index_select(0, read), target.index_select(0, read)
        scores = self.model.scores(output)
        if self.task.loss == "mse":
            return functional.mse_loss(scores, target)
        return functional.cross_entropy(scores, target)

    def _update(self, loss: Tensor) -> None:
        gradients = self.model.gradients
        gradients.zero_()
        loss.backward()  # type: ignore[no-untyped-call]
        if self.recipe.clip is not None:
            gradients.mul_((self.recipe.clip / gradients.norm()).clamp(max=1.0))
        self.advance()

    def _metric(self) -> float:
        import torch

        batch = self.task.held_out()
        with torch.no_grad():
            scores = self.model.scores(self.model.run(torch.from_numpy(batch.x))[0])
        return self.task.score(scores.numpy(), batch)

    def _finite(self) -> bool:
        return bool(self.model.weights.isfinite().all())


def _adam(weights: Tensor, gradients: Tensor, moments: dict[str, Tensor], lr: float) -> None:
    """Do one step of Adam, to the bit as torch.optim.Adam; making one imports PyTorch's compiler, for 2 s."""
    from torch.optim.adam import adam

    adam(
        [weights], [gradients], [moments["exp_avg"]], [moments["exp_avg_sq"]], [], [moments["step"]],
        fused=True, amsgrad=False, beta1=0.9, beta2=0.999, lr=lr, weight_decay=0.0, eps=1e-8, maximize=False,
    )  # fmt: skip


class _Epoch:
    """The mean loss over one reading of a text, which begins wherever the state is not carried on."""

    def __init__(self) -> None:
        self.number = 0
        self.losses: list[float] = []

    def add(self, batch: Batch, loss: float) -> Mapping[str, float]:
        """Take in a batch's loss; return what is to be told of the epoch before, if this batch begins one."""
        ended: list[float] = []
        if not batch.carry:
            ended, self.losses = self.losses, []
        self.losses.append(loss)
        if not ended:
            return {}
        self.number += 1
        mean = sum(ended) / len(ended)
        return {"training_perplexity": math.exp(min(mean, HIGHEST)), "epoch": self.number}


def _detached(state: State) -> State:
    return tuple(part.detach() for part in state) if isinstance(state, tuple) else state.detach()
