"""The unrolled cell: a box a step, what it reads from below, what it hands on, and what it shows above."""

from __future__ import annotations

from gates.exercises.arithmetic.labels import Labels
from gates.exercises.model import Exercise
from gates.exercises.sheets.blocks import Arrow, Box, Picture
from gates.text import Translator

_BOX_WIDTH, _BOX_GAP, _BOX_HEIGHT = 1.7, 1.4, 1.3
_MOST_BOXES = 4
"""Steps drawn one by one; of more, the first ones and the last."""


def unrolled(exercise: Exercise, labels: Labels, t: Translator) -> Picture:
    """Return the drawing."""
    steps = list(range(1, exercise.steps + 1))
    if len(steps) > _MOST_BOXES:
        steps = [*steps[: _MOST_BOXES - 1], steps[-1]]
    lstm, low, high = exercise.kind == "lstm", 1.0, 1.0 + _BOX_HEIGHT
    top = high + (1.7 if exercise.readout is not None else 0.9)
    boxes, arrows = [], []
    for at, step in enumerate(steps):
        left = _BOX_GAP + at * (_BOX_WIDTH + _BOX_GAP)
        middle = left + _BOX_WIDTH / 2
        boxes.append(Box(left, low, _BOX_WIDTH, _BOX_HEIGHT, exercise.kind.upper()))
        before = step - 1 if not at or steps[at - 1] == step - 1 else None
        for signal, height in (("hidden", low + 0.35), *((("cell", high - 0.35),) if lstm else ())):
            text = "…" if before is None else labels.signal(signal, before)
            arrows.append(Arrow((left - _BOX_GAP, height), (left, height), text))
        arrows.append(Arrow((middle, 0.35), (middle, low), labels.signal("x", step)))
        arrows.append(Arrow((middle, high), (middle, high + 0.65), labels.signal("hidden", step)))
        if exercise.readout is not None:
            boxes.append(Box(middle - 0.4, high + 0.65, 0.8, 0.4, "V"))
            arrows.append(Arrow((middle, high + 1.05), (middle, high + 1.7), labels.signal("y", step)))
    width = _BOX_GAP + len(steps) * (_BOX_WIDTH + _BOX_GAP)
    about = t("sheet.picture", kind=exercise.kind.upper(), steps=exercise.steps)
    return Picture(width, top, tuple(boxes), tuple(arrows), about)
