"""Worksheets and keys by the ending of the file they are for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from gates.exercises.model import Exercise
from gates.exercises.sheets import html, markdown, tex
from gates.exercises.sheets.blocks import Document
from gates.exercises.sheets.content import Content, Options
from gates.exercises.solve import Solution

WRITERS: Mapping[str, Callable[[Document], str]] = MappingProxyType(
    {".html": html.write, ".tex": tex.write, ".md": markdown.write}
)


def sheet(exercise: Exercise, suffix: str, options: Options | None = None) -> str:
    """Return an exercise's sheet: ``suffix`` is one of ``WRITERS``; it can be read again by ``file.loads``.

    Raises:
        ExerciseError: the exercise has no solution, or is too large for paper.
    """
    return WRITERS[suffix](Content(Solution(exercise), options or Options()).document())
