"""From the lab's state to a run. Pure, like :mod:`gates.scenes.scene`: the same state gives the same run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np

from gates.examples.challenges.catalogue import CHALLENGES
from gates.examples.challenges.model import Challenge
from gates.examples.lab import codec as lab_codec
from gates.examples.lab.numbers import Floats
from gates.examples.lab.state import LabState, equal_numbers
from gates.examples.notation.kinds import CellKind
from gates.examples.presets.model import Preset
from gates.examples.presets.registry import PRESETS, preset
from gates.exercises.model import Exercise
from gates.exercises.ready import READY, exercise_by_id
from gates.inputs.sequence import InputError, Sequence, number_label
from gates.scenes.lab import exercises
from gates.scenes.scene import Scene, drawn_cell
from gates.scenes.state import State
from gates.text import translator

AMPLITUDE = 0.7
"""How far the pulses go that a cell from scratch reads: its own bounds are ±1."""


@dataclass(frozen=True, eq=False)
class StartingPoint:
    """What a person begins to edit: a cell, the sequence it reads, and where they come from."""

    lab: LabState
    sequence: Sequence
    preset: Preset | None
    sliders: Mapping[str, float]
    units: tuple[str, ...]
    challenge: Challenge | None = None
    exercise: Exercise | None = None


@dataclass(frozen=True, eq=False)
class LabScene(Scene):
    """A run in the lab: what is edited, and what it began as."""

    lab: LabState
    beginning: StartingPoint

    @property
    def trained(self) -> None:
        """None: the browser computes ahead of an edit, and has no read-out."""
        return None

    @property
    def more_arrays(self) -> Mapping[str, np.ndarray]:
        """What is read of the run, and each step's loss, where the state asks for them."""
        task = self.lab.task
        if not task.is_asked:
            return {}
        outputs, losses, _ = task.outcome(self.trace.hidden)
        return {"task.outputs": outputs} | ({} if losses is None else {"task.losses": losses})

    @property
    def edited(self) -> bool:
        """Whether cell, input or clamps were changed by hand; how weights are shown is no matter."""
        return replace(self.lab, form=self.beginning.lab.form) != self.beginning.lab

    @property
    def random(self) -> bool:
        """Whether the weights are still those that were drawn."""
        start = self.beginning
        loaded = start.preset or start.challenge or start.exercise
        return loaded is None and self.lab.weights_equal(start.lab)


def beginning(state: State) -> StartingPoint:
    """Return what a state of the lab begins with, whatever was edited since."""
    match state.source:
        case "challenge":
            challenge = CHALLENGES[state.challenge]
            lab = LabState.of(challenge.start)
            return StartingPoint(lab, challenge.sequence, None, {}, challenge.units, challenge)
        case "exercise":
            exercise = exercise_by_id(state.exercise or READY[0], state.seed, state.difficulty)
            lab = replace(exercises.to_lab(exercise), x=None, tokens=())
            return StartingPoint(lab, exercises.sequence(exercise), None, {}, (), exercise=exercise)
        case "scratch":
            cell = drawn_cell(state, state.inputs)
            return StartingPoint(LabState.of(cell).rounded(), pulses(state.inputs), None, {}, ())
        case _:
            chosen = preset(state.cell, state.preset) if state.preset else PRESETS[state.cell][0]
            values = chosen.bounded_values(state.sliders)
            lab = LabState.of(chosen.build(values, state.reset))
            return StartingPoint(
                lab, chosen.sequence_for(translator(state.lang)), chosen, values, chosen.units
            )


def build(state: State) -> LabScene:
    """Run the cell that a state of the lab describes.

    Raises:
        InputError: if what was edited cannot be read, or does not fit the sequence.
    """
    start = beginning(state)
    lab = _unpacked(state.lab) if state.lab else start.lab
    sequence = _sequence(lab, start.sequence)
    _check_targets(lab, sequence)
    trace = lab.run(sequence.x)
    return LabScene(trace.source, sequence, trace, _followed(lab, start), start.sliders, lab, start)


def example(state: State) -> Preset | None:
    """Return the preset whose sliders still move the cell that a state describes; nothing is run for it.

    Raises:
        InputError: if what was edited cannot be read.
    """
    start = beginning(state)
    return _followed(_unpacked(state.lab) if state.lab else start.lab, start)


def _followed(lab: LabState, start: StartingPoint) -> Preset | None:
    untouched = lab.options == start.lab.options and shapes(lab) == shapes(start.lab)
    return start.preset if untouched else None


def kind(state: State) -> CellKind:
    """Return the kind of the cell that a state of the lab has come to."""
    return _unpacked(state.lab).kind if state.lab else beginning(state).lab.kind


def edited(state: State, lab: LabState) -> State:
    """Return the state with what was edited; nothing where it is the beginning again.

    Raises:
        InputError: if the edited cell does not read the beginning's sequence and brings none of its own.
    """
    start = beginning(state)
    _check_targets(lab, _sequence(lab, start.sequence))
    return replace(state, lab="" if lab == start.lab else lab_codec.pack(lab))


def with_sliders(state: State, sliders: Mapping[str, float]) -> State:
    """Return the state with the example's sliders elsewhere; weights that were edited by hand stay."""
    moved = replace(state, sliders=sliders)
    if not state.lab:
        return moved
    lab, old, new = _unpacked(state.lab), beginning(state).lab, beginning(moved).lab
    if shapes(lab) != shapes(old):
        return moved
    follow: dict[str, Any] = {
        name: np.where(equal_numbers(array, old.weights[name]), new.weights[name], array)
        for name, array in lab.weights.items()
    }
    return edited(moved, replace(lab, **follow))


def shapes(lab: LabState) -> tuple[object, ...]:
    """Return kind and sizes: states with the same differ in numbers and clamps only."""
    return lab.kind, tuple((name, array.shape) for name, array in lab.weights.items())


def pulses(inputs: int) -> Sequence:
    """Return a sequence for a cell from scratch: each input in turn goes up, rests, and goes down."""
    x = np.zeros((4 * inputs + 2, inputs))
    for column in range(inputs):
        x[1 + 4 * column, column] = AMPLITUDE
        x[3 + 4 * column, column] = -AMPLITUDE
    return Sequence(x, labels(x), _plain(inputs))


def labels(x: Floats) -> tuple[str, ...]:
    """Return a label for each step that has no other: the number of the input that is not 0, else a dot."""

    def label(row: Floats) -> str:
        largest = int(np.argmax(np.abs(row)))
        return number_label(float(row[largest])) if row[largest] else "·"

    return tuple(label(row) for row in x)


def _plain(count: int) -> tuple[str, ...]:
    low = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
    return tuple(f"x{column}".translate(low) for column in range(1, count + 1))


def _sequence(lab: LabState, base: Sequence) -> Sequence:
    """The sequence that is read: the edited one, under the names that its inputs had."""
    if lab.x is None:
        if base.x.shape[1] != lab.inputs:
            raise InputError("error.lab.shape", name="x")
        return base
    names, keyed = (lab.columns, False) if lab.columns else (base.columns, base.keyed)
    if len(names) < lab.inputs:  # a name that is no key cannot stand among keys
        names, keyed = _plain(lab.inputs), False
    return Sequence(lab.x, lab.tokens, names[: lab.inputs], base.kind, keyed=keyed)


def _check_targets(lab: LabState, sequence: Sequence) -> None:
    if lab.task.targets is not None and len(lab.task.targets) != len(sequence.x):
        raise InputError("error.lab.shape", name="targets")


@lru_cache(maxsize=64)
def _unpacked(text: str) -> LabState:
    return lab_codec.unpack(text)
