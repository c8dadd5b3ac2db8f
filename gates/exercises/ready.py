"""Exercises that are ready to open: published ones, fresh ones from a template and a seed, and puzzles."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import numpy as np

from gates.exercises.classics import CLASSICS, classic
from gates.exercises.generate import TEMPLATES, Template, generate
from gates.exercises.model import Exercise
from gates.exercises.puzzles.designs import DESIGNS, Design, design
from gates.exercises.puzzles.strips import STRIP, strips

DRAWN = (*TEMPLATES, *DESIGNS, STRIP)
"""Those of which a seed says the numbers; of a template also how round its weights are is chosen."""
READY = (*CLASSICS, *DRAWN)
"""The ids of all."""
SHOWN_SEQUENCE = 2
"""Which of a puzzle's hidden sequences is shown; the first two are its special cases."""


@lru_cache(maxsize=256)
def exercise_by_id(name: str, seed: int, difficulty: str) -> Exercise:
    """Return an exercise by its id, a template's with the numbers of a seed.

    Raises:
        KeyError: there is none of this name.
        ExerciseError: no pleasant numbers were found for the seed, or there is no such difficulty.
    """
    if name in DESIGNS:
        return with_shown_sequence(design(name, seed))
    if name == STRIP:
        return strips(seed).exercise
    return generate(name, seed, difficulty) if name in TEMPLATES else classic(name)


def with_shown_sequence(task: Design) -> Exercise:
    """Return a puzzle's cell with one of the sequences that it is judged on, from where that begins."""
    exercise, start = task.exercise, np.array([task.initial[SHOWN_SEQUENCE]])
    x = task.x[:, SHOWN_SEQUENCE]
    return replace(exercise, x=x, c0=start) if exercise.kind == "lstm" else replace(exercise, x=x, h0=start)


def kind(name: str) -> str:
    """Return the kind of cell of an exercise, without drawing its numbers."""
    if name == STRIP:
        return "lstm"
    if name in DESIGNS:
        return design(name, 0).exercise.kind
    return TEMPLATES[name].kind if name in TEMPLATES else classic(name).kind


def template_like(name: str) -> str:
    """Return what is drawn anew for another exercise like one: itself, or the template nearest to it."""
    if name in DRAWN:
        return name
    published = classic(name)
    alike = [
        template
        for template in TEMPLATES.values()
        if template.kind == published.kind and not template.tabulated
    ]
    learns = published.targets is not None

    def away(template: Template) -> tuple[bool, bool, int, int]:
        asks = any(line.startswith("d") for line in template.asked)
        return (
            asks != learns,
            template.reset != published.reset,
            abs(template.hidden - published.hidden),
            abs(template.steps - published.steps),
        )

    return min(alike, key=away).id
