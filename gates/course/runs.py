"""What a lesson's figures are read off: runs with their gradients, and experiments over many seeds.

The loss of a state is what ``loss`` says: ``{"unit", "step"}``, L = h of that unit (the first) at that step
(the last); ``{"direction": seed}``, L = v·h with a random v of length 1; either with ``"reads": "cell"``
for c in place of h. Where it says nothing, it is the one that an exercise's targets make, else L = h of the
first unit at the last step.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import cached_property
from typing import Any

import numpy as np

from gates.analysis.ensembles import Loss, Setting, band, loss_gradient, noise, run_and_backprop
from gates.analysis.flow import vector_norms
from gates.core.activations import FloatArray
from gates.core.gradients import Gradients
from gates.course import inputs, states
from gates.course.expressions import Figure, LessonError, filled
from gates.examples.demonstrations import INPUTS
from gates.exercises.classics import classic
from gates.exercises.file import from_json
from gates.exercises.solve import Solution, solve
from gates.scenes.lab.scene import LabScene


class Run:
    """A run of a lesson, with what is computed of it when it is asked for."""

    def __init__(self, spec: states.Spec) -> None:
        self.spec = spec

    @cached_property
    def scene(self) -> Any:
        """The run itself; raises what ``states.run_of`` does."""
        return states.run_of(self.spec)

    @property
    def trace(self) -> Any:
        """Its trace."""
        return self.scene.trace

    @property
    def sliders(self) -> Mapping[str, float]:
        """Where its example's sliders stand."""
        sliders: Mapping[str, float] = self.scene.sliders
        return sliders

    @property
    def loss(self) -> Loss | None:
        """Its loss; None where it is that of its targets."""
        return None if "loss" not in self.spec and self._task is not None else loss_of(self.spec)

    @property
    def _task(self) -> Any:
        task = self.scene.lab.task if isinstance(self.scene, LabScene) else None
        return task if task is not None and task.targets is not None else None

    @cached_property
    def gradients(self) -> Gradients:
        """The gradients of its loss."""
        trace, loss = self.trace, self.loss
        gradients: Gradients
        if loss is None:
            d = self._task.outcome(trace.hidden).d_scores
            d = d if self._task.V is None else d @ self._task.V
            gradients = trace.source.backward(trace, d)
            return gradients
        reads = "cell" if loss.reads == "cell" and hasattr(trace, "cell") else "hidden"
        d = loss_gradient(loss, getattr(trace, reads), self.spec.get("loss", {}).get("direction", 0)).gradient
        gradients = (
            trace.source.backward(trace, None, d) if reads == "cell" else trace.source.backward(trace, d)
        )
        return gradients

    @cached_property
    def solution(self) -> Solution:
        """Its exercise, worked out.

        Raises:
            LessonError: it is none.
        """
        exercise = self.spec.get("exercise")
        if exercise is None:
            raise LessonError(f"{self.spec} is no exercise")
        return solve(
            classic(exercise) if isinstance(exercise, str) else from_json(inputs.expand_exercise(exercise))
        )

    def solved(self, path: list[Any]) -> float:
        """Return a number of the solution by names and places from 1, as ``solve --json`` prints it."""
        value: Any = self.solution.to_json()
        for name in path:
            value = value[name - 1] if isinstance(name, int) else value[name]
        return float(value)

    def gradient(self, figure: Figure) -> float:
        """Return ∂L/∂ what ``figure`` names; see :func:`gates.course.figures.resolve`."""
        return number_of(part_of(self.trace, self.gradients, figure), figure)


class Experiment:
    """Random cells that read noise of eight inputs, one a seed, as the gradients page makes them.

    Args:
        spec: ``experiment`` as ``{"cell", "units", "steps", "seed", "seeds", "forget", "update", "init",
            "gain"}``, and ``loss``. Without seeds one, without a loss L = v·h_T.
    """

    def __init__(self, spec: states.Spec) -> None:
        experiment = spec["experiment"]
        names = {"units": "hidden", "forget": "forget_bias", "update": "update_bias", "gain": "gain"}
        options = {
            name: experiment[key] for key, name in {**names, "init": "init"}.items() if key in experiment
        }
        setting, steps, first = Setting(**options), experiment["steps"], experiment.get("seed", 0)
        loss = loss_of(spec) if "loss" in spec else Loss()
        self.passed = [
            run_and_backprop(
                setting.cell(experiment["cell"], INPUTS, seed), loss, noise(seed, steps, INPUTS), seed
            )
            for seed in range(first, first + experiment.get("seeds", 1))
        ]

    def gradient(self, figure: Figure) -> float:
        """Return the geometric mean over the seeds of what ``figure`` names."""
        if not figure.get("norm") and len(self.passed) > 1:
            raise LessonError(f"of several seeds there is a norm alone: {figure}")
        numbers = [number_of(part_of(run.trace, run.gradients, figure), figure) for run in self.passed]
        return float(band(np.array(numbers)[:, None]).mean[0]) if len(numbers) > 1 else numbers[0]


