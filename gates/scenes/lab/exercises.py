"""Exercises in the lab: an exercise file as a state to edit, and a state as an exercise file."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from gates.cells.lstm import GATES
from gates.examples.lab.numbers import decimal_difference, decimal_sum
from gates.examples.lab.state import Clamped, LabState
from gates.examples.lab.task import Task
from gates.exercises import structure
from gates.exercises.model import ACTIVATIONS, Exercise, ExerciseReadout, PartWeights
from gates.inputs.sequence import Sequence, number_label

RATE = Task().learning_rate


def to_lab(exercise: Exercise) -> LabState:
    """Return an exercise as the lab edits it, its sequence with it; z keeps.

    Raises:
        InputError: ``error.lab.*``, it has what the lab does not: too many units, an activation's own α.
    """
    reading = exercise.readout
    read: dict[str, Any] = (
        {}
        if reading is None
        else {"V": reading.V, "b": reading.b, "activation": reading.activation, "biased": reading.biased}
    )
    rate = exercise.learning_rate
    read["targets"] = exercise.targets
    names = {
        name: ("b",) * part.biased + ("b_h",) * (part.b_h is not None)
        for name, part in exercise.parts.items()
    }
    task = Task(**read, loss=exercise.loss, learning_rate=RATE if rate is None else rate)
    lab = LabState.of(
        exercise.cell,
        clamps=tuple(exercise.mirrored(clamp) for clamp in exercise.clamps),
        x=exercise.x,
        tokens=labels(exercise.x),
        initial_hidden=exercise.h0,
        initial_cell=exercise.c0,
        task=task,
        form=(exercise.form, "gates", exercise.update),
        b_h=_second(exercise),
        biased=any(names.values()),
        biases=names if any(names.values()) else {},
    )
    b = lab.b if lab.b_h is None else decimal_sum(decimal_difference(lab.b, lab.b_h), lab.b_h)
    return replace(lab, W=lab.W + 0.0, U=lab.U + 0.0, b=b + 0.0)  # a 0 turned round is no −0


def _second(exercise: Exercise) -> Any:
    """The second biases that are added to the first, of all parts; None where no part has one."""
    added = {
        name: part.b_h
        for name, part in exercise.parts.items()
        if part.b_h is not None and not (exercise.has_inner_bias and name == "candidate")
    }
    if not added:
        return None
    biases = [added.get(name, np.zeros(exercise.hidden)) for name in exercise.cell.parts]
    return (
        np.concatenate(
            [exercise.sign(name) * bias for name, bias in zip(exercise.cell.parts, biases, strict=True)]
        )
        + 0.0
    )


def labels(x: Any) -> tuple[str, ...]:
    """Return a label for each step: its number where it reads a single one, else which step it is."""
    if x.shape[1] == 1:
        return tuple(number_label(float(value)) for value in x[:, 0])
    return tuple(str(step) for step in range(1, len(x) + 1))


def sequence(exercise: Exercise) -> Sequence:
    """Return what an exercise reads."""
    low = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
    columns = tuple(f"x{column}".translate(low) for column in range(1, exercise.inputs + 1))
    return Sequence(np.array(exercise.x, dtype=np.float64), labels(exercise.x), columns)


def of_lab(lab: LabState, x: Any) -> Exercise:
    """Return a state of the lab that reads ``x`` (T, I) as an exercise, in the form that it is shown in."""
    layout, _, update = lab.form
    cell = lab.cell()
    writes = lab.kind == "gru" and update == "write"
    parts = {}
    absent = structure.parts_without_weights(lab.coupled, lab.without)
    for name in (part for part in cell.parts if part not in absent):
        weights: Any = cell.part(name)
        sign = -1.0 if writes and name == "update" else 1.0
        b, second, names = weights.b, None, lab.biases_of(name)
        if lab.b_hn is not None and name == "candidate":
            second = lab.b_hn
        elif lab.b_h is not None:
            second = lab.b_h[cell.rows(name)]
            b = decimal_difference(b, second)
            second = sign * second + 0.0
        biases = (sign * b + 0.0, second if "b_h" in names else None, "b" in names)
        p = None if lab.peephole is None or name not in GATES else lab.peephole[GATES.index(name)]
        parts[name] = PartWeights(sign * weights.W + 0.0, sign * weights.U + 0.0, *biases, p)
    task = lab.task
    reading = None
    if task.V is not None and task.b is not None:
        transposed = layout.startswith("rows")
        reading = ExerciseReadout(task.V, task.b, task.activation, transposed=transposed, biased=task.biased)
    chosen = {name: getattr(lab, option) for name, (option, _) in ACTIVATIONS[lab.kind].items()}
    exercise = Exercise(
        kind=lab.kind,
        parts=parts,
        x=np.asarray(x),
        h0=lab.initial_hidden,
        c0=lab.initial_cell,
        readout=reading,
        targets=task.targets,
        loss=task.loss,
        learning_rate=task.learning_rate if task.targets is not None else None,
        form=layout,
        reset=lab.reset if lab.kind == "gru" else "before",
        update=update if lab.kind == "gru" else "keep",
        activations={
            name: value for name, value in chosen.items() if value != ACTIVATIONS[lab.kind][name][1]
        },
        coupled=lab.coupled,
        without=tuple(gate for gate in GATES if gate in lab.without),
    )
    clamps = (exercise.mirrored(clamp) for clamp in lab.clamps if clamp.within(exercise.steps) is not None)
    return replace(exercise, clamps=tuple(_clamp_to_end(clamp, exercise.steps - 1) for clamp in clamps))


def _clamp_to_end(clamp: Clamped, last: int) -> Clamped:
    """Return a clamp that ends where the sequence does."""
    return clamp if clamp.steps is None else replace(clamp, steps=(clamp.steps[0], min(clamp.steps[1], last)))
