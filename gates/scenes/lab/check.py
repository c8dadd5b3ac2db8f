"""What the lab judges answers with, for the exercise that is on its stage. Pure."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import Any

from gates.errors import GatesError
from gates.exercises.judging import judging
from gates.exercises.model import Exercise
from gates.scenes.lab import exercises
from gates.scenes.lab.scene import LabScene
from gates.text import Translator

Json = dict[str, Any]


def check(scene: LabScene, t: Translator, notation: str) -> Json:
    """Return what judges answers to the scene's exercise, or ``problem``, why there is nothing to judge.

    ``judging`` is :func:`gates.exercises.judging.judging`'s; ``causes``: a sentence for each mistake in it.
    """
    try:
        judging = _judging(exercise(scene), notation)
    except GatesError as wrong:
        return {"problem": t(wrong.key, **wrong.values)}
    causes = {mistake["cause"] for mistake in judging["mistakes"]}
    return {
        "judging": judging,
        "causes": {cause: t(f"mistake.{cause}") for cause in (*sorted(causes), "none", "several")},
    }


@lru_cache(maxsize=64)
def _judging(exercise: Exercise, notation: str) -> Json:
    """Return what judges an exercise, once for all who open the same one; each object is another one."""
    return judging(exercise, exercise.asked, notation)


def exercise(scene: LabScene) -> Exercise:
    """Return the exercise on the stage: the one that was opened, with what it asks, or what became of it."""
    start = scene.beginning.exercise
    if start is not None and scene.lab == scene.beginning.lab:
        return start
    edited = exercises.of_lab(scene.lab, scene.sequence.x)
    return edited if start is None or shape(edited) != shape(start) else replace(edited, asked=start.asked)


def shape(exercise: Exercise) -> tuple[object, ...]:
    """Return what decides which lines an exercise has."""
    sizes = (
        exercise.kind,
        exercise.hidden,
        exercise.inputs,
        exercise.steps,
        exercise.form,
        exercise.outputs,
        exercise.targets is None,
    )
    seen = frozenset(name for name, part in exercise.parts.items() if part.p is not None)
    return *sizes, exercise.coupled, exercise.without, frozenset(exercise.clamped_values), seen
