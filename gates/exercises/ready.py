"""The exercises that are ready to open: published ones, and fresh ones from a template and a seed."""

from __future__ import annotations

from functools import lru_cache

from gates.exercises.classics import CLASSICS, classic
from gates.exercises.generate import TEMPLATES, Template, generate
from gates.exercises.model import Exercise

READY = (*CLASSICS, *TEMPLATES)
"""Their ids; of a template also the seed counts, and how round its weights are."""


@lru_cache(maxsize=256)
def ready(name: str, seed: int, difficulty: str) -> Exercise:
    """Return an exercise by its id, a template's with the numbers of a seed.

    Raises:
        KeyError: there is none of this name.
        ExerciseError: no pleasant numbers were found for the seed, or there is no such difficulty.
    """
    return generate(name, seed, difficulty) if name in TEMPLATES else classic(name)


def kind(name: str) -> str:
    """Return the kind of cell of an exercise, without drawing its numbers."""
    return TEMPLATES[name].kind if name in TEMPLATES else classic(name).kind


def like(name: str) -> str:
    """Return the template of exercises like one: itself, or the nearest to a published one."""
    if name in TEMPLATES:
        return name
    own = classic(name)
    alike = [
        template for template in TEMPLATES.values() if template.kind == own.kind and not template.tabulated
    ]
    learns = own.targets is not None

    def away(one: Template) -> tuple[bool, bool, int, int]:
        asks = any(line.startswith("d") for line in one.asked)
        return (
            asks != learns,
            one.reset != own.reset,
            abs(one.hidden - own.hidden),
            abs(one.steps - own.steps),
        )

    return min(alike, key=away).id
