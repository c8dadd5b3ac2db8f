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
        shown = "identity" if exercise.readout is None else exercise.readout.activation
        found = losses.loss(exercise.loss, scores, exercise.targets, shown)
        if not (np.isfinite(found.value) and np.isfinite(found.d_scores).all()):
            raise ExerciseError("error.exercise.loss", loss=exercise.loss, activation=shown)
        return found

    @cached_property
    def back(self) -> ExerciseGradients | None:
        """All gradients."""
        if self.loss is None:
            return None
        exercise, cell = self.exercise, self.exercise.cell
        asked = {"d_output" if exercise.readout is None else "d_scores": self.loss.d_scores}
        found = exercise.network.backward(self.network, **asked)
        grads: Any = found.layers[0].forward
        parts = {}
        for name, own in exercise.parts.items():
            rows, sign = cell.rows(name), exercise.sign(name)
            weights: NamedArrays = grads.weights
            b = weights.b[rows]
            b_h = weights.b_hn if exercise.has_inner_bias and name == "candidate" else b
            parts[name] = PartWeights(
                sign * weights.W[rows],
                sign * weights.U[rows],
                sign * b,
                None if own.b_h is None else sign * b_h,
                p=None if own.p is None else weights.peephole[GATES.index(name)],
            )
        signals = {name: grads.signals[name] for name in cell.signals if name not in exercise.without}
        signals |= {f"pre.{name}": grads.signals.pre[name] for name in exercise.parts}
        for name in ("update", "pre.update"):
            if name in signals:
                signals[name] = exercise.sign("update") * signals[name]
        lstm = exercise.kind == "lstm"
        h0, c0 = grads.state if lstm else (grads.state, None)
        readout = None if found.readout is None else (found.readout["V"], found.readout["b"])
        return ExerciseGradients(parts, readout, h0, c0, signals)

    @cached_property
    def after(self) -> Exercise | None:
        """The exercise after one step of gradient descent: with new weights and read-out."""
        if self.back is None or self.exercise.learning_rate is None:
            return None
        return updated(self.exercise, self.back.parts, self.back.readout, self.exercise.learning_rate)

    @cached_property
    def loss_after(self) -> float | None:
        """The loss with the new weights."""
        if self.after is None or (found := Solution(self.after).loss) is None:
            return None
        return found.value

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
        found: Floats = getattr(self.trace, name)
        return found

    @property
    def names(self) -> tuple[str, ...]:
        """The signals there are, in reading order, sums first; a gate that is left out is none."""
        own = self.exercise
        signals = [name for name in own.cell.signals[1:] if name not in own.without]
        more = [name for name in MORE if hasattr(self.trace, name)]
        y = () if own.readout is None else ("y",)
        return ("x", *(f"pre.{part}" for part in own.parts), *signals, *more, *y)

    def to_json(self) -> dict[str, Any]:
        """Return everything as ``solve --json`` prints it, weights and gradients in the file's own form."""
        steps: list[dict[str, Any]] = [
            {name: plain(self.signal(name)[t]) for name in self.names} for t in range(self.exercise.steps)
        ]
        found: dict[str, Any] = {"steps": steps}
        if self.loss is None or self.back is None:
            return found
        for step, value in zip(steps, self.loss.steps, strict=True):
            step["loss"] = plain(value)
        found |= {"loss": self.loss.value, "gradients": self._gradients(self.back)}
        found["backward"] = [
            {name: plain(values[t]) for name, values in self.back.signals.items()}
            for t in range(self.exercise.steps)
        ]
        if self.after is not None:
            found["updated"] = {name: written(self.after, part) for name, part in self.after.parts.items()}
            if (reading := self.after.readout) is not None:
                found["updated_readout"] = written_readout(reading, reading.V, reading.b)
            found["loss_after"] = self.loss_after
        return found

    def _gradients(self, back: ExerciseGradients) -> dict[str, Any]:
        found: dict[str, Any] = {name: written(self.exercise, part) for name, part in back.parts.items()}
        reading = self.exercise.readout
        if reading is not None and back.readout is not None:
            found["readout"] = written_readout(reading, *back.readout)
        found["h0"] = plain(back.h0)
        return found if back.c0 is None else found | {"c0": plain(back.c0)}


def solve(exercise: Exercise) -> Solution:
    """Return an exercise's solution; see ``Solution``."""
    return Solution(exercise)