def loss_of(spec: states.Spec) -> Loss:
    """Return the loss that a state names, that of its first unit's last h where it names none."""
    target = spec.get("loss", {})
    at = target["step"] - 1 if "step" in target else None
    reads = target.get("reads", "hidden")
    if "direction" in target:
        return Loss("step", at, reads=reads)
    return Loss("unit", at, target.get("unit", 1) - 1, reads)


def part_of(trace: Any, gradients: Gradients, figure: Figure) -> FloatArray:
    """Return the gradient that a figure is about: of a signal at a step, of weights, or a step's share."""
    match figure:
        case {"weight": name} if not isinstance(name, str):
            return part_of(trace, gradients, {**figure, "weight": name[0]})
        case {"weight": name, "step": step}:
            return _share(trace, gradients, name, step - 1)
        case {"weight": name}:
            return np.asarray(gradients.weights[name])
        case {"signal": signal, "step": 0}:
            first = gradients.state
            pair = first if isinstance(first, tuple) else (first,)
            return np.asarray(pair[1 if signal == "cell" else 0])
        case {"signal": signal, "step": step}:
            of = gradients.signals.pre if signal.startswith("pre.") else gradients.signals
            return np.asarray(of[signal.removeprefix("pre.")][step - 1])
    raise LessonError(f"no gradient: {figure}")


def _share(trace: Any, gradients: Gradients, name: str, t: int) -> FloatArray:
    """What a step adds to ∂L/∂W, ∂L/∂U or ∂L/∂b, all of which are sums over steps."""
    cell = trace.source
    d = np.concatenate([gradients.signals.pre[part][t] for part in cell.parts])
    if name == "b":
        return d
    if name == "W":
        return np.outer(d, trace.x[t])
    if name == "U" and cell.kind in ("lstm", "rnn"):
        return np.outer(d, trace.previous_hidden[t])
    raise LessonError(f"a step's share of ∂L/∂{name} of this cell has no form here")


def number_of(values: FloatArray, figure: Figure) -> float:
    """Return the one number that a figure wants of a gradient: its norm, a weight's, or a unit's."""
    if figure.get("norm"):
        return float(vector_norms(np.asarray(values).ravel()))
    if "weight" in figure:
        _, *index = figure["weight"]
        return float(values[tuple(position - 1 for position in index)])
    return float(values[figure.get("unit", 1) - 1])


class Runs:
    """The runs of a step in one of its variants: its own, and those that it names in ``runs``."""

    def __init__(self, step: Mapping[str, Any], draws: Mapping[str, Any]) -> None:
        self.step, self.draws = step, draws
        self._made: dict[str, Run | Experiment] = {}
        self._many: dict[tuple[str, int], Any] = {}

    def __getitem__(self, name: str) -> Run | Experiment:
        """The run of a name; "" is the step's own.

        Raises:
            LessonError: there is none of it.
        """
        if name not in self._made:
            spec = filled(self._declared(name), self.draws)
            self._made[name] = Experiment(spec) if "experiment" in spec else Run(spec)
        return self._made[name]

    def _declared(self, name: str) -> Any:
        declared = self.step["state"] if name == "" else self.step.get("runs", {}).get(name)
        if declared is None:
            raise LessonError(f"no run is called {name}")
        return declared

    def over(self, name: str, seeds: int, figure: Figure) -> FloatArray:
        """Return a signal's value in each of many runs that differ in ``$seed`` alone, (seeds,).

        They are one batch, of the cell that the first seed has.
        """
        if (name, seeds) not in self._many:
            self._many[name, seeds] = self._batch(name, seeds)
        signal = getattr(self._many[name, seeds], figure["signal"])
        return np.asarray(signal[figure["step"] - 1, :, figure.get("unit", 1) - 1])

    def _batch(self, name: str, seeds: int) -> Any:
        """The trace of many runs at once, (T, seeds, …)."""
        declared = self._declared(name)
        first = Run(filled(declared, {**self.draws, "seed": 0}))
        start = getattr(first.scene, "lab", None)
        if start is not None and (start.clamps or start.has_initial_state):
            raise LessonError(f"many runs begin at zero, and nothing is held in them: {name}")
        rows = [filled(_rows(declared), {**self.draws, "seed": seed}) for seed in range(seeds)]
        read = np.stack([np.array(inputs.rows(entries), dtype=np.float64) for entries in rows], axis=1)
        return first.trace.source.run(read)


def _rows(spec: states.Spec) -> Any:
    exercise = spec.get("exercise")
    if isinstance(exercise, Mapping):
        return exercise["x"]
    if "x" in spec:
        return spec["x"]
    raise LessonError(f"many runs read rows of their own: {spec}")


def finite(value: float, figure: Figure) -> float:
    """Return a value, 0 without a sign, as JSON keeps it; raises a LessonError for one that is no number."""
    if not math.isfinite(value):
        raise LessonError(f"{figure} is {value}")
    return value + 0.0
