"""The solution of an exercise: forwards, the loss, backwards, one step of descent, the loss after."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from gates.cells.lstm import GATES
from gates.core import losses
from gates.core.losses import Loss
from gates.core.signals import NamedArrays
from gates.errors import GatesError
from gates.exercises.errors import ExerciseError
from gates.exercises.file import written, written_readout
from gates.exercises.json_value import plain
from gates.exercises.model import Exercise, Floats, PartWeights
from gates.exercises.update import updated
from gates.network import NetworkTrace

MORE = ("kept", "written", "tanh_cell", "recurrent", "reset_hidden")
"""What a step's trace holds besides its signals, by the trace's own names."""


@dataclass(frozen=True, eq=False)
class ExerciseGradients:
    """The gradients of a loss, in the exercise's own terms: its z, its second biases.

    parts: ∂L/∂ the weights. readout: ∂L/∂ V and b, or None. h0, c0: (H,). signals: ∂L/∂ each signal at each
    step, (T, n), and of sums as ``pre.<part>``; all signs are those of the exercise's z.
    """

    parts: Mapping[str, PartWeights]
    readout: tuple[Floats, Floats] | None
    h0: Floats
    c0: Floats | None
    signals: Mapping[str, Floats]


class Solution:
    """All numbers of an exercise. What it has no targets or learning rate for is None.

    Raises:
        ExerciseError: numbers grow beyond what a float holds, or the loss is none of its outputs.
    """

    def __init__(self, exercise: Exercise) -> None:
        self.exercise = exercise
        self._signals: dict[str, Floats] = {}
        try:
            self.network: NetworkTrace = exercise.network.run(
                exercise.x, [exercise.state], clamps={(0, "forward"): exercise.engine_clamps}
            )
        except GatesError as wrong:
            raise ExerciseError(wrong.key, **wrong.values) from None
        trace: Any = self.network.traces[0]
        self.trace = trace
        for step, values in enumerate(trace.pre_block, 1):
            if not (np.isfinite(values).all() and np.isfinite(trace.hidden[step - 1]).all()):
                raise ExerciseError("error.exercise.overflow", step=step)

    @cached_property
    def outputs(self) -> Floats:
        """What is shown at each step, (T, K): the read-out's y, or h without one."""
        reading = self.exercise.readout
        if reading is None:
            return np.asarray(self.trace.hidden)
        return losses.show(self.network.scores, reading.activation)

    @cached_property
    def loss(self) -> Loss | None:
        """The loss, with each step's share."""
        exercise = self.exercise
        if exercise.targets is None:
            return None
        scores = self.trace.hidden if exercise.readout is None else self.network.scores
        activation = "identity" if exercise.readout is None else exercise.readout.activation
        loss = losses.loss(exercise.loss, scores, exercise.targets, activation)
        if not (np.isfinite(loss.value) and np.isfinite(loss.d_scores).all()):
            raise ExerciseError("error.exercise.loss", loss=exercise.loss, activation=activation)
        return loss

    @cached_property
    def gradients(self) -> ExerciseGradients | None:
        """All gradients."""
        if self.loss is None:
            return None
        exercise, cell = self.exercise, self.exercise.cell
        asked = {"d_output" if exercise.readout is None else "d_scores": self.loss.d_scores}
        network_gradients = exercise.network.backward(self.network, **asked)
        cell_gradients: Any = network_gradients.layers[0].forward
        parts = {}
        for name, part in exercise.parts.items():
            rows, sign = cell.rows(name), exercise.sign(name)
            weights: NamedArrays = cell_gradients.weights
            b = weights.b[rows]
            b_h = weights.b_hn if exercise.has_inner_bias and name == "candidate" else b
            parts[name] = PartWeights(
                sign * weights.W[rows],
                sign * weights.U[rows],
                sign * b,
                None if part.b_h is None else sign * b_h,
                p=None if part.p is None else weights.peephole[GATES.index(name)],
            )
        signals = {
            name: cell_gradients.signals[name] for name in cell.signals if name not in exercise.without
        }
        signals |= {f"pre.{name}": cell_gradients.signals.pre[name] for name in exercise.parts}
        for name in ("update", "pre.update"):
            if name in signals:
                signals[name] = exercise.sign("update") * signals[name]
        lstm = exercise.kind == "lstm"
        h0, c0 = cell_gradients.state if lstm else (cell_gradients.state, None)
        readout = (
            None
            if network_gradients.readout is None
            else (network_gradients.readout["V"], network_gradients.readout["b"])
        )
        return ExerciseGradients(parts, readout, h0, c0, signals)

    @cached_property
    def updated_exercise(self) -> Exercise | None:
        """The exercise after one step of gradient descent: with new weights and read-out."""
        if self.gradients is None or self.exercise.learning_rate is None:
            return None
        return updated(
            self.exercise, self.gradients.parts, self.gradients.readout, self.exercise.learning_rate
        )

    @cached_property
    def loss_after(self) -> float | None:
        """The loss with the new weights."""
        if self.updated_exercise is None or (loss := Solution(self.updated_exercise).loss) is None:
            return None
        return loss.value

    def signal(self, name: str) -> Floats:
        """Return a signal at each step (T, n), also ``pre.<part>`` and ``y``; z is the exercise's."""
        if name not in self._signals:  # lines of arithmetic ask for each number by itself
            self._signals[name] = self._signal(name)
        return self._signals[name]

    def _signal(self, name: str) -> Floats:
        if name == "y":
            return self.outputs
        write = self.exercise.update == "write"
        if name == "update" and write:
            return np.asarray(1 - self.trace.update)
        if name.startswith("pre."):
            part = name.removeprefix("pre.")
            return np.asarray(self.exercise.sign(part) * self.trace.pre[part])
        values: Floats = getattr(self.trace, name)
        return values

    @property
    def names(self) -> tuple[str, ...]:
        """The signals there are, in reading order, sums first; a gate that is left out is none."""
        exercise = self.exercise
        signals = [name for name in exercise.cell.signals[1:] if name not in exercise.without]
        more = [name for name in MORE if hasattr(self.trace, name)]
        y = () if exercise.readout is None else ("y",)
        return ("x", *(f"pre.{part}" for part in exercise.parts), *signals, *more, *y)

    def to_json(self) -> dict[str, Any]:
        """Return everything as ``solve --json`` prints it, weights and gradients in the file's own form."""
        steps: list[dict[str, Any]] = [
            {name: plain(self.signal(name)[t]) for name in self.names} for t in range(self.exercise.steps)
        ]
        result: dict[str, Any] = {"steps": steps}
        if self.loss is None or self.gradients is None:
            return result
        for step, value in zip(steps, self.loss.steps, strict=True):
            step["loss"] = plain(value)
        result |= {"loss": self.loss.value, "gradients": self._gradients(self.gradients)}
        result["backward"] = [
            {name: plain(values[t]) for name, values in self.gradients.signals.items()}
            for t in range(self.exercise.steps)
        ]
        if self.updated_exercise is not None:
            result["updated"] = {
                name: written(self.updated_exercise, part)
                for name, part in self.updated_exercise.parts.items()
            }
            if (reading := self.updated_exercise.readout) is not None:
                result["updated_readout"] = written_readout(reading, reading.V, reading.b)
            result["loss_after"] = self.loss_after
        return result

    def _gradients(self, gradients: ExerciseGradients) -> dict[str, Any]:
        entries: dict[str, Any] = {
            name: written(self.exercise, part) for name, part in gradients.parts.items()
        }
        reading = self.exercise.readout
        if reading is not None and gradients.readout is not None:
            entries["readout"] = written_readout(reading, *gradients.readout)
        entries["h0"] = plain(gradients.h0)
        return entries if gradients.c0 is None else entries | {"c0": plain(gradients.c0)}


def solve(exercise: Exercise) -> Solution:
    """Return an exercise's solution; see ``Solution``."""
    return Solution(exercise)
