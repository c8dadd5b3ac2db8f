"""A puzzle in the lab: what the weights on its stage do on hidden sequences. Pure."""

from __future__ import annotations

from gates.exercises.puzzles.designs import DESIGNS, Design, DesignVerdict, design
from gates.exercises.puzzles.strips import STRIP, Strips, strips
from gates.scenes.lab.scene import LabScene
from gates.scenes.state import State


def puzzle(state: State) -> Design | None:
    """Return the puzzle that a state of the lab begins with, if it is one."""
    named = state.source == "exercise" and state.exercise in DESIGNS
    return design(state.exercise, state.seed) if named else None


def strip_puzzle(state: State) -> Strips | None:
    """Return the question which strip is which gate that a state of the lab begins with, if it is one."""
    named = state.source == "exercise" and state.exercise == STRIP
    return strips(state.seed) if named else None


def answers(task: Design, scene: LabScene) -> dict[str, float] | None:
    """Return what stands on the stage for what is to be found; None where another cell stands there."""
    lab, cell = scene.lab, scene.lab.cell()
    if (lab.kind, lab.hidden, lab.inputs) != (task.exercise.kind, task.exercise.hidden, task.exercise.inputs):
        return None
    numbers = {}
    for name, weight in task.blanks.items():
        part = cell.part(weight.part)
        value = part.W[0, weight.column] if weight.matrix == "W" else part.b[0]
        numbers[name] = task.exercise.sign(weight.part) * float(value)
    return numbers


def judged(task: Design, scene: LabScene) -> DesignVerdict | None:
    """Return how many hidden sequences come out right with the weights on the stage.

    Raises:
        ExerciseError: one of them is too large.
    """
    numbers = answers(task, scene)
    return None if numbers is None else task.judge(numbers)
